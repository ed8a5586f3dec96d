import Synchronization

/// One byte cap that several clients share: what their messages and undelivered frames take together.
/// Thread: any.
public final class MemoryBudget: Sendable {
  public let cap: Int
  private let taken = Atomic<Int>(0)

  public init(cap: Int) { self.cap = cap }

  public var reserved: Int { taken.load(ordering: .relaxed) }

  public func reserve(_ length: Int) -> Bool {
    let total = taken.wrappingAdd(length, ordering: .relaxed).newValue
    if total <= cap { return true }
    taken.wrappingSubtract(length, ordering: .relaxed)
    return false
  }

  /// What is there already, whatever the cap says; negative when it goes.
  public func add(_ length: Int) { taken.wrappingAdd(length, ordering: .relaxed) }

  public func release(_ length: Int) { taken.wrappingSubtract(length, ordering: .relaxed) }
}
