/// Looks into the beginning of a message for the length of its picture.
enum ImagePeek {
  /// Room for what follows the pixels.
  private static let slack = 4096

  /// How long a message that holds one picture and little else will be; nil if the bytes do not say.
  static func messageLength(_ head: UnsafeRawBufferPointer, _ shape: ReplyShape) -> Int? {
    guard let base = head.baseAddress else { return nil }
    var isInImage: Bool
    switch shape {
    case .image: isInImage = true
    case .streamFrame: isInImage = false
    case .command, .cameraTransform, .objectTransform, .objectsList: return nil
    }
    var p = base
    let end = base + head.count
    while p < end {
      guard let tag = number(&p, end) else { return nil }
      let field = tag &>> 3
      switch UInt32(truncatingIfNeeded: tag & 7) {
      case WireType.varint:
        guard number(&p, end) != nil else { return nil }
      case WireType.lengthDelimited:
        guard let claimed = number(&p, end), let length = Int(exactly: claimed),
          length <= Int(UInt32.max)
        else { return nil }
        if isInImage, field == 1 { return (p - base) &+ length &+ slack }
        if !isInImage, field == ReplyBody.image.rawValue {
          isInImage = true
        } else if !skip(length, &p, end) {
          return nil
        }
      case WireType.fixed32:
        if !skip(4, &p, end) { return nil }
      case WireType.fixed64:
        if !skip(8, &p, end) { return nil }
      default: return nil
      }
    }
    return nil
  }

  private static func skip(_ count: Int, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer)
    -> Bool
  {
    guard count <= end - p else { return false }
    p += count
    return true
  }

  private static func number(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
    var reader = VarintReader()
    if case .number(let value) = reader.read(&p, end, maximumBytes: 10) { return value }
    return nil
  }
}
