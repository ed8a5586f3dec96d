import Glibc
import UESynthCore

/// Where protobuf fields are written: either real bytes or only their count, so that a message's
/// size and its bytes come from one description of it.
///
/// Fields with proto3's default value are left out, except whole sub-messages. As in protobuf-c, -0
/// counts as the default.
protocol ByteSink {
  mutating func byte(_ value: UInt8)
  mutating func copy(_ source: UnsafeRawPointer, _ count: Int)
  mutating func fixed32(_ value: UInt32)
}

/// Counts the bytes.
struct ByteCount: ByteSink {
  var count = 0

  mutating func byte(_ value: UInt8) { count &+= 1 }
  mutating func copy(_ source: UnsafeRawPointer, _ size: Int) { count &+= size }
  mutating func fixed32(_ value: UInt32) { count &+= 4 }
}

/// Writes the bytes to memory that the caller has sized by `ByteCount`.
struct ByteWriter: ByteSink {
  var cursor: UnsafeMutableRawPointer

  mutating func byte(_ value: UInt8) {
    cursor.storeBytes(of: value, as: UInt8.self)
    cursor += 1
  }

  mutating func copy(_ source: UnsafeRawPointer, _ count: Int) {
    memcpy(cursor, source, count)
    cursor += count
  }

  mutating func fixed32(_ value: UInt32) {
    cursor.storeBytes(of: value.littleEndian, as: UInt32.self)
    cursor += 4
  }
}

/// The wire types of protobuf.
enum WireType {
  static let varint: UInt32 = 0
  static let fixed64: UInt32 = 1
  static let lengthDelimited: UInt32 = 2
  static let startGroup: UInt32 = 3
  static let endGroup: UInt32 = 4
  static let fixed32: UInt32 = 5
}

extension ByteSink {
  @inline(__always)
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func key(_ field: UInt32, _ type: UInt32) {
    varint(UInt64(field &<< 3 | type))
  }

  /// The key and length in front of a string, bytes or sub-message.
  @inline(__always)
  mutating func header(_ field: UInt32, length: Int) {
    key(field, WireType.lengthDelimited)
    varint(UInt64(truncatingIfNeeded: length))
  }

  @inline(__always)
  mutating func string(_ field: UInt32, _ text: UnsafePointer<CChar>?) {
    guard let text, text.pointee != 0 else { return }
    let count = strlen(text)
    header(field, length: Int(truncatingIfNeeded: count))
    copy(text, Int(truncatingIfNeeded: count))
  }

  @inline(__always)
  mutating func uint32(_ field: UInt32, _ value: UInt32) {
    guard value != 0 else { return }
    key(field, WireType.varint)
    varint(UInt64(value))
  }

  @inline(__always)
  mutating func float(_ field: UInt32, _ value: Float) {
    guard value != 0 else { return }
    key(field, WireType.fixed32)
    fixed32(value.bitPattern)
  }

  /// A Vector3 or a Rotator: three floats, 5 bytes each.
  @inline(__always)
  mutating func triple(_ field: UInt32, _ x: Float, _ y: Float, _ z: Float) {
    header(field, length: tripleSize(x, y, z))
    float(1, x)
    float(2, y)
    float(3, z)
  }

  @inline(__always)
  mutating func vector(_ field: UInt32, _ value: Vector3) {
    triple(field, value.x, value.y, value.z)
  }

  @inline(__always)
  mutating func transform(_ field: UInt32, _ value: Transform) {
    let (location, rotation, scale) = (value.location, value.rotation, value.scale)
    header(
      field,
      length: 6 &+ tripleSize(location.x, location.y, location.z)
        &+ tripleSize(rotation.pitch, rotation.yaw, rotation.roll)
        &+ tripleSize(scale.x, scale.y, scale.z))
    vector(1, location)
    triple(2, rotation.pitch, rotation.yaw, rotation.roll)
    vector(3, scale)
  }
}

@inline(__always)
private func tripleSize(_ x: Float, _ y: Float, _ z: Float) -> Int {
  (x != 0 ? 5 : 0) &+ (y != 0 ? 5 : 0) &+ (z != 0 ? 5 : 0)
}
