/// Text from the wire: what protobuf calls a string must be UTF-8 (RFC 3629), and here also free of
/// NUL, because it ends up as a C string.
public enum UTF8Text {
  /// Whether the bytes are UTF-8 without NUL.
  public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    validPrefix(bytes) == bytes.count
  }

  /// Bytes before the first one that is NUL or not part of a whole, well-formed character.
  public static func validPrefix(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    let count = bytes.count
    var i = 0
    // Eight bytes of ASCII without NUL at a time.
    while count &- i >= 8 {
      let word = base.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      if (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 != 0 { break }
      i &+= 8
    }
    while i < count {
      let lead = base.load(fromByteOffset: i, as: UInt8.self)
      if lead < 0x80 {
        if lead == 0 { return i }
        i &+= 1
        continue
      }
      // RFC 3629 §4: the lead byte gives the length and the range of the second byte.
      let length: Int
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0...0xEF:
        length = 3
        if lead == 0xE0 { low = 0xA0 } else if lead == 0xED { high = 0x9F }
      case 0xF0...0xF4:
        length = 4
        if lead == 0xF0 { low = 0x90 } else if lead == 0xF4 { high = 0x8F }
      default: return i
      }
      if count &- i < length { return i }
      let second = base.load(fromByteOffset: i &+ 1, as: UInt8.self)
      if second < low || second > high { return i }
      var k = 2
      while k < length {
        if base.load(fromByteOffset: i &+ k, as: UInt8.self) & 0xC0 != 0x80 { return i }
        k &+= 1
      }
      i &+= length
    }
    return count
  }

  /// Turns every byte that spoils the text into "?", in place.
  public static func repair(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    var start = 0
    while start < bytes.count {
      let rest = UnsafeRawBufferPointer(start: base + start, count: bytes.count &- start)
      start &+= validPrefix(rest)
      if start < bytes.count {
        base.storeBytes(of: 0x3F, toByteOffset: start, as: UInt8.self)
        start &+= 1
      }
    }
  }

  /// The length of a text that was cut off after `count` bytes, without the character cut in two.
  static func wholeCharacters(_ bytes: UnsafeRawBufferPointer) -> Int {
    var end = bytes.count
    while end > 0, bytes.count &- end < 3, bytes[end &- 1] & 0xC0 == 0x80 { end &-= 1 }
    guard end > 0 else { return bytes.count }
    let length: Int
    switch bytes[end &- 1] {
    case 0xC0...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xFF: length = 4
    default: return bytes.count
    }
    return end &- 1 &+ length > bytes.count ? end &- 1 : bytes.count
  }
}
