/// The records of all frames of the process, recycled and never unmapped: a handle that was released
/// once too often still points to a record, where the mistake can be seen. Thread: any.
public final class FrameSlab: @unchecked Sendable {
  public static let shared = FrameSlab()

  private static let chunk = 64
  private let lock = Lock()
  private var free: FrameRef?
  public private(set) var live = 0

  /// A fresh record with one reference.
  public func take() -> FrameRef {
    lock.lock()
    defer { lock.unlock() }
    live &+= 1
    if free == nil { grow() }
    guard let record = free else { return fresh(FrameRef.allocate(capacity: 1)) }
    free = record.pointee.newer
    record.pointee.newer = nil
    record.pointee.references.store(1, ordering: .relaxed)
    return record
  }

  private func fresh(_ record: FrameRef) -> FrameRef {
    record.initialize(to: FrameRecord())
    record.pointee.references.store(1, ordering: .relaxed)
    return record
  }

  private func grow() {
    let records = FrameRef.allocate(capacity: Self.chunk)
    for index in 0..<Self.chunk {
      (records + index).initialize(to: FrameRecord())
      records[index].newer = free
      free = records + index
    }
  }

  /// The last reference is gone.
  func recycle(_ record: FrameRef) {
    if let memory = record.pointee.memory, let source = record.pointee.source {
      source.takeUnretainedValue().give(memory, record.pointee.capacity)
    }
    record.pointee.source?.release()
    record.pointee.source = nil
    record.pointee.memory = nil
    record.pointee.ledger?.release()
    record.pointee.ledger = nil
    record.pointee.capacity = 0
    record.pointee.size = 0
    record.pointee.flags = []
    record.pointee.claimedFormat.clear()
    record.pointee.camera.clear()
    record.pointee.delivered = 0
    record.pointee.droppedBefore = 0
    record.pointee.isQueued = false
    record.pointee.isLatest = false
    record.pointee.older = nil
    record.pointee.holder = nil
    lock.lock()
    record.pointee.newer = free
    free = record
    live &-= 1
    lock.unlock()
  }
}
