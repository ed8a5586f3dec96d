import UESynthCore

/// When a thread that polls is woken. Waking one costs more than dozens of events, so while a great many
/// requests are under way and their replies come in crowds, a few of these replies are let gather: up to
/// a share of what is under way, and for no longer than a wake-up takes by itself.
///
/// Guarded by the exchange's lock, but for `due`, which is the loop's.
struct PollWake {
  /// Fewer are worth a wake-up each.
  private static let leastUnderWay = 32
  private static let leastAtOnce = 4
  private static let share = 4
  private static let longest: Int64 = 30_000

  /// When threads that were not told yet are; `Int64.max` if there are none.
  private(set) var due = Int64.max

  /// `came` events have joined `waiting` others. False: now is the time.
  mutating func holdsBack(came: Int, waiting: Int, underWay: Int, now: Int64) -> Bool {
    guard came >= Self.leastAtOnce, underWay >= Self.leastUnderWay,
      waiting &* Self.share < underWay, due > now
    else {
      due = .max
      return false
    }
    due = min(due, now &+ Self.longest)
    return true
  }

  /// The time has come.
  mutating func isDue(_ now: Int64) -> Bool {
    guard due <= now else { return false }
    due = .max
    return true
  }
}
