import CNghttp2
import Glibc

/// What concerns the connection as a whole.
public protocol HTTP2SessionDelegate: AnyObject {
  /// The peer's SETTINGS have come (again).
  func sessionSettingsReceived()
  /// GOAWAY: streams above `lastStreamID` were never processed.
  func sessionGoAway(lastStreamID: Int32, code: UInt32, debug: String)
  func sessionPingAcknowledged(_ opaque: UInt64)
  /// Servers: the peer opens a stream. nil refuses it.
  func sessionStreamOpened(_ id: Int32) -> HTTP2Stream?
}

extension HTTP2SessionDelegate {
  public func sessionStreamOpened(_ id: Int32) -> HTTP2Stream? { nil }
  public func sessionPingAcknowledged(_ opaque: UInt64) {}
}

/// One end of an HTTP/2 connection, with no I/O of its own: bytes from the socket go in by `receive`
/// and become events of its streams; what is to be sent stands in `output` after `pump`.
///
/// Connection credit is returned on receipt, stream credit when the owner says so (`consume`).
/// Thread: one at a time. Not reentrant: streams may submit, reset, resume and consume from their
/// events, but not call `receive` or `pump`.
public final class HTTP2Session {
  public enum Role: Sendable { case client, server }

  public let role: Role
  public let output = OutputQueue()
  public unowned(unsafe) let delegate: any HTTP2SessionDelegate
  /// DATA payload bytes of the current frame that are still to come, 0 outside of DATA frames.
  public internal(set) var dataRemaining = 0
  /// The stream of the current DATA frame.
  public internal(set) var dataStream: HTTP2Stream?
  /// Length of the DATA frame that was last begun.
  public internal(set) var lastDataLength = 0
  public internal(set) var openStreams = 0
  public internal(set) var receivedSettings = false
  /// The peer broke the protocol and was told so by GOAWAY: the session is not alive any more.
  public internal(set) var violation: HTTP2Error?

  let session: OpaquePointer
  /// nil: malloc's.
  private let memory: SessionMemory?
  var connectionCredit = 0
  var detail = ""
  /// Of the header block that is being received (RFC 9113 §6.5.2).
  var headerListSize = 0
  let maximumHeaderListSize: Int
  /// The owner ended the session.
  private(set) var saysGoAway = false
  private var isAbandoned = false
  /// Streams by id, retained while open, so that a session that is abandoned can close them all.
  private var streams: [Int32: HTTP2Stream] = [:]

  public init(
    role: Role, settings: HTTP2Settings, delegate: any HTTP2SessionDelegate
  ) throws(HTTP2Error) {
    self.role = role
    self.delegate = delegate
    maximumHeaderListSize = Int(settings.maximumHeaderListSize)
    #if DEBUG
      memory = nil
    #else
      memory = SessionMemory()
    #endif
    session = try HTTP2Callbacks.makeSession(role: role, memory: memory?.hooks)
    streams.reserveCapacity(64)
    HTTP2Callbacks.setOwner(session, Unmanaged.passUnretained(self).toOpaque())
    try submit(settings)
  }

  deinit {
    nghttp2_session_del(session)
  }

