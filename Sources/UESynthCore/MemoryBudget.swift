import Synchronization

/// One byte cap that several clients share: what their messages and undelivered frames take together.
/// Thread: any.
package final class MemoryBudget: Sendable {
  package let cap: Int
  private let taken = Atomic<Int>(0)

  package init(cap: Int) { self.cap = cap }

  package var reserved: Int { taken.load(ordering: .relaxed) }

  package func reserve(_ length: Int) -> Bool {
    let total = taken.wrappingAdd(length, ordering: .relaxed).newValue
    if total <= cap { return true }
    taken.wrappingSubtract(length, ordering: .relaxed)
    return false
  }

  /// What is there already, whatever the cap says; negative when it goes.
  package func add(_ length: Int) { taken.wrappingAdd(length, ordering: .relaxed) }

  package func release(_ length: Int) { taken.wrappingSubtract(length, ordering: .relaxed) }
}
