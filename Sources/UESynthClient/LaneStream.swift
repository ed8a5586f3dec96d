import Glibc
import UESynthCore
import UESynthHTTP2
import UESynthWire

/// The HTTP/2 stream of a lane.
final class LaneStream: ReplyStream {
  private static let pullLimit = 16 << 10

  private unowned(unsafe) let lane: Lane
  /// Messages that were dispatched and not yet taken by the session.
  private var outbox: UnsafeMutableRawPointer
  private var capacity = 64 << 10
  private var start = 0
  private var end = 0
  private var isHalfClosed = false

  /// What long requests are compressed with; said when the stream opens.
  let requestEncoding: MessageEncoding?

  init(lane: Lane) {
    self.lane = lane
    requestEncoding = lane.engine.requestEncoding
    outbox = .allocate(byteCount: capacity, alignment: 16)
    super.init(engine: lane.engine, shape: .streamFrame)
  }

  deinit { outbox.deallocate() }

  /// Puts a request behind the others; false when memory or the outbox has run out.
  func enqueue(_ request: RequestRef) -> Bool {
    guard !isHalfClosed else { return false }
    let message = request.streamMessage
    if message.count >= DirectCall.leastCompressed, let requestEncoding,
      let shorter = Deflater.message(
        [UnsafeRawBufferPointer(rebasing: message.dropFirst(MessagePrefix.size))], requestEncoding)
    {
      return shorter.withUnsafeBytes { append($0) }
    }
    return append(message)
  }

  @inline(__always)
  private func append(_ message: UnsafeRawBufferPointer) -> Bool {
    guard let bytes = message.baseAddress else { return false }
    if end &+ message.count > capacity, !makeSpace(message.count) { return false }
    // What is not empty has been announced before.
    let isFirst = start == end
    memcpy(outbox + end, bytes, message.count)
    end &+= message.count
    if isFirst { engine.resume(self) }
    return true
  }

  private func makeSpace(_ size: Int) -> Bool {
    memmove(outbox, outbox + start, end - start)
    end -= start
    start = 0
    if end + size <= capacity { return true }
    var larger = capacity
    while larger < end + size {
      if larger > 64 << 20 { return false }
      larger *= 2
    }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    memcpy(memory, outbox, end)
    outbox.deallocate()
    outbox = memory
    capacity = larger
    return true
  }

  func halfClose() {
    guard !isHalfClosed else { return }
    isHalfClosed = true
    engine.resume(self)
  }

  override func pull(limit: Int) -> HTTP2Pull {
    let count = min(end - start, limit, Self.pullLimit)
    return HTTP2Pull(count: count, ended: isHalfClosed && count == end - start)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    _ = output.queue.stage(UnsafeRawBufferPointer(start: outbox + start, count: count))
    start += count
    if start == end {
      start = 0
      end = 0
    }
  }

  override func headersEnded(endStream: Bool) {
    super.headersEnded(endStream: endStream)
    if !endStream, !isOver {
      connection?.widen(self, to: Int32(clamping: engine.budget.laneWindow))
    }
  }

  override var mostAtOnce: Int { engine.inflates.width + 1 }

  /// What the base class does step by step for any message.
  override func commandSucceeded(_ requestID: UInt64) -> Bool {
    // Both outlive this stream, so that no references need be counted.
    Unmanaged.passUnretained(engine)._withUnsafeGuaranteedRef { engine in
      Unmanaged.passUnretained(lane)._withUnsafeGuaranteedRef { lane in
        guard let request = engine.underWay(requestID), request.pointee.lane == lane.index,
          request.pointee.isChange
        else { return false }
        let now = engine.now
        if request.pointee.firstByte == 0 { request.pointee.firstByte = now }
        lane.answered(request, now: now)
        request.pointee.status = .ok
        engine.conclude(request)
        return true
      }
    }
  }

  override func request(for id: UInt64?) -> RequestRef? {
    guard let id, let request = engine.underWay(id), request.pointee.lane == lane.index else {
      return nil
    }
    return request
  }

  override func replied(to request: RequestRef?, id: UInt64?) {
    if let request {
      lane.answered(request, now: engine.now)
    } else if engine.countStray(id) {
      lane.answeredLate()
    }
  }

  override func settled(_ request: RequestRef) { engine.conclude(request) }

  override func activity() { lane.activity() }

  override func ended(_ outcome: CallOutcome) {
    lane.streamEnded(self, outcome, wasRefused: wasRefused)
  }
}
