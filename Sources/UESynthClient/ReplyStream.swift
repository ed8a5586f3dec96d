import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// What a lane and a direct call have in common: a response whose messages are replies, pictures among
/// them that are written once, into the memory that the host will see, while the byte cap is kept.
///
/// Loop thread only.
class ReplyStream: ClientStream {
  unowned(unsafe) let engine: Engine
  var response = CallResponse()
  private(set) var isOver = false
  /// The server has said that it did nothing about this call (RFC 9113 §8.7).
  private(set) var wasRefused = false
  private var hasHeaders = false
  private(set) var shape: ReplyShape

  private lazy var current = IncomingMessage(stream: self)
  /// Those before it: their bytes have all come, and workers inflate them. In order.
  private var earlier: [IncomingMessage] = []
  /// For reuse.
  private var spare: [IncomingMessage] = []
  /// What has come behind a message that has to wait: no more than the window lets in.
  private var tail = ByteAssembly()

  /// Bytes received whose credit was not returned yet.
  private(set) var owed = 0
  /// Of these, those of messages that are over and were never granted: their window has shrunk for them.
  var withheld = 0
  /// In the engine's queue of streams that wait for credit.
  var awaitsCredit = false
  /// How the call has ended, while something that came before that is still to be read.
  private var deferred: CallOutcome?
  private var isClosed = false

  init(engine: Engine, shape: ReplyShape) {
    self.engine = engine
    self.shape = shape
    super.init()
  }

  // MARK: What the kinds of stream differ in

  /// Whose reply this is; nil if nobody waits for it (any more).
  func request(for id: UInt64?) -> RequestRef? { nil }
  /// A whole reply has come.
  func replied(to request: RequestRef?, id: UInt64?) {}
  /// Its outcome is set.
  func settled(_ request: RequestRef) {}
  /// Whether another message may come.
  var mayBegin: Bool { true }
  /// Messages that may be read at the same time.
  var mostAtOnce: Int { 1 }
  /// What a message that cannot be used means for the call.
  func outcome(of failure: WireFailure) -> CallOutcome {
    CallOutcome(status: failure.status, message: failure.message)
  }
  /// The call is over, in whatever way; the last thing that is heard of it but `closed`.
  func ended(_ outcome: CallOutcome) {}

  // MARK: Reuse

  func prepare(shape: ReplyShape) {
    response = CallResponse()
    self.shape = shape
    current.prepare()
    tail.clear()
    isOver = false
    wasRefused = false
    hasHeaders = false
    owed = 0
    withheld = 0
    offersCompression = false
    deferred = nil
    isClosed = false
  }

