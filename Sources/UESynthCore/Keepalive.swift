/// When to ask a silent peer whether it is still there (grpc doc/keepalive.md; gRFC A8). A state machine
/// with no clock of its own: times are nanoseconds of one clock.
///
/// Any byte that is read counts as a sign of life. The interval doubles each time the peer says that it was
/// asked too often.
public struct Keepalive {
  public enum Step: Equatable, Sendable { case none, ping, dead }

  /// 0: never.
  private var interval: Int64
  private let timeout: Int64
  private let withoutCalls: Bool
  /// 0: any number.
  private let mostPingsWithoutData: Int
  private var lastRead: Int64 = 0
  private var pingedAt: Int64?
  private var pingsWithoutData = 0

  private static let longest: Int64 = 7_200_000_000_000

  public init(
    interval: Int64, timeout: Int64, withoutCalls: Bool, mostPingsWithoutData: Int
  ) {
    self.interval = interval
    self.timeout = timeout
    self.withoutCalls = withoutCalls
    self.mostPingsWithoutData = mostPingsWithoutData
  }

  /// A new connection is ready.
  public mutating func begin(now: Int64) {
    lastRead = now
    pingedAt = nil
    pingsWithoutData = 0
  }

  public mutating func bytesRead(now: Int64) {
    lastRead = now
    pingedAt = nil
  }

  public mutating func dataSent() { pingsWithoutData = 0 }

  /// GOAWAY "too_many_pings".
  public mutating func askedTooOften() {
    interval = interval > Self.longest / 2 ? Self.longest : interval &* 2
  }

  public var intervalSeconds: Double { Double(interval) / 1e9 }

  private func mayPing(hasCalls: Bool) -> Bool {
    interval > 0 && (hasCalls || withoutCalls)
      && (mostPingsWithoutData == 0 || pingsWithoutData < mostPingsWithoutData)
  }

  /// When `step` has something to do next.
  public func nextDeadline(hasCalls: Bool) -> Int64 {
    if let pingedAt { return pingedAt &+ timeout }
    return mayPing(hasCalls: hasCalls) ? lastRead &+ interval : .max
  }

  public mutating func step(now: Int64, hasCalls: Bool) -> Step {
    guard now >= nextDeadline(hasCalls: hasCalls) else { return .none }
    if pingedAt != nil { return .dead }
    pingedAt = now
    pingsWithoutData += 1
    return .ping
  }
}
