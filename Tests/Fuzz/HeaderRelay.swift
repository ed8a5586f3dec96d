import UESynthHTTP2
import UESynthWire

/// A server's session that answers with given headers and trailers, and a client's that reads them.
enum HeaderRelay {
  static func send(_ block: HeaderBlock) {
    let server = RelayEnd()
    let client = RelayEnd()
    guard
      let sender = try? HTTP2Session(role: .server, settings: HTTP2Settings(), delegate: server),
      let receiver = try? HTTP2Session(role: .client, settings: HTTP2Settings(), delegate: client)
    else { fatalError("no session") }
    let call = FuzzCall(.streamFrame, session: receiver)
    guard (try? receiver.submitRequest(FuzzCall.requestHeaders, stream: call)) != nil else {
      fatalError("no request")
    }
    for _ in 0..<2 {
      pass(receiver, sender)
      if let stream = server.opened, stream.isOpen, !server.hasAnswered {
        server.hasAnswered = true
        try? sender.submitResponse(block, stream: stream)
      } else if let stream = server.opened {
        try? sender.submitTrailers(block, stream: stream)
      }
      pass(sender, receiver)
    }
    receiver.abandon(code: HTTP2Code.cancel)
    sender.abandon(code: HTTP2Code.cancel)
    expect(call.closings == 1, "closed \(call.closings) times")
  }

  /// All that one has to say to the other.
  private static func pass(_ from: HTTP2Session, _ to: HTTP2Session) {
    try? from.pump()
    let bytes = from.output.collected()
    bytes.withUnsafeBytes { try? to.receive($0) }
  }
}

private final class RelayEnd: HTTP2SessionDelegate {
  private(set) var opened: HTTP2Stream?
  var hasAnswered = false

  func sessionSettingsReceived() {}
  func sessionGoAway(lastStreamID: Int32, code: UInt32, debug: String) {}

  func sessionStreamOpened(_ id: Int32) -> HTTP2Stream? {
    let stream = RelayAnswer()
    opened = stream
    return stream
  }
}

private final class RelayAnswer: HTTP2Stream {
  override func pull(limit: Int) -> HTTP2Pull {
    HTTP2Pull(count: 0, ended: true, trailersFollow: true)
  }
}
