import UESynthCore
import UESynthWire

/// One ControlStream and the requests that are on it. The server works them in order; what it does not
/// answer it stays silent about.
///
/// Loop thread only.
final class Lane {
  let index: Int
  unowned(unsafe) let engine: Engine
  private(set) var stream: LaneStream?
  /// Sent, or about to be, and unanswered, in order.
  private(set) var unanswered = RequestList()
  private(set) var writeAhead = WriteAhead()
  /// Since when the server's silence counts.
  private(set) var quietSince: Int64 = 0
  /// The server was seen to answer out of order: being overtaken means nothing then.
  private var reorders = false
  /// No new requests: the connection is about to end.
  private(set) var isDraining = false
  /// The server refused the stream unseen: what is on it goes once more, on another one.
  private(set) var awaitsResending = false
  /// No answer has come since that.
  private var hasResent = false

  init(index: Int, engine: Engine) {
    self.index = index
    adaptsCompression = engine.options.compression == .auto
    self.engine = engine
  }

  var isOpen: Bool { stream != nil }

  var room: Int { max(0, writeAhead.limit - unanswered.count) }

  /// Whether another request may go on the wire now.
  func hasRoom() -> Bool {
    // What is sent on a stream that is ending is lost.
    if isDraining || awaitsResending || stream?.isEnding == true { return false }
    if isOutdated {
      if unanswered.first != nil { return false }
      renew()
    }
    if unanswered.count < writeAhead.limit { return true }
    writeAhead.reachedLimit()
    return false
  }

  // MARK: Compression

  private static let mostRenewals = 4
  private let adaptsCompression: Bool
  /// Streams that gave way and that the server has not ended yet.
  private var renewals = 0

  /// The stream was opened when the link was known less well: once it has nothing under way it gives
  /// way to another.
  private var isOutdated: Bool {
    guard adaptsCompression, let stream, renewals < Self.mostRenewals else { return false }
    return stream.offersCompression != engine.offersCompression
  }

  /// The server ends the old stream when it likes; nothing of this lane is on it any more.
  private func renew() {
    renewals += 1
    stream?.halfClose()
    stream = nil
  }

  // MARK: Sending

  /// Puts a request on the wire (with the next flush); false if the stream cannot be opened.
  func send(_ request: RequestRef, now: Int64) -> Bool {
    if stream == nil {
      let opened = LaneStream(lane: self)
      metadata = engine.takeMetadata(lane: index)
      guard open(opened) else { return false }
      stream = opened
    }
    // Loaded without being counted: nothing here lets go of it.
    guard let stream = stream.map({ Unmanaged.passUnretained($0) }),
      stream._withUnsafeGuaranteedRef({ $0.enqueue(request) })
    else { return false }
    if unanswered.first == nil {
      quietSince = now
      writeAhead.busy(now: now)
    }
    unanswered.append(request)
    return true
  }

  /// Of the stream that was opened last: the one that takes its place when it was refused unseen has the
  /// same.
  private var metadata: CallMetadata?

  private func open(_ stream: LaneStream) -> Bool {
    engine.open(
      stream, .known(RPC.controlStream.path), deadline: .max, encoding: stream.requestEncoding,
      metadata: metadata)
  }

  // MARK: Receiving

  func activity() { quietSince = engine.now }

  /// A reply came for `request`, which is on this lane.
  func answered(_ request: RequestRef, now: Int64) {
    quietSince = now
    hasResent = false
    if engine.options.findsLanes { engine.governor.replied() }
    if request != unanswered.first, !reorders { giveUp(overtakenBy: request) }
    writeAhead.replied(sent: request.pointee.sent, now: now)
  }

  /// A serial server answers in order: what was overtaken has been dropped.
  private func giveUp(overtakenBy request: RequestRef) {
    while let overtaken = unanswered.first, overtaken != request {
      writeAhead.dropped()
      engine.exchange.log(.warning, Self.silence(overtaken))
      engine.finish(overtaken, .noAnswer, Self.silence(overtaken))
    }
  }

  /// A reply came for what was given up before.
  func answeredLate() { reorders = true }

  private static func silence(_ request: RequestRef) -> String {
    "the server did not answer \(request.pointee.kind.method) on its stream, but answered a later request: "
      + (request.pointee.kind.isStreamed
        ? "it could not carry it out"
        : "it does not support it there; use the direct route (UESYNTH_ROUTE_DIRECT)")
  }

  /// Takes an ended request off the lane.
  func remove(_ request: RequestRef) {
    unanswered.remove(request)
    if unanswered.count == 0 {
      writeAhead.idle(now: engine.now)
      awaitsResending = false
      if isDraining { letGo() }
    }
  }

  // MARK: Silence

  /// When the oldest request has been met with silence for its timeout; `Int64.max` while there is none,
  /// or while it is us who make the server wait.
  var silenceDeadline: Int64 {
    guard let head = unanswered.first, let stream, !stream.isWithheld, !stream.awaitsCredit,
      !stream.isUnread
    else {
      return .max
    }
    return max(quietSince, head.pointee.sent) &+ head.pointee.timeout
  }

  func giveUpSilent(now: Int64) {
    while silenceDeadline <= now, let head = unanswered.first {
      quietSince = now
      let seconds = Double(head.pointee.timeout) / 1e9
      let text =
        "the server did not answer \(head.pointee.kind.method) on its stream within \(seconds) s: "
        + (head.pointee.kind.isStreamed
          ? "is the engine paused, busy or not in Play, or is there no such name? Raise timeout_ms if it needs longer"
          : "streams of this server may not support it; use the direct route (UESYNTH_ROUTE_DIRECT)")
      engine.exchange.log(.warning, text)
      engine.finish(head, .deadlineExceeded, text)
    }
  }

  // MARK: The end

  /// GOAWAY: what is under way may finish, then the server may go.
  func drain() {
    isDraining = true
    if unanswered.count == 0 { letGo() }
  }

  /// Half-closes the stream. When the server ends it is its own affair: the lane's next request opens
  /// another one.
  private func letGo() {
    stream?.halfClose()
    stream = nil
    isDraining = false
  }

  /// The stream is over; so is everything on it, unless the server never looked at it.
  func streamEnded(_ ended: LaneStream, _ outcome: CallOutcome, wasRefused: Bool) {
    guard ended === stream else {
      renewals = max(0, renewals - 1)
      return
    }
    stream = nil
    isDraining = false
    if wasRefused, !hasResent, !engine.isClosing, unanswered.count > 0 {
      hasResent = true
      awaitsResending = true
      engine.loop.schedule(engine)
      return
    }
    let isOrderly = outcome.status == .ok
    let status = isOrderly ? Status.unavailable : outcome.status
    let text =
      isOrderly ? "the server ended its ControlStream before it answered" : outcome.message
    while let request = unanswered.first { engine.finish(request, status, text) }
  }

  /// Sends everything again, in order, on a new stream.
  func resend(now: Int64) {
    awaitsResending = false
    let opened = LaneStream(lane: self)
    guard open(opened) else {
      while let request = unanswered.first {
        engine.finish(request, .unavailable, "the server refused the ControlStream")
      }
      return
    }
    stream = opened
    quietSince = now
    var candidate = unanswered.first
    while let request = candidate {
      candidate = request.pointee.next
      request.pointee.sent = now
      if !opened.enqueue(request) {
        engine.finish(request, .resourceExhausted, "out of memory for the stream's requests")
      }
    }
  }
}
