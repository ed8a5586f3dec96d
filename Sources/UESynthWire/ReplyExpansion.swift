import UESynthCore

/// How a reader takes compressed messages: their plain bytes pass through its steps as they come out of
/// zlib, those of a picture straight into its place.
extension ReplyReader {
  /// What is shorter takes no longer to inflate than to give away.
  private static let leastGivenAway = 64 << 10

  /// A compressed message waits for the receiver: for room, or for its turn.
  public var isHeld: Bool { isExpanding && step != .failed && expansion?.stage == .announced }

  /// All bytes of a compressed message have come, of which some are still inflated elsewhere, or which waits
  /// for its turn to end.
  public var isComplete: Bool {
    guard isExpanding, step != .failed, let expansion else { return false }
    return expansion.compressedLeft == 0 && expansion.stage == .body
  }

  /// Bytes of the message under way that have come and are not inflated for certain.
  public var pendingBytes: Int { isExpanding ? expansion?.pendingBytes ?? 0 : 0 }

  /// Compressed messages so far, their bytes on the wire and inflated.
  public var expanded: (messages: UInt64, wireBytes: UInt64, plainBytes: UInt64) {
    guard let expansion else { return (0, 0, 0) }
    return (expansion.messages, expansion.wireBytes, expansion.plainBytes)
  }

  /// The receiver may be ready now for what it was not: goes on from there.
  public func resume() -> WireFailure? {
    guard isExpanding, let chunk = expansion?.chunk else { return failure }
    var nothing = UnsafeRawBufferPointer(start: chunk.baseAddress, count: 0)
    return feed(&nothing)
  }

  /// What was given away has been inflated: goes on behind it.
  public func takeBack() -> WireFailure? {
    guard isExpanding, step != .failed, let expansion, expansion.isAway else { return failure }
    let place = expansion.inflation.room
    var waiting = ByteAssembly()
    let flaw = expansion.takeBack(&waiting)
    if expansion.count > maximumLength {
      fail(.tooLongInflated(limit: maximumLength))
      return failure
    }
    scan(
      UnsafeRawBufferPointer(start: place.baseAddress, count: expansion.inflation.written), receiver
    )
    if step == .failed { return failure }
    if let flaw {
      fail(flaw)
      return failure
    }
    if waiting.count == 0 { return resume() }
    // All of it is this message's, and is taken.
    var rest = waiting.bytes
    return feed(&rest)
  }

  /// A prefix says that a compressed message follows.
  func beginExpansion(length: Int) -> Bool {
    switch encoding {
    case .none: return fail(.unannounced)
    case .unknown(let name): return fail(.unknownEncoding(name))
    case .known(let encoding):
      let expansion = expansion ?? MessageExpansion()
      self.expansion = expansion
      guard expansion.begin(encoding, length: length) else { return fail(.outOfMemory) }
      isExpanding = true
      // `feed` goes on.
      return false
    }
  }

  /// True when the message is over and the bytes behind it can be read.
  func expand(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ receiver: any ReplyReceiver
  ) -> Bool {
    guard let expansion, step != .failed else { return false }
    if expansion.isAway {
      if !expansion.collect(&p, end) { return fail(.outOfMemory) }
      return false
    }
    while true {
      switch expansion.stage {
      case .head:
        if let flaw = expansion.fillChunk(&p, end) { return fail(flaw) }
        if !expansion.hasEnded, expansion.count < MessageExpansion.chunkSize { return false }
        if expansion.count > maximumLength { return fail(.tooLongInflated(limit: maximumLength)) }
        guard announce(expansion, receiver) else { return false }
      case .announced:
        guard receiver.mayExpand else { return false }
        beginExpanded(expansion, receiver)
      case .body:
        if step == .failed { return false }
        if expansion.hasEnded {
          return receiver.mayEnd && endExpanded(expansion, receiver)
        }
        guard expandOn(expansion, &p, end, receiver) else { return false }
      }
    }
  }

  private func announce(_ expansion: MessageExpansion, _ receiver: any ReplyReceiver) -> Bool {
    let length = expansion.expectedLength(shape, limit: maximumLength)
    let isTaken =
      expansion.hasEnded
      ? receiver.messageBegan(length: length) : receiver.messageBegan(estimate: length)
    if !isTaken { return fail(.refused) }
    expansion.announced()
    return true
  }

  /// Reads what is in the chunk: the whole message, or its beginning.
  private func beginExpanded(_ expansion: MessageExpansion, _ receiver: any ReplyReceiver) {
    expansion.proceeded()
    let head = UnsafeRawBufferPointer(rebasing: expansion.chunk[..<expansion.count])
    if expansion.hasEnded, let reply = plain(head) {
      receiver.messageEnded(reply)
      return
    }
    beginMessage(
      length: expansion.hasEnded ? head.count : maximumLength &+ 1, isWhole: expansion.hasEnded,
      isOpenEnded: !expansion.hasEnded)
    scan(head, receiver)
  }

  /// Inflates and reads on. False if more has to come, or nothing more can be read.
  private func expandOn(
    _ expansion: MessageExpansion, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ receiver: any ReplyReceiver
  ) -> Bool {
    let place = imageRemainder
    let whole = place ?? expansion.chunk
    // Beyond the limit one byte is enough to know.
    let most = maximumLength &+ 1 &- expansion.count
    let space = min(whole.count, max(most, 0))
    var room = UnsafeMutableRawBufferPointer(rebasing: whole[..<space])
    if place != nil, space >= Self.leastGivenAway, min(expansion.compressedLeft, end - p) > 0,
      receiver.inflatesElsewhere
    {
      guard expansion.giveAway(&p, end, into: room) else { return fail(.outOfMemory) }
      receiver.inflate(expansion.inflation)
      return false
    }
    let flaw = expansion.inflate(&p, end, into: &room)
    let written = space &- room.count
    if expansion.count > maximumLength { return fail(.tooLongInflated(limit: maximumLength)) }
    scan(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(whole)[..<written]), receiver)
    if step == .failed { return false }
    if let flaw { return fail(flaw) }
    return expansion.hasEnded || room.isEmpty
  }

  private func endExpanded(_ expansion: MessageExpansion, _ receiver: any ReplyReceiver) -> Bool {
    // A message that was whole in the chunk has come to its end by itself.
    if step != .prefix, !closeOpenMessage(receiver) { return false }
    expansion.ended()
    isExpanding = false
    return true
  }

  private func scan(_ bytes: UnsafeRawBufferPointer, _ receiver: any ReplyReceiver) {
    guard var p = bytes.baseAddress else { return }
    scan(&p, p + bytes.count, receiver)
  }
}
