import UESynthCore

/// A reply without an image, as a server sends it. Images: `ImageReplyEnvelope`.
public enum ServerReply {
  case command(success: Bool, message: String)
  case cameraTransform(Transform, success: Bool, message: String = "")
  case objectTransform(Transform, success: Bool, message: String = "")
  case objects([String])

  /// The message with its gRPC prefix: the bare response, or with an id (which may be empty) a
  /// `FrameResponse`.
  public func encode(requestID: String?) -> [UInt8] {
    var message = ByteArray()
    if let requestID {
      message.string(1, requestID)
      message.message(member.rawValue, content)
    } else {
      message = content
    }
    var framed = ByteArray()
    framed.prefix(length: message.bytes.count)
    framed.append(message)
    return framed.bytes
  }

  private var member: ReplyBody {
    switch self {
    case .command: .command
    case .cameraTransform: .cameraTransform
    case .objectTransform: .objectTransform
    case .objects: .objectsList
    }
  }

  private var content: ByteArray {
    var content = ByteArray()
    switch self {
    case .command(let success, let message):
      content.uint32(1, success ? 1 : 0)
      content.string(2, message)
    case .cameraTransform(let transform, let success, let message),
      .objectTransform(let transform, let success, let message):
      content.transform(1, transform)
      content.uint32(2, success ? 1 : 0)
      content.string(3, message)
    case .objects(let names):
      for name in names { content.string(1, name, isItem: true) }
    }
    return content
  }
}
