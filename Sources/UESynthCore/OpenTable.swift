/// A hash table from UInt64: open addressing with linear probing and backward-shift deletion, so that it
/// neither allocates nor degrades in steady state. Keys are anything but `UInt64.max`. For use inside this
/// module, where it is specialised. Plain memory: its owner calls `deallocate`.
struct OpenTable<Value: BitwiseCopyable> {
  struct Entry {
    var key: UInt64
    var value: Value
  }

  private static var vacant: UInt64 { .max }
  private let blank: Value
  private var entries: UnsafeMutablePointer<Entry>
  private var mask: Int
  private(set) var count = 0
  /// Places, of which at most half are taken.
  var capacity: Int { mask + 1 }

  init(minimumCapacity: Int, blank: Value) {
    var capacity = 16
    while capacity < minimumCapacity.multipliedReportingOverflow(by: 2).partialValue,
      capacity < 1 << 30
    {
      capacity *= 2
    }
    mask = capacity - 1
    self.blank = blank
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(key: Self.vacant, value: blank), count: capacity)
  }

  /// By its one owner, at the end.
  func deallocate() { entries.deallocate() }

  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    // Fibonacci hashing spreads consecutive ids.
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
  }

  /// The entry of a key, nil if there is none. Valid until the next change.
  @inline(__always)
  func find(_ key: UInt64) -> UnsafeMutablePointer<Entry>? {
    if key == Self.vacant { return nil }
    var index = home(key)
    while entries[index].key != Self.vacant {
      if entries[index].key == key { return entries + index }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// The entry of a key, with a blank value if it is new. nil for the one that is no key.
  @inline(__always)
  mutating func make(_ key: UInt64) -> UnsafeMutablePointer<Entry>? {
    if key == Self.vacant { return nil }
    if let entry = find(key) { return entry }
    if (count &+ 1) &* 2 > mask { grow() }
    var index = home(key)
    while entries[index].key != Self.vacant { index = (index &+ 1) & mask }
    entries[index] = Entry(key: key, value: blank)
    count &+= 1
    return entries + index
  }

  @inline(__always)
  mutating func remove(_ entry: UnsafeMutablePointer<Entry>) {
    var hole = entry - entries
    var index = (hole &+ 1) & mask
    while entries[index].key != Self.vacant {
      let distance = (index &- home(entries[index].key)) & mask
      if distance >= (index &- hole) & mask {
        entries[hole] = entries[index]
        hole = index
      }
      index = (index &+ 1) & mask
    }
    entries[hole].key = Self.vacant
    count &-= 1
  }

  mutating func removeAll() {
    entries.update(repeating: Entry(key: Self.vacant, value: blank), count: mask + 1)
    count = 0
  }

  private mutating func grow() {
    let old = entries
    let oldCapacity = mask + 1
    let capacity = oldCapacity * 2
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(key: Self.vacant, value: blank), count: capacity)
    mask = capacity - 1
    for place in 0..<oldCapacity where old[place].key != Self.vacant {
      var index = home(old[place].key)
      while entries[index].key != Self.vacant { index = (index &+ 1) & mask }
      entries[index] = old[place]
    }
    old.deallocate()
  }
}
