import Testing

@testable import UESynthCore

@Suite struct KeepaliveTests {
  private func keepalive(
    withoutCalls: Bool = false, mostPingsWithoutData: Int = 2
  ) -> Keepalive {
    var keepalive = Keepalive(
      interval: 100, timeout: 20, withoutCalls: withoutCalls,
      mostPingsWithoutData: mostPingsWithoutData)
    keepalive.begin(now: 1000)
    return keepalive
  }

  @Test func pingsASilentPeerAndGivesItUp() {
    var keepalive = keepalive()
    #expect(keepalive.nextDeadline(hasCalls: true) == 1100)
    var step = keepalive.step(now: 1099, hasCalls: true)
    #expect(step == .none)
    step = keepalive.step(now: 1100, hasCalls: true)
    #expect(step == .ping)
    #expect(keepalive.nextDeadline(hasCalls: true) == 1120)
    step = keepalive.step(now: 1119, hasCalls: true)
    #expect(step == .none)
    step = keepalive.step(now: 1120, hasCalls: true)
    #expect(step == .dead)
  }

  @Test func anyByteIsASignOfLife() {
    var keepalive = keepalive()
    _ = keepalive.step(now: 1100, hasCalls: true)
    keepalive.bytesRead(now: 1110)
    let step = keepalive.step(now: 1150, hasCalls: true)
    #expect(step == .none)
    #expect(keepalive.nextDeadline(hasCalls: true) == 1210)
  }

  @Test func leavesAConnectionWithoutCallsAlone() {
    var keepalive = keepalive()
    #expect(keepalive.nextDeadline(hasCalls: false) == .max)
    let step = keepalive.step(now: 9000, hasCalls: false)
    #expect(step == .none)
    let asked = self.keepalive(withoutCalls: true)
    #expect(asked.nextDeadline(hasCalls: false) == 1100)
  }

  @Test func stopsAfterSoManyPingsWithoutData() {
    var keepalive = keepalive(mostPingsWithoutData: 2)
    var now: Int64 = 1000
    for _ in 0..<2 {
      now += 100
      let step = keepalive.step(now: now, hasCalls: true)
      #expect(step == .ping)
      keepalive.bytesRead(now: now)
    }
    #expect(keepalive.nextDeadline(hasCalls: true) == .max)
    keepalive.dataSent()
    #expect(keepalive.nextDeadline(hasCalls: true) == now + 100)
  }

  @Test func backsOffWhenAskedTo() {
    var keepalive = keepalive()
    keepalive.askedTooOften()
    keepalive.begin(now: 2000)
    #expect(keepalive.nextDeadline(hasCalls: true) == 2200)
    for _ in 0..<100 { keepalive.askedTooOften() }
    #expect(keepalive.intervalSeconds == 7200)
  }

  @Test func isOffUnlessAskedFor() {
    var keepalive = Keepalive(
      interval: 0, timeout: 20, withoutCalls: true, mostPingsWithoutData: 0)
    keepalive.begin(now: 0)
    #expect(keepalive.nextDeadline(hasCalls: true) == .max)
  }
}
