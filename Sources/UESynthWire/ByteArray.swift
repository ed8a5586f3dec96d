/// Collects bytes in an array, for messages that are not on the hot path.
struct ByteArray: ByteSink {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func copy(_ source: UnsafeRawPointer, _ count: Int) {
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: source, count: count))
  }

  mutating func fixed32(_ value: UInt32) {
    for shift: UInt32 in [0, 8, 16, 24] { byte(UInt8(truncatingIfNeeded: value &>> shift)) }
  }

  mutating func append(_ other: ByteArray) { bytes.append(contentsOf: other.bytes) }

  /// A string field; an empty one only if it is an item of a list.
  mutating func string(_ field: UInt32, _ text: String, isItem: Bool = false) {
    if text.isEmpty && !isItem { return }
    header(field, length: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func message(_ field: UInt32, _ content: ByteArray) {
    header(field, length: content.bytes.count)
    append(content)
  }

  /// The gRPC prefix of a message of `length` bytes.
  mutating func prefix(length: Int) {
    let length = UInt32(truncatingIfNeeded: length)
    byte(0)
    for shift: UInt32 in [24, 16, 8, 0] { byte(UInt8(truncatingIfNeeded: length &>> shift)) }
  }
}
