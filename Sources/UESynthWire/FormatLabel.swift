import Glibc

/// `ImageResponse.format` as it arrives in pieces: the first 64 bytes, made fit to be shown.
struct FormatLabel: ~Copyable {
  static let capacity = 64

  private let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
  private var count = 0
  private var isCut = false

  deinit { memory.deallocate() }

  /// Valid until the next change.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  /// A label of `length` bytes follows, in place of any before it.
  @inline(__always)
  mutating func begin(length: Int) {
    count = 0
    isCut = length > Self.capacity
  }

  mutating func append(_ source: UnsafeRawPointer, _ size: Int) {
    let kept = min(size, Self.capacity &- count)
    memcpy(memory + count, source, kept)
    count &+= kept
  }

  /// Makes it UTF-8 without NUL.
  mutating func finish() {
    if isCut { count = UTF8Text.wholeCharacters(bytes) }
    UTF8Text.repair(UnsafeMutableRawBufferPointer(start: memory, count: count))
  }
}
