/// What a session tells its peer when it begins.
package struct HTTP2Settings {
  /// Credit that each stream starts with (SETTINGS_INITIAL_WINDOW_SIZE).
  package var streamWindow: Int32 = 16 << 20
  /// Credit of the whole connection, returned on receipt.
  package var connectionWindow: Int32 = 16 << 20
  /// Largest frame we take. A stock grpc++ server sends a picture as one DATA frame if it may.
  package var maximumFrameSize: UInt32 = 16_777_215
  /// Header lists beyond this are refused by nghttp2.
  package var maximumHeaderListSize: UInt32 = 64 << 10
  /// Streams that the peer may open. 0 for clients: there is no push.
  package var maximumConcurrentStreams: UInt32 = 0

  package init() {}
}
