import Glibc
import UESynthCore
import UESynthHTTP2

/// What the owner of an HTTP/2 connection hears. Loop thread.
public protocol HTTP2ConnectionDelegate: AnyObject {
  /// The peer's SETTINGS have come, first or again.
  func connectionSettingsReceived(_ connection: HTTP2Connection)
  func connectionGoAway(
    _ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debug: String)
  /// Input was taken, or output left: the moment to flush and to go on.
  func connectionActive(_ connection: HTTP2Connection)
  /// The end; its streams hear `closed` next. nil: the peer closed in good order.
  func connectionClosed(_ connection: HTTP2Connection, _ failure: ConnectFailure?)
  /// Servers: a request begins.
  func connectionStreamOpened(_ connection: HTTP2Connection, id: Int32) -> HTTP2Stream?
}

/// An HTTP/2 session on a socket. Small DATA frames pass through the loop's hot buffer; the payload of
/// large ones is received where it stays (`HTTP2Stream.directTarget`) and shown to the session there.
/// Loop thread only.
public final class HTTP2Connection: TransportHandler, HTTP2SessionDelegate {
  /// From this length of DATA frames on, reading straight into the picture pays (a system call per
  /// frame against a copy).
  private static let directThreshold = 128 << 10
  /// What is read beyond a payload, or before one is known: frame headers and little else.
  private static let headSize = 4 << 10
  private static let vectorCount = 16

  public let loop: EventLoop
  public private(set) var isClosed = false
  private unowned(unsafe) let delegate: any HTTP2ConnectionDelegate
  private var transport: Transport?
  private var session: HTTP2Session?
  private let head: UnsafeMutableRawPointer
  private let vectors: UnsafeMutableBufferPointer<iovec>
  /// The first bytes that came, for the message to whoever has the wrong port.
  private var greeting: [UInt8] = []
  private static let greetingLimit = 60
  /// Of the vectors last handed out: the payload's, empty for a head read.
  private var directPayload = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// Takes over a connected, non-blocking socket, and closes it if it throws.
  public init(
    fd: Int32, loop: EventLoop, role: HTTP2Session.Role, settings: HTTP2Settings,
    delegate: any HTTP2ConnectionDelegate, tls: TLSSession? = nil
  ) throws(NetError) {
    self.loop = loop
    self.delegate = delegate
    head = .allocate(byteCount: Self.headSize, alignment: 64)
    vectors = .allocate(capacity: Self.vectorCount)
    vectors.initialize(repeating: iovec())
    do {
      session = try HTTP2Session(role: role, settings: settings, delegate: self)
    } catch {
      Glibc.close(fd)
      throw NetError(.internal, "cannot begin an HTTP/2 session: \(error.message)")
    }
    transport = try Transport(fd: fd, loop: loop, handler: self, tls: tls)
  }

  deinit {
    head.deallocate()
    vectors.deallocate()
  }

  public var receivedBytes: Int64 { transport?.receivedBytes ?? 0 }
  public var sentBytes: Int64 { transport?.sentBytes ?? 0 }
  /// The peer has introduced itself.
  public var isReady: Bool { session?.receivedSettings ?? false }
  public var availableStreams: Int { session?.availableStreams ?? 0 }
  public var openStreams: Int { session?.openStreams ?? 0 }
  /// Bytes that wait for the socket.
  public var queuedBytes: Int { session?.output.count ?? 0 }

  // MARK: What streams do

  public func submitRequest(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    try session?.submitRequest(headers, stream: stream)
  }

  public func submitResponse(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    try session?.submitResponse(headers, stream: stream)
  }

  public func submitTrailersOnly(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    try session?.submitTrailersOnly(headers, stream: stream)
  }

  public func submitTrailers(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    try session?.submitTrailers(headers, stream: stream)
  }

  public func resume(_ stream: HTTP2Stream) { session?.resume(stream) }
  public func reset(_ stream: HTTP2Stream, code: UInt32) { session?.reset(stream, code: code) }
  public func hasEnded(_ stream: HTTP2Stream) -> Bool { session?.hasEnded(stream) ?? true }
  public func consume(_ stream: HTTP2Stream, _ count: Int) { session?.consume(stream, count) }
  public func widen(_ stream: HTTP2Stream, to size: Int32) { session?.widen(stream, to: size) }
  public func goAway(code: UInt32 = HTTP2Code.noError) { session?.goAway(code: code) }
  public func drain() { session?.drain() }
  public func ping() { session?.ping(0) }
  /// Streams that can still be opened before their ids are used up.
  public var remainingStreams: UInt32 { session?.remainingStreams ?? 0 }
  /// For tests: what comes after a long life.
  public func useUpStreams(to next: Int32) { session?.useUpStreams(to: next) }

  // MARK: Output

