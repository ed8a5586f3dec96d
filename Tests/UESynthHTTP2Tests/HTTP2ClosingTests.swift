import Testing
import UESynthHTTP2

@Suite struct HTTP2ClosingTests {
  @Test func resetByTheClientIsHeardOnBothSides() throws {
    let pair = try Pair()
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    pair.client.session?.reset(call, code: HTTP2Code.cancel)
    #expect(call.closings.isEmpty)
    try pair.exchange()
    #expect(call.closings == [8])
    #expect(pair.server.streams[0].closings == [8])
    // Too late for anything.
    pair.client.session?.reset(call, code: 1)
    pair.client.session?.resume(call)
    try pair.exchange()
    #expect(call.closings == [8])
  }

  @Test func resetByTheServerIsHeardOnBothSides() throws {
    let pair = try Pair()
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    pair.server.session?.reset(pair.server.streams[0], code: HTTP2Code.enhanceYourCalm)
    try pair.exchange()
    #expect(call.closings == [11])
    #expect(pair.server.streams[0].closings == [11])
  }

  /// HEADERS are not even serialised: the server never hears of the call.
  @Test func resetBeforeTheRequestLeft() throws {
    let pair = try Pair()
    try pair.exchange()
    let first = try pair.client.call(RecordingStream())
    let second = try pair.client.call(RecordingStream())
    let third = try pair.client.call(RecordingStream())
    pair.client.session?.reset(second, code: HTTP2Code.cancel)
    pair.client.session?.reset(second, code: HTTP2Code.cancel)
    try pair.exchange()
    #expect(second.closings == [8])
    #expect(pair.server.streams.count == 2)
    #expect(first.isOpen && third.isOpen)
    #expect(pair.client.session?.openStreams == 2)
  }

  @Test func resetWhileTheBodyIsOnItsWay() throws {
    let pair = try Pair()
    let call = RecordingStream()
    call.parts = [.staged(Array(repeating: 1, count: 1 << 20))]
    try pair.client.call(call)
    _ = try pair.client.take(100_000)
    pair.client.session?.reset(call, code: HTTP2Code.cancel)
    _ = try pair.client.take()
    #expect(call.closings == [8])
    let next = try pair.client.call(RecordingStream())
    _ = try pair.client.take()
    #expect(next.isOpen)
  }

  @Test func refusedStreamsAreClosed() throws {
    let pair = try Pair()
    pair.server.accepts = { _ in false }
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    #expect(call.closings.count == 1)
    #expect(call.closings.first != 0)
    #expect(pair.server.session?.openStreams == 0)
  }

  @Test func streamsAboveGoAwaysLastWereNeverProcessed() throws {
    let client = try Endpoint(.client)
    let calls = try (0..<4).map { _ in try client.call(RecordingStream()) }
    _ = try client.take()
    try client.receive(RawFrame.settings + RawFrame.goAway(3, 0, "bye"))
    #expect(client.goAways.map(\.last) == [3])
    #expect(client.goAways.first?.debug == "bye")
    #expect(calls.map(\.closings) == [[], [], [7], [7]])
    // Nothing new may begin; it hears so.
    let late = RecordingStream()
    do {
      try client.call(late)
      _ = try client.take()
      #expect(late.closings.count == 1)
    } catch {
      #expect(late.closings.isEmpty && !late.isOpen)
    }
    try client.receive(RawFrame.ok(1, endStream: true) + RawFrame.reset(3, 2))
    #expect(calls[1].closings == [2])
    client.session?.abandon(code: 8)
    #expect(calls[0].closings.count == 1)
  }

  @Test func goAwayOfTheClientEndsItsStreams() throws {
    let pair = try Pair()
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    #expect(pair.client.session?.isAlive == true)
    pair.client.session?.goAway()
    try pair.exchange()
    #expect(pair.server.goAways.map(\.code) == [0])
    #expect(pair.client.session?.isAlive == false)
    pair.client.session?.abandon(code: 8)
    pair.server.session?.abandon(code: 8)
    #expect(call.closings.count == 1)
    #expect(pair.server.streams[0].closings.count == 1)
    #expect(pair.client.session?.violation == nil)
  }

