import Glibc
import Testing
import UESynthCore

@Suite struct BufferPoolTests {
  private static let megabyte = 1 << 20

  @Test func reusesTheLastBufferFirst() throws {
    let pool = BufferPool(retainedLimit: 64 << 20)
    let first = try #require(pool.take(Self.megabyte))
    let second = try #require(pool.take(Self.megabyte))
    pool.give(first, Self.megabyte)
    pool.give(second, Self.megabyte)
    #expect(pool.take(Self.megabyte) == second)
    // Of the same number of pages.
    #expect(pool.take(Self.megabyte - 100) == first)
    #expect(pool.mappedBytes == 2 * Self.megabyte)
  }

  @Test func buffersArePagesThatCanBeWritten() throws {
    let pool = BufferPool(retainedLimit: 1 << 20)
    for size in [0, 1, 4095, 4096, 4097, 1_000_000] {
      let memory = try #require(pool.take(size))
      #expect(UInt(bitPattern: memory) % 4096 == 0)
      memset(memory, 0xAB, size)
      pool.give(memory, size)
    }
  }

  @Test(arguments: [-1, Int.min, Int.max, Int.max - 4095, 1 << 60])
  func refusesSizesThatCannotBe(_ size: Int) {
    let pool = BufferPool(retainedLimit: 1 << 20)
    #expect(pool.take(size) == nil)
    #expect(pool.mappedBytes == 0)
  }

  @Test func keepsNoMoreThanItsLimit() throws {
    let limit = 8 * Self.megabyte
    let pool = BufferPool(retainedLimit: limit)
    let taken = try (0..<20).map { _ in try #require(pool.take(Self.megabyte)) }
    #expect(pool.mappedBytes == 20 * Self.megabyte)
    for memory in taken { pool.give(memory, Self.megabyte) }
    #expect(pool.mappedBytes == limit)
    // What is larger than the limit is not kept at all.
    let large = try #require(pool.take(2 * limit))
    pool.give(large, 2 * limit)
    #expect(pool.mappedBytes == limit)
  }

  /// Pictures larger than the limit, several under way.
  @Test func keepsAsMuchAsIsInUse() throws {
    let size = 16 * Self.megabyte
    let pool = BufferPool(retainedLimit: Self.megabyte)
    var held = try (0..<4).map { _ in try #require(pool.take(size)) }
    for _ in 0..<100 {
      pool.give(held.removeFirst(), size)
      held.append(try #require(pool.take(size)))
    }
    #expect(pool.takes == (100, 4))
    for memory in held { pool.give(memory, size) }
    #expect(pool.mappedBytes == 0)
  }

  @Test func keepsHundredsOfSmallOnes() throws {
    let pool = BufferPool(retainedLimit: 8 * Self.megabyte)
    for _ in 0..<3 {
      let held = try (0..<1000).map { _ in try #require(pool.take(4096)) }
      for memory in held { pool.give(memory, 4096) }
    }
    #expect(pool.takes == (2000, 1000))
  }

  @Test func sizesOutOfUseGoFirst() throws {
    let pool = BufferPool(retainedLimit: 4 * Self.megabyte)
    let old = try (0..<3).map { _ in try #require(pool.take(Self.megabyte)) }
    for memory in old { pool.give(memory, Self.megabyte) }
    let new = try (0..<2).map { _ in try #require(pool.take(2 * Self.megabyte)) }
    for memory in new { pool.give(memory, 2 * Self.megabyte) }
    #expect(pool.mappedBytes == 4 * Self.megabyte)
    #expect(pool.take(2 * Self.megabyte) == new[1])
    #expect(pool.take(2 * Self.megabyte) == new[0])
    #expect(pool.mappedBytes == 4 * Self.megabyte)
  }

  @Test func accountsExactlyWhateverTheSizes() throws {
    var random = Seeded(4)
    let limit = 2 * Self.megabyte
    let pool = BufferPool(retainedLimit: limit)
    var taken: [(memory: UnsafeMutableRawPointer, size: Int)] = []
    var inUse = 0
    for _ in 0..<5000 {
      if taken.isEmpty || random.chance(50) {
        // More sizes than the pool has places for.
        let size = 4096 * (1 + random.below(60))
        let memory = try #require(pool.take(size))
        memory.storeBytes(of: UInt64(size), as: UInt64.self)
        taken.append((memory, size))
        inUse += size
      } else {
        let (memory, size) = taken.remove(at: random.below(taken.count))
        #expect(memory.load(as: UInt64.self) == UInt64(size))
        pool.give(memory, size)
        inUse -= size
      }
      #expect(pool.mappedBytes >= inUse)
      #expect(pool.mappedBytes <= inUse + max(limit, inUse))
    }
    for (memory, size) in taken { pool.give(memory, size) }
    #expect(pool.mappedBytes <= limit)
  }

  @Test func prewarmedBuffersAreThere() throws {
    let pool = BufferPool(retainedLimit: 8 * Self.megabyte)
    #expect(pool.prewarm(size: Self.megabyte, count: 4))
    #expect(pool.mappedBytes == 4 * Self.megabyte)
    #expect(pool.takes == (0, 0))
    for _ in 0..<4 { #expect(pool.take(Self.megabyte) != nil) }
    #expect(pool.mappedBytes == 4 * Self.megabyte)
    #expect(pool.takes == (4, 0))
    for (size, count) in [
      (-1, 3), (1, -3), (0, 1), (1, 0), (1, 65), (.max, 2), (3 * Self.megabyte, 3),
    ] {
      #expect(!pool.prewarm(size: size, count: count))
    }
    #expect(pool.mappedBytes == 4 * Self.megabyte)
  }

  @Test func threadsNeverShareABuffer() {
    let pool = BufferPool(retainedLimit: 256 << 10)
    onThreads(4) { index in
      var random = Seeded(UInt64(index))
      for _ in 0..<1500 {
        let size = 4096 * (1 + random.below(8))
        guard let memory = pool.take(size) else { continue }
        memory.storeBytes(of: index, as: Int.self)
        memory.storeBytes(of: index, toByteOffset: size - 8, as: Int.self)
        sched_yield()
        if memory.load(as: Int.self) != index
          || memory.load(fromByteOffset: size - 8, as: Int.self) != index
        {
          Issue.record("a buffer has two owners")
        }
        pool.give(memory, size)
      }
    }
    #expect(pool.mappedBytes <= 256 << 10)
  }
}
