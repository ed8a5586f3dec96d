/// Where the memory of pictures comes from and goes back to. Retained by each frame that lies in it,
/// so that it outlives them all. Thread: any.
open class BufferSource: @unchecked Sendable {
  public init() {}

  /// Memory for `size` bytes, or nil.
  open func take(_ size: Int) -> UnsafeMutableRawPointer? { nil }
  /// What `take(size)` returned is not used any more.
  open func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {}
  /// Whether the memory is the host's.
  open var isHostMemory: Bool { false }
}
