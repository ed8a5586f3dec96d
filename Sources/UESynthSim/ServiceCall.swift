import UESynthCore
import UESynthHTTP2
import UESynthWire

/// One gRPC call on the server's side: a unary one, or a ControlStream, which is strictly serial: the
/// next action is taken when the reply to the one before is under way.
///
/// What has come in and is not carried out yet keeps its stream credit, so a client that is faster
/// than the engine, or does not take its replies, is stopped by flow control.
///
/// Thread: the loop's.
final class ServiceCall: HTTP2Stream, @unchecked Sendable {
  private enum Phase {
    /// Headers are being read.
    case head
    case serving(RPC)
    /// Nothing more is carried out.
    case over
  }

  let connection: ServiceConnection
  private let server: SimServer
  private var phase = Phase.head
  private var head = RequestHead()
  private let deframer = RequestDeframer()
  private var messages = 0
  private var inbox = ActionInbox()
  /// Credit of actions that were dealt with as they came in.
  private var unreturned = 0
  private(set) var clientHasEnded = false
  /// No further message is read.
  private var isBroken = false
  /// Monotonic nanoseconds.
  private var deadline = Int64.max
  /// The capture whose picture is being drawn.
  private var drawing: ServerAction? { didSet { isDrawing = drawing != nil } }
  /// To look at `drawing` is to copy it.
  private var isDrawing = false
  /// It stands in a list of those to be performed.
  private var isListed = false
  private let reply: ServiceReply

  init(connection: ServiceConnection) {
    self.connection = connection
    server = connection.server
    reply = ServiceReply(connection)
  }

