import Testing
import UESynthCore

/// A lane with endless work before a serial server, in simulated time.
private struct SimulatedLane {
  var writeAhead = WriteAhead()
  var now: Int64 = 1_000_000_000
  var trip: Int64
  private var serverFree: Int64 = 0
  private var sent: [Int64] = []
  private var answered: [Int64] = []
  private var head = 0
  private(set) var replies = 0

  init(trip: Int64) { self.trip = trip }

  private var unanswered: Int { sent.count - head }

  /// Goes on for `duration`; `service` says how long the server works on the next one.
  mutating func run(
    _ duration: Int64, each: (WriteAhead) -> Void = { _ in }, service: () -> Int64
  ) {
    let end = now + duration
    fill(service)
    while head < sent.count, answered[head] <= end {
      now = answered[head]
      head += 1
      replies += 1
      writeAhead.replied(sent: sent[head - 1], now: now)
      if unanswered == 0 { writeAhead.idle(now: now) }
      fill(service)
      each(writeAhead)
      if head > 100_000 {
        sent.removeFirst(head)
        answered.removeFirst(head)
        head = 0
      }
    }
    now = end
  }

  private mutating func fill(_ service: () -> Int64) {
    if unanswered == 0 { writeAhead.busy(now: now) }
    while unanswered < writeAhead.limit {
      serverFree = max(serverFree, now + trip / 2) + service()
      sent.append(now)
      answered.append(max(serverFree + trip / 2, answered.last ?? 0))
    }
    writeAhead.reachedLimit()
  }
}

@Suite struct WriteAheadTests {
  private static let millisecond: Int64 = 1_000_000
  private static let frame: Int64 = 16_666_667

  @Test func anEngineAt60HzSettlesAtAFewAndNeverStarves() {
    var random = Seeded(6)
    for (jitter, most) in [(0, 5), (1_000_000, 6)] {
      var lane = SimulatedLane(trip: 100_000)
      let service = { Self.frame + Int64(random.below(2 * jitter + 1) - jitter) }
      lane.run(3_000 * Self.millisecond, service: service)
      let before = lane.replies
      var limits: Set<Int> = []
      lane.run(60_000 * Self.millisecond, each: { limits.insert($0.limit) }, service: service)
      #expect(limits.allSatisfy { (2...most).contains($0) })
      #expect(lane.replies - before >= 3_580)
    }
  }

  @Test func aFastServerGetsThousands() {
    var lane = SimulatedLane(trip: 50_000)
    lane.run(200 * Self.millisecond) { 2_000 }
    #expect(lane.writeAhead.limit >= 4_000)
    #expect(lane.writeAhead.limit <= 65_536)
    let before = lane.replies
    lane.run(50 * Self.millisecond) { 2_000 }
    #expect(lane.replies - before >= 24_000)
  }

  /// It takes in all there is and answers it at one stroke, so that the lane is empty each time.
  @Test func aServerThatAnswersInCrowdsGetsThousands() {
    var writeAhead = WriteAhead()
    var now: Int64 = 1_000_000_000
    let end = now + 300 * Self.millisecond
    while now < end {
      writeAhead.busy(now: now)
      let sent = now
      let count = writeAhead.limit
      writeAhead.reachedLimit()
      now += 30_000 + Int64(count) * 500
      for _ in 0..<count { writeAhead.replied(sent: sent, now: now) }
      writeAhead.idle(now: now)
      // What the host takes until it goes on is no fault of the server's.
      now += 200_000
    }
    #expect(writeAhead.limit >= 10_000)
  }

  /// 100 ms away: what the server could do in that time must be on the wire.
  @Test func aLongRoundTripDoesNotStarveAFastServer() {
    var lane = SimulatedLane(trip: 100 * Self.millisecond)
    lane.run(4_000 * Self.millisecond) { 100_000 }
    var least = Int.max
    let before = lane.replies
    lane.run(1_000 * Self.millisecond, each: { least = min(least, $0.limit) }) { 100_000 }
    #expect(least >= 1_000)
    // Of 10,000 that the server can do.
    #expect(lane.replies - before >= 9_000)
  }

  @Test func aLongRoundTripTo60HzKeepsTheEngineBusy() {
    var lane = SimulatedLane(trip: 100 * Self.millisecond)
    lane.run(5_000 * Self.millisecond) { Self.frame }
    let before = lane.replies
    var most = 0
    lane.run(5_000 * Self.millisecond, each: { most = max(most, $0.limit) }) { Self.frame }
    #expect(lane.replies - before >= 290)
    #expect(most <= 16)
  }

  @Test func followsAServerThatSlowsDownAndRecovers() {
    var lane = SimulatedLane(trip: 50_000)
    lane.run(60 * Self.millisecond) { 2_000 }
    #expect(lane.writeAhead.limit >= 1_000)
    // The pipe first has to drain, of thousands of requests at 0.2 ms.
    lane.run(15_000 * Self.millisecond) { 200_000 }
    #expect(lane.writeAhead.limit <= 400)
    lane.run(200 * Self.millisecond) { 2_000 }
    #expect(lane.writeAhead.limit >= 4_000)
  }

  /// The path has become longer by more than what is written ahead covers.
  @Test func findsALongerRoundTrip() {
    var lane = SimulatedLane(trip: 10 * Self.millisecond)
    lane.run(2_000 * Self.millisecond) { 1_000_000 }
    lane.trip = 300 * Self.millisecond
    lane.run(40_000 * Self.millisecond) { 1_000_000 }
    let before = lane.replies
    lane.run(5_000 * Self.millisecond) { 1_000_000 }
    // Of 5,000 that the server can do.
    #expect(lane.replies - before >= 4_000)
  }

  @Test func neverFallsBelowTwo() {
    var random = Seeded(7)
    var writeAhead = WriteAhead()
    var now: Int64 = 1
    for _ in 0..<100_000 {
      now &+= Int64(random.below(1 << random.below(34)))
      switch random.below(10) {
      case 0:
        writeAhead.idle(now: now)
        writeAhead.busy(now: now)
      case 1: writeAhead.reachedLimit()
      // Clocks that disagree, too.
      default: writeAhead.replied(sent: now &- Int64(random.below(1 << 36)) &+ 1000, now: now)
      }
      if !(2...65_536).contains(writeAhead.limit) {
        Issue.record("limit \(writeAhead.limit)")
        return
      }
    }
    for sent in [Int64.min, 0, .max] {
      for now in [Int64.min, 0, .max] { writeAhead.replied(sent: sent, now: now) }
    }
    #expect((2...65_536).contains(writeAhead.limit))
  }

  @Test func oneSlowReplyDoesNotEmptyThePipe() {
    var lane = SimulatedLane(trip: 50_000)
    lane.run(200 * Self.millisecond) { 2_000 }
    let limit = lane.writeAhead.limit
    lane.writeAhead.replied(sent: lane.now, now: lane.now + 500 * Self.millisecond)
    #expect(lane.writeAhead.limit >= limit * 3 / 4)
  }

  @Test func whatAServerPassesOverCountsAsItsWork() {
    var writeAhead = WriteAhead()
    var now: Int64 = 1_000_000_000
    writeAhead.busy(now: now)
    for _ in 0..<200 {
      let sent = now
      now += 2 * Self.millisecond
      for _ in 0..<10 { writeAhead.dropped() }
      writeAhead.replied(sent: sent, now: now)
      writeAhead.reachedLimit()
    }
    // 11 in 2 ms, for 50 ms and the round trip.
    #expect((250...320).contains(writeAhead.limit), "\(writeAhead.limit)")
  }
}
