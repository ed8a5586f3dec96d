/// Cuts the DATA of a call into messages on the server's side. A message that lies whole in the
/// bytes fed is handed over where it lies; otherwise it is put together here, in a buffer that grows
/// with what arrives. After a failure nothing more is taken.
package final class RequestDeframer {
  /// What a stock grpc++ server accepts.
  package static let defaultLimit = 4 * 1024 * 1024

  private let limit: Int
  private var prefix = PrefixReader()
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
    if failure == nil && (messageLeft != nil || prefix.isMidPrefix) { failure = .truncated }
    return failure
  }

  private func readPrefix(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    switch prefix.read(&p, end, limit: limit) {
    case .incomplete: return false
    case .failed(let reason):
      fail(reason)
      return false
    case .message(let length):
      assembly.clear()
      messageLeft = length
      return true
    }
  }

  @discardableResult
  private func fail(_ reason: WireFailure) -> WireFailure? {
    failure = reason
    return failure
  }
}
