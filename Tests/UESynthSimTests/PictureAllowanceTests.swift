import Synchronization
import Testing

@testable import UESynthSim

@Suite struct PictureAllowanceTests {
  @Test func roomIsCountedAndAnnouncedOnce() {
    let announced = Counter()
    let allowance = PictureAllowance(limit: 100) { announced.increment() }
    #expect(allowance.hasRoom(for: 1000), "one may always be drawn")
    allowance.take(60)
    #expect(allowance.hasRoom(for: 40))
    allowance.take(40)
    allowance.give(40)
    #expect(announced.value == 0, "nobody waits")
    #expect(!allowance.hasRoom(for: 41))
    allowance.give(60)
    #expect(announced.value == 1)
    #expect(allowance.hasRoom(for: 41))
  }

  final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
  }
}