  var isMidMessage: Bool { current.reader.isMidMessage || !earlier.isEmpty }

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
    current.reader.encoding = response.encoding
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
    // Each is loaded once: there may be many of these calls for a picture.
    let (engine, current) = (engine, current)
    let reader = current.reader
    // While much is still to be inflated, it is not the link that is waited for.
    engine.gauge.received(
      bytes.count, now: engine.now,
      isLinkBusy: (reader.isMidMessage || !earlier.isEmpty) && !current.isWithheld
        && unread(reader) <= engine.budget.window / 4)
    if let failure = take(bytes, reader) {
      giveUp(outcome(of: failure))
      return
    }
    payCredit(current, reader)
  }

  // MARK: Messages

  @inline(__always)
  private func take(_ bytes: UnsafeRawBufferPointer, _ reader: ReplyReader) -> WireFailure? {
    if reader.isPlain {
      // Nothing waits, so all is taken.
      var rest = bytes
      return reader.feed(&rest)
    }
    if tail.count == 0 { return read(bytes) }
    guard let base = bytes.baseAddress else { return nil }
    return tail.append(base, bytes.count) ? nil : .outOfMemory
  }

  /// Reads as far as messages need not wait, and keeps the rest.
  private func read(_ bytes: UnsafeRawBufferPointer) -> WireFailure? {
    var rest = bytes
    while true {
      if let failure = current.feed(&rest) {
        // What came before it comes first.
        return earlier.isEmpty ? failure : nil
      }
      guard let base = rest.baseAddress, rest.count > 0 else { return nil }
      guard current.reader.isComplete, mayBegin(beside: base) else {
        return tail.append(base, rest.count) ? nil : .outOfMemory
      }
      beginNext()
    }
  }

  /// Whether the next message can be read while others are being inflated: if that is compressed, too.
  private func mayBegin(beside prefix: UnsafeRawPointer) -> Bool {
    earlier.count + 1 < mostAtOnce && prefix.load(as: UInt8.self) == MessagePrefix.compressed
  }

  private func beginNext() {
    earlier.append(current)
    current = spare.popLast() ?? IncomingMessage(stream: self)
    current.prepare()
    current.reader.encoding = response.encoding
    current.isBehind = true
  }

  /// Workers may have done with some: goes on where they had to wait.
  func takeInflated() {
    guard !isOver else { return }
    for message in earlier { message.takeBack() }
    current.takeBack()
    readOn()
    payCredit()
  }

  /// A worker has some.
  var isInflating: Bool { !isOver && (current.isAway || earlier.contains { $0.isAway }) }

  /// There may be room now for a compressed message that was held back. False if it still waits.
  func readHeld() -> Bool {
    guard !isOver, current.reader.isHeld else { return true }
    readOn()
    return isOver || !current.reader.isHeld || !isWithheld
  }

  private func readOn() {
    if let failure = readInOrder() {
      giveUp(outcome(of: failure))
    } else if let deferred, !waits(deferred) {
      end(deferred)
    }
    if isUnread { activity() }
  }

  private func readInOrder() -> WireFailure? {
    while let first = earlier.first {
      first.isBehind = false
      if let failure = first.resume() { return failure }
      if first.reader.isMidMessage {
        // There may be room for the last one. If it fails, what came before it comes first.
        if current.reader.isHeld { _ = current.resume() }
        return readTail()
      }
      spare.append(earlier.removeFirst())
    }
    current.isBehind = false
    if let failure = current.resume() { return failure }
    return readTail()
  }

  private func readTail() -> WireFailure? {
    guard let base = tail.bytes.baseAddress, tail.count > 0, !current.reader.isHeld,
      !current.reader.isComplete || mayBegin(beside: base)
    else { return nil }
    var waiting = ByteAssembly()
    swap(&waiting, &tail)
    return read(waiting.bytes)
  }

  /// Bytes that have come and are not read for certain.
  @inline(__always)
  private func unread(_ reader: ReplyReader) -> Int {
    if reader.isPlain { return 0 }
    return earlier.reduce(tail.count + reader.pendingBytes) { $0 + $1.reader.pendingBytes }
  }

  /// Something that has come whole is still to be read.
  var isUnread: Bool {
    tail.count > 0 || !earlier.isEmpty || current.reader.isComplete || current.reader.isHeld
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
    if isEnding { return }
    if isOver {
      engine.streamClosed(self)
    } else {
      wasRefused = code == HTTP2Code.refusedStream && !hasHeaders && violation == nil
      finish(outcome(code: code))
    }
  }

  private func outcome(code: UInt32) -> CallOutcome {
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

  override var directTarget: UnsafeMutableRawBufferPointer? {
    isOver ? nil : current.reader.directTarget
  }

  /// Ends the call from this side: nothing that still comes is read.
  func giveUp(_ outcome: CallOutcome) {
    engine.reset(self)
    end(outcome)
  }

  /// The call has ended, and something that came before that is still to be read.
  var isEnding: Bool { deferred != nil && !isOver }

  /// The call has ended, and not from this side.
  private func finish(_ outcome: CallOutcome) {
    guard !isOver else { return }
    if waits(outcome) { deferred = outcome } else { end(outcome) }
  }

  /// What came before the end is read first, unless that waits for room and the call has failed.
  private func waits(_ outcome: CallOutcome) -> Bool {
    isUnread && (outcome.status == .ok || !isWithheld)
  }

  private func end(_ outcome: CallOutcome) {
    guard !isOver else { return }
    isOver = true
    var outcome = outcome
    if outcome.status == .ok, let failure = current.reader.end() {
      outcome = CallOutcome(status: failure.status, message: failure.message)
    }
    for message in earlier {
      message.drop()
      spare.append(message)
    }
    earlier.removeAll()
    current.drop()
    owed = 0
    ended(outcome)
    if isClosed { engine.streamClosed(self) }
  }

  // MARK: Credit

  /// Returns what may be returned now; otherwise waits in the engine's queue.
  func payCredit() { payCredit(current, current.reader) }

  @inline(__always)
  private func payCredit(_ current: IncomingMessage, _ reader: ReplyReader) {
    let credit = owed - unread(reader)
    guard credit > 0 || current.isWithheld else { return }
    let engine = engine
    if !current.isWithheld, reader.isMidMessage || !earlier.isEmpty || engine.mayPay {
      owed -= credit
      withheld = 0
      engine.consume(self, credit)
    } else {
      engine.awaitCredit(self)
    }
  }

  /// Tries again to reserve the message under way. True if the stream can go on.
  func retryGrant() -> Bool { current.retryGrant() }

  var isWithheld: Bool { current.isWithheld }

  /// The length of the message that waits to be granted.
  var withheldLength: Int { isWithheld ? current.length : 0 }

  /// What is longer is not waited for.
  var longestMessage: Int { engine.budget.longestOnLane }

  /// False: to be told as a plain message.
  func commandSucceeded(_ requestID: UInt64) -> Bool { false }

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
}
