/// Text that a peer sent, made fit to be shown: capped, UTF-8, on one line.
enum PeerText {
  /// The percent-decoded `grpc-message`. An escape that is none stands for itself.
  static func message(_ value: UnsafeRawBufferPointer) -> String {
    let limit = 4096
    var decoded: [UInt8] = []
    decoded.reserveCapacity(min(value.count, limit))
    var i = 0
    while i < value.count && decoded.count < limit {
      let byte = value[i]
      if byte == UInt8(ascii: "%"), value.count &- i > 2,
        let high = hexDigit(value[i &+ 1]), let low = hexDigit(value[i &+ 2])
      {
        decoded.append(high &<< 4 | low)
        i &+= 3
      } else {
        decoded.append(byte)
        i &+= 1
      }
    }
    return text(decoded, wasCut: i < value.count)
  }

  /// A short header value.
  static func label(_ value: UnsafeRawBufferPointer) -> String {
    text(Array(value.prefix(80)).map { $0 < 0x20 ? 0x20 : $0 }, wasCut: value.count > 80)
  }

  /// The beginning of a body, in double quotes, its white space squeezed.
  static func quotation(_ body: [UInt8], wasCut: Bool) -> String {
    var squeezed: [UInt8] = []
    for byte in body {
      if byte > 0x20 && byte != 0x7F {
        squeezed.append(byte)
      } else if squeezed.last != 0x20 {
        squeezed.append(0x20)
      }
    }
    return "\"" + text(squeezed, wasCut: wasCut) + "\""
  }

  private static func text(_ bytes: [UInt8], wasCut: Bool) -> String {
    var bytes = bytes
    bytes.withUnsafeMutableBytes { buffer in
      for i in buffer.indices where buffer[i] == 0 { buffer[i] = UInt8(ascii: "?") }
    }
    let end = wasCut ? bytes.withUnsafeBytes { UTF8Text.wholeCharacters($0) } : bytes.count
    return String(decoding: bytes.prefix(end), as: UTF8.self) + (wasCut ? "..." : "")
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
  }
}
