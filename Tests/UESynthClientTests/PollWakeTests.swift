import Testing

@testable import UESynthClient

@Suite struct PollWakeTests {
  /// `#expect` takes no calls that change something.
  private func check(_ holds: Bool, _ place: SourceLocation = #_sourceLocation) {
    #expect(holds, sourceLocation: place)
  }

  @Test func tellsOfAFewAtOnce() {
    var wake = PollWake()
    check(!wake.holdsBack(came: 1, waiting: 1, underWay: 1000, now: 0))
    check(!wake.holdsBack(came: 16, waiting: 16, underWay: 16, now: 0))
    #expect(wake.due == .max)
  }

  @Test func letsCrowdsGatherUpToAShare() {
    var wake = PollWake()
    check(wake.holdsBack(came: 16, waiting: 16, underWay: 1000, now: 1_000))
    check(wake.holdsBack(came: 16, waiting: 32, underWay: 984, now: 2_000))
    check(!wake.holdsBack(came: 220, waiting: 252, underWay: 764, now: 3_000))
    #expect(wake.due == .max)
  }

  @Test func nobodyWaitsLonger() {
    var wake = PollWake()
    check(wake.holdsBack(came: 16, waiting: 16, underWay: 1000, now: 1_000))
    let due = wake.due
    #expect(due <= 100_000)
    // What comes meanwhile does not put it off.
    check(wake.holdsBack(came: 16, waiting: 32, underWay: 984, now: due - 1))
    #expect(wake.due == due)
    var early = wake
    check(!early.isDue(due - 1))
    check(wake.isDue(due))
    #expect(wake.due == .max)
  }
}
