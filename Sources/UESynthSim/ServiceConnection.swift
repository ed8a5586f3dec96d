import Glibc
import UESynthCore
import UESynthHTTP2
import UESynthNet

/// One client's connection and its calls. Thread: the loop's.
final class ServiceConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
  /// Requests in flight: a client ahead of the engine by more than this waits.
  private static let streamWindow: Int32 = 256 << 10
  private static let connectionWindow: Int32 = 4 << 20
  private static let streamLimit: UInt32 = 1024
  /// Rounds of work and sending before other connections have their turn.
  private static let serviceShare = 8

  let server: SimServer
  let allowance: PictureAllowance
  private var http2: HTTP2Connection?
  private var calls: [ObjectIdentifier: ServiceCall] = [:]
  private var listed: [ServiceCall] = []
  private var leaving: [ServiceCall] = []
  private var isServing = false
  private let task = LoopTask()

  init(server: SimServer) {
    self.server = server
    allowance = PictureAllowance(limit: server.options.pictureBytes) { [studio = server.studio] in
      studio.roomFreed()
    }
    task.body = { [unowned self] _ in serve() }
  }

  /// Takes over an accepted socket.
  func open(fd: Int32) throws(NetError) {
    var settings = HTTP2Settings()
    settings.streamWindow = Self.streamWindow
    settings.connectionWindow = Self.connectionWindow
    settings.maximumConcurrentStreams = Self.streamLimit
    var session: TLSSession?
    if let context = server.options.tls {
      do {
        session = try TLSSession.server(context)
      } catch {
        Glibc.close(fd)
        throw error
      }
    }
    http2 = try HTTP2Connection(
      fd: fd, loop: server.loop, role: .server, settings: settings, delegate: self, tls: session)
    http2?.flush()
  }

  var isClosed: Bool { http2?.isClosed ?? true }
  var controlStreams: [ServiceCall] { calls.values.filter(\.isControlStream) }

  // MARK: Work

  /// To be performed in this pass.
  func list(_ call: ServiceCall) {
    listed.append(call)
    scheduleService()
  }

  /// Performs what is listed and sends what there is to be sent.
  func serve() {
    if isServing { return }
    isServing = true
    for _ in 0..<Self.serviceShare {
      let calls = listed
      listed.removeAll(keepingCapacity: true)
      for call in calls { call.perform(limit: .max) }
      server.studio.submit()
      http2?.flush()
      if resetLeft() { http2?.flush() }
      if listed.isEmpty || isClosed { break }
    }
    isServing = false
    if !listed.isEmpty, !isClosed { scheduleService() }
  }

  func scheduleService() {
    if !isServing { server.loop.schedule(task) }
  }

  // MARK: What calls do

  func answer(_ call: ServiceCall, _ headers: HeaderBlock) {
    attempt { http2 throws(HTTP2Error) in try http2.submitResponse(headers, stream: call) }
  }

  func answerOnly(_ call: ServiceCall, _ headers: HeaderBlock) {
    attempt { http2 throws(HTTP2Error) in try http2.submitTrailersOnly(headers, stream: call) }
  }

  func answerTrailers(_ call: ServiceCall, _ headers: HeaderBlock) {
    attempt { http2 throws(HTTP2Error) in try http2.submitTrailers(headers, stream: call) }
  }

  func resume(_ call: ServiceCall) { http2?.resume(call) }
  func consume(_ call: ServiceCall, _ count: Int) { http2?.consume(call, count) }

  /// The call's answer is complete; a client that has more to say is told not to (RFC 9113 §8.1).
  func leave(_ call: ServiceCall) {
    if !call.clientHasEnded { leaving.append(call) }
  }

  /// Resets what has left. Not before its last frame was serialised: nghttp2 would drop that.
  private func resetLeft() -> Bool {
    if leaving.isEmpty { return false }
    var hasReset = false
    leaving.removeAll { call in
      guard call.isOpen else { return true }
      guard let http2, http2.hasEnded(call) else { return false }
      http2.reset(call, code: HTTP2Code.noError)
      hasReset = true
      return true
    }
    return hasReset
  }

  func ended(_ call: ServiceCall) { calls[ObjectIdentifier(call)] = nil }

  /// Only memory can fail here; the connection is of no use then.
  private func attempt(_ body: (HTTP2Connection) throws(HTTP2Error) -> Void) {
    guard let http2 else { return }
    do { try body(http2) } catch { http2.goAway(code: HTTP2Code.internalError) }
  }

  // MARK: The end

  /// GOAWAY; calls under way may finish.
  func drain() {
    http2?.drain()
    serve()
  }

  func close() {
    http2?.close()
    finished()
  }

  private func finished() {
    listed.removeAll()
    leaving.removeAll()
    task.body = { _ in }
    server.connectionEnded(self)
  }

  // MARK: HTTP2ConnectionDelegate

  func connectionStreamOpened(_ connection: HTTP2Connection, id: Int32) -> HTTP2Stream? {
    let call = ServiceCall(connection: self)
    calls[ObjectIdentifier(call)] = call
    return call
  }

  func connectionSettingsReceived(_ connection: HTTP2Connection) {}

  func connectionGoAway(
    _ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debug: String
  ) {}

  func connectionActive(_ connection: HTTP2Connection) { serve() }

  func connectionClosed(_ connection: HTTP2Connection, _ failure: ConnectFailure?) { finished() }
}
