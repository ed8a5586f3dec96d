import CNghttp2
import Glibc

/// nghttp2's callbacks, translated into calls on `HTTP2Session` and its streams. They return 0 except
/// where said: nothing a stream hears makes nghttp2 give up a connection.
enum HTTP2Callbacks {
  static func makeSession(
    role: HTTP2Session.Role, memory: UnsafeMutablePointer<nghttp2_mem>?
  ) throws(HTTP2Error) -> OpaquePointer {
    var callbacks: OpaquePointer?
    var option: OpaquePointer?
    defer {
      nghttp2_session_callbacks_del(callbacks)
      nghttp2_option_del(option)
    }
    guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&option) == 0 else {
      throw HTTP2Error(Int32(NGHTTP2_ERR_NOMEM.rawValue))
    }
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_no_closed_streams(option, 1)
    nghttp2_option_set_max_send_header_block_length(option, 64 << 10)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, onBeginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader)
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, onBeginFrame)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onStreamClose)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, onFrameSent)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, onSendData)
    nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, readLength)
    nghttp2_session_callbacks_set_error_callback2(callbacks, onError)
    var session: OpaquePointer?
    let code =
      role == .client
      ? nghttp2_session_client_new3(&session, callbacks, nil, option, memory)
      : nghttp2_session_server_new3(&session, callbacks, nil, option, memory)
    guard code == 0, let session else { throw HTTP2Error(code) }
    return session
  }

  /// nghttp2 takes the owner at creation, when Swift has no `self` to give yet.
  static func setOwner(_ session: OpaquePointer, _ owner: UnsafeMutableRawPointer) {
    nghttp2_session_set_user_data(session, owner)
  }

  static func provider(for stream: HTTP2Stream) -> nghttp2_data_provider {
    nghttp2_data_provider(
      source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()),
      read_callback: read)
  }

  @inline(__always)
  private static func owner(_ pointer: UnsafeMutableRawPointer?) -> HTTP2Session? {
    guard let pointer else { return nil }
    return Unmanaged<HTTP2Session>.fromOpaque(pointer).takeUnretainedValue()
  }

  @inline(__always)
  private static func stream(_ session: OpaquePointer?, _ id: Int32) -> HTTP2Stream? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
  }

  // MARK: Input

  private static let onBeginHeaders: nghttp2_on_begin_headers_callback = { session, frame, user in
    guard let owner = owner(user), let frame else { return 0 }
    // A promise that was sent before our SETTINGS had arrived, which allow none.
    guard frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else {
      return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    let id = frame.pointee.hd.stream_id
    owner.headerListSize = 0
    if owner.role == .server, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
      guard let stream = owner.delegate.sessionStreamOpened(id) else {
        return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
      }
      owner.adopt(stream, id: id)
      nghttp2_session_set_stream_user_data(
        session, id, Unmanaged.passUnretained(stream).toOpaque())
    }
    if let stream = stream(session, id) {
      stream.hasHeaders = true
      stream.headersBegan()
    }
    return 0
  }

  private static let onHeader: nghttp2_on_header_callback = {
    session, frame, name, nameCount, value, valueCount, flags, user in
    guard let owner = owner(user), let frame else { return 0 }
    // RFC 9113 §6.5.2. What follows of the block is decoded for HPACK's sake and goes no further.
    owner.headerListSize &+= nameCount &+ valueCount &+ 32
    if owner.headerListSize > owner.maximumHeaderListSize {
      stream(session, frame.pointee.hd.stream_id)?.violation = .headerListTooLong(
        limit: owner.maximumHeaderListSize)
      return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    stream(session, frame.pointee.hd.stream_id)?.header(
      UnsafeRawBufferPointer(start: name, count: nameCount),
      UnsafeRawBufferPointer(start: value, count: valueCount))
    return 0
  }

  private static let onBeginFrame: nghttp2_on_begin_frame_callback = { session, header, user in
    guard let owner = owner(user), let header else { return 0 }
    guard header.pointee.type == UInt8(NGHTTP2_DATA.rawValue) else {
      owner.dataRemaining = 0
      return 0
    }
    owner.lastDataLength = header.pointee.length
    let padded = header.pointee.flags & UInt8(NGHTTP2_FLAG_PADDED.rawValue) != 0
    // Of a padded frame it is not known yet how much is payload: it takes the copying path.
    owner.dataRemaining = padded ? 0 : header.pointee.length
    owner.dataStream = stream(session, header.pointee.stream_id)
    return 0
  }

  private static let onData: nghttp2_on_data_chunk_recv_callback = {
    session, flags, id, bytes, count, user in
    guard let owner = owner(user) else { return 0 }
    owner.connectionCredit += count
    owner.dataRemaining = max(0, owner.dataRemaining - count)
    let target = owner.dataStream?.id == id ? owner.dataStream : stream(session, id)
    target?.data(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  }

  private static let onFrame: nghttp2_on_frame_recv_callback = { session, frame, user in
    guard let owner = owner(user), let frame else { return 0 }
    let header = frame.pointee.hd
    let endStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(header.type) {
    case NGHTTP2_DATA.rawValue:
      if endStream { stream(session, header.stream_id)?.remoteEnded() }
    case NGHTTP2_HEADERS.rawValue:
      stream(session, header.stream_id)?.headersEnded(endStream: endStream)
    case NGHTTP2_SETTINGS.rawValue:
      if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 {
        owner.receivedSettings = true
        owner.delegate.sessionSettingsReceived()
      }
    case NGHTTP2_GOAWAY.rawValue:
      let goAway = frame.pointee.goaway
      let debug = UnsafeBufferPointer(
        start: goAway.opaque_data, count: min(goAway.opaque_data_len, 256))
      owner.delegate.sessionGoAway(
        lastStreamID: goAway.last_stream_id, code: goAway.error_code,
        debug: String(decoding: debug, as: UTF8.self))
    case NGHTTP2_PING.rawValue:
      if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 {
        let opaque = withUnsafeBytes(of: frame.pointee.ping.opaque_data) {
          $0.loadUnaligned(as: UInt64.self)
        }
        owner.delegate.sessionPingAcknowledged(opaque)
      }
    default:
      break
    }
    return 0
  }

  private static let onStreamClose: nghttp2_on_stream_close_callback = { session, id, code, user in
    owner(user)?.streamClosed(id, code: code)
    return 0
  }

  private static let onError: nghttp2_error_callback2 = { session, code, message, count, user in
    guard let owner = owner(user), let message else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: message, count: min(count, 256))
    owner.detail = String(decoding: bytes, as: UTF8.self)
    return 0
  }

  // MARK: Output

  private static let onFrameSent: nghttp2_on_frame_send_callback = { session, frame, user in
    guard let owner = owner(user), let frame else { return 0 }
    if frame.pointee.hd.type == UInt8(NGHTTP2_RST_STREAM.rawValue),
      let stream = stream(session, frame.pointee.hd.stream_id), !stream.isReset
    {
      stream.violation = stream.violation ?? .malformed(owner.detail)
      owner.detail = ""
    }
    // A GOAWAY that is not the owner's is nghttp2's answer to a connection error.
    if frame.pointee.hd.type == UInt8(NGHTTP2_GOAWAY.rawValue),
      frame.pointee.goaway.error_code != HTTP2Code.noError, !owner.saysGoAway
    {
      let goAway = frame.pointee.goaway
      // nghttp2's own words, which it also tells the peer.
      let words = UnsafeBufferPointer(
        start: goAway.opaque_data, count: min(goAway.opaque_data_len, 256))
      let reason = words.isEmpty ? owner.detail : String(decoding: words, as: UTF8.self)
      owner.violation = HTTP2Error(Int32(NGHTTP2_ERR_PROTO.rawValue), detail: reason)
      if reason == "DATA: stream not opened" { owner.dataCameFirst() }
    }
    return 0
  }

  private static let readLength: nghttp2_data_source_read_length_callback = {
    session, type, id, sessionWindow, streamWindow, maximumFrameSize, user in
    // nghttp2 cuts this to the windows; a picture goes out in as few frames as the peer allows.
    Int(min(maximumFrameSize, 16_777_215))
  }

  private static let read: nghttp2_data_source_read_callback = {
    session, id, buffer, limit, flags, source, user in
    guard let owner = owner(user), let pointer = source?.pointee.ptr, let flags else {
      return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    // One call of mem_send serialises DATA frames for as long as there are any: it ends here.
    guard owner.output.hasRoom else { return Int(NGHTTP2_ERR_PAUSE.rawValue) }
    let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
    let pull = stream.pull(limit: limit)
    if pull.count == 0, !pull.ended { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
    var bits = UInt32(NGHTTP2_DATA_FLAG_NO_COPY.rawValue)
    if pull.ended {
      bits |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
      if pull.trailersFollow { bits |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue) }
    }
    flags.pointee |= bits
    return min(pull.count, limit)
  }

  private static let onSendData: nghttp2_send_data_callback = {
    session, frame, header, count, source, user in
    guard let owner = owner(user), let pointer = source?.pointee.ptr, let header else {
      return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    }
    // Nine bytes of frame header; frames are never padded. Several frames can follow each other
    // within one call of nghttp2_session_mem_send, so the room is looked at here again.
    guard owner.output.hasRoom, owner.output.stage(UnsafeRawBufferPointer(start: header, count: 9))
    else {
      return Int32(NGHTTP2_ERR_WOULDBLOCK.rawValue)
    }
    let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
    let promised = owner.output.count &+ count
    stream.write(count: count, to: OutputQueueReference(queue: owner.output))
    // Whatever came instead, the peer would take the next frame for payload.
    guard owner.output.count == promised else {
      owner.detail = "stream \(stream.id) did not supply the data that it had announced"
      return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    }
    return 0
  }
}