  private func submit(_ settings: HTTP2Settings) throws(HTTP2Error) {
    var entries = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(clamping: settings.streamWindow)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_FRAME_SIZE.rawValue),
        value: settings.maximumFrameSize),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: settings.maximumHeaderListSize),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: settings.maximumConcurrentStreams),
    ]
    if role == .client {
      entries.append(
        nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
    }
    try check(
      nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count))
    try check(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, settings.connectionWindow))
  }

  private func check(_ code: Int32) throws(HTTP2Error) {
    if code < 0 { throw HTTP2Error(code, detail: detail) }
  }

  // MARK: Input

  /// Bytes from the peer, in order.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2Error) {
    guard let base = bytes.baseAddress, bytes.count > 0, !isAbandoned else { return }
    let taken = nghttp2_session_mem_recv(
      session, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    if connectionCredit > 0 {
      let credit = connectionCredit
      connectionCredit = 0
      _ = nghttp2_session_consume_connection(session, credit)
    }
    if taken < 0 { throw HTTP2Error(Int32(truncatingIfNeeded: taken), detail: detail) }
  }

  /// Returns stream credit: the peer may send `count` more bytes on this stream.
  public func consume(_ stream: HTTP2Stream, _ count: Int) {
    guard stream.isOpen, count > 0 else { return }
    _ = nghttp2_session_consume_stream(session, stream.id, count)
  }

  /// Lets the peer send `size` bytes ahead on an open stream, instead of what the settings say.
  public func widen(_ stream: HTTP2Stream, to size: Int32) {
    guard stream.isOpen else { return }
    _ = nghttp2_session_set_local_window_size(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, size)
  }

  // MARK: Output

  /// Serialises what is to be sent into `output`, as far as there is room.
  public func pump() throws(HTTP2Error) {
    while output.hasRoom, !isAbandoned {
      var chunk: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &chunk)
      if count < 0 { throw HTTP2Error(Int32(truncatingIfNeeded: count), detail: detail) }
      if count == 0 { return }
      guard output.stage(UnsafeRawBufferPointer(start: chunk, count: count)) else {
        throw HTTP2Error(
          Int32(NGHTTP2_ERR_NOMEM.rawValue), detail: "a frame outgrew the send buffer")
      }
    }
  }

  /// False once GOAWAY was exchanged and nothing is left to do: the connection can be closed.
  public var isAlive: Bool {
    !isAbandoned
      && (nghttp2_session_want_read(session) != 0 || nghttp2_session_want_write(session) != 0)
  }

  /// Streams that may be opened now, by the peer's limit.
  public var availableStreams: Int {
    let limit = nghttp2_session_get_remote_settings(
      session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    return max(0, Int(limit) - openStreams)
  }

  /// Streams that this side can still open before the ids are used up (RFC 9113 §5.1.1).
  public var remainingStreams: UInt32 {
    let next = nghttp2_session_get_next_stream_id(session)
    return next > 0x7FFF_FFFF ? 0 : (0x7FFF_FFFF - next) / 2
  }

  /// For tests: what comes after a long life.
  public func useUpStreams(to next: Int32) {
    _ = nghttp2_session_set_next_stream_id(session, next)
  }

  // MARK: Streams

  /// Client: opens a stream with these headers and a body by `pull`.
  public func submitRequest(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    guard !isAbandoned else { throw HTTP2Error(Int32(NGHTTP2_ERR_SESSION_CLOSING.rawValue)) }
    let (fields, count) = headers.resolved()
    var provider = HTTP2Callbacks.provider(for: stream)
    let id = nghttp2_submit_request(
      session, nil, fields, count, &provider, Unmanaged.passUnretained(stream).toOpaque())
    if id < 0 { throw HTTP2Error(id, detail: detail) }
    adopt(stream, id: id)
  }

  /// Server: answers with headers and a body by `pull`.
  public func submitResponse(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    guard stream.isOpen else { return }
    let (fields, count) = headers.resolved()
    var provider = HTTP2Callbacks.provider(for: stream)
    try check(nghttp2_submit_response(session, stream.id, fields, count, &provider))
  }

  /// Server: headers that end the stream at once (gRPC's Trailers-Only).
  public func submitTrailersOnly(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    guard stream.isOpen else { return }
    let (fields, count) = headers.resolved()
    try check(nghttp2_submit_response(session, stream.id, fields, count, nil))
  }

  /// Server: trailers after the body, whose last `pull` said that they follow.
  public func submitTrailers(_ headers: HeaderBlock, stream: HTTP2Stream) throws(HTTP2Error) {
    guard stream.isOpen else { return }
    let (fields, count) = headers.resolved()
    try check(nghttp2_submit_trailer(session, stream.id, fields, count))
  }

  /// There is something to `pull` again.
  public func resume(_ stream: HTTP2Stream) {
    guard stream.isOpen else { return }
    _ = nghttp2_session_resume_data(session, stream.id)
  }

  /// Whether this side's END_STREAM was serialised.
  public func hasEnded(_ stream: HTTP2Stream) -> Bool {
    nghttp2_session_get_stream_local_close(session, stream.id) != 0
  }

  /// RST_STREAM. `closed(code:)` follows from `pump`, once the frame is serialised.
  public func reset(_ stream: HTTP2Stream, code: UInt32) {
    // nghttp2 takes back HEADERS that were not sent yet; a second reset would then be one of a stream
    // that the peer has never heard of, which is a connection error.
    guard stream.isOpen, !stream.isReset else { return }
    stream.isReset = true
    _ = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code)
  }

  public func goAway(code: UInt32 = HTTP2Code.noError) {
    saysGoAway = true
    _ = nghttp2_session_terminate_session(session, code)
  }

  /// Servers: GOAWAY for what the peer would still begin. Streams under way may finish; then the
  /// session is not alive any more.
  public func drain() {
    _ = nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
      HTTP2Code.noError, nil, 0)
  }

  public func ping(_ opaque: UInt64) {
    withUnsafeBytes(of: opaque) { bytes in
      _ = nghttp2_submit_ping(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue),
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The connection is gone: every open stream hears `closed`, and the session does nothing any more.
  public func abandon(code: UInt32) {
    isAbandoned = true
    let orphans = streams.values.sorted { $0.id < $1.id }
    streams.removeAll()
    openStreams = 0
    dataStream = nil
    output.discard()
    for stream in orphans where stream.isOpen {
      stream.isOpen = false
      nghttp2_session_set_stream_user_data(session, stream.id, nil)
      stream.closed(code: code)
    }
  }

  func adopt(_ stream: HTTP2Stream, id: Int32) {
    stream.id = id
    stream.isOpen = true
    stream.isReset = false
    stream.hasHeaders = false
    stream.violation = nil
    streams[id] = stream
    openStreams += 1
  }

  /// DATA came on a stream without HEADERS, which ends the connection. The stream is told first, if it
  /// can only be the one.
  func dataCameFirst() {
    let candidates = streams.values.filter { !$0.hasHeaders }
    if candidates.count == 1 {
      candidates[0].data(UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  func streamClosed(_ id: Int32, code: UInt32) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    openStreams -= 1
    if dataStream === stream { dataStream = nil }
    guard stream.isOpen else { return }
    stream.isOpen = false
    stream.closed(code: code)
  }
}
