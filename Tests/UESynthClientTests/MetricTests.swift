import CUESynth
import Testing

@testable import UESynthClient

@Suite struct MetricTests {
  @Test func namesAreThoseOfTheStructsMembersInOrder() {
    let members = Mirror(reflecting: uesynth_stats()).children.compactMap(\.label)
    #expect(Array(members.dropFirst()) == Metric.all.map { $0.name.description })
  }

  @Test func everyValueComesFromAMemberOfItsOwn() {
    var snapshot = StatisticsSnapshot()
    snapshot.counters.submitted = 3
    snapshot.droppedLatest = 7
    snapshot.rates.frames = 59.5
    snapshot.counters.imageBytes = 100
    snapshot.counters.imageBytesCopied = 25
    let values = Dictionary(
      uniqueKeysWithValues: Metric.all.map { ($0.name.description, $0.value(snapshot)) })
    #expect(values["requests_submitted"] == 3)
    #expect(values["frames_dropped_latest"] == 7)
    #expect(values["frames_per_second"] == 59.5)
    #expect(values["copies_per_frame"] == 0.25)
    #expect(values.values.filter { $0 != 0 }.count == 6)
  }
}
