/// The outermost fields of an `ActionRequest`, for requests that hold no action of the schema: a
/// client may be newer than this server, and its request has an id to answer to.
struct StreamRequestScan {
  private(set) var requestID = ""
  private(set) var isWellFormed = true

  init(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      guard let tag = Self.varint(bytes, &offset), let count = Self.size(tag & 7, bytes, &offset),
        count <= bytes.count &- offset
      else {
        isWellFormed = false
        return
      }
      if tag == 1 << 3 | 2 {
        requestID = String(
          decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]), as: UTF8.self)
      }
      offset += count
    }
  }

  /// Bytes of a value after its tag, and after its length if it has one.
  private static func size(
    _ wireType: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) -> Int? {
    switch wireType {
    case 0: varint(bytes, &offset) == nil ? nil : 0
    case 1: 8
    case 2: varint(bytes, &offset).flatMap { Int(exactly: $0) }
    case 5: 4
    default: nil
    }
  }

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift: UInt64 in stride(from: 0, to: 64, by: 7) {
      guard offset < bytes.count else { return nil }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
