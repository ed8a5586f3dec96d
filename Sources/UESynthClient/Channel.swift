import Glibc
import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// A client's connection and its life: made when something is to be sent, tried again after a growing
/// pause, and when it is lost everything on it fails at once.
///
///     idle --wanted--> connecting --SETTINGS--> ready --lost, going away--> idle
///                          \--failure--> backoff --pause over--> idle
///
/// A connection that is going away may finish what is on it, while the next one is made.
///
/// Loop thread only.
final class Channel: HTTP2ConnectionDelegate {
  /// Streams of one connection that are left when the next one is made (RFC 9113 §5.1.1).
  private static let lastStreams: UInt32 = 1 << 20

  /// A connection that may finish what is on it. A server that never ends them has so many.
  private struct Leaving {
    let connection: HTTP2Connection
    /// What becomes of calls that it does not finish.
    let reason: String
  }
  private static let mostLeaving = 16

  private unowned(unsafe) let engine: Engine
  private let target: Target
  private(set) var state = ClientState.idle
  private(set) var connection: HTTP2Connection?
  /// Oldest first.
  private var leaving: [Leaving] = []
  private var connector: Connector?
  private var backoff: Backoff
  private var keepalive: Keepalive
  private var hasWarnedOfPings = false
  private var attemptStart: Int64 = 0
  /// Connecting: when the attempt is given up. Backoff: when the pause is over.
  private var stateDeadline = Int64.max
  private var lastFailure: NetError?
  private var sentBefore: UInt64 = 0
  private var receivedBefore: UInt64 = 0
  /// Of the connection that is ready, as of the last look.
  private var receivedThen: Int64 = 0

  let authority: String

  init(engine: Engine, target: Target) {
    self.engine = engine
    self.target = target
    authority = engine.options.tls?.serverName ?? target.authority
    backoff = Backoff(
      initial: engine.options.initialBackoff, maximum: engine.options.maximumBackoff,
      seed: UInt64(truncatingIfNeeded: MonotonicClock.now()))
    keepalive = Keepalive(
      interval: engine.options.keepaliveInterval, timeout: engine.options.keepaliveTimeout,
      withoutCalls: engine.options.keepaliveWithoutCalls,
      mostPingsWithoutData: engine.options.mostPingsWithoutData)
  }

  var isReady: Bool { state == .ready }
  var availableStreams: Int { isReady ? connection?.availableStreams ?? 0 : 0 }

  /// When `pass` has something to do next.
  var nextDeadline: Int64 {
    isReady ? keepalive.nextDeadline(hasCalls: hasCalls) : stateDeadline
  }

  private var hasCalls: Bool { (connection?.openStreams ?? 0) > 0 }

  // MARK: Connecting

  /// Something waits to be sent.
  func wantConnection(now: Int64) {
    switch state {
    case .idle: attempt()
    case .backoff:
      // What does not wait for ready and is submitted during the pause fails with the reason for it.
      if let lastFailure {
        engine.failWaiting(lastFailure.status, lastFailure.message, sparesRefused: true)
      }
    case .connecting, .ready, .closed: break
    }
  }

  /// The host asks for a connection: no pause.
  func connectNow() {
    if state == .idle || state == .backoff { attempt() }
  }

  private func attempt() {
    attemptStart = engine.now
    setState(.connecting)
    stateDeadline = .deadline(engine.options.connectTimeout, after: attemptStart)
    let connector = Connector(
      loop: engine.loop, target: target, timeoutNanoseconds: engine.options.connectTimeout
    ) { [unowned(unsafe) self] result in
      self.connector = nil
      switch result {
      case .success(let fd): begin(fd)
      case .failure(let failure): attemptFailed(failure)
      }
    }
    self.connector = connector
    connector.start()
  }

  private func begin(_ fd: Int32) {
    _ = SocketOptions.setKeepAlive(fd)
    var settings = HTTP2Settings()
    settings.streamWindow = Int32(clamping: engine.budget.window)
    settings.connectionWindow = 16 << 20
    var session: TLSSession?
    do throws(NetError) {
      if let context = engine.options.tls {
        session = try TLSSession.client(context, target: target)
      }
    } catch {
      Glibc.close(fd)
      attemptFailed(error)
      return
    }
    do throws(NetError) {
      connection = try HTTP2Connection(
        fd: fd, loop: engine.loop, role: .client, settings: settings, delegate: self, tls: session)
      engine.gauge.connected()
      engine.serverAccepts = nil
      engine.loop.schedule(engine)
    } catch {
      attemptFailed(error)
    }
  }

