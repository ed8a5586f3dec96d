import CNghttp2
import Glibc
import Testing

@testable import UESynthHTTP2

@Suite struct SessionMemoryTests {
  @Test func blocksHoldWhatWasWritten() throws {
    let memory = SessionMemory()
    let hooks = memory.hooks.pointee
    let take = try #require(hooks.malloc)
    let resize = try #require(hooks.realloc)
    let give = try #require(hooks.free)
    var random = Seeded(7)
    var blocks: [(UnsafeMutableRawPointer, Int, UInt8)] = []
    for round in 0..<20_000 {
      if blocks.count > 300 || (round % 3 == 2 && !blocks.isEmpty) {
        let index = Int(random.next() % UInt64(blocks.count))
        let (block, size, mark) = blocks.remove(at: index)
        #expect(UnsafeRawBufferPointer(start: block, count: size).allSatisfy { $0 == mark })
        if round % 2 == 0, size > 0 {
          let larger = size * 2
          let moved = try #require(resize(block, larger, hooks.mem_user_data))
          #expect(UnsafeRawBufferPointer(start: moved, count: size).allSatisfy { $0 == mark })
          memset(moved, Int32(mark), larger)
          blocks.append((moved, larger, mark))
        } else {
          give(block, hooks.mem_user_data)
        }
        continue
      }
      let size = Int(random.next() % 6000)
      let block = try #require(take(size, hooks.mem_user_data))
      #expect(UInt(bitPattern: block) % 16 == 0)
      let mark = UInt8(truncatingIfNeeded: round)
      memset(block, Int32(mark), size)
      blocks.append((block, size, mark))
    }
    for (block, _, _) in blocks { give(block, hooks.mem_user_data) }
  }

  @Test func callocClearsWhatWasUsedBefore() throws {
    let memory = SessionMemory()
    let hooks = memory.hooks.pointee
    let first = try #require(hooks.malloc?(100, hooks.mem_user_data))
    memset(first, 0xFF, 100)
    hooks.free?(first, hooks.mem_user_data)
    let second = try #require(hooks.calloc?(10, 10, hooks.mem_user_data))
    #expect(second == first)
    #expect(UnsafeRawBufferPointer(start: second, count: 100).allSatisfy { $0 == 0 })
    hooks.free?(second, hooks.mem_user_data)
    #expect(hooks.calloc?(Int.max, 16, hooks.mem_user_data) == nil)
  }

  @Test func nothingIsFreedForNil() {
    let memory = SessionMemory()
    memory.hooks.pointee.free?(nil, memory.hooks.pointee.mem_user_data)
  }
}
