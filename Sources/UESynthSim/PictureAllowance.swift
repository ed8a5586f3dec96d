import Synchronization

/// The pictures of one connection that are being drawn or wait to be sent, in bytes.
///
/// Thread: `hasRoom` and `take` the loop's, `give` any.
final class PictureAllowance: @unchecked Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)
  private let awaited = Atomic<Bool>(false)
  private let freed: @Sendable () -> Void

  /// `freed` is called when there is room again after `hasRoom` has said no.
  init(limit: Int, freed: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.freed = freed
  }

  /// Whether another picture may be begun: one may always, however large.
  func hasRoom(for bytes: Int) -> Bool {
    if isWithin(bytes) { return true }
    awaited.store(true, ordering: .sequentiallyConsistent)
    // Memory that was given back before the flag was up went unnoticed.
    return isWithin(bytes)
  }

  private func isWithin(_ bytes: Int) -> Bool {
    let present = used.load(ordering: .sequentiallyConsistent)
    return present == 0 || present &+ bytes <= limit
  }

  func take(_ bytes: Int) { used.wrappingAdd(bytes, ordering: .sequentiallyConsistent) }

  func give(_ bytes: Int) {
    used.wrappingSubtract(bytes, ordering: .sequentiallyConsistent)
    if awaited.exchange(false, ordering: .sequentiallyConsistent) { freed() }
  }
}
