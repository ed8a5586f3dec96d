import UESynthCore

/// How a message may be compressed (gRPC compression.md). `deflate` is the zlib format, RFC 1950.
package enum MessageEncoding: Sendable, Equatable {
  case gzip
  case deflate

  /// As it stands in `grpc-encoding`.
  package var name: StaticString {
    switch self {
    case .gzip: "gzip"
    case .deflate: "deflate"
    }
  }

  /// zlib's windowBits: 15, plus 16 for the gzip format.
  var windowBits: Int32 {
    switch self {
    case .gzip: 31
    case .deflate: 15
    }
  }

  /// The better one of a `grpc-accept-encoding`; nil if it names neither.
  package static func best(of list: UnsafeRawBufferPointer) -> MessageEncoding? {
    MessageEncoding.gzip.isNamed(in: list)
      ? .gzip : MessageEncoding.deflate.isNamed(in: list) ? .deflate : nil
  }

  /// Whether a `grpc-accept-encoding` names it.
  package func isNamed(in list: UnsafeRawBufferPointer) -> Bool {
    list.split(separator: UInt8(ascii: ",")).contains { item in
      let name = item.drop { $0 == 0x20 || $0 == 0x09 }
      return AnnouncedEncoding(UnsafeRawBufferPointer(rebasing: name)) == .known(self)
    }
  }
}

/// What a peer says of how its messages are compressed: the value of `grpc-encoding`.
package enum AnnouncedEncoding: Equatable, Sendable {
  /// Absent, or `identity`.
  case none
  case known(MessageEncoding)
  /// By its name, made fit to be shown.
  case unknown(String)

  package init(_ value: UnsafeRawBufferPointer) {
    var count = value.count
    while count > 0, value[count &- 1] == 0x20 || value[count &- 1] == 0x09 { count &-= 1 }
    let value = UnsafeRawBufferPointer(rebasing: value[..<count])
    if Self.equal(value, "gzip") {
      self = .known(.gzip)
    } else if Self.equal(value, "deflate") {
      self = .known(.deflate)
    } else if value.isEmpty || Self.equal(value, "identity") {
      self = .none
    } else {
      self = .unknown(PeerText.label(value))
    }
  }

  private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
