/// What a session tells its peer when it begins.
public struct HTTP2Settings: Sendable {
  /// Credit that each stream starts with (SETTINGS_INITIAL_WINDOW_SIZE).
  public var streamWindow: Int32 = 16 << 20
  /// Credit of the whole connection, returned on receipt.
  public var connectionWindow: Int32 = 16 << 20
  /// Largest frame we take. A stock grpc++ server sends a picture as one DATA frame if it may.
  public var maximumFrameSize: UInt32 = 16_777_215
  /// Header lists beyond this are refused by nghttp2.
  public var maximumHeaderListSize: UInt32 = 64 << 10
  /// Streams that the peer may open. 0 for clients: there is no push.
  public var maximumConcurrentStreams: UInt32 = 0

  public init() {}
}
