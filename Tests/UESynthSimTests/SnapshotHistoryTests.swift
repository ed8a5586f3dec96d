import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct SnapshotHistoryTests {
  @Test func theOldestOfSoMany() throws {
    let scene = Scene()
    let moments = try (0..<10).map { number in
      try scene.setCameraTransform(named: "", to: Transform(location: Vector3(Float(number), 0, 0)))
      return scene.snapshot()
    }
    for depth in 1...4 {
      var history = SnapshotHistory(depth: depth)
      #expect(history.oldest == nil)
      for (number, moment) in moments.enumerated() {
        history.append(moment)
        #expect(history.oldest === moments[max(0, number - depth + 1)])
      }
    }
    var none = SnapshotHistory(depth: 0)
    none.append(moments[0])
    #expect(none.oldest == nil)
  }
}
