import UESynthCore
import UESynthHTTP2
import UESynthWire

/// One unary RPC. Reused for the next once its stream is closed. Loop thread only.
final class DirectCall: ReplyStream {
  /// nil once the request is over; the stream may live on a little.
  private(set) var request: RequestRef?
  private var sent = 0
  private var messages = 0
  /// The request as it is sent if it is compressed.
  private var compressed: [UInt8]?
  /// Shorter requests are not worth compressing.
  static let leastCompressed = 1024

  init(engine: Engine) { super.init(engine: engine, shape: .command) }

  /// Starts the call; false if no stream can be opened.
  func begin(_ request: RequestRef) -> Bool {
    prepare(shape: ReplyShape(unary: request.pointee.kind))
    self.request = request
    sent = 0
    messages = 0
    let path = RPC.unary(request.pointee.kind).path
    compressed = nil
    var encoding: MessageEncoding?
    if request.pointee.payloadCount >= Self.leastCompressed, let accepted = engine.requestEncoding {
      compressed = Deflater.message([request.payload], accepted)
      if compressed != nil { encoding = accepted }
    }
    guard
      engine.open(
        self, .known(path), deadline: request.pointee.deadline, encoding: encoding,
        metadata: engine.metadata(of: request))
    else {
      self.request = nil
      return false
    }
    return true
  }

  /// The request is over for another reason: cancelled, expired, closed.
  func detach() {
    request = nil
    if !isOver { giveUp(CallOutcome(status: .cancelled, message: "")) }
  }

  private static let prefixSize = 5

  override func pull(limit: Int) -> HTTP2Pull {
    guard let request else { return HTTP2Pull(count: 0, ended: true) }
    let left =
      (compressed?.count ?? Self.prefixSize + request.pointee.payloadCount) - sent
    let count = min(left, limit, 16 << 10)
    return HTTP2Pull(count: count, ended: count == left)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    if let compressed {
      compressed.withUnsafeBytes {
        _ = output.queue.stage(UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
      }
      sent += count
      return
    }
    var left = count
    guard let payload = request?.payload, let base = payload.baseAddress else { return }
    let size = payload.count
    if sent < Self.prefixSize {
      let length = UInt32(truncatingIfNeeded: size)
      let prefix: (UInt8, UInt8, UInt8, UInt8, UInt8) = (
        0, UInt8(truncatingIfNeeded: length >> 24), UInt8(truncatingIfNeeded: length >> 16),
        UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)
      )
      let part = min(left, Self.prefixSize - sent)
      withUnsafeBytes(of: prefix) {
        _ = output.queue.stage(UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + part)]))
      }
      sent += part
      left -= part
    }
    if left > 0 {
      let offset = sent - Self.prefixSize
      _ = output.queue.stage(UnsafeRawBufferPointer(start: base + offset, count: left))
      sent += left
    }
  }

  /// Other calls that are open may wait for it as it does for them.
  override var longestMessage: Int { max(engine.budget.longestMessage, engine.budget.room) }

  override func request(for id: UInt64?) -> RequestRef? { messages == 0 ? request : nil }

  override var mayBegin: Bool { messages == 0 }

  override func outcome(of failure: WireFailure) -> CallOutcome {
    if failure == .refused, messages > 0 {
      return CallOutcome(
        status: .internal, message: "the server sent more than one reply to a unary call")
    }
    return super.outcome(of: failure)
  }

  /// The reply is kept until the trailers have said how the call ended.
  override func settled(_ request: RequestRef) { messages += 1 }

  override func ended(_ outcome: CallOutcome) {
    guard let request else { return }
    if outcome.status != .ok {
      if wasRefused && engine.retryRefused(request)
        || engine.retry(request, outcome.status, outcome.message)
      {
        self.request = nil
        return
      }
      engine.finish(request, outcome.status, outcome.message)
    } else if messages == 0 {
      engine.finish(
        request, .internal, "the server said OK to \(request.pointee.kind.method) without a reply")
    } else {
      engine.conclude(request)
    }
  }
}
