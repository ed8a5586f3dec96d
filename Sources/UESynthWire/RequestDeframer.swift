/// Cuts the DATA of a call into messages on the server's side. A message that lies whole in the
/// bytes fed is handed over where it lies; otherwise it is put together here, in a buffer that grows
/// with what arrives. After a failure nothing more is taken.
public final class RequestDeframer {
  /// What a stock grpc++ server accepts.
  public static let defaultLimit = 4 * 1024 * 1024

  private let limit: Int
  private var prefix = PrefixReader()
  /// Bytes of the message still to come; nil while its prefix is read.
  private var messageLeft: Int?
  private var assembly = ByteAssembly()
  /// The message under way is compressed.
  private var isCompressed = false
  private var inflater: Inflater?
  private var plain = ByteAssembly()
  private var failure: WireFailure?

  /// What the call's headers say of its messages.
  public var encoding = AnnouncedEncoding.none

  public init(limit: Int = RequestDeframer.defaultLimit) {
    self.limit = limit
  }

  /// Calls `message` for each that is complete; its bytes are valid during the call. nil when all
  /// bytes have been taken.
  public func feed(
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
        let whole = UnsafeRawBufferPointer(start: p, count: count)
        if let failure = hand(whole, to: message) { return fail(failure) }
        p += count
        continue
      }
      if !assembly.append(p, count) { return fail(.outOfMemory) }
      p += count
      messageLeft = left &- count
      if count < left { return nil }
      messageLeft = nil
      if let failure = hand(assembly.bytes, to: message) { return fail(failure) }
    }
  }

  private func hand(
    _ bytes: UnsafeRawBufferPointer, to message: (UnsafeRawBufferPointer) -> Void
  ) -> WireFailure? {
    guard isCompressed else {
      message(bytes)
      return nil
    }
    guard case .known(let encoding) = encoding else { return .unannounced }
    if let failure = inflate(bytes, encoding) { return failure }
    message(plain.bytes)
    return nil
  }

  /// Into `plain`, at most `limit` bytes.
  private func inflate(
    _ bytes: UnsafeRawBufferPointer, _ encoding: MessageEncoding
  ) -> WireFailure? {
    let inflater = inflater ?? Inflater()
    self.inflater = inflater
    guard inflater.begin(encoding) else { return .outOfMemory }
    plain.clear()
    var input = bytes
    return withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { chunk in
      while true {
        var room = UnsafeMutableRawBufferPointer(rebasing: chunk[...])
        let outcome = inflater.inflate(&input, into: &room)
        if let base = chunk.baseAddress, !plain.append(base, chunk.count &- room.count) {
          return .outOfMemory
        }
        if plain.count > limit { return .tooLongInflated(limit: limit) }
        switch outcome {
        case .full: continue
        case .needsInput: return .corrupt(encoding, "it is cut off")
        case .ended: return input.isEmpty ? nil : .corrupt(encoding, "something follows its end")
        case .corrupt: return .corrupt(encoding, "its data are damaged")
        case .outOfMemory: return .outOfMemory
        }
      }
    }
  }

  /// The client has sent all that it will.
  public func end() -> WireFailure? {
    if failure == nil && (messageLeft != nil || prefix.isMidPrefix) { failure = .truncated }
    return failure
  }

  private func readPrefix(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    switch prefix.read(&p, end, limit: limit) {
    case .incomplete: return false
    case .failed(let reason):
      fail(reason)
      return false
    case .message(let length, let isCompressed):
      if isCompressed {
        switch encoding {
        case .none:
          fail(.unannounced)
          return false
        case .unknown(let name):
          fail(.unknownEncoding(name))
          return false
        case .known: break
        }
      }
      self.isCompressed = isCompressed
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
