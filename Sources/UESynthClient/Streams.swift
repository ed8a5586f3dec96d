import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// What the streams of calls do with the connection, and what is known of them all.
extension Engine {
  static let userAgent: StaticString = "grpc-swift-uesynth/0.1.0 (linux)"

  /// Opens a stream for a call with the remaining time of its deadline. `encoding` is what its messages
  /// may be compressed with.
  func open(
    _ stream: ClientStream, _ path: MethodPath, deadline: Int64, encoding: MessageEncoding?,
    metadata: CallMetadata?
  ) -> Bool {
    headers.removeAll()
    headers.append(":method", "POST")
    headers.append(":scheme", options.tls == nil ? "http" : "https")
    switch path {
    case .known(let path): headers.append(":path", path)
    case .given(let path): headers.append(":path", path)
    }
    headers.append(":authority", channel.authority)
    if deadline != .max {
      withUnsafeTemporaryAllocation(byteCount: GRPCTimeout.maximumSize, alignment: 1) { memory in
        guard let base = memory.baseAddress else { return }
        let count = GRPCTimeout.write(nanoseconds: deadline &- now, into: base)
        headers.append("grpc-timeout", UnsafeRawBufferPointer(start: base, count: count))
      }
    }
    headers.append("te", "trailers")
    headers.append("content-type", "application/grpc")
    if let encoding { headers.append("grpc-encoding", encoding.name) }
    stream.offersCompression = offersCompression
    headers.append(
      "grpc-accept-encoding", stream.offersCompression ? "identity,deflate,gzip" : "identity")
    headers.append("user-agent", Self.userAgent)
    options.metadata?.append(to: headers)
    metadata?.append(to: headers)
    guard channel.submit(headers, stream) else { return false }
    tally.offersCompression = stream.offersCompression
    if stream.offersCompression { tally.compressionOffers &+= 1 }
    // Raw calls are beside the cap, and bound what they hold by themselves.
    if stream is ReplyStream { budget.streamOpened(isDirect: stream is DirectCall) }
    return true
  }

  /// The choice for streams that open now.
  var offersCompression: Bool {
    switch options.compression {
    case .off: false
    case .on: true
    case .auto: gauge.pays
    }
  }

  /// What requests may be compressed with.
  var requestEncoding: MessageEncoding? { options.compression == .on ? serverAccepts : nil }

  func countExpanded(messages: UInt64, wire: UInt64, plain: UInt64) {
    tally.compressedMessages &+= messages
    tally.compressedBytes &+= wire
    tally.inflatedBytes &+= plain
  }

  func streamClosed(_ stream: ClientStream) {
    stream.connection = nil
    if let stream = stream as? ReplyStream {
      budget.streamClosed(isDirect: stream is DirectCall)
      creditQueue.removeAll { $0 === stream }
      stream.awaitsCredit = false
    }
    noteClaim()
    if let call = stream as? DirectCall {
      openDirect -= 1
      if idleCalls.count < 64 { idleCalls.append(call) }
    }
    loop.schedule(self)
  }

  func resume(_ stream: ClientStream) { stream.connection?.resume(stream) }
  func consume(_ stream: ClientStream, _ count: Int) { stream.connection?.consume(stream, count) }
  func reset(_ stream: ClientStream, code: UInt32 = HTTP2Code.cancel) {
    stream.connection?.reset(stream, code: code)
  }
}
