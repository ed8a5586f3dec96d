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
  /// A Vector3 or a Rotator as member `field`.
  mutating func triple(_ field: UInt32, _ x: Float, _ y: Float, _ z: Float)
  mutating func transform(_ field: UInt32, _ value: Transform)
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

  @inline(__always)
  mutating func byte(_ value: UInt8) {
    cursor.storeBytes(of: value, as: UInt8.self)
    cursor += 1
  }

  @inline(__always)
  mutating func copy(_ source: UnsafeRawPointer, _ count: Int) {
    memcpy(cursor, source, count)
    cursor += count
  }

  @inline(__always)
  mutating func fixed32(_ value: UInt32) {
    cursor.storeBytes(of: value.littleEndian, as: UInt32.self)
    cursor += 4
  }

  @inline(__always)
  mutating func triple(_ field: UInt32, _ x: Float, _ y: Float, _ z: Float) {
    let start = begin(field)
    parts(x, y, z)
    end(start)
  }

  mutating func transform(_ field: UInt32, _ value: Transform) {
    let start = begin(field)
    parts(of: value)
    end(start)
  }

  /// A sub-message of less than 128 bytes, whose length is written when it is known.
  @inline(__always)
  private mutating func begin(_ field: UInt32) -> UnsafeMutableRawPointer {
    header(field, length: 0)
    return cursor
  }

  @inline(__always)
  private func end(_ start: UnsafeMutableRawPointer) {
    (start - 1).storeBytes(of: UInt8(truncatingIfNeeded: cursor - start), as: UInt8.self)
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
  mutating func string(_ field: UInt32, _ text: BorrowedText) {
    guard let start = text.start, text.count > 0 else { return }
    header(field, length: text.count)
    copy(start, text.count)
  }

  @inline(__always)
  mutating func uint32(_ field: UInt32, _ value: UInt32) {
    guard value != 0 else { return }
    key(field, WireType.varint)
    varint(UInt64(value))
  }

  @inline(__always)
  mutating func float(_ field: UInt32, _ value: Float) {
    // Zero of either sign.
    guard value.bitPattern &<< 1 != 0 else { return }
    key(field, WireType.fixed32)
    fixed32(value.bitPattern)
  }

  @inline(__always)
  mutating func vector(_ field: UInt32, _ value: Vector3) {
    triple(field, value.x, value.y, value.z)
  }

  mutating func triple(_ field: UInt32, _ x: Float, _ y: Float, _ z: Float) {
    var size = ByteCount()
    size.parts(x, y, z)
    header(field, length: size.count)
    parts(x, y, z)
  }

  mutating func transform(_ field: UInt32, _ value: Transform) {
    var size = ByteCount()
    size.parts(of: value)
    header(field, length: size.count)
    parts(of: value)
  }

  /// What a sub-message of three floats consists of: at most 15 bytes.
  @inline(__always)
  mutating func parts(_ x: Float, _ y: Float, _ z: Float) {
    float(1, x)
    float(2, y)
    float(3, z)
  }

  /// What a Transform consists of: at most 51 bytes.
  @inline(__always)
  mutating func parts(of value: Transform) {
    vector(1, value.location)
    triple(2, value.rotation.pitch, value.rotation.yaw, value.rotation.roll)
    vector(3, value.scale)
  }
}
