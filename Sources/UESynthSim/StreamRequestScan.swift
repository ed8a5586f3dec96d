import UESynthCore

/// The outermost fields of an `ActionRequest`, read without looking into the action: enough to
/// acknowledge it, and to answer a client that is newer than this server.
struct StreamRequestScan {
  /// BORROWED from the message; empty if there is none.
  private(set) var requestID = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The last action of the message. nil if it has none that is known here.
  private(set) var kind: ActionKind?
  /// How many times an action occurs: more than once is merged, which takes a real decoder.
  private(set) var actions = 0
  private(set) var isWellFormed = true

  init(_ bytes: UnsafeRawBufferPointer) {
    if !readUsual(bytes) { readFields(bytes) }
  }

  /// An id and one action, as nearly every client writes them. False if these bytes are anything else,
  /// and then nothing is set.
  @inline(__always)
  private mutating func readUsual(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 5, bytes[0] == 1 &<< 3 | 2 else { return false }
    let idCount = Int(bytes[1])
    let tag = 2 &+ idCount
    // An action has a tag of one byte and a length of one or two.
    guard idCount < 0x80, bytes.count >= tag &+ 3, bytes[tag] < 0x80, bytes[tag] & 7 == 2,
      let kind = ActionKind(rawValue: UInt32(bytes[tag] &>> 3))
    else { return false }
    var length = Int(bytes[tag &+ 1])
    var action = tag &+ 2
    if length >= 0x80 {
      guard bytes[action] < 0x80 else { return false }
      length = length & 0x7F | Int(bytes[action]) &<< 7
      action &+= 1
    }
    guard action &+ length == bytes.count else { return false }
    requestID = UnsafeRawBufferPointer(rebasing: bytes[2..<tag])
    self.kind = kind
    actions = 1
    return true
  }

  private mutating func readFields(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      guard let tag = Self.varint(bytes, &offset), tag <= UInt64(UInt32.max), tag >= 8,
        let count = Self.size(tag & 7, bytes, &offset), count <= bytes.count &- offset
      else {
        isWellFormed = false
        return
      }
      if tag & 7 == 2 {
        let field = UInt32(truncatingIfNeeded: tag &>> 3)
        if field == 1 {
          requestID = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset &+ count])
        } else if let kind = ActionKind(rawValue: field) {
          self.kind = kind
          actions &+= 1
        }
      }
      offset &+= count
    }
  }

  /// Bytes of a value after its tag, and after its length if it has one.
  @inline(__always)
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

  @inline(__always)
  private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64, offset < bytes.count {
      let byte = bytes[offset]
      offset &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    return nil
  }
}
