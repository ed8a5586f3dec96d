/// The changes of each name that are not over, each name's under a number that holds as long as there are
/// any. Names that have none stay until room is needed: most are changed again at once, and then nothing
/// is entered and nothing removed. Plain memory: its owner calls `deallocate`.
struct ChangesByName {
  /// Changes of one name that are not over.
  struct Changes: BitwiseCopyable {
    fileprivate var name: UInt64 = 0
    /// Of the numbers that are free, the next one; negative: none.
    fileprivate var nextFree: Int32 = -1
    /// Not sent yet, of either route.
    private var forStream: UInt32 = 0
    private var forDirect: UInt32 = 0
    /// Sent and unanswered, all on one lane.
    private(set) var sent: UInt32 = 0
    private(set) var lane: UInt32 = 0

    fileprivate var isOver: Bool { forStream | forDirect | sent == 0 }

    /// Whether one waits for the other route.
    @inline(__always)
    mutating func enter(isDirect: Bool) -> Bool {
      if isDirect {
        forDirect &+= 1
        return forStream > 0
      }
      forStream &+= 1
      return forDirect > 0
    }

    @inline(__always)
    mutating func leave(isDirect: Bool) {
      if isDirect {
        if forDirect > 0 { forDirect &-= 1 }
      } else if forStream > 0 {
        forStream &-= 1
      }
    }

    @inline(__always)
    mutating func send(lane: Int, isDirect: Bool) {
      leave(isDirect: isDirect)
      sent &+= 1
      self.lane = UInt32(truncatingIfNeeded: lane)
    }

    @inline(__always)
    mutating func end() { if sent > 0 { sent &-= 1 } }
  }

  private var numbers = OpenTable<Int32>(minimumCapacity: 512, blank: -1)
  private var entries: UnsafeMutablePointer<Changes>
  private(set) var capacity = 512
  private var firstFree: Int32 = -1

  init() {
    entries = .allocate(capacity: capacity)
    free(0, capacity)
  }

  func deallocate() {
    numbers.deallocate()
    entries.deallocate()
  }

  @inline(__always)
  subscript(_ number: Int32) -> Changes {
    get { entries[Int(truncatingIfNeeded: number)] }
    nonmutating _modify { yield &entries[Int(truncatingIfNeeded: number)] }
  }

  @inline(__always)
  mutating func index(of name: UInt64) -> Int32 {
    if let known = numbers.find(name) { return known.pointee.value }
    return enter(name)
  }

  private mutating func enter(_ name: UInt64) -> Int32 {
    if firstFree < 0 { makeRoom() }
    let number = firstFree
    firstFree = self[number].nextFree
    self[number] = Changes()
    self[number].name = name
    numbers.make(name)?.pointee.value = number
    return number
  }

  private mutating func free(_ first: Int, _ count: Int) {
    var place = first &+ count
    while place > first {
      place &-= 1
      (entries + place).initialize(to: Changes())
      entries[place].nextFree = firstFree
      firstFree = Int32(truncatingIfNeeded: place)
    }
  }

  /// Forgets the names that have no changes, and makes twice the room if that frees less than half.
  private mutating func makeRoom() {
    numbers.removeAll()
    var freed = 0
    var place = 0
    while place < capacity {
      if entries[place].isOver {
        free(place, 1)
        freed &+= 1
      } else {
        numbers.make(entries[place].name)?.pointee.value = Int32(truncatingIfNeeded: place)
      }
      place &+= 1
    }
    if freed >= capacity / 2 { return }
    let larger = UnsafeMutablePointer<Changes>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: entries, count: capacity)
    entries.deallocate()
    entries = larger
    free(capacity, capacity)
    capacity *= 2
  }
}
