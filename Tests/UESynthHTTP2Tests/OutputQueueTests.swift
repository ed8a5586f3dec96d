import Glibc
import Synchronization
import Testing

@testable import UESynthHTTP2

@Suite struct OutputQueueTests {
  private final class Owner {
    let releases: Releases
    init(_ releases: Releases) { self.releases = releases }
    deinit { releases.count.wrappingAdd(1, ordering: .relaxed) }
  }

  private final class Releases: Sendable {
    let count = Atomic<Int>(0)
  }

  nonisolated(unsafe) private static let memory: UnsafeRawBufferPointer = {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 7) }
    return UnsafeRawBufferPointer(bytes)
  }()

  private static func slice(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[start..<(start + count)])
  }

  /// What stands in the queue, taken `step` bytes at a time.
  private func drain(_ queue: OutputQueue, step: Int, vectors: Int = 4) -> [UInt8] {
    var bytes: [UInt8] = []
    var array = [iovec](repeating: iovec(), count: vectors)
    while queue.count > 0 {
      let filled = array.withUnsafeMutableBufferPointer { queue.fill($0) }
      var left = step
      for vector in array[..<filled] where left > 0 {
        let count = min(left, vector.iov_len)
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: count))
        left -= count
      }
      queue.consume(step - left)
      if step == left { break }
    }
    return bytes
  }

  /// Staged, in place and by reference, in an order of chance.
  private func fill(_ queue: OutputQueue, _ random: inout Seeded, _ releases: Releases) -> (
    bytes: [UInt8], owners: Int
  ) {
    var expected: [UInt8] = []
    var owners = 0
    for _ in 0..<random.below(200) {
      let start = random.below(3000)
      let bytes = Self.slice(start, random.below(500))
      switch random.below(3) {
      case 0:
        #expect(queue.stage(bytes))
        expected += bytes
      case 1:
        if let place = queue.reserve(bytes.count), let base = bytes.baseAddress {
          memcpy(place, base, bytes.count)
          queue.staged(bytes.count)
          expected += bytes
        }
      default:
        queue.reference(bytes, owner: Owner(releases))
        if bytes.count > 0 {
          owners += 1
        } else {
          releases.count.wrappingSubtract(1, ordering: .relaxed)
        }
        expected += bytes
      }
    }
    return (expected, owners)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000, 1 << 20]) func keepsOrderAtAnySplit(_ step: Int) {
    let queue = OutputQueue()
    for seed in 0..<(step < 8 ? 3 : 10) as Range<UInt64> {
      var random = Seeded(seed)
      let releases = Releases()
      let (expected, owners) = fill(queue, &random, releases)
      #expect(queue.count == expected.count)
      #expect(drain(queue, step: step, vectors: 1 + random.below(8)) == expected)
      #expect(queue.count == 0)
      #expect(releases.count.load(ordering: .relaxed) == owners)
      #expect(queue.hasRoom)
    }
  }

  /// Taken and filled by turns, so that it is never quite empty.
  @Test func keepsOrderWhileItIsUsed() {
    var random = Seeded(11)
    let queue = OutputQueue()
    let releases = Releases()
    var expected: [UInt8] = []
    var taken: [UInt8] = []
    var owners = 0
    var array = [iovec](repeating: iovec(), count: 1)
    for _ in 0..<5000 {
      if random.chance(55) {
        let bytes = Self.slice(random.below(4000), 1 + random.below(90))
        if random.chance(50), queue.hasRoom {
          #expect(queue.stage(bytes))
        } else {
          queue.reference(bytes, owner: Owner(releases))
          owners += 1
        }
        expected += bytes
      } else {
        let filled = array.withUnsafeMutableBufferPointer { queue.fill($0) }
        guard filled == 1 else { continue }
        let count = 1 + random.below(array[0].iov_len)
        taken += UnsafeRawBufferPointer(start: array[0].iov_base, count: count)
        queue.consume(count)
      }
    }
    taken += drain(queue, step: 1000)
    #expect(taken == expected)
    #expect(releases.count.load(ordering: .relaxed) == owners)
  }

  @Test func referencesAreNotCopied() {
    let queue = OutputQueue()
    let bytes = Self.slice(100, 1000)
    queue.reference(bytes, owner: nil)
    var array = [iovec](repeating: iovec(), count: 2)
    #expect(array.withUnsafeMutableBufferPointer { queue.fill($0) } == 1)
    #expect(UnsafeRawPointer(array[0].iov_base) == bytes.baseAddress)
  }

  @Test func neighbouringStagedBytesLeaveAsOne() {
    let queue = OutputQueue()
    for _ in 0..<100 { #expect(queue.stage(Self.slice(0, 20))) }
    var array = [iovec](repeating: iovec(), count: 4)
    #expect(array.withUnsafeMutableBufferPointer { queue.fill($0) } == 1)
    #expect(array[0].iov_len == 2000)
  }

  @Test func aFullBufferRefusesAndLosesNothing() {
    let queue = OutputQueue()
    var staged = 0
    while queue.hasRoom {
      #expect(queue.stage(Self.slice(0, 4000)))
      staged += 4000
    }
    while queue.stage(Self.slice(0, 4000)) { staged += 4000 }
    #expect(queue.reserve(4000) == nil)
    #expect(queue.count == staged)
    queue.staged(1 << 30)
    queue.staged(-1)
    #expect(queue.count == staged)
    #expect(drain(queue, step: 1 << 20).count == staged)
    #expect(queue.hasRoom)
  }

  @Test func manyReferencesAreBackPressure() {
    let releases = Releases()
    let queue = OutputQueue()
    let large = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 20, alignment: 64)
    defer { large.deallocate() }
    queue.reference(UnsafeRawBufferPointer(large), owner: Owner(releases))
    #expect(queue.hasRoom)
    queue.reference(UnsafeRawBufferPointer(large), owner: Owner(releases))
    #expect(!queue.hasRoom)
    queue.consume(1)
    #expect(queue.hasRoom)
    queue.discard()
    #expect(releases.count.load(ordering: .relaxed) == 2)
  }

  @Test func consumesNoMoreThanThereIs() {
    let queue = OutputQueue()
    #expect(queue.stage(Self.slice(0, 10)))
    queue.consume(-5)
    #expect(queue.count == 10)
    queue.consume(1000)
    #expect(queue.count == 0)
    queue.consume(1)
    #expect(queue.count == 0)
  }

  @Test func discardAndDeinitReleaseOnce() {
    let releases = Releases()
    do {
      let queue = OutputQueue()
      for _ in 0..<100 { queue.reference(Self.slice(0, 10), owner: Owner(releases)) }
      queue.consume(505)
      #expect(releases.count.load(ordering: .relaxed) == 50)
      queue.discard()
      #expect(releases.count.load(ordering: .relaxed) == 100)
      #expect(queue.count == 0)
      queue.reference(Self.slice(0, 10), owner: Owner(releases))
    }
    #expect(releases.count.load(ordering: .relaxed) == 101)
  }

  @Test func nothingIsNoSegment() {
    let queue = OutputQueue()
    #expect(queue.stage(UnsafeRawBufferPointer(start: nil, count: 0)))
    queue.reference(UnsafeRawBufferPointer(start: nil, count: 0), owner: nil)
    var array = [iovec](repeating: iovec(), count: 2)
    #expect(array.withUnsafeMutableBufferPointer { queue.fill($0) } == 0)
  }
}