  private func attemptFailed(_ failure: NetError) {
    connector?.cancel()
    connector = nil
    let lost = connection
    connection = nil
    lost?.close()
    // Before the state, so that whoever waited for that finds the record there.
    engine.exchange.log(.warning, "cannot connect: \(failure.message)")
    pause(failure)
    engine.failWaiting(failure.status, failure.message)
    engine.loop.schedule(engine)
  }

  private func pause(_ failure: NetError) {
    lastFailure = failure
    stateDeadline = backoff.next(after: attemptStart)
    setState(.backoff, failure: failure)
  }

  /// Time passes.
  func pass(now: Int64) {
    if isReady {
      keepAlive(now: now)
      return
    }
    guard now >= stateDeadline else { return }
    switch state {
    case .connecting:
      attemptFailed(
        NetError(
          .unavailable,
          "\(target) accepted the connection but did not answer within "
            + "\(Double(engine.options.connectTimeout) / 1e9) s: is this the port of the UESynth plugin?"
        ))
    case .backoff:
      stateDeadline = .max
      setState(.idle)
    default: stateDeadline = .max
    }
  }

  private func keepAlive(now: Int64) {
    guard let connection else { return }
    if connection.receivedBytes != receivedThen {
      receivedThen = connection.receivedBytes
      keepalive.bytesRead(now: now)
    }
    switch keepalive.step(now: now, hasCalls: hasCalls) {
    case .none: break
    case .ping: connection.ping()
    case .dead:
      let failure = NetError(
        .unavailable,
        "\(target) did not answer a keepalive ping within "
          + "\(Double(engine.options.keepaliveTimeout) / 1e9) s")
      connectionClosed(connection, failure)
      connection.close()
    }
  }

  private func setState(_ new: ClientState, failure: NetError? = nil) {
    guard state != .closed else { return }
    state = new
    engine.exchange.note(state: new, failure: failure)
  }

  // MARK: Use

  func submit(_ headers: HeaderBlock, _ stream: ClientStream) -> Bool {
    guard isReady, let connection else { return false }
    do {
      try connection.submitRequest(headers, stream: stream)
    } catch {
      return false
    }
    stream.connection = connection
    keepalive.dataSent()
    if connection.remainingStreams < Self.lastStreams {
      engine.exchange.log(.info, "\(target): the connection has used up its streams")
      connection.drain()
      leave(connection, "\(target) closed a connection that had used up its streams")
      lastFailure = nil
      stateDeadline = .max
      setState(.idle)
    }
    return true
  }

  func flush() {
    connection?.flush()
    for old in leaving { old.connection.flush() }
  }

  func count(into tally: inout Tally) {
    tally.bytesSent = sentBefore
    tally.bytesReceived = receivedBefore
    for old in leaving { add(old.connection, &tally.bytesSent, &tally.bytesReceived) }
    if let connection { add(connection, &tally.bytesSent, &tally.bytesReceived) }
  }

  private func add(_ connection: HTTP2Connection, _ sent: inout UInt64, _ received: inout UInt64) {
    sent &+= UInt64(clamping: connection.sentBytes)
    received &+= UInt64(clamping: connection.receivedBytes)
  }

  /// Why a request came to its deadline.
  func lateness(of request: RequestRef) -> String {
    let seconds = Double(request.pointee.timeout) / 1e9
    let method = request.pointee.kind.method
    if request.pointee.lane >= 0 { return unanswered(method, within: seconds) }
    guard isReady else {
      return "no connection to \(target) within \(seconds) s"
        + (lastFailure.map { " (\($0.message))" } ?? "")
    }
    if let question = engine.poseQuestion(heldBack: request) {
      return Engine.incomplete(question.failure ?? unanswered(question.method, within: seconds))
    }
    return
      "\(method) was not sent within \(seconds) s: requests before it, or frames that nobody fetched, "
      + "held it back"
  }

  private func unanswered(_ method: Substring, within seconds: Double) -> String {
    "\(target) did not answer \(method) within \(seconds) s: is the engine paused or busy? Raise "
      + "timeout_ms if it needs longer"
  }

  // MARK: The end

