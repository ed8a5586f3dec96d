/// How many requests a lane keeps on the wire: what its server answers in about 50 ms beyond the round
/// trip, at least 2. The rest waits in the client, where cancel and expiry mean that it is never sent.
///
/// The limit follows the measured rate: a fast server gets thousands, an engine at 60 Hz about four.
package struct WriteAhead {
  private static let horizon = 50_000_000.0
  private static let window: Int64 = 5_000_000
  private static let least = 2
  private static let most = 65_536
  /// A round trip that was not seen again for so long is no longer the shortest one.
  private static let memory: Int64 = 10_000_000_000

  package private(set) var limit = 16
  private var windowStart: Int64 = 0
  private var replies = 0
  private var wasFull = false
  private var shortestTrip = Int64.max
  private var shortestSeen: Int64 = 0

  package init() {}

  /// A request had to wait for room: only then is the limit worth raising.
  package mutating func reachedLimit() { wasFull = true }

  /// A reply came for a request that was sent at `sent`.
  package mutating func replied(sent: Int64, now: Int64) {
    let trip = max(0, now &- sent)
    if trip <= shortestTrip || now &- shortestSeen > Self.memory {
      shortestTrip = trip
      shortestSeen = now
    }
    if windowStart == 0 { windowStart = sent }
    replies &+= 1
    let elapsed = now &- windowStart
    guard elapsed >= Self.window, replies >= 2 || elapsed >= Self.window &* 10 else { return }
    let rate = Double(replies) / Double(elapsed)
    let wanted = rate * (Double(min(shortestTrip, 10_000_000_000)) + Self.horizon)
    let bounded = Int(max(Double(Self.least), min(Double(Self.most), wanted.rounded(.up))))
    if bounded > limit {
      if wasFull { limit = min(bounded, limit &* 2) }
    } else {
      // Shrinks by a quarter at most, so that one slow frame does not empty the pipe.
      limit = max(bounded, limit &- max(1, limit / 4), Self.least)
    }
    wasFull = false
    replies = 0
    windowStart = now
  }

  /// Nothing is on the wire: time that passes now says nothing about the server.
  package mutating func idle() {
    windowStart = 0
    replies = 0
  }
}
