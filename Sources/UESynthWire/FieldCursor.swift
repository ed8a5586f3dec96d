/// Walks the fields of one protobuf message that lies whole in memory. A group counts as one field.
struct FieldCursor {
  enum Step {
    /// The properties describe the field.
    case field
    case end
    case malformed(StaticString)
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  private(set) var number: UInt32 = 0
  private(set) var wireType: UInt32 = 0
  /// Where the field's tag stands.
  private(set) var start = 0
  /// The field from its tag to its last byte.
  private(set) var whole: UnsafeRawBufferPointer
  /// What follows the tag, and for length-delimited fields the length.
  private(set) var value: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    whole = UnsafeRawBufferPointer(start: nil, count: 0)
    value = whole
  }

  mutating func next() -> Step {
    guard offset < bytes.count else { return .end }
    start = offset
    if let reason = readField() { return .malformed(reason) }
    if wireType == WireType.startGroup || wireType == WireType.endGroup {
      let outer = number
      if let reason = skipGroup() { return .malformed(reason) }
      number = outer
      wireType = WireType.startGroup
    }
    whole = slice(start, offset &- start)
    return .field
  }

  /// Goes on from the tag just read to the end of its group.
  private mutating func skipGroup() -> StaticString? {
    var groups = GroupStack()
    while true {
      if wireType == WireType.startGroup {
        if !groups.push(number) { return "groups are nested too deeply" }
      } else if wireType == WireType.endGroup {
        if !groups.pop(number) { return "a group ends that did not begin" }
        if groups.depth == 0 { return nil }
      }
      if let reason = readField() { return reason }
    }
  }

  private mutating func readField() -> StaticString? {
    guard let tag = readVarint(maximumBytes: 5) else { return "a field number runs off the end" }
    guard tag <= UInt64(UInt32.max), tag >= 8 else { return "a field number is out of range" }
    number = UInt32(truncatingIfNeeded: tag &>> 3)
    wireType = UInt32(truncatingIfNeeded: tag & 7)
    let valueStart = offset
    switch wireType {
    case WireType.varint:
      guard readVarint(maximumBytes: 10) != nil else { return "a number runs off the end" }
      value = slice(valueStart, offset &- valueStart)
    case WireType.lengthDelimited:
      guard let length = readVarint(maximumBytes: 5) else { return "a length runs off the end" }
      guard let count = Int(exactly: length) else { return "a length is out of range" }
      return take(count)
    case WireType.fixed32: return take(4)
    case WireType.fixed64: return take(8)
    case WireType.startGroup, WireType.endGroup:
      value = slice(offset, 0)
    default: return "a wire type is unknown"
    }
    return nil
  }

  private mutating func take(_ count: Int) -> StaticString? {
    guard count <= bytes.count &- offset else {
      return "a length runs past the end of its message"
    }
    value = slice(offset, count)
    offset &+= count
    return nil
  }

  private func slice(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + start }, count: count)
  }

  private mutating func readVarint(maximumBytes: Int) -> UInt64? {
    guard let base = bytes.baseAddress else { return nil }
    var result: UInt64 = 0
    var shift: UInt64 = 0
    let limit = offset &+ min(maximumBytes, bytes.count &- offset)
    while offset < limit {
      let byte = (base + offset).load(as: UInt8.self)
      offset &+= 1
      result |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return result }
      shift &+= 7
    }
    return nil
  }
}
