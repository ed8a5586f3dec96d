/// The lanes of a client. They live as long as it does, so that calls through `with` count no references:
/// there may be millions a second.
final class LaneList {
  private let first: UnsafeMutablePointer<Unmanaged<Lane>>
  private let capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    first = .allocate(capacity: self.capacity)
  }

  deinit {
    for index in 0..<count { first[index].release() }
    first.deallocate()
  }

  func append(_ lane: Lane) {
    guard count < capacity else { return }
    (first + count).initialize(to: Unmanaged.passRetained(lane))
    count += 1
  }

  /// What `body` says of a lane; nil if there is no such lane.
  @inline(__always)
  func with<Value>(_ index: Int, _ body: (Lane) -> Value) -> Value? {
    guard index >= 0, index < count else { return nil }
    return first[index]._withUnsafeGuaranteedRef(body)
  }

  func forEach(_ body: (Lane) -> Void) {
    for index in 0..<count { first[index]._withUnsafeGuaranteedRef(body) }
  }

  func contains(where matches: (Lane) -> Bool) -> Bool {
    for index in 0..<count where first[index]._withUnsafeGuaranteedRef(matches) { return true }
    return false
  }
}
