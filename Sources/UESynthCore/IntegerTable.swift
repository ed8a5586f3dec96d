/// An `OpenTable` from UInt64 to UInt64, for other modules.
public final class IntegerTable {
  private var table: OpenTable<UInt64>
  public var count: Int { table.count }
  /// Places, of which at most half are taken.
  var capacity: Int { table.capacity }

  public init(minimumCapacity: Int = 16) {
    table = OpenTable(minimumCapacity: minimumCapacity, blank: 0)
  }

  deinit { table.deallocate() }

  public func value(_ key: UInt64) -> UInt64? { table.find(key)?.pointee.value }

  public func set(_ key: UInt64, _ value: UInt64) { table.make(key)?.pointee.value = value }

  @discardableResult
  public func remove(_ key: UInt64) -> UInt64? {
    guard let entry = table.find(key) else { return nil }
    let value = entry.pointee.value
    table.remove(entry)
    return value
  }

  public func removeAll() { table.removeAll() }
}
