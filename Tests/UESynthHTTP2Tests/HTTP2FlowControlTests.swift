import Testing
import UESynthHTTP2

@Suite struct HTTP2FlowControlTests {
  private func settings(stream: Int32, connection: Int32) -> HTTP2Settings {
    var settings = HTTP2Settings()
    settings.streamWindow = stream
    settings.connectionWindow = connection
    return settings
  }

  /// A server with `size` bytes to send to a client with these windows.
  private func sending(
    _ size: Int, _ settings: HTTP2Settings
  ) throws -> (pair: Pair, call: RecordingStream, server: RecordingStream) {
    let pair = try Pair(client: settings)
    let call = RecordingStream()
    call.consumes = false
    try pair.client.call(call)
    try pair.exchange()
    let server = pair.server.streams[0]
    server.parts = [.referenced(RecordingStream.Payload(count: size))]
    server.trailers = [("grpc-status", "0")]
    try pair.server.answer(server)
    return (pair, call, server)
  }

  @Test func withoutCreditNoBytes() throws {
    let (pair, call, _) = try sending(300_000, settings(stream: 100_000, connection: 1 << 20))
    try pair.exchange()
    #expect(call.bodyCount == 100_000)
    try pair.exchange()
    #expect(call.bodyCount == 100_000)
    #expect(call.blocks.count == 1)
    pair.client.session?.consume(call, 60_000)
    try pair.exchange()
    #expect(call.bodyCount == 160_000)
    pair.client.session?.consume(call, 100_000)
    try pair.exchange()
    #expect(call.bodyCount == 260_000)
    pair.client.session?.consume(call, 100_000)
    try pair.exchange()
    #expect(call.bodyCount == 300_000)
    #expect(call.closings == [0])
  }

  @Test func aWidenedStreamIsSentMore() throws {
    let (pair, call, _) = try sending(500_000, settings(stream: 100_000, connection: 1 << 20))
    try pair.exchange()
    #expect(call.bodyCount == 100_000)
    pair.client.session?.widen(call, to: 400_000)
    try pair.exchange()
    #expect(call.bodyCount == 400_000)
    // Credit comes back by halves of the new size.
    pair.client.session?.consume(call, 199_000)
    try pair.exchange()
    #expect(call.bodyCount == 400_000)
    pair.client.session?.consume(call, 1000)
    try pair.exchange()
    #expect(call.bodyCount == 500_000)
    #expect(call.closings == [0])
    pair.client.session?.widen(call, to: 800_000)
    try pair.exchange()
  }

  /// A stream that waits for its owner does not take the connection from the others.
  @Test func connectionCreditComesBackOnReceipt() throws {
    let (pair, call, _) = try sending(200_000, settings(stream: 100_000, connection: 150_000))
    try pair.exchange()
    #expect(call.bodyCount == 100_000)
    for _ in 0..<5 {
      let other = try pair.client.call(RecordingStream())
      try pair.exchange()
      let server = try #require(pair.server.streams.last)
      server.parts = [.referenced(RecordingStream.Payload(count: 120_000))]
      server.trailers = [("grpc-status", "0")]
      try pair.server.answer(server)
      try pair.exchange()
      #expect(other.bodyCount == 120_000)
      #expect(other.closings == [0])
    }
    #expect(call.bodyCount == 100_000)
  }

  /// Data of streams that were given up, padding too, must not eat the connection's window.
  @Test func dataThatIsThrownAwayIsPaidBack() throws {
    let client = try Endpoint(.client, settings(stream: 1 << 20, connection: 100_000))
    let call = try client.call(RecordingStream())
    let other = try client.call(RecordingStream())
    _ = try client.take()
    try client.receive(RawFrame.settings + RawFrame.ok(1) + RawFrame.ok(3))
    client.session?.reset(call, code: HTTP2Code.cancel)
    _ = try client.take()
    #expect(call.closings == [8])
    var credit = 100_000
    for round in 0..<100 {
      let payload = [UInt8](repeating: 0, count: 10_000)
      if round % 2 == 0 {
        try client.receive(RawFrame.data(1, payload))
      } else {
        try client.receive(RawFrame.data(3, [255] + payload, flags: 8))
      }
      credit -= 10_000 + round % 2
      for frame in RawFrame.parse(try client.take()) where frame.type == 8 && frame.id == 0 {
        credit += frame.payload.reduce(0) { $0 << 8 | Int($1) }
      }
      #expect(credit > 40_000)
    }
    #expect(call.bodyCount == 0)
    #expect(other.bodyCount == 50 * (10_000 - 255))
  }

  @Test func aPeerThatIgnoresTheWindowIsStopped() throws {
    let client = try Endpoint(.client, settings(stream: 65_535, connection: 1 << 20))
    let call = RecordingStream()
    call.consumes = false
    try client.call(call)
    _ = try client.take()
    try client.receive(RawFrame.settings + RawFrame.ok(1))
    // The client's settings count once they are acknowledged.
    try client.receive(RawFrame.settingsAcknowledged)
    for _ in 0..<10 { try client.receive(RawFrame.data(1, [UInt8](repeating: 1, count: 16_000))) }
    let frames = RawFrame.parse(try client.take())
    #expect(frames.contains { $0.type == 3 && $0.id == 1 } || frames.contains { $0.type == 7 })
    // nghttp2 still hands on the chunk that went too far.
    #expect(call.bodyCount <= 65_535 + 16_000)
  }

  @Test func consumingOddCountsIsHarmless() throws {
    let (pair, call, _) = try sending(1000, settings(stream: 100_000, connection: 1 << 20))
    pair.client.session?.consume(call, 0)
    pair.client.session?.consume(call, -5)
    pair.client.session?.consume(RecordingStream(), 5)
    try pair.exchange()
    #expect(call.closings == [0])
    pair.client.session?.consume(call, 1000)
  }
}
