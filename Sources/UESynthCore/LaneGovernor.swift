/// How many lanes are worth having (`lanes` = 0): more are tried while requests wait for a place on them,
/// and kept only if that answers more requests a second. A server that works its streams side by side,
/// as an engine does once a tick, gets many; one that is busy with one gets no second.
public struct LaneGovernor {
  private static let window: Int64 = 200_000_000
  /// Replies that make a window's rate worth comparing.
  private static let enough = 4
  private static let gain = 1.2
  private static let firstPause: Int64 = 1_000_000_000
  private static let longestPause: Int64 = 30_000_000_000

  public let most: Int
  public private(set) var active = 1

  private var start: Int64 = 0
  private var replies = 0
  private var hadToWait = false
  /// What a trial has to beat, and where it goes back to.
  private var trial: (lanes: Int, rate: Double)?
  private var pauseUntil: Int64 = 0
  private var pause = LaneGovernor.firstPause
  private var quietWindows = 0

  public init(most: Int) { self.most = max(1, most) }

  /// A request found every lane full.
  public mutating func waited() { hadToWait = true }

  public mutating func replied() { replies &+= 1 }

  /// When to look again; `Int64.max` while nothing is under way.
  public func nextLook(isBusy: Bool) -> Int64 {
    isBusy && most > 1 && start > 0 ? start &+ Self.window : .max
  }

  /// Time passes; `isBusy`: requests are on the lanes or wait for them.
  public mutating func pass(now: Int64, isBusy: Bool) {
    guard most > 1 else { return }
    guard isBusy else {
      start = 0
      replies = 0
      return
    }
    if start == 0 { start = now }
    let elapsed = now &- start
    guard elapsed >= Self.window, replies >= Self.enough || elapsed >= 5 * Self.window else {
      return
    }
    judge(rate: Double(replies) / Double(elapsed), now: now)
    start = now
    replies = 0
    hadToWait = false
  }

  private mutating func judge(rate: Double, now: Int64) {
    if let before = trial {
      trial = nil
      if rate >= before.rate * Self.gain {
        pause = Self.firstPause
      } else {
        active = before.lanes
        pauseUntil = now &+ pause
        pause = min(pause * 2, Self.longestPause)
        return
      }
    }
    if hadToWait {
      quietWindows = 0
      if active < most, now >= pauseUntil {
        trial = (active, rate)
        active = min(most, active * 2)
      }
    } else {
      quietWindows += 1
      if quietWindows >= 5, active > 1 {
        active /= 2
        quietWindows = 0
      }
    }
  }
}
