import Testing
import UESynthCore

@Suite struct MemoryBudgetTests {
  @Test func grantsUpToTheCap() {
    let budget = MemoryBudget(cap: 100)
    #expect(budget.reserve(60))
    #expect(!budget.reserve(41))
    #expect(budget.reserve(40))
    #expect(budget.reserved == 100)
    budget.release(60)
    #expect(budget.reserve(60))
  }

  @Test func whatIsThereCountsWhateverTheCap() {
    let budget = MemoryBudget(cap: 100)
    budget.add(150)
    #expect(!budget.reserve(1))
    budget.add(-150)
    #expect(budget.reserve(100))
  }

  @Test func neverGrantsMoreToSeveralThreads() {
    final class Grants: @unchecked Sendable {
      let lock = Lock()
      var held = 0
      var excess = 0
    }
    let budget = MemoryBudget(cap: 1000)
    let grants = Grants()
    onThreads(4) { index in
      var random = Seeded(UInt64(index))
      for _ in 0..<5000 {
        let length = random.below(600)
        guard budget.reserve(length) else { continue }
        grants.lock.withLock {
          grants.held += length
          if grants.held > 1000 { grants.excess += 1 }
        }
        grants.lock.withLock { grants.held -= length }
        budget.release(length)
      }
    }
    #expect(grants.excess == 0)
    #expect(budget.reserved == 0)
  }
}
