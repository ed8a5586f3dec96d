import Testing
import UESynthCore

@Suite struct LatencyHistogramTests {
  @Test func nothingRecorded() {
    let histogram = LatencyHistogram()
    #expect(histogram.count == 0)
    #expect(histogram.percentile(50) == 0)
    #expect(histogram.minimum == 0 && histogram.maximum == 0)
  }

  @Test func percentilesAreWithinTwoPercentOverTheWholeRange() {
    var value: Int64 = 500
    while value < 1 << 40 {
      var histogram = LatencyHistogram()
      // Two neighbours far off, so that the extremes do not clamp what is looked at.
      histogram.record(0)
      histogram.record(value)
      histogram.record(.max / 2)
      let found = histogram.percentile(50)
      #expect(abs(Double(found - value)) <= Double(value) * 0.02, "\(value) was found as \(found)")
      value += value / 7
    }
  }

  @Test func shortDurationsAreExactTo8Nanoseconds() {
    for value in Int64(0)...511 {
      var histogram = LatencyHistogram()
      histogram.record(0)
      histogram.record(value)
      histogram.record(1 << 30)
      #expect(abs(histogram.percentile(50) - value) <= 8)
    }
  }

  @Test func ranks() {
    var histogram = LatencyHistogram()
    for number in 1...1000 { histogram.record(Int64(number) * 1000) }
    #expect(histogram.count == 1000)
    #expect(histogram.sum == 500_500_000)
    #expect(histogram.percentile(0) == 1000)
    #expect(histogram.percentile(100) == 1_000_000)
    for percent in [1.0, 10, 25, 50, 75, 90, 99, 99.9] {
      let exact = percent * 10_000
      #expect(abs(Double(histogram.percentile(percent)) - exact) <= exact * 0.02)
    }
  }

  @Test func severalInOnePassAreWhatSinglesAre() {
    var histogram = LatencyHistogram()
    var value: Int64 = 17
    for _ in 0..<5000 {
      histogram.record(value)
      value = (value &* 2_862_933_555_777_941_757 &+ 3_037_000_493) & 0xFFF_FFFF
    }
    let wanted = [0.0, 12.5, 50, 90, 99, 99.9, 100]
    var found: [Int64] = []
    histogram.percentiles(wanted[0], 0) { index, value in
      found.append(value)
      return index + 1 < wanted.count ? wanted[index + 1] : nil
    }
    #expect(found == wanted.map { histogram.percentile($0) })
    #expect(found == found.sorted())
  }

  @Test func extremesStayInsideWhatWasRecorded() {
    var histogram = LatencyHistogram()
    for value: Int64 in [-5, .min, .max, 1 << 50] { histogram.record(value) }
    #expect(histogram.count == 4)
    #expect(histogram.percentile(0) == 0)
    #expect(histogram.percentile(100) == .max)
    #expect(histogram.percentile(.nan) == 0)
  }

  @Test func aloneAValueIsExact() {
    var histogram = LatencyHistogram()
    histogram.record(123_457)
    for percent in [0.0, 50, 100] { #expect(histogram.percentile(percent) == 123_457) }
  }

  @Test func addingTwoIsRecordingBoth() {
    var first = LatencyHistogram()
    var second = LatencyHistogram()
    var both = LatencyHistogram()
    for number in 0..<500 {
      first.record(Int64(number) * 977)
      second.record(Int64(number) * 31_013, times: 3)
      both.record(Int64(number) * 977)
      for _ in 0..<3 { both.record(Int64(number) * 31_013) }
    }
    first.add(second)
    #expect(first.count == both.count)
    #expect(first.sum == both.sum)
    for percent in stride(from: 0.0, through: 100, by: 5) {
      #expect(first.percentile(percent) == both.percentile(percent))
    }
  }
}
