/// What is under way, by the number of its slot: ids end with that number, so a look-up is one step, and
/// an id that is not the slot's own finds nothing. Values are addresses; 0 is none.
///
/// Thread: one at a time.
public final class SlotIndex {
  /// Low bits of an id, which are the slot's number.
  public static let slotBits: UInt64 = 20
  private static let slotMask: UInt64 = 1 << slotBits &- 1

  private struct Entry {
    var id: UInt64 = 0
    var value: UInt = 0
  }
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 1024

  public init() {
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
  }

  deinit { entries.deallocate() }

  @inline(__always)
  private func slot(_ id: UInt64) -> Int { Int(truncatingIfNeeded: id & Self.slotMask) }

  /// 0 for an id that is not under way.
  public func value(_ id: UInt64) -> UInt {
    let slot = slot(id)
    guard slot < capacity, entries[slot].id == id else { return 0 }
    return entries[slot].value
  }

  /// Whoever is in a slot.
  public func value(inSlot slot: Int) -> UInt {
    slot >= 0 && slot < capacity ? entries[slot].value : 0
  }

  public func set(_ id: UInt64, _ value: UInt) {
    let slot = slot(id)
    while slot >= capacity { grow() }
    entries[slot] = Entry(id: id, value: value)
  }

  public func remove(_ id: UInt64) {
    let slot = slot(id)
    guard slot < capacity, entries[slot].id == id else { return }
    entries[slot] = Entry()
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: entries, count: capacity)
    (larger + capacity).initialize(repeating: Entry(), count: capacity)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }
}
