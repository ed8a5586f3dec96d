/// What the content-type of a response says (gRPC PROTOCOL-HTTP2: "application/grpc" [("+proto" /
/// "+json" / {custom})]).
enum ContentType {
  case absent
  /// `application/grpc`, with or without `+proto` and parameters.
  case protobuf
  /// gRPC with messages that are not protobuf: `application/grpc+json`.
  case otherCodec
  /// Not gRPC, or gRPC-Web, which is another protocol.
  case foreign

  init(_ value: UnsafeRawBufferPointer) {
    guard Self.hasPrefix(value, "application/grpc", at: 0) else {
      self = .foreign
      return
    }
    let rest = 16
    if value.count == rest || value[rest] == UInt8(ascii: ";") || value[rest] == 0x20 {
      self = .protobuf
    } else if value[rest] != UInt8(ascii: "+") {
      self = .foreign
    } else if Self.hasPrefix(value, "+proto", at: rest),
      value.count == 22 || value[22] == UInt8(ascii: ";") || value[22] == 0x20
    {
      self = .protobuf
    } else {
      self = .otherCodec
    }
  }

  /// Case is ignored, as in all media types; `lower` is in lower case.
  private static func hasPrefix(
    _ value: UnsafeRawBufferPointer, _ lower: StaticString, at offset: Int
  ) -> Bool {
    guard value.count >= offset &+ lower.utf8CodeUnitCount else { return false }
    for i in 0..<lower.utf8CodeUnitCount {
      let byte = value[offset &+ i]
      let folded = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      if folded != lower.utf8Start[i] { return false }
    }
    return true
  }
}
