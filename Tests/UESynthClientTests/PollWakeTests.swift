import Testing

@testable import UESynthClient

@Suite struct PollWakeTests {
  /// `#expect` takes no calls that change something.
  private func check(_ holds: Bool, _ place: SourceLocation = #_sourceLocation) {
    #expect(holds, sourceLocation: place)
  }

  @Test func tellsOfAFewAtOnce() {
    var wake = PollWake()
    // One that was quick is told of as quickly.
    check(!wake.holdsBack(came: 1, waiting: 1, underWay: 1000, age: 400_000, now: 0))
    check(!wake.holdsBack(came: 4, waiting: 4, underWay: 8, age: 10_000_000, now: 0))
    #expect(wake.due == .max)
  }

  @Test func letsCrowdsGatherUpToAShare() {
    var wake = PollWake()
    check(wake.holdsBack(came: 16, waiting: 16, underWay: 1000, age: 0, now: 1_000))
    #expect(wake.due == 31_000)
    check(wake.holdsBack(came: 16, waiting: 32, underWay: 984, age: 0, now: 2_000))
    check(!wake.holdsBack(came: 220, waiting: 252, underWay: 764, age: 0, now: 3_000))
    #expect(wake.due == .max)
  }

  @Test func whatTookLongWaitsForASmallShareOfThat() {
    var wake = PollWake()
    check(wake.holdsBack(came: 1, waiting: 1, underWay: 16, age: 1_600_000, now: 1_000))
    #expect(wake.due == 101_000)
    var slow = PollWake()
    check(slow.holdsBack(came: 1, waiting: 1, underWay: 16, age: 900_000_000, now: 0))
    #expect(slow.due == 1_000_000)
  }

  @Test func nobodyWaitsLonger() {
    var wake = PollWake()
    check(wake.holdsBack(came: 16, waiting: 16, underWay: 1000, age: 0, now: 1_000))
    let due = wake.due
    // What comes meanwhile does not put it off.
    check(wake.holdsBack(came: 16, waiting: 32, underWay: 984, age: 9_000_000, now: due - 1))
    #expect(wake.due == due)
    var early = wake
    check(!early.isDue(due - 1))
    check(wake.isDue(due))
    #expect(wake.due == .max)
  }
}
