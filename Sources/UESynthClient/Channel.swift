import Glibc
import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// A client's connection and its life: made when something is to be sent, tried again after a growing
/// pause, and when it is lost everything on it fails at once.
///
///     idle --wanted--> connecting --SETTINGS--> ready --lost--> idle
///                          \--failure--> backoff --pause over--> idle
///
/// Loop thread only.
final class Channel: HTTP2ConnectionDelegate {
  private unowned(unsafe) let engine: Engine
  private let target: Target
  private(set) var state = ClientState.idle
  private(set) var connection: HTTP2Connection?
  private var connector: Connector?
  private var backoff: Backoff
  private var attemptStart: Int64 = 0
  /// Connecting: when the attempt is given up. Backoff: when the pause is over.
  private(set) var nextDeadline = Int64.max
  private var lastFailure: NetError?
  /// GOAWAY came: nothing new on this connection.
  private var isDraining = false
  private var sentBefore: UInt64 = 0
  private var receivedBefore: UInt64 = 0

  let authority: String

  init(engine: Engine, target: Target) {
    self.engine = engine
    self.target = target
    authority = engine.options.tls?.serverName ?? target.authority
    backoff = Backoff(seed: UInt64(truncatingIfNeeded: MonotonicClock.now()))
  }

  var isReady: Bool { state == .ready && !isDraining }
  var availableStreams: Int { isReady ? connection?.availableStreams ?? 0 : 0 }

  // MARK: Connecting

