import Testing
import UESynthCore

@Suite struct RateWindowTests {
  private static let second: Int64 = 1_000_000_000

  private func totals(_ frames: UInt64) -> RateWindow.Totals {
    var totals = RateWindow.Totals()
    totals.frames = frames
    totals.commands = frames * 2
    totals.bytesReceived = frames * 1000
    totals.bytesSent = frames * 10
    return totals
  }

  @Test func aSteadyRateIsFoundAtAnyMoment() {
    let start = 7 * Self.second + 31_000_000
    var window = RateWindow(now: start)
    for frame in 1...600 {
      let now = start + Int64(frame) * Self.second / 60
      window.advance(now: now, totals(UInt64(frame - 1)))
      let rates = window.rates(now: now, totals(UInt64(frame)))
      guard frame > 12 else { continue }
      #expect(abs(rates.frames - 60) < 6, "after \(frame) frames")
      #expect(abs(rates.commands - 2 * rates.frames) < 1e-6)
      #expect(abs(rates.bytesReceived - 1000 * rates.frames) < 1e-3)
      #expect(abs(rates.bytesSent - 10 * rates.frames) < 1e-6)
    }
  }

  @Test func whatIsOverASecondAgoIsForgotten() {
    var window = RateWindow(now: 0)
    window.advance(now: Self.second, totals(0))
    // A burst, then silence.
    window.advance(now: Self.second + 50_000_000, totals(100))
    #expect(window.rates(now: Self.second + 50_000_000, totals(100)).frames > 80)
    for tenth in 1...30 {
      let now = Self.second + Int64(tenth) * 100_000_000
      window.advance(now: now, totals(100))
      let rate = window.rates(now: now, totals(100)).frames
      if tenth <= 9 { #expect(rate > 80) }
      if tenth >= 11 { #expect(rate == 0) }
    }
  }

  @Test func aLongPauseCostsNothingAndLeavesNothing() {
    var window = RateWindow(now: 0)
    window.advance(now: 3600 * Self.second, totals(5))
    #expect(window.rates(now: 3600 * Self.second, totals(5)).frames == 0)
    #expect(abs(window.rates(now: 3600 * Self.second, totals(15)).frames - 10) < 1.1)
  }

  @Test func youngWindowsDivideByTheirAge() {
    var window = RateWindow(now: 5 * Self.second)
    let now = 5 * Self.second + Self.second / 2
    window.advance(now: now, totals(29))
    #expect(abs(window.rates(now: now, totals(30)).frames - 60) < 1e-6)
    // But not by next to nothing.
    var newborn = RateWindow(now: 5 * Self.second)
    newborn.advance(now: 5 * Self.second + 10, totals(0))
    #expect(newborn.rates(now: 5 * Self.second + 10, totals(1)).frames == 10)
  }
}
