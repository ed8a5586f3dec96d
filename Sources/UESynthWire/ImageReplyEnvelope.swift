/// All of an image reply but the pixels, so that a server sends `head`, the pixels where they lie,
/// and `tail`.
public struct ImageReplyEnvelope {
  /// The gRPC prefix and the message up to the pixels.
  public let head: [UInt8]
  /// What follows them. Never empty if width, height or format says anything.
  public let tail: [UInt8]

  /// nil as the id makes a unary response, any other a `FrameResponse`. `imageLength` and the message
  /// around it must stay below 4 GiB, which is what a gRPC prefix can say.
  public init(requestID: String?, imageLength: Int, width: UInt32, height: UInt32, format: String) {
    var after = ByteArray()
    after.uint32(2, width)
    after.uint32(3, height)
    after.string(4, format)

    var before = ByteArray()
    if imageLength > 0 { before.header(1, length: imageLength) }
    let imageSize = before.bytes.count &+ imageLength &+ after.bytes.count

    var message = ByteArray()
    if let requestID {
      message.string(1, requestID)
      message.header(ReplyBody.image.rawValue, length: imageSize)
    }
    var head = ByteArray()
    head.prefix(length: message.bytes.count &+ imageSize)
    head.append(message)
    head.append(before)
    self.head = head.bytes
    tail = after.bytes
  }
}
