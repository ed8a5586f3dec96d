import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// What a lane and a direct call have in common: a response whose messages are replies, pictures among
/// them that are written once, into the memory that the host will see, while the byte cap is kept.
///
/// Loop thread only.
class ReplyStream: ClientStream, ReplyReceiver {
  unowned(unsafe) let engine: Engine
  var response = CallResponse()
  private(set) var isOver = false
  /// The server has said that it did nothing about this call (RFC 9113 §8.7).
  private(set) var wasRefused = false
  private var hasHeaders = false
  private lazy var reader = ReplyReader(
    shape: shape, maximumLength: engine.options.maximumReceiveLength, receiver: self)
  private let shape: ReplyShape

  // The message under way.
  private var messageLength = 0
  /// Its length is reserved against the cap.
  private(set) var isGranted = false
  /// It is read past: too long for the cap, or there is no room and the newest frame gives way.
  private var skipReason: SkipReason?
  private var assembly: FrameRef?
  private var assemblyFailure: CallOutcome?
  private var firstByte: Int64 = 0
  /// Bytes received whose credit was not returned yet.
  private(set) var owed = 0
  /// Of these, those of messages that are over and were never granted: their window has shrunk for them.
  private(set) var withheld = 0
  /// In the engine's queue of streams that wait for credit.
  var awaitsCredit = false
  /// The server has said OK while a compressed message still waits for room.
  private var deferred: CallOutcome?
  private var isClosed = false
  /// Nanoseconds spent so far on the compressed message under way.
  private var inflating: Int64 = 0
  private var copiedBefore: UInt64 = 0

  private enum SkipReason { case overCap, noRoom }

  init(engine: Engine, shape: ReplyShape) {
    self.engine = engine
    self.shape = shape
    super.init()
  }

  deinit { assembly?.release() }

  // MARK: What the kinds of stream differ in

  /// Whose reply this is; nil if nobody waits for it (any more).
  func request(for id: UInt64?) -> RequestRef? { nil }
  /// A whole reply has come.
  func replied(to request: RequestRef?, id: UInt64?) {}
  /// Its outcome is set.
  func settled(_ request: RequestRef) {}
  /// What a message that cannot be used means for the call.
  func outcome(of failure: WireFailure) -> CallOutcome {
    CallOutcome(status: failure.status, message: failure.message)
  }
  /// The call is over, in whatever way; the last thing that is heard of it but `closed`.
  func ended(_ outcome: CallOutcome) {}

  // MARK: Reuse

  func prepare(shape: ReplyShape) {
    response = CallResponse()
    reader.reset(shape: shape)
    isOver = false
    wasRefused = false
    hasHeaders = false
    messageLength = 0
    isGranted = false
    skipReason = nil
    firstByte = 0
    owed = 0
    withheld = 0
    offersCompression = false
    deferred = nil
    isClosed = false
  }

  var isMidMessage: Bool { reader.isMidMessage }

  // MARK: Events

