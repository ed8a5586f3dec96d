import CNghttp2

/// The connection is beyond repair: the peer broke the protocol, or memory ran out.
public struct HTTP2Error: Error, Equatable {
  /// nghttp2's error number (negative).
  public let code: Int32
  /// What nghttp2 says of it, with its detail if it gave one.
  public let message: String

  init(_ code: Int32, detail: String = "") {
    self.code = code
    let text = nghttp2_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.message = detail.isEmpty ? text : "\(text): \(detail)"
  }
}

/// RFC 9113 §7: the codes that RST_STREAM and GOAWAY carry.
public enum HTTP2Code {
  public static let noError: UInt32 = 0
  public static let internalError: UInt32 = 2
  public static let refusedStream: UInt32 = 7
  public static let cancel: UInt32 = 8
  public static let enhanceYourCalm: UInt32 = 11
}
