import UESynthCore
import UESynthHTTP2
import UESynthWire

/// The server's side of a call's answer: headers with the first message, messages, trailers.
///
///     silent --first message--> open --finish--> ending --all is sent--> over
///     silent --finish--> over (Trailers-Only)
///
/// Thread: the loop's.
final class ServiceReply {
  private enum State {
    case silent
    case open
    case ending(Status, String)
    case over
  }

  private let connection: ServiceConnection
  private let headers: ResponseHeaders
  private let queue = ReplyQueue()
  private var state = State.silent
  /// What the client takes and the options ask for.
  var encoding: MessageEncoding?
  /// Shorter messages go as they are.
  private static let leastCompressed = 256
  /// The session has not been told of what was queued last.
  private var isNews = false

  init(_ connection: ServiceConnection) {
    self.connection = connection
    headers = connection.server.headers
  }

  /// Whether another message may be queued: the client takes what it is sent.
  var hasRoom: Bool { queue.hasRoom }

  // MARK: Messages

  /// With an id a stream's `FrameResponse`, without one a unary call's message.
  func append(_ reply: ServerReply, requestID: String?) {
    let message = reply.encode(requestID: requestID)
    queue.append(compressed(message) ?? message)
    isNews = true
  }

  private func compressed(_ message: [UInt8]) -> [UInt8]? {
    guard let encoding, message.count >= Self.leastCompressed else { return nil }
    return message.withUnsafeBytes {
      Deflater.message(
        [UnsafeRawBufferPointer(rebasing: $0.dropFirst(MessagePrefix.size))], encoding)
    }
  }

  func append(_ picture: ReplyPicture, requestID: String?) {
    isNews = true
    if let message = picture.message {
      queue.append(pixels: message.bytes, owner: message)
      return
    }
    if let deflated = picture.deflated, deflated.encoding == encoding,
      let around = picture.surroundings(requestID)
    {
      queue.append(around.before)
      queue.append(pixels: deflated.bytes, owner: deflated)
      queue.append(around.after)
      return
    }
    let envelope = picture.envelope(requestID)
    queue.append(envelope.head)
    queue.append(pixels: picture.bytes, owner: picture.owner)
    queue.append(envelope.tail)
  }

  func acknowledge(_ requestID: UnsafeRawBufferPointer) {
    Acknowledgement.write(to: queue, requestID: requestID)
    isNews = true
  }

  /// Tells the session of what was queued. Once for any number of messages.
  func announce(for call: ServiceCall) {
    if !isNews { return }
    isNews = false
    if case .silent = state {
      state = .open
      connection.answer(call, headers.head(encoding))
    } else {
      connection.resume(call)
    }
  }

  /// Trailers follow when what is queued has gone.
  func finish(_ call: ServiceCall, _ status: Status, _ message: String) {
    announce(for: call)
    switch state {
    case .silent:
      state = .over
      connection.answerOnly(call, headers.trailersOnly(status, message))
      connection.leave(call)
    case .open:
      state = .ending(status, message)
      connection.resume(call)
    case .ending, .over: break
    }
  }

  /// To a request that is no gRPC call.
  func refuse(_ call: ServiceCall, httpStatus: StaticString) {
    state = .over
    connection.answerOnly(call, headers.plain(status: httpStatus))
    connection.leave(call)
  }

  // MARK: The session takes it

  func pull(for call: ServiceCall, limit: Int) -> HTTP2Pull {
    let count = queue.available(limit: limit)
    guard case .ending(let status, let message) = state, count == queue.count else {
      return HTTP2Pull(count: count, ended: false)
    }
    state = .over
    connection.answerTrailers(call, headers.trailers(status, message))
    connection.leave(call)
    return HTTP2Pull(count: count, ended: true, trailersFollow: true)
  }

  func move(_ count: Int, to output: OutputQueue) { queue.move(count, to: output) }

  /// The stream is gone.
  func discard() {
    state = .over
    queue.removeAll()
  }
}
