/// The deadlines of numbered slots, soonest first: a binary heap that knows where each slot stands, so
/// that completed requests leave at once and its size is exactly that of the live ones.
public final class DeadlineHeap {
  private var deadlines: UnsafeMutablePointer<Int64>
  private var slots: UnsafeMutablePointer<Int32>
  private var positions: UnsafeMutablePointer<Int32>
  private var capacity: Int
  private var positionCapacity: Int
  public private(set) var count = 0

  public init() {
    capacity = 64
    positionCapacity = 64
    deadlines = .allocate(capacity: capacity)
    slots = .allocate(capacity: capacity)
    positions = .allocate(capacity: positionCapacity)
    positions.initialize(repeating: -1, count: positionCapacity)
  }

  deinit {
    deadlines.deallocate()
    slots.deallocate()
    positions.deallocate()
  }

  /// The soonest deadline, `Int64.max` if there is none.
  public var next: Int64 { count > 0 ? deadlines[0] : .max }

  /// A slot whose deadline is at or before `now`, removed; nil when there is none.
  public func popExpired(_ now: Int64) -> Int? {
    guard count > 0, deadlines[0] <= now else { return nil }
    let slot = Int(slots[0])
    remove(slot)
    return slot
  }

  /// Adds a slot (0 and up) or moves its deadline.
  public func set(_ slot: Int, _ deadline: Int64) {
    guard slot >= 0, let number = Int32(exactly: slot) else { return }
    reservePositions(slot)
    if positions[slot] >= 0 { remove(slot) }
    if count == capacity { growHeap() }
    place(count, deadline, number)
    count &+= 1
    siftUp(count &- 1)
  }

  public func remove(_ slot: Int) {
    guard slot >= 0, slot < positionCapacity, positions[slot] >= 0 else { return }
    let position = Int(positions[slot])
    positions[slot] = -1
    count &-= 1
    guard position < count else { return }
    place(position, deadlines[count], slots[count])
    siftUp(position)
    siftDown(position)
  }

  @inline(__always)
  private func place(_ position: Int, _ deadline: Int64, _ slot: Int32) {
    deadlines[position] = deadline
    slots[position] = slot
    positions[Int(slot)] = Int32(truncatingIfNeeded: position)
  }

  private func swap(_ a: Int, _ b: Int) {
    let deadline = deadlines[a]
    let slot = slots[a]
    place(a, deadlines[b], slots[b])
    place(b, deadline, slot)
  }

  private func siftUp(_ start: Int) {
    var position = start
    while position > 0 {
      let parent = (position &- 1) / 2
      if deadlines[parent] <= deadlines[position] { return }
      swap(parent, position)
      position = parent
    }
  }

  private func siftDown(_ start: Int) {
    var position = start
    while true {
      let left = position &* 2 &+ 1
      guard left < count else { return }
      let right = left &+ 1
      let child = right < count && deadlines[right] < deadlines[left] ? right : left
      if deadlines[position] <= deadlines[child] { return }
      swap(position, child)
      position = child
    }
  }

  private func growHeap() {
    let larger = capacity * 2
    let newDeadlines = UnsafeMutablePointer<Int64>.allocate(capacity: larger)
    let newSlots = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
    newDeadlines.moveInitialize(from: deadlines, count: count)
    newSlots.moveInitialize(from: slots, count: count)
    deadlines.deallocate()
    slots.deallocate()
    deadlines = newDeadlines
    slots = newSlots
    capacity = larger
  }

  private func reservePositions(_ slot: Int) {
    guard slot >= positionCapacity else { return }
    var larger = positionCapacity
    while larger <= slot { larger *= 2 }
    let newPositions = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
    newPositions.initialize(repeating: -1, count: larger)
    newPositions.update(from: positions, count: positionCapacity)
    positions.deallocate()
    positions = newPositions
    positionCapacity = larger
  }
}
