import Testing

@testable import UESynthCore

@Suite struct LaneGovernorTests {
  private static let millisecond: Int64 = 1_000_000

  /// Runs a server for a while that answers `rate(lanes)` requests a second, always with more waiting.
  private func settle(
    _ governor: inout LaneGovernor, seconds: Int64, from start: Int64 = 0, waiting: Bool = true,
    _ rate: (Int) -> Double
  ) -> Int64 {
    var now = start + Self.millisecond
    var owed = 0.0
    let end = start + seconds * 1000 * Self.millisecond
    while now < end {
      owed += rate(governor.active) / 1000
      while owed >= 1 {
        owed -= 1
        governor.replied()
      }
      if waiting { governor.waited() }
      governor.pass(now: now, isBusy: true)
      now += Self.millisecond
    }
    return now
  }

  @Test func anEngineThatWorksEveryLaneOnceATickGetsThemAll() {
    var governor = LaneGovernor(most: 16)
    _ = settle(&governor, seconds: 5) { 60 * Double($0) }
    #expect(governor.active == 16)
  }

  @Test func aServerThatIsBusyWithOneGetsNoSecond() {
    var governor = LaneGovernor(most: 16)
    var lanesOverTime = 0
    var looks = 0
    var now: Int64 = 0
    for _ in 0..<60 {
      now = settle(&governor, seconds: 1, from: now) { _ in 1000 }
      lanesOverTime += governor.active
      looks += 1
    }
    #expect(governor.active <= 2)
    // Trials become rare.
    #expect(Double(lanesOverTime) / Double(looks) < 1.3)
  }

  @Test func lanesThatNobodyNeedsGo() {
    var governor = LaneGovernor(most: 16)
    let now = settle(&governor, seconds: 5) { 60 * Double($0) }
    _ = settle(&governor, seconds: 10, from: now, waiting: false) { _ in 30 }
    #expect(governor.active == 1)
  }

  @Test func oneLaneStaysOne() {
    var governor = LaneGovernor(most: 1)
    _ = settle(&governor, seconds: 2) { 60 * Double($0) }
    #expect(governor.active == 1)
    #expect(governor.nextLook(isBusy: true) == .max)
  }
}
