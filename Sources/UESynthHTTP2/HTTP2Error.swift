import CNghttp2

/// The connection is beyond repair: the peer broke the protocol, or memory ran out.
package struct HTTP2Error: Error, Equatable {
  /// nghttp2's error number (negative).
  package let code: Int32
  /// What nghttp2 says of it, with its detail if it gave one.
  package let message: String

  init(_ code: Int32, detail: String = "") {
    self.code = code
    let text = nghttp2_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.message = detail.isEmpty ? text : "\(text): \(detail)"
  }
}

/// RFC 9113 §7: the codes that RST_STREAM and GOAWAY carry.
package enum HTTP2Code {
  package static let noError: UInt32 = 0
  package static let internalError: UInt32 = 2
  package static let refusedStream: UInt32 = 7
  package static let cancel: UInt32 = 8
  package static let enhanceYourCalm: UInt32 = 11
}
