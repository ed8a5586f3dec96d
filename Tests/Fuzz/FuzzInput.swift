import Glibc

/// An input: a few bytes that choose what is done, then what a peer sends.
struct FuzzInput {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isEmpty: Bool { rest.isEmpty }

  /// 0 once the input is used up.
  mutating func byte() -> UInt8 {
    guard let first = rest.first else { return 0 }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
    return first
  }

  /// At most `count` bytes.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return taken
  }
}

/// Lengths of pieces as a socket might deliver them: the same for the same seed; seed 0 is all at once.
struct Pieces {
  private var state: UInt64
  private let isWhole: Bool
  private let isSmall: Bool

  init(seed: UInt8) {
    state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    isWhole = seed == 0
    isSmall = seed & 1 == 1
  }

  mutating func next(of count: Int) -> Int {
    if isWhole { return count }
    state ^= state &<< 13
    state ^= state &>> 7
    state ^= state &<< 17
    let length = Int(truncatingIfNeeded: state &>> 40) & (isSmall ? 3 : 63)
    return min(count, length &+ 1)
  }

  /// Each piece in memory of its own, so that AddressSanitizer sees who reads past it. Ends when `take`
  /// says so.
  mutating func each(
    of bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Bool
  ) {
    var offset = 0
    while offset < bytes.count {
      let count = next(of: bytes.count &- offset)
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
      defer { piece.deallocate() }
      piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)]))
      offset += count
      if !take(UnsafeRawBufferPointer(piece)) { return }
    }
  }
}
