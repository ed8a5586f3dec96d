import UESynthWire

/// How a reply is to be compressed: as the `FrameResponse` of an id, or without one as a unary call's.
struct ReplyPacking {
  var encoding: MessageEncoding
  var requestID: String?
}

/// Pixels that are ready to be sent, and what the reply says of them.
struct ReplyPicture {
  /// Valid and unchanged as long as `owner` is retained.
  var bytes: UnsafeRawBufferPointer
  var owner: AnyObject?
  var width: UInt32
  var height: UInt32
  var format: String
  /// The whole reply, compressed, if that was asked for and makes it shorter.
  var message: PackedReply?
  /// The pixels, compressed for any number of replies.
  var deflated: DeflatedPart?
}

extension ReplyPicture {
  func envelope(_ requestID: String?) -> ImageReplyEnvelope {
    ImageReplyEnvelope(
      requestID: requestID, imageLength: bytes.count, width: width, height: height, format: format)
  }

  /// What goes before the deflated pixels and behind them.
  func surroundings(_ requestID: String?) -> (before: [UInt8], after: [UInt8])? {
    let envelope = envelope(requestID)
    return envelope.head.withUnsafeBytes { head in
      envelope.tail.withUnsafeBytes { tail in
        deflated?.surroundings(
          head: UnsafeRawBufferPointer(rebasing: head.dropFirst(MessagePrefix.size)), tail: tail)
      }
    }
  }

  /// Compresses the reply, which takes as long as it took to draw the picture.
  mutating func pack(_ packing: ReplyPacking) {
    let envelope = envelope(packing.requestID)
    let packed = envelope.head.withUnsafeBytes { head in
      envelope.tail.withUnsafeBytes { tail in
        Deflater.message(
          [UnsafeRawBufferPointer(rebasing: head.dropFirst(MessagePrefix.size)), bytes, tail],
          packing.encoding)
      }
    }
    message = packed.map { PackedReply($0) }
  }
}

/// A compressed reply, which stays where it is as long as this lives.
final class PackedReply: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ message: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 16)
    memory.copyBytes(from: message)
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { bytes.deallocate() }
}