  /// Something waits to be sent.
  func wantConnection(now: Int64) {
    switch state {
    case .idle: attempt()
    case .backoff:
      // Not wait-for-ready: what is submitted during the pause fails with the reason for it.
      if let lastFailure {
        engine.failAll(lastFailure.status, lastFailure.message, includingWaiting: true)
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
    nextDeadline = attemptStart &+ engine.options.connectTimeout
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
      isDraining = false
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
    lastFailure = failure
    nextDeadline = backoff.next(after: attemptStart)
    setState(.backoff, failure: failure)
    engine.failAll(failure.status, failure.message, includingWaiting: true)
    engine.loop.schedule(engine)
  }

  /// Time passes.
  func pass(now: Int64) {
    guard now >= nextDeadline else { return }
    switch state {
    case .connecting:
      attemptFailed(
        NetError(
          .unavailable,
          "\(target) accepted the connection but did not answer within "
            + "\(Double(engine.options.connectTimeout) / 1e9) s: is this the port of the UESynth plugin?"
        ))
    case .backoff:
      nextDeadline = .max
      setState(.idle)
    default: nextDeadline = .max
    }
  }

  private func setState(_ new: ClientState, failure: NetError? = nil) {
    guard state != .closed else { return }
    state = new
    engine.exchange.note(state: new, failure: failure)
  }

  // MARK: Use

  func submit(_ headers: HeaderBlock, _ stream: ReplyStream) -> Bool {
    guard isReady, let connection else { return false }
    do {
      try connection.submitRequest(headers, stream: stream)
      return true
    } catch {
      return false
    }
  }

  func flush() { connection?.flush() }

  func count(into tally: inout Tally) {
    tally.bytesSent = sentBefore &+ UInt64(clamping: connection?.sentBytes ?? 0)
    tally.bytesReceived = receivedBefore &+ UInt64(clamping: connection?.receivedBytes ?? 0)
  }

  /// Why a request came to its deadline.
  func lateness(of request: RequestRef) -> String {
    let seconds = Double(request.pointee.timeout) / 1e9
    let method = request.pointee.kind.method
    if request.pointee.lane >= 0 {
      return
        "\(target) did not answer \(method) within \(seconds) s: is the engine paused or busy? Raise "
        + "timeout_ms if it needs longer"
    }
    return isReady
      ? "\(method) was not sent within \(seconds) s: requests before it, or frames that nobody fetched, "
        + "held it back"
      : "no connection to \(target) within \(seconds) s"
        + (lastFailure.map { " (\($0.message))" } ?? "")
  }

  // MARK: The end

  func close() {
    connector?.cancel()
    connector = nil
    connection?.goAway()
    connection?.flush()
    let open = connection
    connection = nil
    open.map { keepCounts(of: $0) }
    open?.close()
    nextDeadline = .max
    setState(.closed)
  }

  private func keepCounts(of connection: HTTP2Connection) {
    sentBefore &+= UInt64(clamping: connection.sentBytes)
    receivedBefore &+= UInt64(clamping: connection.receivedBytes)
  }

  // MARK: HTTP2ConnectionDelegate

  func connectionSettingsReceived(_ connection: HTTP2Connection) {
    guard state == .connecting else { return }
    nextDeadline = .max
    setState(.ready)
    engine.loop.schedule(engine)
  }

  func connectionGoAway(
    _ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debug: String
  ) {
    isDraining = true
    if code != HTTP2Code.noError {
      lastFailure = NetError(
        .unavailable,
        "\(target) ended the connection (GOAWAY, code \(code)\(debug.isEmpty ? "" : ", \(debug)"))")
    }
    for lane in engine.lanes { lane.drain() }
    engine.loop.schedule(engine)
  }

  func connectionActive(_ connection: HTTP2Connection) {
    engine.loop.schedule(engine)
  }

  func connectionClosed(_ connection: HTTP2Connection, _ failure: ConnectFailure?) {
    guard connection === self.connection else { return }
    keepCounts(of: connection)
    self.connection = nil
    let wasReady = state == .ready
    let failure =
      failure
      ?? NetError(
        .unavailable,
        wasReady
          ? "\(target) closed the connection: was Play stopped in the Unreal editor?"
          : "\(target) closed the connection before it said anything: is this the port of the UESynth plugin, and does it "
            + (engine.options.tls == nil ? "take clients without TLS?" : "take this client?")
      )
    if !wasReady {
      attemptFailed(failure)
      return
    }
    lastFailure = failure
    isDraining = false
    if engine.workedOnThisConnection {
      backoff.reset()
      nextDeadline = .max
      setState(.idle, failure: failure)
    } else {
      // A connection that did nothing counts as a failed attempt: no loop of connecting.
      nextDeadline = backoff.next(after: attemptStart)
      setState(.backoff, failure: failure)
    }
    engine.workedOnThisConnection = false
    engine.poses.forgetAll()
    engine.acknowledged.removeAll()
    engine.failAll(.unavailable, failure.message, includingWaiting: false)
    engine.loop.schedule(engine)
  }
}

extension Exchange {
  /// The loop tells how the connection is.
  func note(state: ClientState, failure: NetError?) {
    lock.lock()
    if state == .ready { counters.connects &+= 1 }
    if state != self.state { counters.connectedSince = state == .ready ? MonotonicClock.now() : 0 }
    if self.state == .ready, state != .ready, state != .closed { counters.disconnects &+= 1 }
    if self.state == .connecting, state == .backoff { counters.connectFailures &+= 1 }
    self.state = state
    if let failure { connectFailure = ClientFailure(failure.status, failure.message) }
    if state == .ready || state == .backoff { connectOutcomes &+= 1 }
    if sleepers > 0 { changed.broadcast() }
    lock.unlock()
  }

  /// Waits until the connection is ready, an attempt has failed, or time is up.
  func connect(wait: Int64) throws(ClientFailure) {
    let now = MonotonicClock.now()
    let sum = now.addingReportingOverflow(max(wait, 0))
    let deadline = wait < 0 || sum.overflow ? Int64.max : sum.partialValue
    lock.lock()
    if isClosed {
      lock.unlock()
      throw ClientFailure(.closed, Self.closedText)
    }
    let outcomes = connectOutcomes
    wantsConnection = true
    lock.unlock()
    wakeLoop()
    lock.lock()
    defer { unlock() }
    while true {
      if isClosed { throw ClientFailure(.closed, Self.closedText) }
      if state == .ready { return }
      if state == .backoff, connectOutcomes != outcomes || wait == 0 {
        throw connectFailure ?? ClientFailure(.unavailable, "cannot connect")
      }
      if !sleep(until: deadline), state != .ready {
        throw ClientFailure(
          .deadlineExceeded, "the connection is not there yet; the client goes on trying")
      }
    }
  }
}
