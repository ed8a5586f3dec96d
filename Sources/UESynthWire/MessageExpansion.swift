import UESynthCore

/// Compressed messages of one call on their way to plain bytes, one after the other.
///
///     head --first chunk, or all of it--> announced --the receiver has room--> body --> over
///
/// The head of a message is inflated before anything is promised for it: it tells how long the message
/// will be. One thread at a time.
final class MessageExpansion {
  /// Inflated at once where there is no better place for it.
  static let chunkSize = 64 << 10
  /// What deflate can at most make of a byte, and a little (zlib's technical notes).
  private static let steepest = 1032

  enum Stage { case head, announced, body }

  let inflation = Inflation()
  let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 64)
  private(set) var stage = Stage.head
  private(set) var encoding = MessageEncoding.gzip
  /// Bytes of the message on the wire that were not taken yet.
  private(set) var compressedLeft = 0
  private var compressedLength = 0
  /// The compressed data are complete.
  private(set) var hasEnded = false
  /// Plain bytes so far, and of them those that wait in `chunk` (before `body`).
  private(set) var count = 0

  /// Messages, their bytes on the wire and when inflated, since this was made.
  private(set) var messages: UInt64 = 0
  private(set) var wireBytes: UInt64 = 0
  private(set) var plainBytes: UInt64 = 0

  deinit { chunk.deallocate() }

  /// False without memory.
  func begin(_ encoding: MessageEncoding, length: Int) -> Bool {
    self.encoding = encoding
    stage = .head
    compressedLength = length
    compressedLeft = length
    hasEnded = false
    count = 0
    return inflation.inflater.begin(encoding)
  }

  func announced() { stage = .announced }
  func proceeded() { stage = .body }

  func ended() {
    messages &+= 1
    wireBytes &+= UInt64(truncatingIfNeeded: compressedLength &+ MessagePrefix.size)
    plainBytes &+= UInt64(truncatingIfNeeded: count)
  }

  /// Whether the rest of the message is somebody else's for now.
  var isAway: Bool { inflation.isAway }

  /// Bytes that have come and are not inflated for certain.
  var pendingBytes: Int { inflation.pendingBytes }

  /// Leaves what was fed, as far as it is this message's, to whoever inflates it into `room`. False without
  /// memory.
  func giveAway(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, into room: UnsafeMutableRawBufferPointer
  ) -> Bool {
    inflation.room = room
    inflation.isAway = true
    inflation.input.clear()
    return collect(&p, end, into: &inflation.input)
  }

  /// Keeps what came behind it meanwhile. False without memory.
  func collect(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    collect(&p, end, into: &inflation.behind)
  }

  private func collect(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, into bytes: inout ByteAssembly
  ) -> Bool {
    let count = min(compressedLeft, end - p)
    guard bytes.append(p, count) else { return false }
    p += count
    compressedLeft &-= count
    return true
  }

  /// What came out of it; `waiting` gets the bytes that are still to be fed.
  func takeBack(_ waiting: inout ByteAssembly) -> WireFailure? {
    inflation.isAway = false
    count &+= inflation.written
    let left = UnsafeRawBufferPointer(
      rebasing: inflation.input.bytes.dropFirst(inflation.taken))
    if left.isEmpty {
      swap(&waiting, &inflation.behind)
    } else if let base = left.baseAddress {
      guard waiting.append(base, left.count) else { return .outOfMemory }
      if let more = inflation.behind.bytes.baseAddress {
        guard waiting.append(more, inflation.behind.count) else { return .outOfMemory }
      }
    }
    inflation.discard()
    compressedLeft &+= waiting.count
    return flaw(inflation.outcome)
  }

  /// Plain bytes of the message as far as can be told: exact once the data have ended.
  func expectedLength(_ shape: ReplyShape, limit: Int) -> Int {
    if hasEnded { return count }
    let head = UnsafeRawBufferPointer(rebasing: chunk[..<min(count, Self.chunkSize)])
    if let length = ImagePeek.messageLength(head, shape) { return length }
    let most = compressedLength.multipliedReportingOverflow(by: Self.steepest)
    return min(limit, most.overflow ? limit : most.partialValue)
  }

  /// Inflates into the chunk behind what it holds.
  func fillChunk(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> WireFailure? {
    var room = UnsafeMutableRawBufferPointer(rebasing: chunk[min(count, Self.chunkSize)...])
    return inflate(&p, end, into: &room)
  }

  /// Inflates from the bytes fed, as far as they are this message's, and counts what came out.
  func inflate(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    into room: inout UnsafeMutableRawBufferPointer
  ) -> WireFailure? {
    let offered = min(compressedLeft, end - p)
    var input = UnsafeRawBufferPointer(start: p, count: offered)
    let space = room.count
    let outcome = inflation.inflater.inflate(&input, into: &room)
    let taken = offered &- input.count
    p += taken
    compressedLeft &-= taken
    count &+= space &- room.count
    return flaw(outcome)
  }

  private func flaw(_ outcome: Inflater.Outcome) -> WireFailure? {
    switch outcome {
    case .needsInput:
      return compressedLeft == 0 ? .corrupt(encoding, "it is cut off") : nil
    case .full: return nil
    case .ended:
      hasEnded = true
      return compressedLeft > 0 ? .corrupt(encoding, "something follows its end") : nil
    case .corrupt: return .corrupt(encoding, "its data are damaged")
    case .outOfMemory: return .outOfMemory
    }
  }
}
