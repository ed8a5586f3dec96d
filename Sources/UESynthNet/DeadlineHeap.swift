/// A binary min-heap of participants by deadline. Each knows its place, so that a deadline moves in
/// O(log n) and nothing is allocated once the heap has reached its size. Holds a reference to every
/// participant in it. Loop thread only.
struct DeadlineHeap: ~Copyable {
  private struct Entry {
    var deadline: Int64
    var participant: Unmanaged<LoopParticipant>
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 64) {
    self.capacity = max(capacity, 1)
    entries = .allocate(capacity: self.capacity)
  }

  deinit {
    for index in 0..<count { entries[index].participant.release() }
    entries.deallocate()
  }

  /// The earliest deadline, `Int64.max` if there is none.
  var earliest: Int64 { count == 0 ? .max : entries[0].deadline }

  /// Sets, moves or (`Int64.max`) clears the deadline of a participant.
  mutating func set(_ participant: LoopParticipant, at deadline: Int64) {
    let index = participant.heapIndex
    if deadline == .max {
      if index >= 0 { remove(at: index).release() }
      return
    }
    if index < 0 {
      if count == capacity { grow() }
      let entry = Entry(deadline: deadline, participant: .passRetained(participant))
      count &+= 1
      siftUp(entry, from: count &- 1)
    } else {
      place(Entry(deadline: deadline, participant: entries[index].participant), at: index)
    }
  }

  /// Removes a participant whose deadline is `now` or earlier; the caller owns the reference.
  mutating func popDue(now: Int64) -> Unmanaged<LoopParticipant>? {
    if earliest > now || count == 0 { return nil }
    return remove(at: 0)
  }

  private mutating func remove(at index: Int) -> Unmanaged<LoopParticipant> {
    let removed = entries[index].participant
    count &-= 1
    if index < count { place(entries[count], at: index) }
    removed._withUnsafeGuaranteedRef { $0.heapIndex = -1 }
    return removed
  }

  private mutating func place(_ entry: Entry, at index: Int) {
    if index > 0 && entry.deadline < entries[(index &- 1) / 2].deadline {
      siftUp(entry, from: index)
    } else {
      siftDown(entry, from: index)
    }
  }

  private func siftUp(_ entry: Entry, from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index &- 1) / 2
      if entries[parent].deadline <= entry.deadline { break }
      store(entries[parent], at: index)
      index = parent
    }
    store(entry, at: index)
  }

  private func siftDown(_ entry: Entry, from start: Int) {
    var index = start
    while true {
      var child = 2 &* index &+ 1
      if child >= count { break }
      if child &+ 1 < count && entries[child &+ 1].deadline < entries[child].deadline {
        child &+= 1
      }
      if entry.deadline <= entries[child].deadline { break }
      store(entries[child], at: index)
      index = child
    }
    store(entry, at: index)
  }

  private func store(_ entry: Entry, at index: Int) {
    (entries + index).initialize(to: entry)
    entry.participant._withUnsafeGuaranteedRef { $0.heapIndex = index }
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity &* 2)
    larger.moveInitialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity &*= 2
  }
}
