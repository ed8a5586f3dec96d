import UESynthCore
import UESynthHTTP2

/// Custom metadata as it goes into the headers of a call (gRPC PROTOCOL-HTTP2, Custom-Metadata). Filled by
/// one thread, then only read.
public final class CallMetadata: @unchecked Sendable {
  /// Of all pairs of a call, as HPACK counts them (RFC 9113 §6.5.2). Stock servers begin to refuse calls
  /// whose headers have 8 KiB in all, and the call's own take a part of that.
  private static let limit = 7 << 10
  private static let reserved: Set<String> = [
    "connection", "content-length", "content-type", "host", "keep-alive", "proxy-connection", "te",
    "transfer-encoding", "upgrade", "user-agent",
  ]

  private var fields: [(name: [UInt8], value: [UInt8])] = []
  private var size: Int

  /// `base` goes with every call and counts.
  public init(base: CallMetadata? = nil) { size = base?.size ?? 0 }

  /// Begins with what another one has.
  init(continuing other: CallMetadata) {
    fields = other.fields
    size = other.size
  }

  public func add(
    _ key: String, _ value: UnsafeRawBufferPointer
  ) throws(ClientFailure) {
    let name = key.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let shown = String(decoding: name.prefix(60), as: UTF8.self)
    let isKey = name.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    guard isKey, !name.isEmpty else {
      throw ClientFailure(
        .misuse, "\"\(shown)\" is no key of metadata: it is made of a-z, 0-9, '-', '_' and '.'")
    }
    guard !shown.hasPrefix("grpc-"), !Self.reserved.contains(shown) else {
      throw ClientFailure(
        .misuse, "metadata may not be called \"\(shown)\": that is the protocol's own")
    }
    let encoded: [UInt8]
    if shown.hasSuffix("-bin") {
      encoded = Self.base64(value)
    } else {
      guard value.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw ClientFailure(
          .misuse,
          "the value of \"\(shown)\" has other bytes than printable ASCII: a key that ends with -bin takes "
            + "them")
      }
      encoded = Array(value)
    }
    let grown = size &+ name.count &+ encoded.count &+ 32
    guard grown <= Self.limit else {
      throw ClientFailure(
        .misuse, "with \"\(shown)\" the metadata of a call has more than \(Self.limit) bytes")
    }
    size = grown
    fields.append((name, encoded))
  }

  public var isEmpty: Bool { fields.isEmpty }

  func append(to headers: HeaderBlock) {
    for field in fields {
      field.name.withUnsafeBytes { name in
        field.value.withUnsafeBytes { headers.append(name, $0) }
      }
    }
  }

  /// Without padding, as gRPC sends it.
  private static func base64(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    func take(_ shift: UInt32) {
      text.append(digits.utf8Start[Int((bits &>> shift) & 63)])
    }
    for byte in bytes {
      bits = bits &<< 8 | UInt32(byte)
      count &+= 8
      while count >= 6 {
        count &-= 6
        take(count)
      }
    }
    if count > 0 {
      bits = bits &<< (6 &- count)
      take(0)
    }
    return text
  }
}