  var isControlStream: Bool {
    if case .serving(.controlStream) = phase { return true }
    return false
  }

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
    switch head.verdict {
    case .accepted(let rpc):
      phase = .serving(rpc)
      deframer.encoding = head.encoding
      if let wanted = server.options.compression, head.accepted.contains(wanted) {
        reply.encoding = wanted
      }
      if let timeout = head.timeout { deadline = .deadline(timeout, after: server.loop.now) }
      server.counters.count(rpc == .controlStream ? .streams : .unaryCalls)
      if server.isStopping { finish(.unavailable, SimServer.stoppingMessage) }
    case .refused(let status, let message):
      finish(status, message)
    case .notGRPC(let status):
      phase = .over
      reply.refuse(self, httpStatus: status)
    }
    if endStream { remoteEnded() }
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
    reply.announce(for: self)
    if let failure { refuse(failure) }
    list()
  }

  override func remoteEnded() {
    clientHasEnded = true
    guard case .serving(let rpc) = phase else { return }
    if let failure = deframer.end() {
      refuse(failure)
    } else if rpc != .controlStream, messages == 0 {
      refuse(.internal, "a unary call carries one message; this one had none")
    }
    list()
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
        let requestID = String(decoding: scan.requestID, as: UTF8.self)
        inbox.append(.unknown(requestID: requestID), credit: credit)
      } else {
        refuse(error, credit)
      }
    }
  }

  /// Replay: poses are acknowledged as they come, if nothing is before them, or else in their turn.
  private func acknowledge(_ message: UnsafeRawBufferPointer, credit: Int) -> Bool {
    let scan = StreamRequestScan(message)
    guard scan.isWellFormed, scan.actions == 1, let kind = scan.kind, Acknowledgement.covers(kind),
      scan.requestID.count <= Acknowledgement.longestID
    else { return false }
    if inbox.isEmpty, !isDrawing, reply.hasRoom, server.options.tickRate == nil,
      server.loop.now < deadline
    {
      server.counters.count(kind)
      reply.acknowledge(scan.requestID)
      unreturned += credit
    } else {
      let requestID = String(decoding: scan.requestID, as: UTF8.self)
      inbox.append(.acknowledged(kind, requestID: requestID), credit: credit)
    }
    return true
  }

  private func refuse(_ failure: WireFailure, _ credit: Int = 0) {
    switch failure {
    case .unknownEncoding(let name):
      refuse(
        .unimplemented,
        "messages compressed with \"\(name)\" are not understood here: gzip and deflate are", credit
      )
    case .tooLongInflated(let limit):
      refuse(
        .resourceExhausted,
        "a compressed request of more than \(limit) bytes: this server takes no more, as the plugin",
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

  /// The call ends here, once what came before is carried out.
  private func refuse(_ status: Status, _ message: String, _ credit: Int = 0) {
    if isBroken {
      connection.consume(self, credit)
      return
    }
    isBroken = true
    // A unary call is whole or nothing.
    if !isControlStream { connection.consume(self, inbox.removeAll()) }
    // grpc++ shows its service a message that cannot be read as the end of the stream.
    let isSilent = isControlStream && server.options.behaviour == .plugin
    inbox.append(isSilent ? .broken(.ok, "") : .broken(status, message), credit: credit)
  }

  // MARK: The work

  /// Joins those to be performed if there is something to do.
  private func list() {
    guard case .serving(let rpc) = phase, !isListed, !isDrawing, reply.hasRoom else { return }
    guard rpc == .controlStream || clientHasEnded || isBroken else { return }
    guard !inbox.isEmpty || clientHasEnded else { return }
    isListed = true
    if inbox.isEmpty { connection.list(self) } else { server.list(self) }
  }

  /// Carries out what has come in, at most `limit` actions, as far as it goes.
  func perform(limit: Int) {
    isListed = false
    var left = limit
    while case .serving(let rpc) = phase, !isDrawing, left > 0, reply.hasRoom {
      guard let entry = inbox.take() else {
        if clientHasEnded { finish(.ok, "") }
        break
      }
      left -= 1
      guard perform(entry.item, rpc == .controlStream ? .stream : .unary) else {
        isListed = true
        inbox.putBack(entry)
        break
      }
      connection.consume(self, entry.credit)
    }
    reply.announce(for: self)
    list()
  }

  /// False if it has to wait for room.
  private func perform(_ item: ActionInbox.Item, _ route: Route) -> Bool {
    if server.loop.now >= deadline {
      finish(.deadlineExceeded, "the deadline passed before the action was carried out")
      return true
    }
    switch item {
    case .action(let action):
      return carryOut(action, route)
    case .acknowledged(let kind, var requestID):
      server.counters.count(kind)
      requestID.withUTF8 { reply.acknowledge(UnsafeRawBufferPointer($0)) }
    case .unknown(let requestID):
      fail(.unimplemented, "the request holds no action that is known here", requestID, route)
    case .broken(let status, let message):
      finish(status, message)
    }
    return true
  }

  private func carryOut(_ action: ServerAction, _ route: Route) -> Bool {
    let answer = server.engine.answer(action, route)
    if case .capture(let plan) = answer, !server.options.replay {
      let packing = reply.encoding.map {
        ReplyPacking(encoding: $0, requestID: route == .stream ? action.requestID : nil)
      }
      switch server.studio.draw(plan, for: self, packing: packing) {
      case .begun: drawing = action
      case .mustWait: return false
      case .failed(let message): fail(.resourceExhausted, message, action.requestID, route)
      }
    }
    server.counters.count(action.kind)
    switch answer {
    case .reply(let reply): send(reply, action.requestID, route)
    case .picture(let picture): send(picture, action.requestID, route)
    case .failed(let status, let message): fail(status, message, action.requestID, route)
    case .silence: server.counters.count(.unanswered)
    case .capture(let plan) where server.options.replay:
      if let picture = server.prepared.picture(plan, draw: server.studio.drawNow) {
        send(picture, action.requestID, route)
      } else {
        fail(.resourceExhausted, "no memory for the picture", action.requestID, route)
      }
    case .capture: break
    }
    return true
  }

  /// The picture of the capture that was carried out last, nil if it could not be drawn.
  func drawn(_ picture: ReplyPicture?) {
    guard let action = drawing else { return }
    drawing = nil
    guard case .serving(let rpc) = phase else { return }
    let route = rpc == .controlStream ? Route.stream : .unary
    if let picture {
      send(picture, action.requestID, route)
    } else {
      fail(.unavailable, SimServer.stoppingMessage, action.requestID, route)
    }
    reply.announce(for: self)
    if server.isStopping, server.options.behaviour == .honest { endStream() }
    list()
  }

  // MARK: The reply

  private func send(_ message: ServerReply, _ requestID: String, _ route: Route) {
    if case .command(success: false, _) = message { server.counters.count(.failures) }
    reply.append(message, requestID: route == .stream ? requestID : nil)
    if route == .unary { finish(.ok, "") }
  }

  private func send(_ picture: ReplyPicture, _ requestID: String, _ route: Route) {
    reply.append(picture, requestID: route == .stream ? requestID : nil)
    server.counters.count(.pictures)
    server.counters.count(.pictureBytes, picture.bytes.count)
    if route == .unary { finish(.ok, "") }
  }

  private func fail(_ status: Status, _ message: String, _ requestID: String, _ route: Route) {
    server.counters.count(.failures)
    if route == .unary {
      finish(status, message)
    } else if server.options.behaviour == .plugin {
      server.counters.count(.unanswered)
    } else {
      reply.append(.command(success: false, message: message), requestID: requestID)
    }
  }

  /// The call ends when the replies that are left have gone.
  private func finish(_ status: Status, _ message: String) {
    if case .over = phase { return }
    phase = .over
    connection.consume(self, inbox.removeAll())
    reply.finish(self, status, message)
  }

  /// The server ends its streams; what is under way still gets its reply.
  func endStream() {
    if isControlStream, !isDrawing { finish(.unavailable, SimServer.stoppingMessage) }
  }

  override func pull(limit: Int) -> HTTP2Pull { reply.pull(for: self, limit: limit) }

  override func write(count: Int, to output: OutputQueueReference) {
    reply.move(count, to: output.queue)
    list()
  }

  override func closed(code: UInt32) {
    phase = .over
    _ = inbox.removeAll()
    reply.discard()
    connection.ended(self)
  }
}
