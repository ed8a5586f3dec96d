/// Cuts the DATA of a call into messages on the server's side. A message that lies whole in the
/// bytes fed is handed over where it lies; otherwise it is put together here, in a buffer that grows
/// with what arrives. After a failure nothing more is taken.
package final class RequestDeframer {
  /// What a stock grpc++ server accepts.
  package static let defaultLimit = 4 * 1024 * 1024

  private let limit: Int
  private var prefix: UInt64 = 0
  private var prefixCount = 0
  /// Bytes of the message still to come; nil while its prefix is read.
  private var messageLeft: Int?
  private var assembly = ByteAssembly()
  private var failure: WireFailure?

  package init(limit: Int = RequestDeframer.defaultLimit) {
    self.limit = limit
  }

  /// Calls `message` for each that is complete; its bytes are valid during the call. nil when all
  /// bytes have been taken.
  package func feed(
    _ bytes: UnsafeRawBufferPointer, _ message: (UnsafeRawBufferPointer) -> Void
  ) -> WireFailure? {
    guard failure == nil, let base = bytes.baseAddress else { return failure }
    var p = base
    let end = base + bytes.count
    while true {
      guard let left = messageLeft else {
        guard readPrefix(&p, end) else { return failure }
        continue
      }
      let count = min(left, end - p)
      if count == left && assembly.count == 0 {
        messageLeft = nil
        message(UnsafeRawBufferPointer(start: p, count: count))
        p += count
        continue
      }
      if !assembly.append(p, count) { return fail(.outOfMemory) }
      p += count
      messageLeft = left &- count
      if count < left { return nil }
      messageLeft = nil
      message(assembly.bytes)
    }
  }

  /// The client has sent all that it will.
  package func end() -> WireFailure? {
    if failure == nil && (messageLeft != nil || prefixCount > 0) { failure = .truncated }
    return failure
  }

  private func readPrefix(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    while prefixCount < MessagePrefix.size {
      guard p < end else { return false }
      prefix = prefix &<< 8 | UInt64(p.load(as: UInt8.self))
      prefixCount &+= 1
      p += 1
    }
    let flag = UInt8(truncatingIfNeeded: prefix &>> 32)
    let length = Int(UInt32(truncatingIfNeeded: prefix))
    prefix = 0
    prefixCount = 0
    if flag != 0 {
      fail(flag == 1 ? .compressed(flag: flag) : .badFlag(flag))
    } else if length > limit {
      fail(.tooLong(length: length, limit: limit))
    } else {
      assembly.clear()
      messageLeft = length
    }
    return failure == nil
  }

  @discardableResult
  private func fail(_ reason: WireFailure) -> WireFailure? {
    failure = reason
    return failure
  }
}