  /// Sends what the session has to say, as far as the socket takes it. Once a pass.
  public func flush() {
    guard let session, let transport, !isClosed else { return }
    do {
      try session.pump()
    } catch {
      fail(NetError(.internal, "HTTP/2: \(error.message)"))
      return
    }
    while session.output.count > 0 {
      let filled = session.output.fill(vectors)
      let wanted = (0..<filled).reduce(0) { $0 &+ Int(vectors[$1].iov_len) }
      let sent = transport.sendv(
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(vectors)[0..<filled]))
      if transport.isClosed { return }
      session.output.consume(sent)
      if sent < wanted { return }
      do {
        try session.pump()
      } catch {
        fail(NetError(.internal, "HTTP/2: \(error.message)"))
        return
      }
    }
    if !session.isAlive { finish(session.violation.map(violationFailure)) }
  }

  /// Ends the connection now; streams hear `closed`, the delegate does not.
  public func close(code: UInt32 = HTTP2Code.cancel) {
    guard !isClosed else { return }
    isClosed = true
    transport?.close()
    session?.abandon(code: code)
  }

  private func finish(_ failure: ConnectFailure?) {
    guard !isClosed else { return }
    isClosed = true
    transport?.close()
    delegate.connectionClosed(self, isReady ? failure : stranger ?? failure)
    session?.abandon(code: HTTP2Code.cancel)
  }

  /// What the peer said instead of HTTP/2, if that can be shown.
  private var stranger: ConnectFailure? {
    // A TLS alert, or the beginning of a handshake (RFC 8446 §5.1).
    if greeting.count >= 2, greeting[0] == 0x15 || greeting[0] == 0x16, greeting[1] == 3 {
      return NetError(
        .unavailable,
        "the server speaks TLS at this port, and this client was not told to: set options.tls")
    }
    let line = greeting.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    guard line.count >= 4, line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    return NetError(
      .unavailable,
      "the peer said \"\(String(decoding: line, as: UTF8.self))\": this is no gRPC server (which speaks "
        + "HTTP/2); is this the port of the UESynth plugin?")
  }

  private func fail(_ failure: ConnectFailure) { finish(failure) }

  // MARK: TransportHandler

  public func transportReceiveVectors(_ vectors: UnsafeMutablePointer<iovec>) -> Int {
    guard let session, session.lastDataLength >= Self.directThreshold else { return 0 }
    if session.dataRemaining == 0 {
      directPayload = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      vectors[0] = iovec(iov_base: head, iov_len: Self.headSize)
      return 1
    }
    guard let target = session.dataStream?.directTarget, let base = target.baseAddress,
      target.count > 0
    else { return 0 }
    let count = min(target.count, session.dataRemaining)
    directPayload = UnsafeMutableRawBufferPointer(start: base, count: count)
    vectors[0] = iovec(iov_base: base, iov_len: count)
    vectors[1] = iovec(iov_base: head, iov_len: Self.headSize)
    return 2
  }

  public func transportReceivedDirect(_ count: Int) {
    let payload = min(count, directPayload.count)
    if payload > 0 {
      transportReceived(UnsafeRawBufferPointer(start: directPayload.baseAddress, count: payload))
    }
    directPayload = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    let rest = min(count - payload, Self.headSize)
    if rest > 0, !isClosed { transportReceived(UnsafeRawBufferPointer(start: head, count: rest)) }
  }

  public func transportReceived(_ bytes: UnsafeRawBufferPointer) {
    guard let session, !isClosed else { return }
    if greeting.count < Self.greetingLimit, !isReady {
      greeting.append(contentsOf: bytes.prefix(Self.greetingLimit - greeting.count))
    }
    do {
      try session.receive(bytes)
    } catch {
      fail(violationFailure(error))
    }
  }

  private func violationFailure(_ error: HTTP2Error) -> ConnectFailure {
    NetError(
      .unavailable,
      isReady
        ? "the server broke the HTTP/2 protocol (\(error.message))"
        : "the peer does not speak HTTP/2 (\(error.message)): is this the port of the UESynth "
          + "plugin?")
  }

  public func transportReadPassEnded() {
    if !isClosed { delegate.connectionActive(self) }
  }

  public func transportWritable() {
    if !isClosed { delegate.connectionActive(self) }
  }

  public func transportClosed(_ failure: ConnectFailure?) { finish(failure) }

  // MARK: HTTP2SessionDelegate

  public func sessionSettingsReceived() { delegate.connectionSettingsReceived(self) }

  public func sessionGoAway(lastStreamID: Int32, code: UInt32, debug: String) {
    delegate.connectionGoAway(self, lastStreamID: lastStreamID, code: code, debug: debug)
  }

  public func sessionStreamOpened(_ id: Int32) -> HTTP2Stream? {
    delegate.connectionStreamOpened(self, id: id)
  }
}

extension HTTP2ConnectionDelegate {
  public func connectionStreamOpened(_ connection: HTTP2Connection, id: Int32) -> HTTP2Stream? {
    nil
  }
}
