/// Records that wait to be used again, the last one given first. They are named here, not chained: another
/// processor has written to them last, and what a chain says of the next one would have to be fetched from
/// there each time before going on. Plain memory: its owner calls `deallocate`.
struct FreeRecords<Record> {
  private var records: UnsafeMutablePointer<UnsafeMutablePointer<Record>>
  private var count = 0
  /// Of all records there are.
  private var total = 0
  private var room = 64

  init() { records = .allocate(capacity: room) }

  func deallocate() { records.deallocate() }

  /// Enters new ones, of which none is in use.
  mutating func add(_ chunk: UnsafeMutablePointer<Record>, count added: Int) {
    total += added
    if total > room {
      room = max(total, room * 2)
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Record>>.allocate(capacity: room)
      larger.moveInitialize(from: records, count: count)
      records.deallocate()
      records = larger
    }
    for index in (0..<added).reversed() { give(chunk + index) }
  }

  @inline(__always)
  mutating func take() -> UnsafeMutablePointer<Record>? {
    guard count > 0 else { return nil }
    count &-= 1
    return records[count]
  }

  /// What `take` will give after so many others.
  @inline(__always)
  func upcoming(_ distance: Int) -> UnsafeMutablePointer<Record>? {
    distance < count ? records[count &- 1 &- distance] : nil
  }

  /// Of a record that was taken.
  @inline(__always)
  mutating func give(_ record: UnsafeMutablePointer<Record>) {
    guard count < total else { return }
    (records + count).initialize(to: record)
    count &+= 1
  }
}
