import Testing
import UESynthCore

@Suite struct DeadlineHeapTests {
  @Test func agreesWithASortedModel() {
    var random = Seeded(2)
    let heap = DeadlineHeap()
    var model: [Int: Int64] = [:]
    var disagreements = 0
    for _ in 0..<30_000 {
      let slot = random.below(300)
      switch random.below(6) {
      case 0, 1, 2:
        let deadline = Int64(random.below(1000))
        heap.set(slot, deadline)
        model[slot] = deadline
      case 3:
        heap.remove(slot)
        model[slot] = nil
      default:
        let now = Int64(random.below(100))
        if let expired = heap.popExpired(now) {
          // Among equals any may go first, but none before a sooner one.
          if model[expired] != model.values.min() || model[expired].map({ $0 > now }) ?? true {
            disagreements += 1
          }
          model[expired] = nil
        } else if model.values.contains(where: { $0 <= now }) {
          disagreements += 1
        }
      }
      if heap.count != model.count { disagreements += 1 }
      if heap.next != model.values.min() ?? .max { disagreements += 1 }
    }
    #expect(disagreements == 0)
  }

  @Test func drainsInOrder() {
    var random = Seeded(3)
    let heap = DeadlineHeap()
    let deadlines = (0..<5000).map { _ in Int64(random.below(1 << 40)) }
    for (slot, deadline) in deadlines.enumerated() { heap.set(slot * 3, deadline) }
    var drained: [Int64] = []
    while let slot = heap.popExpired(.max) { drained.append(deadlines[slot / 3]) }
    #expect(drained == deadlines.sorted())
    #expect(heap.next == .max)
  }

  @Test func slotsThatAreNoneAreIgnored() {
    let heap = DeadlineHeap()
    heap.set(-1, 5)
    heap.set(Int.max, 5)
    heap.remove(-1)
    heap.remove(1 << 40)
    #expect(heap.count == 0)
    #expect(heap.popExpired(.max) == nil)
  }

  @Test func expiresAtTheDeadlineAndNotBefore() {
    let heap = DeadlineHeap()
    heap.set(7, 100)
    #expect(heap.popExpired(99) == nil)
    #expect(heap.popExpired(100) == 7)
    #expect(heap.popExpired(100) == nil)
  }
}
