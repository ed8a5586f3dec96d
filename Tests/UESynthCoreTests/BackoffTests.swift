import Testing
import UESynthCore

@Suite struct BackoffTests {
  private static let second = 1e9

  @Test(arguments: [0, 1, 42, UInt64.max]) func growsByEightFifthsUpToTwoMinutes(_ seed: UInt64) {
    var backoff = Backoff(seed: seed)
    var expected = Self.second
    for _ in 0..<30 {
      let delay = Double(backoff.next(after: 1000) - 1000)
      #expect(delay >= expected * 0.8 - 1)
      #expect(delay <= expected * 1.2 + 1)
      expected = min(expected * 1.6, 120 * Self.second)
    }
    #expect(expected == 120 * Self.second)
  }

  @Test func jitterFillsItsRange() {
    var backoff = Backoff(seed: 9)
    var least = Double.infinity
    var most = 0.0
    for _ in 0..<1000 {
      backoff.reset()
      let delay = Double(backoff.next(after: 0))
      least = min(least, delay)
      most = max(most, delay)
    }
    #expect(least < 0.82 * Self.second)
    #expect(most > 1.18 * Self.second)
  }

  @Test func clientsDoNotMarchInStep() {
    var delays: Set<Int64> = []
    for seed in 0..<64 as Range<UInt64> {
      var backoff = Backoff(seed: seed &* 0x9E37_79B9_7F4A_7C15)
      delays.insert(backoff.next(after: 0))
    }
    #expect(delays.count > 60)
  }

  @Test func resetBeginsAtOneSecondAgain() {
    var backoff = Backoff(seed: 5)
    for _ in 0..<10 { _ = backoff.next(after: 0) }
    backoff.reset()
    let delay = Double(backoff.next(after: 0))
    #expect(delay <= 1.2 * Self.second)
  }
}
