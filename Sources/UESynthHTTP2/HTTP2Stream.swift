/// What a stream has to send when the session asks.
public struct HTTP2Pull {
  /// Payload bytes that `write(count:to:)` will supply for this DATA frame; 0 with no end: nothing
  /// yet, ask again after `HTTP2Session.resume`.
  public var count: Int
  /// No more data after these.
  public var ended: Bool
  /// Trailers follow instead of END_STREAM on the last DATA frame (servers).
  public var trailersFollow: Bool

  public init(count: Int, ended: Bool, trailersFollow: Bool = false) {
    self.count = count
    self.ended = ended
    self.trailersFollow = trailersFollow
  }
}

/// What a peer has done for which this side resets a stream by itself (RFC 9113 section 5.4.2).
public enum HTTP2StreamViolation: Equatable, Sendable {
  /// A header list over SETTINGS_MAX_HEADER_LIST_SIZE, in bytes.
  case headerListTooLong(limit: Int)
  /// Anything else, in nghttp2's words if it had any.
  case malformed(String)
}

/// One HTTP/2 stream as its owner sees it. Subclasses say what its events mean. The session retains
/// a stream from its submission until `closed` has returned.
///
/// Thread: the session's, inside `HTTP2Session.receive`, `pump` or `abandon`.
open class HTTP2Stream {
  /// 0 before it is submitted.
  public internal(set) final var id: Int32 = 0
  /// Whether the session still knows the stream.
  public internal(set) final var isOpen = false
  /// RST_STREAM was submitted.
  final var isReset = false
  /// A header block of the peer's has begun.
  final var hasHeaders = false
  /// Why `closed` has a code that is neither the peer's nor the owner's.
  public internal(set) final var violation: HTTP2StreamViolation?

  public init() {}

  open func headersBegan() {}
  /// One field, BORROWED; names in lower case.
  open func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {}
  open func headersEnded(endStream: Bool) {}
  /// Payload of DATA, BORROWED. Its stream credit is the owner's to return (`HTTP2Session.consume`).
  open func data(_ bytes: UnsafeRawBufferPointer) {}
  /// END_STREAM came on a DATA frame.
  open func remoteEnded() {}
  /// The last call. `code` is RST_STREAM's, or 0 after a regular end.
  open func closed(code: UInt32) {}
  /// How much of at most `limit` bytes this stream supplies now.
  open func pull(limit: Int) -> HTTP2Pull { HTTP2Pull(count: 0, ended: true) }
  /// Supplies exactly the bytes that the last `pull` promised: at most 16 KiB of them staged, the rest
  /// by reference. Follows on `pull` at once.
  open func write(count: Int, to output: OutputQueueReference) {}
  /// Where the next payload bytes of this stream are to be received, if that is known.
  open var directTarget: UnsafeMutableRawBufferPointer? { nil }
}

/// An `OutputQueue` in a public signature: what a stream may do with it while it writes.
public struct OutputQueueReference {
  public let queue: OutputQueue
}
