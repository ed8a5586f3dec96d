import Testing
import UESynthCore

@Suite final class PrefetchDepthTests {
  private var clock: Int64 = 0

  /// A server that takes `service` for each picture, which needs `travel` on top to arrive, and a
  /// consumer that works for `work` on each. Returns the depth in the end and the frames a second of the
  /// last half.
  private func run(
    _ depth: inout PrefetchDepth, service: Int64, travel: Int64, work: Int64, frames: Int = 4000
  ) -> (depth: Int, rate: Double) {
    clock += 1_000_000_000
    var now = clock
    var serverFree: Int64 = 0
    var arrivals: [Int64] = []
    var head = 0
    var middle: Int64 = 0
    func topUp(_ depth: borrowing PrefetchDepth) {
      while arrivals.count - head < depth.value {
        // A request is on its way for half of `travel`.
        serverFree = max(serverFree, now + travel / 2) + service
        arrivals.append(serverFree + travel / 2)
      }
    }
    topUp(depth)
    while head < frames {
      let arrival = arrivals[head]
      let waited = max(0, arrival - now)
      now += waited
      head += 1
      depth.handedOut(waited: waited, now: now)
      topUp(depth)
      now += work
      if head == frames / 2 { middle = now }
    }
    clock = now
    return (depth.value, Double(frames - frames / 2) / Double(now - middle) * 1e9)
  }

  private static let ms: Int64 = 1_000_000

  @Test func aFixedDepthStays() {
    var depth = PrefetchDepth(fixed: 7, limit: 3)
    let (found, _) = run(&depth, service: Self.ms, travel: 20 * Self.ms, work: 0)
    #expect(found == 7 && depth.peak == 7)
  }

  /// 1 ms a picture, 20 ms on the way: 21 must be under way for all that the server can do.
  @Test func itGrowsUntilTheServerIsBusy() {
    var depth = PrefetchDepth(fixed: nil, limit: 64)
    let (found, rate) = run(&depth, service: Self.ms, travel: 20 * Self.ms, work: 0)
    #expect(rate > 900)
    #expect(found >= 19)
    #expect(found <= 40)
  }

  /// A slow server on a short way: two are enough, and what did not help is taken back.
  @Test func itDoesNotGrowWhereThatDoesNotHelp() {
    var depth = PrefetchDepth(fixed: nil, limit: 64)
    let (found, rate) = run(&depth, service: 16 * Self.ms, travel: Self.ms, work: 0)
    #expect(rate > 60)
    #expect(found <= 4)
    #expect(depth.peak <= 8)
  }

  @Test func itShrinksForASlowConsumer() {
    var depth = PrefetchDepth(fixed: nil, limit: 64)
    _ = run(&depth, service: Self.ms, travel: 20 * Self.ms, work: 0)
    #expect(depth.value > 10)
    let (found, rate) = run(&depth, service: Self.ms, travel: 20 * Self.ms, work: 50 * Self.ms)
    #expect(found <= 2)
    #expect(abs(rate - 20) < 0.5)
  }

  /// The consumer is the bottleneck, but only just: enough is kept ahead for it never to wait long.
  @Test func itSettlesForAConsumerThatIsNearlyAsFast() {
    var depth = PrefetchDepth(fixed: nil, limit: 64)
    let (found, rate) = run(
      &depth, service: Self.ms, travel: 20 * Self.ms, work: 2 * Self.ms, frames: 20_000)
    #expect(rate > 400)
    #expect(found >= 8 && found <= 30)
  }

  @Test func itKeepsTheLimit() {
    var depth = PrefetchDepth(fixed: nil, limit: 6)
    _ = run(&depth, service: Self.ms, travel: 50 * Self.ms, work: 0)
    #expect(depth.value == 6 && depth.peak == 6)
    depth.setLimit(3)
    #expect(depth.value == 3)
    _ = run(&depth, service: Self.ms, travel: 50 * Self.ms, work: 0)
    #expect(depth.value == 3)
    depth.setLimit(0)
    #expect(depth.value == 1)
    var least = PrefetchDepth(fixed: nil, limit: 0)
    _ = run(&least, service: Self.ms, travel: 50 * Self.ms, work: 0, frames: 100)
    #expect(least.value == 1)
  }

  @Test func aClockThatStandsStillIsNoRate() {
    var depth = PrefetchDepth(fixed: nil, limit: 64)
    for _ in 0..<1000 { depth.handedOut(waited: 3, now: 5) }
    #expect(depth.value == 2)
  }
}