  @Test func aDrainedServerLetsItsStreamsFinish() throws {
    let pair = try Pair()
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    pair.server.session?.drain()
    try pair.exchange()
    #expect(pair.client.goAways.map(\.last) == [1])
    #expect(call.isOpen)
    try pair.server.answerOnly(pair.server.streams[0], [("grpc-status", "0")])
    try pair.exchange()
    #expect(call.closings == [0])
    #expect(pair.server.session?.isAlive == false)
  }

  @Test func abandonClosesEveryStreamOnceInOrder() throws {
    let pair = try Pair()
    var order: [Int32] = []
    let calls = try (0..<20).map { index in
      let call = RecordingStream()
      call.onClosed = { order.append($0.id) }
      call.endsBody = index % 2 == 0
      return try pair.client.call(call)
    }
    try pair.exchange()
    // One more whose HEADERS never left.
    let last = RecordingStream()
    last.onClosed = { order.append($0.id) }
    try pair.client.call(last)
    pair.client.session?.abandon(code: 8)
    pair.client.session?.abandon(code: 9)
    #expect(order == (0...20).map { Int32($0 * 2 + 1) })
    #expect((calls + [last]).allSatisfy { $0.closings == [8] && !$0.isOpen })
    #expect(pair.client.session?.openStreams == 0)
  }

  /// What is done to a session that was abandoned does nothing.
  @Test func anAbandonedSessionIsInert() throws {
    let pair = try Pair()
    let call = RecordingStream()
    call.endsBody = false
    call.onClosed = { stream in
      // From within `closed`, too.
      stream.endpoint?.session?.reset(stream, code: 1)
      #expect(throws: HTTP2Error.self) { try stream.endpoint?.call(RecordingStream()) }
    }
    try pair.client.call(call)
    try pair.exchange()
    call.parts = [.staged([1, 2, 3])]
    pair.client.session?.resume(call)
    pair.client.session?.abandon(code: 8)
    #expect(try pair.client.take().isEmpty)
    try pair.client.receive(RawFrame.data(1, [1, 2, 3]))
    #expect(call.bodyCount == 0)
    let late = RecordingStream()
    #expect(throws: HTTP2Error.self) { try pair.client.call(late) }
    #expect(!late.isOpen && late.closings.isEmpty)
    #expect(pair.client.session?.isAlive == false)
  }

  /// Streams may act from their events.
  @Test func callsMayFollowFromClosed() throws {
    let pair = try Pair()
    pair.server.accepts = { stream in
      stream.endsBody = false
      return true
    }
    var following: RecordingStream?
    let call = RecordingStream()
    call.onClosed = { closed in
      let next = RecordingStream()
      #expect(throws: Never.self) { try closed.endpoint?.call(next) }
      following = next
    }
    try pair.client.call(call)
    try pair.exchange()
    pair.server.session?.reset(pair.server.streams[0], code: 2)
    try pair.exchange()
    #expect(call.closings == [2])
    #expect(pair.server.streams.count == 2)
    #expect(following?.isOpen == true)
  }

  @Test func resetFromDataStopsTheData() throws {
    let pair = try Pair()
    let call = RecordingStream()
    call.onData = { $0.endpoint?.session?.reset($0, code: HTTP2Code.cancel) }
    try pair.client.call(call)
    try pair.exchange()
    let server = pair.server.streams[0]
    server.parts = (0..<50).map { _ in .staged(Array(repeating: 0, count: 10_000)) }
    server.trailers = [("grpc-status", "0")]
    try pair.server.answer(server)
    try pair.exchange { 20_000 }
    #expect(call.closings == [8])
    #expect(call.bodyCount < 200_000)
    #expect(server.closings == [8])
  }

  @Test func aDroppedSessionLeaksNoStream() throws {
    weak var weakStream: RecordingStream?
    do {
      let pair = try Pair()
      let call = try pair.client.call(RecordingStream())
      weakStream = call
      try pair.exchange()
      pair.client.drop()
    }
    #expect(weakStream == nil)
  }
}
