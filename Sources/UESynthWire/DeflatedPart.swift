import CZlib

/// Bytes that are compressed once and stand in any number of messages, with other bytes around them that go as
/// they are: blocks of deflate stand for themselves if none looks back (RFC 1951), and checksums of parts make
/// that of the whole.
public final class DeflatedPart: @unchecked Sendable {
  /// Of a stored block (RFC 1951 section 3.2.4).
  private static let mostStored = 65535

  public let encoding: MessageEncoding
  /// Blocks that end with a whole byte; none of them is the last of a message.
  private let blocks: UnsafeMutableRawBufferPointer
  private let plainCount: Int
  private let checksum: UInt

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(blocks) }

  /// nil without memory, or for bytes that are not made shorter.
  public init?(_ plain: UnsafeRawBufferPointer, _ encoding: MessageEncoding) {
    self.encoding = encoding
    plainCount = plain.count
    guard plain.count > 0, plain.count <= Int(UInt32.max) else { return nil }
    checksum = Self.sum(encoding, plain)
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: plain.count, alignment: 16)
    var count = 0
    // Without a header: the message has that.
    if deflateInit2_(
      stream, Deflater.defaultLevel, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK
    {
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: plain.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(clamping: plain.count)
      stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(clamping: room.count)
      let code = deflate(stream, Z_FULL_FLUSH)
      // With room left, all that was asked for has been written.
      if code == Z_OK, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 {
        count = room.count &- Int(stream.pointee.avail_out)
      }
      deflateEnd(stream)
    }
    blocks = .allocate(byteCount: count, alignment: 16)
    blocks.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<count]))
    room.deallocate()
    if count == 0 { return nil }
  }

  deinit { blocks.deallocate() }

  /// What stands before `bytes` and behind them in a message that plainly is `head`, the part and `tail`; nil if
  /// one of these is too long. The prefix is the message's.
  public func surroundings(
    head: UnsafeRawBufferPointer, tail: UnsafeRawBufferPointer
  ) -> (before: [UInt8], after: [UInt8])? {
    guard head.count <= Self.mostStored, tail.count <= Self.mostStored else { return nil }
    var sum = Self.combined(encoding, Self.sum(encoding, head), checksum, plainCount)
    sum = Self.combined(encoding, sum, Self.sum(encoding, tail), tail.count)
    var after: [UInt8] = []
    Self.store(tail, isLast: true, into: &after)
    let word = UInt32(truncatingIfNeeded: sum)
    switch encoding {
    case .gzip:
      let length = UInt32(truncatingIfNeeded: head.count &+ plainCount &+ tail.count)
      withUnsafeBytes(of: (word.littleEndian, length.littleEndian)) { after += $0 }
    case .deflate:
      withUnsafeBytes(of: word.bigEndian) { after += $0 }
    }
    var before = [UInt8](repeating: 0, count: MessagePrefix.size)
    switch encoding {
    // RFC 1952 section 2.3; RFC 1950 section 2.2.
    case .gzip: before += [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    case .deflate: before += [0x78, 0x9C]
    }
    Self.store(head, isLast: false, into: &before)
    let length = before.count &- MessagePrefix.size &+ blocks.count &+ after.count
    MessagePrefix.write(length: length, isCompressed: true, into: &before)
    return (before, after)
  }

  private static func store(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8]
  ) {
    let length = UInt16(truncatingIfNeeded: bytes.count)
    output.append(isLast ? 1 : 0)
    withUnsafeBytes(of: (length.littleEndian, (~length).littleEndian)) { output += $0 }
    output += bytes
  }

  private static func sum(_ encoding: MessageEncoding, _ bytes: UnsafeRawBufferPointer) -> UInt {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    // Without bytes zlib answers what a sum begins with.
    switch encoding {
    case .gzip: return start == nil ? 0 : crc32_z(0, start, bytes.count)
    case .deflate: return start == nil ? 1 : adler32_z(1, start, bytes.count)
    }
  }

  private static func combined(
    _ encoding: MessageEncoding, _ first: UInt, _ second: UInt, _ secondCount: Int
  ) -> UInt {
    switch encoding {
    case .gzip: crc32_combine(first, second, secondCount)
    case .deflate: adler32_combine(first, second, secondCount)
    }
  }
}
