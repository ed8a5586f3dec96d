/// How many requests a lane keeps on the wire: what its server answers in about 50 ms beyond the round
/// trip, at least 2. The rest waits in the client, where cancel and expiry mean that it is never sent.
///
/// The limit follows the measured rate: a fast server gets thousands, an engine at 60 Hz about four. A
/// lane that is always full never shows its bare round trip: when that was last seen long ago, the limit
/// is lowered for two trips to what keeps the server just busy (as BBR does, draft-cardwell §4.3.4).
public struct WriteAhead {
  private static let horizon = 50_000_000.0
  private static let window: Int64 = 5_000_000
  private static let least = 2
  private static let most = 65_536
  /// A round trip that was not seen again for so long may not be the shortest one any more.
  private static let memory: Int64 = 10_000_000_000
  private static let longestTrip: Int64 = 10_000_000_000
  /// Of what a round trip holds: less than all, so that the queue does empty.
  private static let probeShare = 0.75

  private enum Probe {
    case none
    /// What is on the wire beyond the lowered limit is being answered.
    case draining(since: Int64, limit: Int)
    /// Requests that found no queue are on their way.
    case measuring(since: Int64, limit: Int)
  }

  public private(set) var limit = 16
  private var windowStart: Int64 = 0
  @usableFromInline var replies = 0
  /// 0 while something is on the wire.
  private var idleSince: Int64 = 0
  private var wasFull = false
  /// Replies per nanosecond, by the last window.
  private var rate = 0.0
  private var shortestTrip = Int64.max
  private var shortestSeen: Int64 = 0
  private var wasEmpty = true
  private var probe = Probe.none
  /// Another reply like the last one, sent and come at the same time, says nothing but that it is one more.
  @usableFromInline var lastSent: Int64 = -1
  @usableFromInline var lastCame: Int64 = -1

  public init() {}

  /// A request had to wait for room: only then is the limit worth raising.
  public mutating func reachedLimit() { wasFull = true }

  /// A reply came for a request that was sent at `sent`.
  @inlinable
  public mutating func replied(sent: Int64, now: Int64) {
    if sent == lastSent, now == lastCame { replies &+= 1 } else { measure(sent: sent, now: now) }
  }

  /// The server has passed over a request: it is done with that one too.
  public mutating func dropped() { replies &+= 1 }

  @usableFromInline mutating func measure(sent: Int64, now: Int64) {
    lastSent = -1
    measureTrip(sent: sent, now: now)
    if windowStart == 0 { windowStart = sent }
    replies &+= 1
    let elapsed = now &- windowStart
    if elapsed < Self.window { (lastSent, lastCame) = (sent, now) }
    guard elapsed >= Self.window, replies >= 2 || elapsed >= Self.window &* 10 else { return }
    rate = Double(replies) / Double(elapsed)
    if case .none = probe { adjust() }
    wasFull = false
    replies = 0
    windowStart = now
  }

  /// Nothing is on the wire: time that passes from now on says nothing about the server.
  public mutating func idle(now: Int64) {
    idleSince = now
    wasEmpty = true
    endProbe()
  }

  /// The first request after that goes on the wire. A server that answers all there is at one stroke
  /// leaves the lane empty each time, and is measured all the same.
  public mutating func busy(now: Int64) {
    if windowStart > 0, idleSince > 0 { windowStart &+= max(0, now &- idleSince) }
    idleSince = 0
  }

  private mutating func measureTrip(sent: Int64, now: Int64) {
    let trip = max(0, now &- sent)
    let isOld = now &- shortestSeen > Self.memory
    if trip <= shortestTrip || (isOld && wasEmpty) {
      note(trip, now)
    } else {
      switch probe {
      case .none:
        if isOld, rate > 0 {
          probe = .draining(since: now, limit: limit)
          let held = rate * Self.duration(shortestTrip) * Self.probeShare
          limit = min(limit, Self.bounded(held.rounded(.down)))
        }
      case .draining(let since, let limit):
        if sent >= since { probe = .measuring(since: now, limit: limit) }
      case .measuring(let since, _):
        if sent >= since { note(trip, now) }
      }
    }
    wasEmpty = false
  }

  private mutating func note(_ trip: Int64, _ now: Int64) {
    shortestTrip = trip
    shortestSeen = now
    endProbe()
  }

  private mutating func endProbe() {
    switch probe {
    case .none: return
    case .draining(_, let limit), .measuring(_, let limit): self.limit = limit
    }
    probe = .none
  }

  private mutating func adjust() {
    let wanted = Self.bounded(
      (rate * (Self.duration(shortestTrip) + Self.horizon)).rounded(.up))
    if wanted > limit {
      if wasFull { limit = min(wanted, limit &* 2) }
    } else {
      // Shrinks by a quarter at most, so that one slow frame does not empty the pipe.
      limit = max(wanted, limit &- max(1, limit / 4), Self.least)
    }
  }

  private static func duration(_ trip: Int64) -> Double { Double(min(trip, longestTrip)) }

  private static func bounded(_ count: Double) -> Int {
    Int(max(Double(least), min(Double(most), count)))
  }
}
