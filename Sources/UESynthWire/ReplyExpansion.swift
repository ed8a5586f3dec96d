import UESynthCore

/// How a reader takes compressed messages: their plain bytes pass through its steps as they come out of
/// zlib, those of a picture straight into its place.
extension ReplyReader {
  /// Whether what came is kept until `resume`.
  package var isHeld: Bool { expansion?.isHeld ?? false }

  /// Compressed messages so far, their bytes on the wire and inflated.
  package var expanded: (messages: UInt64, wireBytes: UInt64, plainBytes: UInt64) {
    guard let expansion else { return (0, 0, 0) }
    return (expansion.messages, expansion.wireBytes, expansion.plainBytes)
  }

  /// The receiver may have room now: goes on with what was kept.
  package func resume() -> WireFailure? {
    guard let expansion, expansion.isHeld, receiver.mayExpand else { return failure }
    expansion.isHeld = false
    var waiting = ByteAssembly()
    swap(&waiting, &expansion.held)
    // Nothing may have come behind the message that was held back.
    return feed(
      waiting.count > 0
        ? waiting.bytes : UnsafeRawBufferPointer(start: expansion.chunk.baseAddress, count: 0))
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
    guard let expansion else { return false }
    if expansion.isHeld {
      if !expansion.held.append(p, end - p) { return fail(.outOfMemory) }
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
        guard receiver.mayExpand else {
          expansion.isHeld = true
          if !expansion.held.append(p, end - p) { return fail(.outOfMemory) }
          p = end
          return false
        }
        beginExpanded(expansion, receiver)
      case .body:
        if step == .failed { return false }
        if expansion.hasEnded { return endExpanded(expansion, receiver) }
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
    let whole = imageRemainder ?? expansion.chunk
    // Beyond the limit one byte is enough to know.
    let most = maximumLength &+ 1 &- expansion.count
    let space = min(whole.count, max(most, 0))
    var room = UnsafeMutableRawBufferPointer(rebasing: whole[..<space])
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
