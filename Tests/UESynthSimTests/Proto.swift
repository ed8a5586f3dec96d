/// Just enough protobuf to speak to the service, written apart from the code under test.
enum Proto {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func number(_ field: Int, _ value: UInt64) -> [UInt8] {
    varint(UInt64(field << 3)) + varint(value)
  }

  static func bytes(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(UInt64(field << 3 | 2)) + varint(UInt64(content.count)) + content
  }

  static func string(_ field: Int, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }

  static func float(_ field: Int, _ value: Float) -> [UInt8] {
    varint(UInt64(field << 3 | 5))
      + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  static func triple(_ field: Int, _ x: Float, _ y: Float, _ z: Float) -> [UInt8] {
    bytes(field, float(1, x) + float(2, y) + float(3, z))
  }

  /// A Transform message.
  static func transform(
    at location: (Float, Float, Float), facing rotation: (Float, Float, Float)? = nil,
    scale: (Float, Float, Float)? = nil
  ) -> [UInt8] {
    triple(1, location.0, location.1, location.2)
      + (rotation.map { triple(2, $0.0, $0.1, $0.2) } ?? [])
      + (scale.map { triple(3, $0.0, $0.1, $0.2) } ?? [])
  }

  static func capture(_ width: Int, _ height: Int, camera: String = "") -> [UInt8] {
    (camera.isEmpty ? [] : string(1, camera)) + number(2, UInt64(width)) + number(3, UInt64(height))
  }

  /// An ActionRequest.
  static func request(_ id: String, _ action: Int, _ content: [UInt8]) -> [UInt8] {
    string(1, id) + bytes(action, content)
  }

  /// With its gRPC prefix.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    [0] + withUnsafeBytes(of: UInt32(message.count).bigEndian) { Array($0) } + message
  }
}

/// A message that was received.
struct ProtoMessage {
  private(set) var numbers: [Int: UInt64] = [:]
  private(set) var contents: [Int: [[UInt8]]] = [:]

  init(_ bytes: [UInt8]) {
    var offset = 0
    func varint() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while offset < bytes.count {
        let byte = bytes[offset]
        offset += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }
    while offset < bytes.count {
      let tag = varint()
      let field = Int(tag >> 3)
      switch tag & 7 {
      case 0: numbers[field] = varint()
      case 2:
        let count = Int(varint())
        contents[field, default: []].append(Array(bytes[offset..<offset + count]))
        offset += count
      case 5:
        numbers[field] = UInt64(
          bytes[offset..<offset + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        offset += 4
      default: return
      }
    }
  }

  func bytes(_ field: Int) -> [UInt8]? { contents[field]?.last }
  func text(_ field: Int) -> String { String(decoding: bytes(field) ?? [], as: UTF8.self) }
  func texts(_ field: Int) -> [String] {
    (contents[field] ?? []).map { String(decoding: $0, as: UTF8.self) }
  }
  func number(_ field: Int) -> Int { Int(numbers[field] ?? 0) }
  func float(_ field: Int) -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: numbers[field] ?? 0))
  }
  func message(_ field: Int) -> ProtoMessage? { bytes(field).map(ProtoMessage.init) }
  func triple(_ field: Int) -> [Float] {
    guard let message = message(field) else { return [] }
    return [message.float(1), message.float(2), message.float(3)]
  }
}
