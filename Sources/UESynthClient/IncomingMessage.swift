import UESynthCore
import UESynthNet
import UESynthWire

/// The message of a reply stream that is on its way in: how long it is, whether there is room for it, and the
/// memory of its picture, which is written once and is what the host will see.
///
/// A stream has one, for one message after the other, and another for each picture that a worker inflates
/// while the next one comes.
///
/// Loop thread only.
final class IncomingMessage: ReplyReceiver {
  private enum SkipReason { case overCap, noRoom }

  unowned(unsafe) let stream: ReplyStream
  unowned(unsafe) let engine: Engine
  private(set) lazy var reader = ReplyReader(
    shape: stream.shape, maximumLength: engine.options.maximumReceiveLength, receiver: self)
  private(set) var length = 0
  /// Its length is reserved against the cap.
  private(set) var isGranted = false
  /// It is read past: too long for the cap, or there is no room and the newest frame gives way.
  private var skipReason: SkipReason?
  private var assembly: FrameRef?
  private var assemblyFailure: CallOutcome?
  private var firstByte: Int64 = 0
  private var copiedBefore: UInt64 = 0
  /// Its length is an estimate.
  private var isOpenEnded = false
  /// Other messages have to end first.
  var isBehind = false
  /// Nanoseconds spent so far on the compressed message under way.
  private var inflating: Int64 = 0
  private lazy var job = InflateJob(engine: engine)
  /// A worker has it.
  private(set) var isAway = false

  init(stream: ReplyStream) {
    self.stream = stream
    engine = stream.engine
  }

  /// No worker has it any more: the engine sees to that when it closes.
  deinit { assembly?.release() }

  /// As new, for another call.
  func prepare() {
    reader.reset(shape: stream.shape)
    length = 0
    isGranted = false
    skipReason = nil
    firstByte = 0
    isBehind = false
    inflating = 0
  }

  /// Lets go of what it has of a message; nothing more may be read, since the reader still has the place of
  /// the picture.
  func drop() {
    stopInflating()
    if isGranted { engine.release(length) }
    isGranted = false
    length = 0
    assembly?.release()
    assembly = nil
    assemblyFailure = nil
  }

  // MARK: Reading

  /// Takes bytes in, and shortens them by what was taken.
  func feed(_ bytes: inout UnsafeRawBufferPointer) -> WireFailure? {
    var rest = bytes
    let failure = measured { reader.feed(&rest) }
    bytes = rest
    return failure
  }

  /// Goes on where it had to wait.
  func resume() -> WireFailure? { measured { reader.resume() } }

  /// Goes on if a worker has done its part.
  func takeBack() {
    guard isAway, engine.inflates.takeBack(job) else { return }
    isAway = false
    inflating &+= job.nanoseconds
    // A failure stays with the reader until it is its turn.
    _ = measured { reader.takeBack() }
  }

  private func stopInflating() {
    guard isAway else { return }
    isAway = false
    engine.inflates.withdraw(job)
  }

  /// What is inflated counts, and the time that it takes.
  private func measured(_ read: () -> WireFailure?) -> WireFailure? {
    let before = reader.expanded
    let began = MonotonicClock.now()
    defer {
      let after = reader.expanded
      inflating &+= MonotonicClock.now() &- began
      if after.messages > before.messages {
        let wire = after.wireBytes &- before.wireBytes
        let plain = after.plainBytes &- before.plainBytes
        engine.countExpanded(
          messages: after.messages &- before.messages, wire: wire, plain: plain)
        engine.gauge.inflated(
          wire: Int(clamping: wire), plain: Int(clamping: plain), nanoseconds: inflating)
        inflating = 0
      }
    }
    return read()
  }

  // MARK: Room

  /// It has begun, and waits for room.
  var isWithheld: Bool { length > 0 && !isGranted && skipReason == nil }

  /// Tries again to reserve the message under way. True if the stream can go on.
  func retryGrant() -> Bool {
    if isWithheld { isGranted = engine.reserve(length) }
    return !isWithheld
  }

  // MARK: ReplyReceiver

  func messageBegan(length: Int) -> Bool {
    guard stream.mayBegin else { return false }
    self.length = length
    isOpenEnded = false
    skipReason = nil
    assemblyFailure = nil
    firstByte = engine.now
    copiedBefore = reader.copiedBytes
    isGranted = engine.reserve(length)
    if !isGranted {
      if length > stream.longestMessage {
        skipReason = .overCap
      } else if engine.options.overflow == .dropNewest {
        skipReason = .noRoom
      }
    }
    return true
  }

  func messageBegan(estimate: Int) -> Bool {
    let begins = messageBegan(length: min(estimate, stream.longestMessage))
    isOpenEnded = true
    return begins
  }

  var mayExpand: Bool {
    // What is whole already would end at once.
    (isGranted || skipReason != nil || length == 0) && (isOpenEnded || !isBehind)
  }

  var mayEnd: Bool { !isBehind }

  var inflatesElsewhere: Bool { engine.inflates.isReady }

  func inflate(_ inflation: Inflation) {
    isAway = true
    engine.inflating(stream)
    job.begin(inflation)
  }

  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    assembly?.release()
    assembly = nil
    guard skipReason == nil else { return nil }
    if length > self.length {
      // Compressed, and longer than it began: this much is not reserved.
      assemblyFailure = CallOutcome(
        status: .resourceExhausted,
        message: "a compressed picture of \(length) bytes is longer than stream_buffer_bytes "
          + "(\(engine.options.bufferBytes)) can hold: raise it")
      return nil
    }
    let request = stream.request(for: requestID)
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

  func commandSucceeded(_ requestID: UInt64) -> Bool {
    Unmanaged.passUnretained(stream)._withUnsafeGuaranteedRef { $0.commandSucceeded(requestID) }
  }

  func plainMessage(_ reply: borrowing ScannedReply, length: Int) -> Bool {
    let reply = copy reply
    // It outlives this, so that no references need be counted.
    return Unmanaged.passUnretained(stream)._withUnsafeGuaranteedRef {
      $0.plainMessage(reply, length: length)
    }
  }

  func messageEnded(_ reply: borrowing ScannedReply) {
    let request = stream.request(for: reply.requestID)
    var frame = assembly
    assembly = nil
    if let request {
      if request.pointee.firstByte == 0 { request.pointee.firstByte = firstByte }
      if reply.body == .image, reply.imageLength > 0 {
        engine.countImage(reply.imageLength, copied: reader.copiedBytes &- copiedBefore)
      }
    }
    stream.replied(to: request, id: reply.requestID)
    if let request {
      if !isGranted, frame != nil {
        engine.take(length)
        stream.withheld += length
        isGranted = true
      }
      request.pointee.rare.reserved = isGranted ? length : 0
      isGranted = false
      if skipReason == .overCap {
        engine.set(
          request, .resourceExhausted,
          "a message of \(length) bytes is longer than stream_buffer_bytes "
            + "(\(engine.options.bufferBytes)) can hold: raise it to at least "
            + "\(length.multipliedReportingOverflow(by: 2).partialValue)")
      } else if skipReason == .noRoom {
        engine.refuse(request)
      } else if let failure = assemblyFailure {
        engine.set(request, failure.status, failure.message)
      } else {
        engine.set(request, reply, frame: frame)
        frame = nil
      }
      stream.settled(request)
    }
    frame?.release()
    if isGranted { engine.release(length) }
    isGranted = false
    length = 0
    skipReason = nil
  }
}
