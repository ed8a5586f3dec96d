import UESynthCore

/// How a message may be compressed (gRPC compression.md). `deflate` is the zlib format, RFC 1950.
public enum MessageEncoding: Sendable, Equatable {
  case gzip
  case deflate

  /// As it stands in `grpc-encoding`.
  public var name: StaticString {
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
  public static func best(of list: UnsafeRawBufferPointer) -> MessageEncoding? {
    MessageEncoding.gzip.isNamed(in: list)
      ? .gzip : MessageEncoding.deflate.isNamed(in: list) ? .deflate : nil
  }

  /// Whether a `grpc-accept-encoding` names it.
  public func isNamed(in list: UnsafeRawBufferPointer) -> Bool {
    // Asked for every response, so nothing is allocated.
    guard let base = list.baseAddress else { return false }
    var start = 0
    for place in 0...list.count {
      guard place == list.count || base.load(fromByteOffset: place, as: UInt8.self) == 0x2C else {
        continue
      }
      let item = UnsafeRawBufferPointer(start: base + start, count: place &- start)
      if AnnouncedEncoding.known(item) == self { return true }
      start = place &+ 1
    }
    return false
  }
}

/// What a peer says of how its messages are compressed: the value of `grpc-encoding`.
public enum AnnouncedEncoding: Equatable, Sendable {
  /// Absent, or `identity`.
  case none
  case known(MessageEncoding)
  /// By its name, made fit to be shown.
  case unknown(String)

  /// One that can be read here, nil for any other.
  static func known(_ value: UnsafeRawBufferPointer) -> MessageEncoding? {
    let value = trimmed(value)
    return equal(value, "gzip") ? .gzip : equal(value, "deflate") ? .deflate : nil
  }

  /// Without the blanks around it.
  private static func trimmed(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard var start = value.baseAddress else { return value }
    var end = start + value.count
    while start < end, isBlank(start.load(as: UInt8.self)) { start += 1 }
    while start < end, isBlank((end - 1).load(as: UInt8.self)) { end -= 1 }
    return UnsafeRawBufferPointer(start: start, count: end - start)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  public init(_ value: UnsafeRawBufferPointer) {
    let value = Self.trimmed(value)
    if let known = Self.known(value) {
      self = .known(known)
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
