import UESynthCore
import UESynthHTTP2
import UESynthWire

/// One gRPC call on the server's side: a unary one, or a ControlStream, which is strictly serial: the
/// next action is taken when the reply to the one before is under way.
///
///     headers --> actions come in --> perform --> replies go out --> trailers
///
/// What has come in and is not carried out yet keeps its stream credit, so a client that is faster
/// than the engine is stopped by flow control.
///
/// Thread: the loop's.
final class ServiceCall: HTTP2Stream, @unchecked Sendable {
  private enum Phase {
    /// Headers are being read.
    case head
    case serving(RPC)
    /// The trailers follow the replies that are left.
    case ending(Status, String)
    /// Nothing more is sent.
    case ended
  }

  let connection: ServiceConnection
  private let server: SimServer
  private var phase = Phase.head
  private var head = RequestHead()
  private let deframer = RequestDeframer()
  private var inbox = ActionInbox()
  private let replies = ReplyQueue()
  private var hasSentHead = false
  private var clientHasEnded = false
  private var messages = 0
  /// Credit of actions that were dealt with as they came in.
  private var unreturned = 0
  /// The session is to be told.
  private var hasNewReplies = false
  /// No further message is read.
  private var isBroken = false
  /// Monotonic nanoseconds.
  private var deadline = Int64.max
  /// The capture whose picture is being drawn.
  private var drawing: ServerAction?
  /// It stands in a list of those to be performed.
  private var isListed = false

  init(connection: ServiceConnection) {
    self.connection = connection
    server = connection.server
  }

  private var route: Route {
    if case .serving(.controlStream) = phase { return .stream }
    return .unary
  }

  var isControlStream: Bool { route == .stream }

