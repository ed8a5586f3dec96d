/// A hash table from UInt64 to UInt64: open addressing with linear probing and backward-shift
/// deletion, so that it neither allocates nor degrades in steady state. Keys are anything but
/// `UInt64.max`.
package final class IntegerTable {
  private static let vacant = UInt64.max
  private var keys: UnsafeMutablePointer<UInt64>
  private var values: UnsafeMutablePointer<UInt64>
  private var mask: Int
  package private(set) var count = 0
  /// Places, of which at most half are taken.
  var capacity: Int { mask + 1 }

  package init(minimumCapacity: Int = 16) {
    var capacity = 16
    while capacity < minimumCapacity.multipliedReportingOverflow(by: 2).partialValue,
      capacity < 1 << 30
    {
      capacity *= 2
    }
    mask = capacity - 1
    keys = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    keys.initialize(repeating: Self.vacant, count: capacity)
    values.initialize(repeating: 0, count: capacity)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    // Fibonacci hashing spreads consecutive ids.
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
  }

  @inline(__always)
  private func find(_ key: UInt64) -> Int? {
    var index = home(key)
    while keys[index] != Self.vacant {
      if keys[index] == key { return index }
      index = (index &+ 1) & mask
    }
    return nil
  }

  package func value(_ key: UInt64) -> UInt64? {
    guard key != Self.vacant, let index = find(key) else { return nil }
    return values[index]
  }

  package func set(_ key: UInt64, _ value: UInt64) {
    guard key != Self.vacant else { return }
    if let index = find(key) {
      values[index] = value
      return
    }
    if (count &+ 1) &* 2 > mask { grow() }
    var index = home(key)
    while keys[index] != Self.vacant { index = (index &+ 1) & mask }
    keys[index] = key
    values[index] = value
    count &+= 1
  }

  @discardableResult
  package func remove(_ key: UInt64) -> UInt64? {
    guard key != Self.vacant, var hole = find(key) else { return nil }
    let removed = values[hole]
    var index = (hole &+ 1) & mask
    while keys[index] != Self.vacant {
      let distance = (index &- home(keys[index])) & mask
      if distance >= (index &- hole) & mask {
        keys[hole] = keys[index]
        values[hole] = values[index]
        hole = index
      }
      index = (index &+ 1) & mask
    }
    keys[hole] = Self.vacant
    count &-= 1
    return removed
  }

  package func removeAll() {
    keys.update(repeating: Self.vacant, count: mask + 1)
    count = 0
  }

  private func grow() {
    let oldKeys = keys
    let oldValues = values
    let oldCapacity = mask + 1
    let capacity = oldCapacity * 2
    keys = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    keys.initialize(repeating: Self.vacant, count: capacity)
    values.initialize(repeating: 0, count: capacity)
    mask = capacity - 1
    count = 0
    for index in 0..<oldCapacity where oldKeys[index] != Self.vacant {
      set(oldKeys[index], oldValues[index])
    }
    oldKeys.deallocate()
    oldValues.deallocate()
  }
}
