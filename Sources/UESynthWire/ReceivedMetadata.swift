import Glibc

/// The custom metadata of a header block as it comes: what gRPC and HTTP have for themselves is left out,
/// binary values are decoded (PROTOCOL-HTTP2, Custom-Metadata).
public struct ReceivedMetadata: Sendable {
  public private(set) var pairs: [(key: [UInt8], value: [UInt8])] = []

  public init() {}

  public mutating func field(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard name.count > 0, name[0] != UInt8(ascii: ":"), !Self.begins(name, "grpc-"),
      !Self.equal(name, "content-type"), !Self.equal(name, "te")
    else { return }
    guard Self.ends(name, "-bin") else {
      pairs.append((Array(name), Array(value)))
      return
    }
    // Several values may stand in one field, and are split before they are decoded.
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      if let decoded = Self.decoded(base64: part.filter { $0 != 0x20 }) {
        pairs.append((Array(name), decoded))
      }
    }
  }

  /// With padding or without; nil if it is no base64.
  static func decoded(base64 text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var hasEnded = false
    for byte in text {
      let digit: UInt32
      switch byte {
      case 0x41...0x5A: digit = UInt32(byte) &- 0x41
      case 0x61...0x7A: digit = UInt32(byte) &- 0x61 &+ 26
      case 0x30...0x39: digit = UInt32(byte) &- 0x30 &+ 52
      case 0x2B: digit = 62
      case 0x2F: digit = 63
      case 0x3D:
        hasEnded = true
        continue
      default: return nil
      }
      if hasEnded { return nil }
      bits = bits &<< 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits &>> UInt32(count)))
      }
    }
    return count == 6 ? nil : bytes
  }

  private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    bytes.count == text.utf8CodeUnitCount && begins(bytes, text)
  }

  private static func begins(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard let base = bytes.baseAddress, bytes.count >= text.utf8CodeUnitCount else { return false }
    return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  private static func ends(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard let base = bytes.baseAddress, bytes.count >= text.utf8CodeUnitCount else { return false }
    let offset = bytes.count &- text.utf8CodeUnitCount
    return memcmp(base + offset, text.utf8Start, text.utf8CodeUnitCount) == 0
  }
}
