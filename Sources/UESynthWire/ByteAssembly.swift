import Glibc

/// A growing run of bytes, reused from message to message. It grows by what arrives, never by what a
/// length promises.
public struct ByteAssembly: ~Copyable {
  /// Kept between messages; anything larger is given back.
  private static let keptCapacity = 64 * 1024

  private var base: UnsafeMutableRawPointer?
  private(set) var capacity = 0
  public private(set) var count = 0

  public init() {}

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  public mutating func clear() {
    count = 0
    if capacity > Self.keptCapacity {
      free(base)
      base = nil
      capacity = 0
    }
  }

  /// False if there is no memory. The bytes must not lie in this assembly.
  public mutating func append(_ source: UnsafeRawPointer, _ size: Int) -> Bool {
    guard size > 0 else { return true }
    let (needed, overflowed) = count.addingReportingOverflow(size)
    if overflowed { return false }
    if needed > capacity {
      let grown = max(needed, capacity &* 2, 256)
      guard let moved = realloc(base, grown) else { return false }
      base = moved
      capacity = grown
    }
    guard let base else { return false }
    memcpy(base + count, source, size)
    count = needed
    return true
  }

  deinit { free(base) }
}
