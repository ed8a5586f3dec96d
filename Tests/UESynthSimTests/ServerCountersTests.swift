import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServerCountersTests {
  @Test func cellsAddUp() {
    let cells = CounterCells()
    for kind in ActionKind.allCases { cells.count(kind) }
    cells.count(.captureRGB)
    cells.count(.pictures, 3)
    cells.count(.failures)
    let counters = cells.snapshot
    #expect(counters.total == 18 && counters.captures == 6)
    #expect(counters.actions[.captureRGB] == 2)
    #expect(counters.pictures == 3 && counters.failures == 1 && counters.ticks == 0)
    #expect(counters.report.contains("18 actions, of which 1 failed"))
    #expect(counters.report.contains("captureRGB: 2"))
  }
}
