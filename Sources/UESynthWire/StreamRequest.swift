import UESynthCore

/// A message of ControlStream, ready to send: the gRPC prefix and `ActionRequest` with the id in
/// decimal and an encoded action (`ActionEncoder`) as the oneof member of its kind.
public enum StreamRequest {
  /// What a message takes at most in front of its payload: the prefix, the id with its header, and the header
  /// of the action.
  public static let mostInFront = MessagePrefix.size + 2 + RequestID.maximumDigits + 2 + 10

  /// Writes what stands in front of the `count` bytes at `payload`, into at most `mostInFront` bytes
  /// there, and returns where the message begins.
  public static func write(
    id: UInt64, kind: ActionKind, payload: UnsafeMutableRawPointer, count: Int
  ) -> UnsafeMutableRawPointer {
    let digits = RequestID.digitCount(id)
    let field = kind.rawValue &<< 3 | WireType.lengthDelimited
    let fieldSize = field < 0x80 ? 1 : 2
    let size = 2 &+ digits &+ fieldSize &+ varintSize(count)
    let message = payload - (MessagePrefix.size &+ size)
    MessagePrefix.write(length: size &+ count, into: message)
    var writer = ByteWriter(cursor: message + MessagePrefix.size)
    writer.header(1, length: digits)
    RequestID.write(id, digits: digits, into: writer.cursor)
    writer.cursor += digits
    writer.header(kind.rawValue, length: count)
    return message
  }

  @inline(__always)
  private static func varintSize(_ value: Int) -> Int {
    value < 0x80 ? 1 : (70 &- UInt64(truncatingIfNeeded: value).leadingZeroBitCount) / 7
  }
}
