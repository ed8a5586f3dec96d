import UESynthCore

/// When a thread that polls is woken. Waking one costs more than dozens of events, so while a great many
/// requests are under way some replies are let gather: up to a share of what is under way, and for no longer
/// than a small share of the time that they have taken anyway. Where they come in crowds it may be as long as a
/// wake-up takes by itself.
///
/// Guarded by the exchange's lock, but for `due`, which is the loop's.
struct PollWake {
  /// Fewer are worth a wake-up each.
  private static let leastUnderWay = 12
  private static let share = 4
  private static let shareOfAge: Int64 = 16
  private static let longest: Int64 = 1_000_000
  private static let crowd = 4
  private static let wakeUp: Int64 = 30_000

  /// When threads that were not told yet are; `Int64.max` if there are none.
  private(set) var due = Int64.max

  /// `came` events, of which one took `age`, have joined those that wait, which makes `waiting`. False: now is
  /// the time.
  mutating func holdsBack(came: Int, waiting: Int, underWay: Int, age: Int64, now: Int64) -> Bool {
    let patience = min(
      max(age / Self.shareOfAge, came < Self.crowd ? 0 : Self.wakeUp), Self.longest)
    guard patience >= Self.wakeUp, underWay >= Self.leastUnderWay,
      waiting &* Self.share < underWay, due > now
    else {
      due = .max
      return false
    }
    due = min(due, now &+ patience)
    return true
  }

  /// The time has come.
  mutating func isDue(_ now: Int64) -> Bool {
    guard due <= now else { return false }
    due = .max
    return true
  }
}
