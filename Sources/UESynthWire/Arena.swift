import CUESynthProto
import Glibc

/// Memory for one decoded message, freed all at once: a block on the stack, then chunks of the heap
/// for what does not fit.
struct Arena {
  private var cursor: UnsafeMutableRawPointer?
  private var left: Int
  /// Each chunk begins with the address of the one before it.
  private var chunks: UnsafeMutableRawPointer?
  private var chunkSize = 8 * 1024

  private static let alignment = 8
  private static let headerSize = 16
  private static let maximumChunk = 1 << 20

  /// Runs `body` with an arena, and the same as an allocator for protobuf-c. What it holds ends with
  /// `body`.
  static func withArena<Result>(
    _ body: (UnsafeMutablePointer<Arena>, UnsafeMutablePointer<ProtobufCAllocator>) -> Result
  ) -> Result {
    // 1024 bytes is what Swift takes from the stack.
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { block in
      var arena = Arena(cursor: block.baseAddress, left: block.count)
      defer { arena.freeChunks() }
      return withUnsafeMutablePointer(to: &arena) { arena in
        var allocator = ProtobufCAllocator(
          alloc: { arena, size in
            arena?.assumingMemoryBound(to: Arena.self).pointee.allocate(
              Int(truncatingIfNeeded: size))
          },
          free: { _, _ in },
          allocator_data: UnsafeMutableRawPointer(arena))
        return body(arena, &allocator)
      }
    }
  }

  /// Aligned for pointers; nil without memory.
  mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= Int.max / 2 else { return nil }
    let rounded = (size &+ Self.alignment &- 1) & ~(Self.alignment &- 1)
    if rounded > left {
      let total = max(chunkSize, rounded &+ Self.headerSize)
      guard let chunk = malloc(total) else { return nil }
      chunk.storeBytes(of: chunks, as: UnsafeMutableRawPointer?.self)
      chunks = chunk
      cursor = chunk + Self.headerSize
      left = total &- Self.headerSize
      chunkSize = min(chunkSize &* 2, Self.maximumChunk)
    }
    guard let result = cursor else { return nil }
    cursor = result + rounded
    left &-= rounded
    return result
  }

  private mutating func freeChunks() {
    while let chunk = chunks {
      chunks = chunk.load(as: UnsafeMutableRawPointer?.self)
      free(chunk)
    }
  }
}
