import UESynthCore

/// A message of ControlStream, ready to send: the gRPC prefix and `ActionRequest` with the id in
/// decimal and an encoded action (`ActionEncoder`) as the oneof member of its kind.
package enum StreamRequest {
  package static func framedSize(id: UInt64, kind: ActionKind, payloadCount: Int) -> Int {
    MessagePrefix.size
      &+ messageSize(RequestID.digitCount(id), kind: kind, payloadCount: payloadCount)
  }

  /// Writes exactly `framedSize` bytes, and returns their number.
  package static func write(
    id: UInt64, kind: ActionKind, payload: UnsafeRawBufferPointer,
    into memory: UnsafeMutableRawPointer
  ) -> Int {
    let digits = RequestID.digitCount(id)
    let size = messageSize(digits, kind: kind, payloadCount: payload.count)
    MessagePrefix.write(length: size, into: memory)
    var writer = ByteWriter(cursor: memory + MessagePrefix.size)
    writer.header(1, length: digits)
    RequestID.write(id, digits: digits, into: writer.cursor)
    writer.cursor += digits
    writer.header(kind.rawValue, length: payload.count)
    if let bytes = payload.baseAddress { writer.copy(bytes, payload.count) }
    return MessagePrefix.size &+ size
  }

  private static func messageSize(_ digits: Int, kind: ActionKind, payloadCount: Int) -> Int {
    var count = ByteCount()
    count.header(1, length: digits)
    count.header(kind.rawValue, length: payloadCount)
    return count.count &+ digits &+ payloadCount
  }
}
