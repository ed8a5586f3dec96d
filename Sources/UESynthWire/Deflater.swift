import CZlib

/// Compresses whole messages.
public enum Deflater {
  /// What a stock gRPC peer compresses with: zlib's own.
  public static let defaultLevel = Z_DEFAULT_COMPRESSION

  /// The gRPC message whose bytes are `pieces`, one after the other, prefix included. nil if it would
  /// not be shorter than the message as it is, or without memory.
  public static func message(
    _ pieces: [UnsafeRawBufferPointer], _ encoding: MessageEncoding, level: Int32 = defaultLevel
  ) -> [UInt8]? {
    let total = pieces.reduce(0) { $0 &+ $1.count }
    guard total > 0, total <= Int(UInt32.max) else { return nil }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    guard
      deflateInit2_(
        stream, level, Z_DEFLATED, encoding.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(stream) }
    // One byte less than the message itself: what does not fit there is not worth it.
    let message = [UInt8](unsafeUninitializedCapacity: MessagePrefix.size &+ total &- 1) {
      memory, count in
      count = 0
      guard let base = memory.baseAddress else { return }
      stream.pointee.next_out = base + MessagePrefix.size
      stream.pointee.avail_out = UInt32(clamping: total &- 1)
      var isWhole = false
      for (index, piece) in pieces.enumerated() {
        let isLast = index == pieces.count &- 1
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: piece.count)
        let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        if isLast { isWhole = code == Z_STREAM_END }
        if stream.pointee.avail_in > 0 { return }
      }
      guard isWhole else { return }
      let size = total &- 1 &- Int(stream.pointee.avail_out)
      MessagePrefix.write(length: size, isCompressed: true, into: UnsafeMutableRawPointer(base))
      count = MessagePrefix.size &+ size
    }
    return message.isEmpty ? nil : message
  }
}
