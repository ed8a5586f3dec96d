import UESynthCore

/// A message of ControlStream, ready to send: the gRPC prefix and `ActionRequest` with the id in
/// decimal and an encoded action (`ActionEncoder`) as the oneof member of its kind.
public enum StreamRequest {
  /// What a message takes at most beyond its payload: the prefix, the id with its header, and the header
  /// of the action.
  public static let overhead = MessagePrefix.size + 2 + RequestID.maximumDigits + 2 + 10

  /// Writes at most `overhead` bytes and the payload, and returns their number.
  public static func write(
    id: UInt64, kind: ActionKind, payload: UnsafeRawBufferPointer,
    into memory: UnsafeMutableRawPointer
  ) -> Int {
    let digits = RequestID.digitCount(id)
    var writer = ByteWriter(cursor: memory + MessagePrefix.size)
    writer.header(1, length: digits)
    RequestID.write(id, digits: digits, into: writer.cursor)
    writer.cursor += digits
    writer.header(kind.rawValue, length: payload.count)
    if let bytes = payload.baseAddress { writer.copy(bytes, payload.count) }
    let size = writer.cursor - memory
    MessagePrefix.write(length: size &- MessagePrefix.size, into: memory)
    return size
  }
}
