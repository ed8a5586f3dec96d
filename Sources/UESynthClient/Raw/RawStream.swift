import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// A raw call on the wire. Loop thread only.
final class RawStream: ClientStream {
  private static let pullLimit = 16 << 10

  unowned(unsafe) let engine: Engine
  let call: RawCall
  private var response = CallResponse()
  private var deframer: RequestDeframer
  private var block = ReceivedMetadata()
  private var initial = ReceivedMetadata()
  private var isInformational = false
  private var hasInitial = false
  private var message: [UInt8] = []
  /// How many there were, with this one.
  private var taken = 0
  private var sent = 0
  private var hasEndedWriting = false
  /// Bytes received whose credit was not returned yet.
  private var owed = 0
  private(set) var isOver = false

  init(engine: Engine, call: RawCall) {
    self.engine = engine
    self.call = call
    deframer = RequestDeframer(limit: engine.options.maximumReceiveLength)
    super.init()
  }

  // MARK: Out

  /// There may be something to send, or room for what comes.
  func changed() {
    guard !isOver else { return }
    if call.hasOutgoing { engine.resume(self) }
    payCredit()
  }

  override func pull(limit: Int) -> HTTP2Pull {
    if sent == message.count {
      guard !hasEndedWriting else { return HTTP2Pull(count: 0, ended: true) }
      let (next, isLast) = call.takeOutgoing()
      message = next ?? []
      if next != nil { taken += 1 }
      sent = 0
      hasEndedWriting = isLast
    }
    let count = min(message.count - sent, limit, Self.pullLimit)
    return HTTP2Pull(count: count, ended: hasEndedWriting && sent + count == message.count)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    message.withUnsafeBytes {
      _ = output.queue.stage(UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
    }
    sent += count
  }

  // MARK: In

  override func headersBegan() {
    response.beginBlock()
    block = ReceivedMetadata()
    isInformational = false
  }

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    response.field(name: name, value: value)
    if name.elementsEqual(":status".utf8) { isInformational = value.first == UInt8(ascii: "1") }
    block.field(name: name, value: value)
  }

  override func headersEnded(endStream: Bool) {
    let outcome = response.endBlock(endStream: endStream)
    if isInformational, !endStream { return }
    if !hasInitial, !endStream {
      hasInitial = true
      initial = block
      block = ReceivedMetadata()
      deframer.encoding = response.encoding
    }
    if let outcome { finish(outcome) }
  }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    if isOver {
      engine.consume(self, bytes.count)
      return
    }
    owed += bytes.count
    if let outcome = response.dataArrived(bytes) {
      giveUp(outcome)
      return
    }
    var hasMemory = true
    if let failure = deframer.feed(bytes, { hasMemory = call.received($0) && hasMemory }) {
      giveUp(CallOutcome(status: failure.status, message: failure.message))
    } else if !hasMemory {
      giveUp(CallOutcome(status: .resourceExhausted, message: "out of memory for a message"))
    } else {
      payCredit()
    }
  }

  override func remoteEnded() {
    if !isOver { finish(response.endStream()) }
  }

  override func closed(code: UInt32) {
    if !isOver {
      // The first message is still there, those before a later one are not.
      if code == HTTP2Code.refusedStream, !hasInitial, !call.wasRefused, taken <= 1 {
        isOver = true
        call.wasRefused = true
        if taken == 1 { call.giveBack(message) }
        engine.beginAgain(self)
        return
      }
      finish(response.reset(code: code, cancelledByUs: false, deadlinePassed: false))
    }
    engine.rawStreamClosed(self)
  }

  /// Credit waits until the host has read what came before, so that a long message can always be finished.
  private func payCredit() {
    guard owed > 0, call.hasRoom else { return }
    engine.consume(self, owed)
    owed = 0
  }

  // MARK: The end

  /// Ends the call from this side.
  func giveUp(_ outcome: CallOutcome) {
    engine.reset(self)
    finish(outcome)
  }

  private func finish(_ outcome: CallOutcome) {
    guard !isOver else { return }
    isOver = true
    if owed > 0 { engine.consume(self, owed) }
    owed = 0
    var result = RawOutcome()
    result.status = outcome.status
    result.message = outcome.message
    if outcome.status == .ok, let failure = deframer.end() {
      result.status = failure.status
      result.message = failure.message
    }
    result.initial = initial
    result.trailing = block
    call.end(result)
    // The server is done before we are: what is still to be sent has nobody to read it.
    if !hasEndedWriting { engine.reset(self, code: HTTP2Code.noError) }
  }
}
