import Glibc
import UESynthCore
import UESynthWire

/// The shortest reply to a command: done, and nothing more to say. Replay, whose pictures never
/// change, answers poses with it as they come in: some hundred nanoseconds for each.
enum Acknowledgement {
  /// Longer ids go the ordinary way.
  static let longestID = 100

  /// Whether the action is acknowledged without being carried out.
  static func covers(_ kind: ActionKind) -> Bool {
    kind == .setCameraTransform || kind == .setObjectTransform
  }

  /// A `FrameResponse` with `CommandResponse` success for this id, at most `longestID` bytes.
  static func write(to replies: ReplyQueue, requestID: UnsafeRawBufferPointer) {
    let idSize = requestID.count == 0 ? 0 : requestID.count &+ 2
    let messageSize = idSize &+ 4
    var cursor = replies.reserve(MessagePrefix.size &+ messageSize)
    MessagePrefix.write(length: messageSize, into: cursor)
    cursor += MessagePrefix.size
    if let id = requestID.baseAddress, idSize > 0 {
      cursor.storeBytes(of: 1 << 3 | 2, as: UInt8.self)
      cursor.storeBytes(
        of: UInt8(truncatingIfNeeded: requestID.count), toByteOffset: 1, as: UInt8.self)
      memcpy(cursor + 2, id, requestID.count)
      cursor += idSize
    }
    // command_response = 2, two bytes long: success = 1, true.
    cursor.storeBytes(of: UInt32(littleEndian: 0x01_08_02_12), as: UInt32.self)
    replies.appended(MessagePrefix.size &+ messageSize)
  }
}
