import Testing
import UESynthCore

@Suite struct CompressionGaugeTests {
  private static let piece = 64 << 10

  /// A link that carries `rate` bytes a second, for a second.
  private func run(
    _ gauge: inout CompressionGauge, rate: Double, from start: Int64, seconds: Double = 1
  )
    -> Int64
  {
    var now = start
    let step = Int64(Double(Self.piece) / rate * 1e9)
    for _ in 0..<max(1, Int(seconds * rate) / Self.piece) {
      now += step
      gauge.received(Self.piece, now: now, isLinkBusy: true)
    }
    return now
  }

  @Test func nothingIsSaidBeforeItIsMeasured() {
    var gauge = CompressionGauge()
    #expect(!gauge.pays && gauge.linkRate == 0 && gauge.inflateRate == 0)
    gauge.received(Self.piece, now: 1_000_000_000, isLinkBusy: true)
    gauge.received(Self.piece, now: 2_000_000_000, isLinkBusy: true)
    #expect(!gauge.pays && gauge.linkRate == 0)
    // The figures of a realistic picture: about 12 MB/s (0.63 / (1 / 20e6 + 1 / 200e6)).
    #expect((11e6...12e6).contains(gauge.breakEven))
  }

  @Test(arguments: [(1e6, true), (8e6, true), (15e6, false), (1e9, false)])
  func slowLinksPay(rate: Double, pays: Bool) {
    var gauge = CompressionGauge()
    _ = run(&gauge, rate: rate, from: 1)
    #expect(gauge.pays == pays)
    #expect(abs(gauge.linkRate / rate - 1) < 0.1)
  }

  @Test func theChoiceDoesNotFlutter() {
    var gauge = CompressionGauge()
    var now = run(&gauge, rate: 10e6, from: 1)
    #expect(!gauge.pays)
    now = run(&gauge, rate: 8e6, from: now, seconds: 4)
    #expect(gauge.pays)
    now = run(&gauge, rate: 13e6, from: now, seconds: 4)
    #expect(gauge.pays)
    now = run(&gauge, rate: 30e6, from: now, seconds: 4)
    #expect(!gauge.pays)
  }

  @Test func pausesOfTheServerDoNotCount() {
    var gauge = CompressionGauge()
    var now = run(&gauge, rate: 100e6, from: 1)
    for _ in 0..<50 {
      now += 1_000_000_000
      gauge.received(Self.piece, now: now, isLinkBusy: false)
      now = run(&gauge, rate: 100e6, from: now, seconds: 0.01)
    }
    #expect(gauge.linkRate > 50e6 && !gauge.pays)
  }

  @Test func whatDoesNotShrinkDoesNotPay() {
    var gauge = CompressionGauge()
    gauge.inflated(wire: 950_000, plain: 1_000_000, nanoseconds: 5_000_000)
    #expect((0.5e6...1.2e6).contains(gauge.breakEven))
    _ = run(&gauge, rate: 3e6, from: 1)
    #expect(!gauge.pays)
    #expect(abs(gauge.inflateRate / 200e6 - 1) < 0.01)
    gauge.inflated(wire: 1_200_000, plain: 1_000_000, nanoseconds: 5_000_000)
    #expect(gauge.breakEven >= 0)
  }

  @Test func aNewConnectionBeginsAnew() {
    var gauge = CompressionGauge()
    let now = run(&gauge, rate: 1e6, from: 1)
    gauge.connected()
    #expect(!gauge.pays && gauge.linkRate == 0)
    // The time in between was nobody's.
    _ = run(&gauge, rate: 500e6, from: now + 60_000_000_000, seconds: 0.1)
    #expect(!gauge.pays && gauge.linkRate > 100e6)
  }
}
