import Glibc
import UESynthHTTP2
import UESynthWire

/// A call as the library makes them: the rules of a response, custom metadata, and a reader of replies.
final class FuzzCall: HTTP2Stream {
  static var requestHeaders: HeaderBlock {
    let block = HeaderBlock()
    block.append(":method", "POST")
    block.append(":scheme", "http")
    block.append(":path", "/uesynth.UESynthService/ControlStream")
    block.append(":authority", "localhost")
    block.append("te", "trailers")
    block.append("content-type", "application/grpc")
    return block
  }

  /// What it sends, and then waits to be resumed.
  private static let body: [UInt8] = [0, 0, 0, 0, 2, 0x82, 0x01]

  private unowned(unsafe) let session: HTTP2Session
  private let log: ReplyLog
  private var response = CallResponse()
  private var metadata = ReceivedMetadata()
  private var sent = 0
  var hasMore = true
  private(set) var outcome: CallOutcome?
  private(set) var closings = 0

  init(_ shape: ReplyShape, session: HTTP2Session) {
    self.session = session
    log = ReplyLog(shape, .none, manner: 0)
    super.init()
  }

  override func headersBegan() {
    alive()
    response.beginBlock()
  }

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    alive()
    response.field(name: name, value: value)
    metadata.field(name: name, value: value)
  }

  override func headersEnded(endStream: Bool) {
    alive()
    log.announce(response.encoding)
    conclude(response.endBlock(endStream: endStream))
  }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    alive()
    defer { session.consume(self, bytes.count) }
    conclude(response.dataArrived(bytes))
    guard outcome == nil, response.hasMessages else { return }
    if let failure = log.feed(bytes) {
      conclude(CallOutcome(status: failure.status, message: failure.message))
    }
  }

  override func remoteEnded() {
    alive()
    conclude(response.endStream())
  }

  override func closed(code: UInt32) {
    closings += 1
    conclude(response.reset(code: code, cancelledByUs: false, deadlinePassed: false))
  }

  override func pull(limit: Int) -> HTTP2Pull {
    HTTP2Pull(count: min(limit, Self.body.count - sent), ended: !hasMore)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    Self.body.withUnsafeBytes {
      _ = output.queue.stage(UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
    }
    sent += count
  }

  override var directTarget: UnsafeMutableRawBufferPointer? { log.directTarget }

  private func conclude(_ conclusion: CallOutcome?) {
    guard outcome == nil, let conclusion else { return }
    outcome = conclusion
    // What was received wrong ends the stream, as the library does it.
    if isOpen { session.reset(self, code: HTTP2Code.cancel) }
  }

  private func alive() {
    expect(closings == 0, "an event after the last")
  }
}

extension OutputQueue {
  /// Takes out all that is queued.
  func collected() -> [UInt8] {
    var bytes: [UInt8] = []
    while count > 0 {
      withUnsafeTemporaryAllocation(of: iovec.self, capacity: 16) { vectors in
        let filled = fill(vectors)
        var taken = 0
        for vector in vectors[..<filled] {
          bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
          taken += vector.iov_len
        }
        expect(taken > 0, "bytes that cannot be sent")
        consume(taken)
      }
    }
    return bytes
  }
}
