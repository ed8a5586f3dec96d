import CZlib

/// zlib's inflate for one message after the other, in pieces of any size. One thread at a time.
final class Inflater {
  enum Outcome {
    /// Everything fed was taken, and there is no more to give out.
    case needsInput
    /// The room is full.
    case full
    /// The compressed data have come to their end; what is left of the input is not theirs.
    case ended
    /// Not what the encoding promised, or its checksum is wrong.
    case corrupt
    case outOfMemory
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var isMade = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
  }

  deinit {
    if isMade { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Begins a message. False without memory.
  func begin(_ encoding: MessageEncoding) -> Bool {
    if isMade { return inflateReset2(stream, encoding.windowBits) == Z_OK }
    stream.pointee = z_stream()
    isMade =
      inflateInit2_(
        stream, encoding.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    return isMade
  }

  /// Moves on from `input` into `room`, both shortened by what was taken and written.
  func inflate(
    _ input: inout UnsafeRawBufferPointer, into room: inout UnsafeMutableRawBufferPointer
  )
    -> Outcome
  {
    guard isMade else { return .outOfMemory }
    while true {
      let offered = UInt32(clamping: input.count)
      let space = UInt32(clamping: room.count)
      // zlib reads from next_in without writing there.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = offered
      stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = space
      let code = CZlib.inflate(stream, Z_NO_FLUSH)
      let taken = Int(offered &- stream.pointee.avail_in)
      let written = Int(space &- stream.pointee.avail_out)
      input = UnsafeRawBufferPointer(rebasing: input[taken...])
      room = UnsafeMutableRawBufferPointer(rebasing: room[written...])
      switch code {
      case Z_STREAM_END: return .ended
      case Z_OK, Z_BUF_ERROR:
        if room.isEmpty { return .full }
        if input.isEmpty { return .needsInput }
        // Without progress there is none to come.
        if taken == 0, written == 0 { return .corrupt }
      case Z_MEM_ERROR: return .outOfMemory
      default: return .corrupt
      }
    }
  }
}