  func close() {
    connector?.cancel()
    connector = nil
    let open = leaving.map(\.connection) + (connection.map { [$0] } ?? [])
    leaving = []
    connection = nil
    for connection in open {
      connection.goAway()
      connection.flush()
      add(connection, &sentBefore, &receivedBefore)
      connection.close()
    }
    stateDeadline = .max
    setState(.closed)
  }

  /// Nothing new goes on this connection, which is the one that is ready.
  private func leave(_ connection: HTTP2Connection, _ reason: String) {
    leaving.append(Leaving(connection: connection, reason: reason))
    self.connection = nil
    if leaving.count > Self.mostLeaving, let oldest = leaving.first?.connection {
      connectionClosed(oldest, nil)
      oldest.close()
    }
    engine.lanes.forEach { if $0.stream?.connection === connection { $0.drain() } }
    engine.loop.schedule(engine)
  }

  // MARK: HTTP2ConnectionDelegate

  func connectionSettingsReceived(_ connection: HTTP2Connection) {
    guard state == .connecting, connection === self.connection else { return }
    stateDeadline = .max
    receivedThen = 0
    keepalive.begin(now: engine.now)
    engine.workedOnThisConnection = false
    engine.exchange.log(.info, "connected to \(target)")
    warnOfPings()
    setState(.ready)
    engine.loop.schedule(engine)
  }

  /// A stock server takes pings that come more often than every 300 s for an attack (gRFC A8).
  private func warnOfPings() {
    let interval = engine.options.keepaliveInterval
    guard interval > 0, interval < 300_000_000_000, !hasWarnedOfPings else { return }
    hasWarnedOfPings = true
    engine.exchange.log(
      .warning,
      "keepalive pings every \(keepalive.intervalSeconds) s: a stock gRPC server hangs up on those that come "
        + "less than 300 s apart, and the interval doubles then; set keepalive_ms to 300000 or more, or to 0: "
        + "dead machines are found without")
  }

  func connectionGoAway(
    _ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debug: String
  ) {
    let failure = NetError(
      .unavailable,
      "\(target) ended the connection (GOAWAY, code \(code)\(debug.isEmpty ? "" : ", \(debug)"))")
    if code == HTTP2Code.enhanceYourCalm, debug == "too_many_pings" {
      keepalive.askedTooOften()
      engine.exchange.log(
        .warning,
        "\(failure.message): keepalive pings now come every \(keepalive.intervalSeconds) s")
    } else {
      engine.exchange.log(code == HTTP2Code.noError ? .info : .warning, failure.message)
    }
    guard connection === self.connection else { return }
    if state == .connecting {
      attemptFailed(failure)
      return
    }
    leave(connection, failure.message)
    settle(failure)
  }

  func connectionActive(_ connection: HTTP2Connection) {
    engine.loop.schedule(engine)
  }

  func connectionClosed(_ connection: HTTP2Connection, _ failure: ConnectFailure?) {
    if let index = leaving.firstIndex(where: { $0.connection === connection }) {
      let old = leaving.remove(at: index)
      add(connection, &sentBefore, &receivedBefore)
      engine.fail(on: connection, .unavailable, failure?.message ?? old.reason)
      return
    }
    guard connection === self.connection else { return }
    add(connection, &sentBefore, &receivedBefore)
    self.connection = nil
    let wasReady = state == .ready
    let failure =
      failure
      ?? NetError(
        .unavailable,
        wasReady
          ? "\(target) closed the connection: was Play stopped in the Unreal editor?"
          : "\(target) closed the connection before it said anything: is this the port of the UESynth "
            + "plugin\(engine.options.tls == nil ? ", and does it take clients without TLS" : "")?"
      )
    if !wasReady {
      attemptFailed(failure)
      return
    }
    engine.exchange.log(.warning, failure.message)
    settle(failure)
    engine.fail(on: connection, .unavailable, failure.message)
  }

  /// What comes after a connection that was ready.
  private func settle(_ failure: NetError) {
    // Another server may take its place.
    engine.poses.forgetAll()
    engine.acknowledged.removeAll()
    if engine.workedOnThisConnection {
      lastFailure = failure
      backoff.reset()
      stateDeadline = .max
      setState(.idle, failure: failure)
    } else {
      // A connection that did nothing counts as a failed attempt: no loop of connecting.
      pause(failure)
    }
    engine.loop.schedule(engine)
  }
}