  // MARK: The request

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if case .head = phase { head.field(name, value) }
  }

  override func headersEnded(endStream: Bool) {
    // Trailers of a client mean nothing but the end of what it sends.
    guard case .head = phase else {
      if endStream { remoteEnded() }
      return
    }
    clientHasEnded = endStream
    switch head.verdict {
    case .accepted(let rpc):
      phase = .serving(rpc)
      if let timeout = head.timeout { deadline = .deadline(timeout, after: server.loop.now) }
      server.counters.count(rpc == .controlStream ? .streams : .unaryCalls)
      if server.isStopping {
        finish(.unavailable, SimServer.stoppingMessage)
      } else if endStream {
        requestEnded()
      }
    case .refused(let status, let message):
      finish(status, message)
    case .notGRPC(let status):
      phase = .ended
      connection.answer(self, plain: status)
    }
  }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    guard case .serving(let rpc) = phase else {
      connection.consume(self, bytes.count)
      return
    }
    var free = bytes.count
    let failure = deframer.feed(bytes) { message in
      if self.isBroken { return }
      self.messages += 1
      let credit = min(free, message.count + MessagePrefix.size)
      free -= credit
      self.receive(message, rpc, credit: credit)
    }
    connection.consume(self, free + unreturned)
    unreturned = 0
    announceReplies()
    if let failure { refuse(failure) }
    list()
  }

  override func remoteEnded() {
    clientHasEnded = true
    requestEnded()
  }

  private func receive(_ message: UnsafeRawBufferPointer, _ rpc: RPC, credit: Int) {
    do {
      switch rpc {
      case .controlStream:
        if server.options.replay, acknowledge(message, credit: credit) { return }
        inbox.append(.action(try ServerRequest.decodeStream(message)), credit: credit)
      case .unary(let kind):
        if messages > 1 {
          refuse(.internal, "a unary call carries one message, not more", credit)
        } else {
          inbox.append(.action(try ServerRequest.decodeUnary(kind, message)), credit: credit)
        }
      }
    } catch {
      let scan = StreamRequestScan(message)
      if rpc == .controlStream, case .malformed = error, scan.isWellFormed, scan.actions == 0 {
        inbox.append(
          .unknown(requestID: String(decoding: scan.requestID, as: UTF8.self)), credit: credit)
      } else {
        refuse(error, credit)
      }
    }
  }

  /// Replay: changes are acknowledged as they come, if nothing is before them, or else in their turn.
  private func acknowledge(_ message: UnsafeRawBufferPointer, credit: Int) -> Bool {
    let scan = StreamRequestScan(message)
    guard scan.isWellFormed, scan.actions == 1, let kind = scan.kind, Acknowledgement.covers(kind),
      scan.requestID.count <= Acknowledgement.longestID
    else { return false }
    if inbox.isEmpty, drawing == nil, replies.hasRoom, server.options.tickRate == nil,
      server.loop.now < deadline
    {
      acknowledge(kind, scan.requestID)
      unreturned += credit
    } else {
      let requestID = String(decoding: scan.requestID, as: UTF8.self)
      inbox.append(.acknowledged(kind, requestID: requestID), credit: credit)
    }
    return true
  }

  private func acknowledge(_ kind: ActionKind, _ requestID: UnsafeRawBufferPointer) {
    server.counters.count(kind)
    if server.options.behaviour == .plugin, !PluginQuirks.answersOnStream(kind) {
      server.counters.count(.unanswered)
      return
    }
    Acknowledgement.write(to: replies, requestID: requestID)
    hasNewReplies = true
  }

  private func refuse(_ failure: WireFailure, _ credit: Int = 0) {
    switch failure {
    case .compressed:
      refuse(
        .unimplemented,
        "messages compressed with \"\(head.encoding)\" are not understood here: send them as they are",
        credit)
    case .tooLong(let length, let limit):
      refuse(
        .resourceExhausted,
        "a request of \(length) bytes: this server takes at most \(limit), as the plugin does",
        credit)
    default:
      refuse(failure.status, failure.message, credit)
    }
  }

  private func refuse(_ status: Status, _ message: String, _ credit: Int) {
    if isBroken { return connection.consume(self, credit) }
    isBroken = true
    // grpc++ shows its service a message that cannot be read as the end of the stream.
    let isSilent = route == .stream && server.options.behaviour == .plugin
    inbox.append(isSilent ? .broken(.ok, "") : .broken(status, message), credit: credit)
  }

  private func requestEnded() {
    guard case .serving(let rpc) = phase else { return }
    if let failure = deframer.end() {
      refuse(failure)
    } else if rpc != .controlStream, messages == 0 {
      refuse(.internal, "a unary call carries one message; this one had none", 0)
    }
    list()
  }

  // MARK: The work

  /// Joins those to be performed if there is something to do.
  private func list() {
    guard case .serving(let rpc) = phase, !isListed, drawing == nil else { return }
    guard rpc == .controlStream || clientHasEnded || isBroken, replies.hasRoom else { return }
    guard !inbox.isEmpty || clientHasEnded else { return }
    isListed = true
    if inbox.isEmpty { connection.list(self) } else { server.list(self) }
  }

  /// Carries out what has come in, at most `limit` actions, as far as it goes.
  func perform(limit: Int) {
    isListed = false
    defer { announceReplies() }
    var left = limit
    while case .serving(let rpc) = phase, drawing == nil {
      guard left > 0, replies.hasRoom else { break }
      guard let entry = inbox.take() else {
        if clientHasEnded { finish(.ok, "") }
        return
      }
      if server.loop.now >= deadline {
        connection.consume(self, entry.credit)
        finish(.deadlineExceeded, "the deadline passed before the action was carried out")
        return
      }
      switch entry.item {
      case .action(let action):
        left -= 1
        guard carryOut(action, rpc == .controlStream ? .stream : .unary) else {
          inbox.putBack(entry)
          return
        }
      case .acknowledged(let kind, var requestID):
        left -= 1
        requestID.withUTF8 { acknowledge(kind, UnsafeRawBufferPointer($0)) }
      case .unknown(let requestID):
        left -= 1
        fail(.unimplemented, "the request holds no action that is known here", requestID, .stream)
      case .broken(let status, let message):
        finish(status, message)
      }
      connection.consume(self, entry.credit)
    }
    list()
  }

  /// False if it has to wait for room; it is listed again then.
  private func carryOut(_ action: ServerAction, _ route: Route) -> Bool {
    let answer = server.engine.answer(action, route)
    if case .capture(let plan) = answer, !server.options.replay {
      switch server.studio.draw(plan, for: self) {
      case .begun:
        server.counters.count(action.kind)
        drawing = action
        return true
      case .mustWait:
        isListed = true
        return false
      case .failed(let message):
        server.counters.count(action.kind)
        fail(.resourceExhausted, message, action.requestID, route)
        return true
      }
    }
    server.counters.count(action.kind)
    switch answer {
    case .reply(let reply): send(reply, action, route)
    case .picture(let picture): send(picture, action.requestID, route)
    case .failed(let status, let message): fail(status, message, action.requestID, route)
    case .silence: server.counters.count(.unanswered)
    case .capture(let plan):
      if let picture = server.prepared.picture(plan, draw: server.studio.drawNow) {
        send(picture, action.requestID, route)
      } else {
        fail(.resourceExhausted, "no memory for the picture", action.requestID, route)
      }
    }
    return true
  }

  /// The picture for the action that was carried out last, nil if it could not be drawn.
  func drawn(_ picture: Picture?) {
    guard let action = drawing else { return }
    drawing = nil
    guard case .serving(let rpc) = phase else { return }
    let route = rpc == .controlStream ? Route.stream : .unary
    if let picture {
      send(picture, action.requestID, route)
    } else {
      fail(.unavailable, SimServer.stoppingMessage, action.requestID, route)
    }
    announceReplies()
    list()
  }

  // MARK: The reply

  private func send(_ reply: ServerReply, _ action: ServerAction, _ route: Route) {
    if case .command(success: false, _) = reply { server.counters.count(.failures) }
    replies.append(reply.encode(requestID: route == .stream ? action.requestID : nil))
    replied(route)
  }

  private func send(_ picture: Picture, _ requestID: String, _ route: Route) {
    let envelope = ImageReplyEnvelope(
      requestID: route == .stream ? requestID : nil, imageLength: picture.bytes.count,
      width: picture.width, height: picture.height, format: picture.format)
    replies.append(envelope.head)
    replies.append(pixels: picture.bytes, owner: picture.owner)
    replies.append(envelope.tail)
    server.counters.count(.pictures)
    server.counters.count(.pictureBytes, picture.bytes.count)
    replied(route)
  }

  private func fail(_ status: Status, _ message: String, _ requestID: String, _ route: Route) {
    server.counters.count(.failures)
    if route == .unary {
      finish(status, message)
    } else if server.options.behaviour == .plugin {
      server.counters.count(.unanswered)
    } else {
      let reply = ServerReply.command(success: false, message: message)
      replies.append(reply.encode(requestID: requestID))
      replied(route)
    }
  }

  private func replied(_ route: Route) {
    hasNewReplies = true
    if route == .unary {
      announceReplies()
      finish(.ok, "")
    }
  }

  private func announceReplies() {
    if !hasNewReplies { return }
    hasNewReplies = false
    if !hasSentHead {
      hasSentHead = true
      connection.answer(self, server.headers.head())
    } else {
      connection.resume(self)
    }
  }

  /// The call ends when the replies that are left have gone.
  func finish(_ status: Status, _ message: String) {
    switch phase {
    case .ending, .ended: return
    case .head, .serving: break
    }
    connection.consume(self, inbox.removeAll())
    announceReplies()
    if hasSentHead {
      phase = .ending(status, message)
      connection.resume(self)
    } else {
      phase = .ended
      connection.answerOnly(self, server.headers.trailersOnly(status, message))
      connection.leave(self)
    }
  }

  /// The server ends its streams: what is under way still gets its reply.
  func endStream() {
    guard route == .stream, drawing == nil else { return }
    finish(.unavailable, SimServer.stoppingMessage)
  }

  override func pull(limit: Int) -> HTTP2Pull {
    let count = replies.available(limit: limit)
    guard case .ending(let status, let message) = phase, count == replies.count else {
      return HTTP2Pull(count: count, ended: false)
    }
    phase = .ended
    connection.answerTrailers(self, server.headers.trailers(status, message))
    connection.leave(self)
    return HTTP2Pull(count: count, ended: true, trailersFollow: true)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    replies.move(count, to: output.queue)
    if drawing == nil { list() }
  }

  override func closed(code: UInt32) {
    phase = .ended
    _ = inbox.removeAll()
    replies.removeAll()
    connection.ended(self)
  }
}
