/// Rates over the last second, from totals that only grow: marks of them every 100 ms. Nothing is done
/// for what happens between two marks.
public struct RateWindow {
  public struct Totals: BitwiseCopyable {
    public var frames: UInt64 = 0
    public var commands: UInt64 = 0
    public var bytesReceived: UInt64 = 0
    public var bytesSent: UInt64 = 0
    public init() {}
  }

  /// Each per second.
  public struct Rates: BitwiseCopyable {
    public var frames = 0.0
    public var commands = 0.0
    public var bytesReceived = 0.0
    public var bytesSent = 0.0
    public init() {}
  }

  private static let width: Int64 = 100_000_000
  /// Ten whole intervals and the one that has begun.
  private static let markCount: Int64 = 11

  /// The totals as they were when each of the last intervals began.
  private var marks = InlineArray<11, Totals>(repeating: Totals())
  private var interval: Int64
  private let start: Int64

  public init(now: Int64) {
    start = max(now, 0)
    interval = start / Self.width
  }

  /// Time has passed, and `totals` are those of the time before `now`: call it before they change.
  @inline(__always)
  public mutating func advance(now: Int64, _ totals: @autoclosure () -> Totals) {
    let current = now / Self.width
    if current > interval { mark(until: current, totals()) }
  }

  private mutating func mark(until current: Int64, _ totals: Totals) {
    for number in max(interval + 1, current - Self.markCount + 1)...current {
      marks[Int(number % Self.markCount)] = totals
    }
    interval = current
  }

  /// The rates now, after `advance`.
  public func rates(now: Int64, _ totals: Totals) -> Rates {
    let since = max((interval - Self.markCount + 1) * Self.width, start)
    // A moment after the start little can be said; it is not to be divided by next to nothing.
    let seconds = Double(max(now - since, Self.width)) / 1e9
    let before = marks[Int((interval + 1) % Self.markCount)]
    var rates = Rates()
    rates.frames = Double(totals.frames &- before.frames) / seconds
    rates.commands = Double(totals.commands &- before.commands) / seconds
    rates.bytesReceived = Double(totals.bytesReceived &- before.bytesReceived) / seconds
    rates.bytesSent = Double(totals.bytesSent &- before.bytesSent) / seconds
    return rates
  }
}
