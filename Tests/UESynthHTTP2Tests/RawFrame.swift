/// HTTP/2 frames by hand (RFC 9113 §4.1), for what no session would send.
enum RawFrame {
  static func frame(_ type: UInt8, _ flags: UInt8, _ id: UInt32, _ payload: [UInt8] = []) -> [UInt8]
  {
    let count = payload.count
    return [
      UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
      UInt8(truncatingIfNeeded: count), type, flags, UInt8(truncatingIfNeeded: id >> 24),
      UInt8(truncatingIfNeeded: id >> 16), UInt8(truncatingIfNeeded: id >> 8),
      UInt8(truncatingIfNeeded: id),
    ] + payload
  }

  static func data(_ id: UInt32, _ payload: [UInt8], flags: UInt8 = 0) -> [UInt8] {
    frame(0, flags, id, payload)
  }

  static let settings = frame(4, 0, 0)
  /// The peer's settings count from here on.
  static let settingsAcknowledged = frame(4, 1, 0)
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  /// `:status: 200`, from HPACK's static table.
  static func ok(_ id: UInt32, endStream: Bool = false) -> [UInt8] {
    frame(1, endStream ? 5 : 4, id, [0x88])
  }
  static func reset(_ id: UInt32, _ code: UInt8) -> [UInt8] { frame(3, 0, id, [0, 0, 0, code]) }

  static func goAway(_ last: UInt8, _ code: UInt8, _ debug: String = "") -> [UInt8] {
    frame(7, 0, 0, [0, 0, 0, last, 0, 0, 0, code] + Array(debug.utf8))
  }

  /// A literal field without indexing, names and values of up to 126 bytes.
  static func field(_ name: String, _ value: String) -> [UInt8] {
    [0, UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
      + [UInt8(truncatingIfNeeded: value.utf8.count)] + Array(value.utf8)
  }

  /// Type, flags, stream and length of each frame in `bytes`.
  static func parse(_ bytes: [UInt8]) -> [(type: UInt8, flags: UInt8, id: UInt32, payload: [UInt8])]
  {
    var frames: [(type: UInt8, flags: UInt8, id: UInt32, payload: [UInt8])] = []
    var index = 0
    while index + 9 <= bytes.count {
      let length = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
      let id = bytes[(index + 5)..<(index + 9)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let end = min(index + 9 + length, bytes.count)
      frames.append((bytes[index + 3], bytes[index + 4], id, Array(bytes[(index + 9)..<end])))
      index += 9 + length
    }
    return frames
  }
}
