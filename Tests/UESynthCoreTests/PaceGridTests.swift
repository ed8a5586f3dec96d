import Testing
import UESynthCore

@Suite struct PaceGridTests {
  private static let start: Int64 = 12_345_678_901

  private func take(_ grid: inout PaceGrid, _ now: Int64) throws -> PaceBeat {
    let beat = grid.take(now: now)
    return try #require(beat)
  }

  @Test func beatsOfAConsumerThatKeepsUp() throws {
    var grid = PaceGrid(rate: 100, start: Self.start)
    let early = grid.take(now: Self.start - 1)
    #expect(early == nil)
    for number in UInt64(0)..<500 {
      let due = Self.start + Int64(number) * 10_000_000
      #expect(grid.nextDue == due)
      let early = grid.take(now: due - 1)
      #expect(early == nil)
      let beat = try take(&grid, due + 3_000_000)
      #expect(beat == PaceBeat(number: number, missed: 0, intended: due))
      let again = grid.take(now: due + 3_000_000)
      #expect(again == nil)
    }
    #expect(grid.taken == 500 && grid.missed == 0)
  }

  /// The millionth beat of a rate whose period is no whole number of nanoseconds.
  @Test func nothingDrifts() throws {
    for (rate, period) in [(30.0, 1e9 / 30), (59.94, 1e9 / 59.94), (7, 1e9 / 7)] {
      let grid = PaceGrid(rate: rate, start: Self.start)
      let exact = Double(Self.start) + period * 1_000_000
      #expect(abs(Double(grid.due(1_000_000)) - exact) < 10)
    }
  }

  @Test func whoComesLateMissesBeatsAndStaysOnTheGrid() throws {
    var grid = PaceGrid(rate: 1000, start: 0)
    let first = try take(&grid, 0)
    #expect(first.number == 0)
    // Three periods and a half later: 1 and 2 are gone, 3 is the newest.
    let late = try take(&grid, 3_500_000)
    #expect(late == PaceBeat(number: 3, missed: 2, intended: 3_000_000))
    let again = grid.take(now: 3_600_000)
    #expect(again == nil)
    let next = try take(&grid, 4_000_000)
    #expect(next == PaceBeat(number: 4, missed: 0, intended: 4_000_000))
    #expect(grid.taken == 3 && grid.missed == 2)
  }

  /// At any rate and lateness: numbers ascend, taken and missed add up, and no beat comes early.
  @Test(arguments: [0.001, 0.3, 7, 59.94, 1000, 100_000])
  func beatsAddUp(_ rate: Double) {
    var grid = PaceGrid(rate: rate, start: Self.start)
    var now = Self.start - 5
    var random: UInt64 = 99
    var last: UInt64?
    for _ in 0..<3000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      now += Int64(random >> 40) * Int64(max(1, 300 / rate))
      guard let beat = grid.take(now: now) else {
        #expect(grid.nextDue > now)
        continue
      }
      #expect(beat.intended <= now)
      #expect(grid.nextDue > now)
      #expect(beat.number == (last.map { $0 + 1 } ?? 0) + beat.missed)
      last = beat.number
    }
    #expect(last.map { grid.taken + grid.missed == $0 + 1 } ?? false)
  }

  @Test func aClockFarAhead() throws {
    var grid = PaceGrid(rate: 100_000, start: 0)
    let beat = try take(&grid, .max / 2)
    #expect(beat.missed == beat.number)
    #expect(beat.intended <= .max / 2)
    #expect(grid.nextDue > .max / 2)
  }
}