  override func headersBegan() {
    hasHeaders = true
    response.beginBlock()
  }

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    response.field(name: name, value: value)
  }

  override func headersEnded(endStream: Bool) {
    let outcome = response.endBlock(endStream: endStream)
    reader.encoding = response.encoding
    if let accepted = response.accepts { engine.serverAccepts = accepted }
    guard let outcome else { return }
    if endStream {
      finish(outcome)
      stopSending()
    } else {
      giveUp(outcome)
    }
  }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    if isOver {
      engine.consume(self, bytes.count)
      return
    }
    if let outcome = response.dataArrived(bytes) {
      engine.consume(self, bytes.count)
      giveUp(outcome)
      return
    }
    if !response.hasMessages {
      engine.consume(self, bytes.count)
      return
    }
    owed += bytes.count
    activity()
    engine.gauge.received(
      bytes.count, now: engine.now, isLinkBusy: reader.isMidMessage && !isWithheld)
    if let failure = feed(bytes) {
      giveUp(outcome(of: failure))
      return
    }
    payCredit()
  }

  private func feed(_ bytes: UnsafeRawBufferPointer) -> WireFailure? {
    if response.encoding == .none { return reader.feed(bytes) }
    return measured { reader.feed(bytes) }
  }

  /// What is inflated counts, and the time that it takes.
  private func measured(_ read: () -> WireFailure?) -> WireFailure? {
    let before = reader.expanded
    let began = MonotonicClock.now()
    defer {
      let after = reader.expanded
      if after.messages > before.messages {
        engine.countExpanded(
          messages: after.messages &- before.messages, wire: after.wireBytes &- before.wireBytes,
          plain: after.plainBytes &- before.plainBytes)
      }
      inflating &+= MonotonicClock.now() &- began
      if after.messages > before.messages {
        engine.gauge.inflated(
          wire: Int(clamping: after.wireBytes &- before.wireBytes),
          plain: Int(clamping: after.plainBytes &- before.plainBytes), nanoseconds: inflating)
        inflating = 0
      }
    }
    return read()
  }

  /// Bytes have come: the server is not silent.
  func activity() {}

  override func remoteEnded() {
    if !isOver { finish(response.endStream()) }
    stopSending()
  }

  /// The server has answered before it was told everything (RFC 9113 section 8.1): nothing more is sent.
  private func stopSending() {
    if let connection, !connection.hasEnded(self) { engine.reset(self, code: HTTP2Code.noError) }
  }

  override func closed(code: UInt32) {
    isClosed = true
    // All has come; its window counts as open until what is held has been read.
    if deferred != nil, !isOver { return }
    if !isOver {
      wasRefused = code == HTTP2Code.refusedStream && !hasHeaders && violation == nil
      finish(end(code: code))
    }
    engine.streamClosed(self)
  }

  private func end(code: UInt32) -> CallOutcome {
    switch violation {
    case nil: response.reset(code: code, cancelledByUs: false, deadlinePassed: false)
    case .headerListTooLong(let limit):
      response.violated(
        .resourceExhausted, "the server sent a header list of more than \(limit) bytes")
    case .malformed(let detail):
      response.violated(
        .internal,
        "the server's response breaks the rules of HTTP/2"
          + (detail.isEmpty ? " (error \(code))" : " (\(detail))"))
    }
  }

  override var directTarget: UnsafeMutableRawBufferPointer? { isOver ? nil : reader.directTarget }

  /// Ends the call from this side.
  func giveUp(_ outcome: CallOutcome) {
    engine.reset(self)
    finish(outcome)
  }

  private func finish(_ outcome: CallOutcome) {
    guard !isOver else { return }
    if outcome.status == .ok, reader.isHeld {
      deferred = outcome
      return
    }
    isOver = true
    var outcome = outcome
    if outcome.status == .ok, let failure = reader.end() {
      outcome = CallOutcome(status: failure.status, message: failure.message)
    }
    dropAssembly()
    ended(outcome)
  }

  private func dropAssembly() {
    if isGranted { engine.release(messageLength) }
    isGranted = false
    assembly?.release()
    assembly = nil
    assemblyFailure = nil
  }

  /// Its request is given up while its picture is on the way.
  func abandonAssembly() {
    assembly?.release()
    assembly = nil
  }

  // MARK: Credit

  /// Returns what may be returned now; otherwise waits in the engine's queue.
  func payCredit() {
    guard owed > 0 else { return }
    if engine.mayPay(self) {
      let credit = owed
      owed = 0
      withheld = 0
      engine.consume(self, credit)
    } else {
      engine.awaitCredit(self)
    }
  }

  /// There may be room now for a compressed message that was held back. False if it still waits.
  func readHeld() -> Bool {
    guard !isOver, reader.isHeld else { return true }
    if let failure = measured({ reader.resume() }) {
      giveUp(outcome(of: failure))
    } else if reader.isHeld {
      return false
    } else if let deferred {
      finish(deferred)
    }
    if isClosed, isOver {
      owed = 0
      engine.streamClosed(self)
    }
    return true
  }

  /// Tries again to reserve the message under way. True if the stream can go on.
  func retryGrant() -> Bool {
    if reader.isMidMessage, !isGranted, skipReason == nil, messageLength > 0 {
      isGranted = engine.reserve(messageLength)
      if !isGranted { return false }
    }
    return true
  }

  var isWithheld: Bool {
    reader.isMidMessage && !isGranted && skipReason == nil && messageLength > 0
  }

  /// The length of the message that waits to be granted.
  var withheldLength: Int { isWithheld ? messageLength : 0 }

  /// What is longer is not waited for.
  var longestMessage: Int { engine.budget.longestOnLane }

  // MARK: ReplyReceiver

  func messageBegan(length: Int) -> Bool {
    messageLength = length
    skipReason = nil
    assemblyFailure = nil
    firstByte = engine.now
    copiedBefore = reader.copiedBytes
    isGranted = engine.reserve(length)
    if !isGranted {
      if length > longestMessage {
        skipReason = .overCap
      } else if engine.options.overflow == .dropNewest {
        skipReason = .noRoom
      }
    }
    return true
  }

  func messageBegan(estimate: Int) -> Bool {
    messageBegan(length: min(estimate, longestMessage))
  }

  var mayExpand: Bool { isGranted || skipReason != nil || messageLength == 0 }

  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    assembly?.release()
    assembly = nil
    guard skipReason == nil else { return nil }
    if length > messageLength {
      // Compressed, and longer than it began: this much is not reserved.
      assemblyFailure = CallOutcome(
        status: .resourceExhausted,
        message: "a compressed picture of \(length) bytes is longer than stream_buffer_bytes "
          + "(\(engine.options.bufferBytes)) can hold: raise it")
      return nil
    }
    let request = request(for: requestID)
    // An id that is ours, but of nobody who waits: not worth the memory.
    if request == nil, requestID != nil { return nil }
    if let request, !request.pointee.isCapture { return nil }
    switch engine.frameMemory(length: length, for: request) {
    case .success(let frame):
      assembly = frame
      return frame.pointee.memory
    case .failure(let outcome):
      assemblyFailure = CallOutcome(status: outcome.status, message: outcome.message)
      return nil
    }
  }

  /// It lies in the receive buffer, so there is nothing to be reserved for it.
  func plainMessage(_ reply: borrowing ScannedReply, length: Int) -> Bool {
    let engine = engine
    let request = request(for: reply.requestID)
    replied(to: request, id: reply.requestID)
    if let request {
      if request.pointee.firstByte == 0 { request.pointee.firstByte = engine.now }
      engine.set(request, reply, frame: nil)
      settled(request)
    }
    return true
  }

  func messageEnded(_ reply: borrowing ScannedReply) {
    let request = request(for: reply.requestID)
    var frame = assembly
    assembly = nil
    if let request {
      if request.pointee.firstByte == 0 { request.pointee.firstByte = firstByte }
      if reply.body == .image, reply.imageLength > 0 {
        engine.countImage(reply.imageLength, copied: reader.copiedBytes &- copiedBefore)
      }
    }
    replied(to: request, id: reply.requestID)
    if let request {
      if !isGranted, frame != nil {
        engine.take(messageLength)
        withheld += messageLength
        isGranted = true
      }
      request.pointee.reserved = isGranted ? messageLength : 0
      isGranted = false
      if skipReason == .overCap {
        engine.set(
          request, .resourceExhausted,
          "a message of \(messageLength) bytes is longer than stream_buffer_bytes "
            + "(\(engine.options.bufferBytes)) can hold: raise it to at least "
            + "\(messageLength.multipliedReportingOverflow(by: 2).partialValue)")
      } else if skipReason == .noRoom {
        engine.refuse(request)
      } else if let failure = assemblyFailure {
        engine.set(request, failure.status, failure.message)
      } else {
        engine.set(request, reply, frame: frame)
        frame = nil
      }
      settled(request)
    }
    frame?.release()
    if isGranted { engine.release(messageLength) }
    isGranted = false
    messageLength = 0
    skipReason = nil
  }
}
