import UESynthCore

/// Memory for one picture, from the pool and back to it. Thread: any.
final class PixelBuffer: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  private let source: BufferPool
  private let allowance: PictureAllowance?

  /// nil when memory has run out. The allowance was asked before.
  init?(byteCount: Int, source: BufferPool, allowance: PictureAllowance?) {
    guard let memory = source.take(byteCount) else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    self.source = source
    self.allowance = allowance
    allowance?.take(byteCount)
  }

  deinit {
    if let base = bytes.baseAddress { source.give(base, bytes.count) }
    allowance?.give(bytes.count)
  }
}
