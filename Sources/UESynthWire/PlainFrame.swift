/// The common small reply of ControlStream, read in one go: an id and one body that is no image, in
/// any order, with values shorter than 128 bytes. BORROWS the message.
///
/// There may be a million a second.
struct PlainFrame {
  /// nil when absent, or not an id as `StreamRequest` writes it.
  private(set) var requestID: UInt64?
  private(set) var body = ReplyBody.none
  private(set) var bodyBytes = UnsafeRawBufferPointer(start: nil, count: 0)

  /// nil for any other `FrameResponse`, and for what is none.
  @inline(__always)
  init?(_ message: UnsafeRawBufferPointer) {
    guard var p = message.baseAddress else { return nil }
    let end = p + message.count
    while p < end {
      guard end - p >= 2 else { return nil }
      let tag = p.load(as: UInt8.self)
      let length = Int((p + 1).load(as: UInt8.self))
      p += 2
      guard length < 0x80, length <= end - p else { return nil }
      let value = UnsafeRawBufferPointer(start: p, count: length)
      p += length
      if tag == 0x0A {
        requestID = RequestIDParser.read(value)
        continue
      }
      guard body == .none else { return nil }
      switch tag {
      case 0x12: body = .command
      case 0x1A: body = .cameraTransform
      case 0x2A: body = .objectTransform
      case 0x32: body = .objectsList
      default: return nil
      }
      bodyBytes = value
    }
  }
}
