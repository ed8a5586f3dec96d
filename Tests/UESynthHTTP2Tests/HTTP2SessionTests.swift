import Synchronization
import Testing

@testable import UESynthHTTP2

@Suite struct HTTP2SessionTests {
  static let message = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 13) }

  /// A call with a body, answered with headers, a body and trailers; how both ends saw it.
  private func transcript(_ chunk: () -> Int) throws -> [String] {
    let pair = try Pair()
    let call = RecordingStream()
    call.parts = [.staged(Self.message)]
    try pair.client.call(call, extra: [("grpc-timeout", "5S")])
    pair.server.accepts = { stream in
      stream.parts = [.staged(Array(Self.message.reversed())), .staged([1, 2, 3])]
      stream.trailers = [("grpc-status", "0"), ("grpc-message", "fine")]
      stream.endsBody = true
      return true
    }
    var answered = false
    try pair.exchange {
      if let stream = pair.server.streams.first, !answered, stream.blockEnds.count == 1 {
        answered = true
        #expect(throws: Never.self) { try pair.server.answer(stream) }
      }
      return chunk()
    }
    let server = try #require(pair.server.streams.first)
    #expect(call.body == Array(Self.message.reversed()) + [1, 2, 3])
    #expect(server.body == Self.message)
    return [
      "\(call.blocks.map { $0.map { "\($0.name)=\($0.value)" } }) \(call.blockEnds) \(call.ends) "
        + "\(call.closings)",
      "\(server.blocks.map { $0.map { "\($0.name)=\($0.value)" } }) \(server.blockEnds) "
        + "\(server.ends) \(server.closings)",
      "\(pair.client.session?.openStreams ?? -1) \(pair.server.session?.openStreams ?? -1)",
      "\(pair.client.settingsCount) \(pair.server.settingsCount)",
    ]
  }

  @Test func anySplitGivesTheSame() throws {
    let whole = try transcript { 1 << 20 }
    #expect(whole[0].contains("grpc-message=fine"))
    #expect(whole[0].hasSuffix("[false, true] 0 [0]"))
    #expect(whole[1].contains("grpc-timeout=5S"))
    #expect(whole[1].hasSuffix("[false] 1 [0]"))
    #expect(whole[2...] == ["0 0", "1 1"])
    for size in 1...64 { #expect(try transcript { size } == whole, "chunks of \(size)") }
    var random = Seeded(1)
    for _ in 0..<20 { #expect(try transcript { 1 + random.below(3000) } == whole) }
  }

  @Test func trailersOnly() throws {
    let pair = try Pair()
    let call = try pair.client.call(RecordingStream())
    try pair.exchange()
    try pair.server.answerOnly(pair.server.streams[0], [("grpc-status", "12")])
    try pair.exchange()
    #expect(call.lastBlock.contains("grpc-status: 12"))
    #expect(call.blockEnds == [true])
    #expect(call.closings == [0])
    #expect(pair.server.streams[0].closings == [0])
  }

  @Test func manyStreamsAtOnceKeepTheirBodiesApart() throws {
    let pair = try Pair()
    pair.server.accepts = { stream in
      stream.endsBody = false
      return true
    }
    var calls: [RecordingStream] = []
    for index in 0..<300 {
      let call = RecordingStream()
      call.parts = [
        .staged(Array(repeating: UInt8(truncatingIfNeeded: index), count: 1000 + index))
      ]
      calls.append(try pair.client.call(call))
    }
    try pair.exchange { 777 }
    #expect(pair.server.session?.openStreams == 300)
    for (index, stream) in pair.server.streams.enumerated() {
      let expected = Array(repeating: UInt8(truncatingIfNeeded: index), count: 1000 + index)
      #expect(stream.body == expected)
      stream.parts = [.staged(stream.body)]
      stream.endsBody = true
      stream.trailers = [("grpc-status", "0")]
      try pair.server.answer(stream)
    }
    try pair.exchange { 7777 }
    for (index, call) in calls.enumerated() {
      #expect(call.body.count == 1000 + index)
      #expect(call.body.allSatisfy { $0 == UInt8(truncatingIfNeeded: index) })
      #expect(call.closings == [0])
    }
    #expect(pair.client.session?.openStreams == 0)
  }

  /// More small bodies than the send buffer holds, all due in one pump.
  @Test func aFullSendBufferHoldsFramesBack() throws {
    let pair = try Pair()
    try pair.exchange()
    var calls: [RecordingStream] = []
    for index in 0..<60 {
      let call = RecordingStream()
      call.parts = [.staged(Array(repeating: UInt8(index), count: 40_000))]
      calls.append(try pair.client.call(call))
    }
    let session = try #require(pair.client.session)
    try session.pump()
    #expect(session.output.count <= OutputQueue.stagingCapacity)
    try pair.exchange { 100_000 }
    #expect(pair.server.streams.count == 60)
    for (index, stream) in pair.server.streams.enumerated() {
      #expect(stream.bodyCount == 40_000)
      #expect(stream.body.allSatisfy { $0 == UInt8(index) })
      #expect(stream.ends == 1)
    }
  }

  /// The same bytes leave however few the socket takes.
  @Test func outputTakenByteByByteIsTheSame() throws {
    func output(_ step: Int) throws -> [UInt8] {
      let client = try Endpoint(.client)
      for index in 0..<5 {
        let call = RecordingStream()
        call.parts = [.staged(Array(repeating: UInt8(index), count: 2000))]
        try client.call(call)
      }
      var bytes: [UInt8] = []
      while true {
        let more = try client.take(step)
        if more.isEmpty { return bytes }
        bytes += more
      }
    }
    let whole = try output(.max)
    #expect(try output(1) == whole)
    #expect(try output(13) == whole)
  }

  @Test func bodiesThatComeLaterAreResumed() throws {
    let pair = try Pair()
    let call = RecordingStream()
    call.endsBody = false
    try pair.client.call(call)
    try pair.exchange()
    let server = pair.server.streams[0]
    for round in 1...3 {
      call.parts = [.staged(Array(repeating: UInt8(round), count: 10))]
      try pair.exchange()
      #expect(server.bodyCount == (round - 1) * 10)
      pair.client.session?.resume(call)
      try pair.exchange()
      #expect(server.bodyCount == round * 10)
    }
    #expect(pair.client.session?.hasEnded(call) == false)
    call.endsBody = true
    pair.client.session?.resume(call)
    try pair.exchange()
    #expect(server.ends == 1)
    #expect(pair.client.session?.hasEnded(call) == true)
  }

  // MARK: Pictures

  private final class Count: Sendable {
    let value = Atomic<Int>(0)
  }

  /// Lengths of the DATA frames that carry one body by reference.
  private func frames(of size: Int, client: HTTP2Settings) throws -> (lengths: [Int], copied: Int) {
    let pair = try Pair(client: client)
    let call = RecordingStream()
    call.keepsBody = false
    try pair.client.call(call)
    try pair.exchange()
    let released = Count()
    let server = pair.server.streams[0]
    server.parts = [
      .referenced(
        RecordingStream.Payload(count: size) { released.value.wrappingAdd(1, ordering: .relaxed) })
    ]
    server.trailers = [("grpc-status", "0")]
    try pair.server.answer(server)
    var lengths: [Int] = []
    while true {
      let bytes = try pair.server.take()
      for frame in RawFrame.parse(bytes) where frame.type == 0 {
        lengths.append(frame.payload.count)
      }
      try pair.client.receive(bytes)
      let back = try pair.client.take()
      try pair.server.receive(back)
      if bytes.isEmpty && back.isEmpty { break }
    }
    #expect(call.bodyCount == size)
    #expect(call.closings == [0])
    #expect(released.value.load(ordering: .relaxed) == 1)
    return (lengths, call.dataEvents)
  }

  @Test func aPictureIsOneFrameIfThePeerAllows() throws {
    var settings = HTTP2Settings()
    settings.streamWindow = 16 << 20
    settings.connectionWindow = 16 << 20
    let largest = 16_777_215
    #expect(try frames(of: largest, client: settings).lengths == [largest])
    #expect(try frames(of: 8_294_400, client: settings).lengths == [8_294_400])
  }

  @Test func aPictureIsSmallFramesIfThePeerAllowsNoMore() throws {
    var settings = HTTP2Settings()
    settings.maximumFrameSize = 16384
    let lengths = try frames(of: 1_000_000, client: settings).lengths
    #expect(lengths.dropLast().allSatisfy { $0 == 16384 })
    #expect(lengths.reduce(0, +) == 1_000_000)
  }

  @Test func whatIsReferencedIsReleasedWhenTheConnectionGoes() throws {
    let released = Count()
    let pair = try Pair()
    try pair.client.call(RecordingStream())
    try pair.exchange()
    let server = pair.server.streams[0]
    server.parts = [
      .referenced(
        RecordingStream.Payload(count: 1 << 20) {
          released.value.wrappingAdd(1, ordering: .relaxed)
        })
    ]
    server.endsBody = false
    try pair.server.answer(server)
    #expect(try pair.server.take(1000).count == 1000)
    server.parts = []
    #expect(released.value.load(ordering: .relaxed) == 0)
    pair.server.session?.abandon(code: 8)
    #expect(released.value.load(ordering: .relaxed) == 1)
    #expect(server.closings == [8])
  }

  // MARK: Limits

  @Test func availableStreamsFollowThePeersLimit() throws {
    var settings = HTTP2Settings()
    settings.maximumConcurrentStreams = 3
    let pair = try Pair(server: settings)
    try pair.exchange()
    let session = try #require(pair.client.session)
    #expect(session.availableStreams == 3)
    var calls: [RecordingStream] = []
    for _ in 0..<5 { calls.append(try pair.client.call(RecordingStream())) }
    #expect(session.availableStreams == 0)
    try pair.exchange()
    #expect(pair.server.streams.count == 3)
    // The others go as soon as there is room.
    for stream in pair.server.streams { try pair.server.answerOnly(stream, [("grpc-status", "0")]) }
    try pair.exchange()
    #expect(pair.server.streams.count == 5)
    // SETTINGS_MAX_CONCURRENT_STREAMS = 1, then 7.
    try pair.client.receive(RawFrame.frame(4, 0, 0, [0, 3, 0, 0, 0, 1]))
    #expect(session.availableStreams == 0)
    try pair.client.receive(RawFrame.frame(4, 0, 0, [0, 3, 0, 0, 0, 7]))
    #expect(session.availableStreams == 5)
    #expect(pair.client.settingsCount == 3)
  }

  @Test func pingsAreAnsweredAndAcknowledged() throws {
    let pair = try Pair()
    try pair.exchange()
    pair.client.session?.ping(0x0123_4567_89AB_CDEF)
    try pair.exchange()
    #expect(pair.client.pings == [0x0123_4567_89AB_CDEF])
    #expect(pair.server.pings.isEmpty)
  }

  /// A stream from which too much is asked fails alone.
  @Test func aRequestHeaderListThatIsTooLongClosesItsStreamOnce() throws {
    let pair = try Pair()
    try pair.exchange()
    let other = try pair.client.call(RecordingStream())
    let long = String(repeating: "x", count: 30_000)
    let call = RecordingStream()
    do {
      try pair.client.call(call, extra: [("a", long), ("b", long), ("c", long)])
      try pair.exchange()
      #expect(call.closings.count == 1)
    } catch {
      #expect(!call.isOpen)
    }
    try pair.exchange()
    #expect(pair.server.streams.count == 1)
    #expect(other.closings.isEmpty && other.isOpen)
    try pair.server.answerOnly(pair.server.streams[0], [("grpc-status", "0")])
    try pair.exchange()
    #expect(other.closings == [0])
  }

  @Test func aResponseHeaderListThatIsTooLongIsRefused() throws {
    let client = try Endpoint(.client)
    let call = try client.call(RecordingStream())
    let other = try client.call(RecordingStream())
    _ = try client.take()
    // 1,000 fields of 126 bytes each: 158,000 by RFC 9113 §6.5.2.
    var block: [UInt8] = [0x88]
    let value = String(repeating: "v", count: 120)
    for _ in 0..<1000 { block += RawFrame.field("x-long", value) }
    try client.receive(RawFrame.settings + RawFrame.settingsAcknowledged)
    try client.receive(RawFrame.frame(1, 4, 1, block))
    let reset = RawFrame.parse(try client.take()).filter { $0.type == 3 }
    #expect(reset.map(\.id) == [1])
    #expect(call.closings.count == 1)
    #expect(call.fieldCount <= 420)
    // The block was decoded all the same: HPACK's state is the connection's.
    try client.receive(RawFrame.frame(1, 5, 3, [0x88] + RawFrame.field("grpc-status", "0")))
    #expect(other.lastBlock == [":status: 200", "grpc-status: 0"])
    #expect(other.blockEnds == [true])
  }
}
