import Glibc
import Testing
import UESynthHTTP2

/// What peers send that no session of ours would, and what direct receive may know of it.
@Suite struct HTTP2CallbacksTests {
  private func client(_ calls: Int = 1) throws -> (Endpoint, [RecordingStream]) {
    let client = try Endpoint(.client)
    let streams = try (0..<calls).map { _ in try client.call(RecordingStream()) }
    _ = try client.take()
    try client.receive(RawFrame.settings)
    _ = try client.take()
    return (client, streams)
  }

  // MARK: Direct receive

  @Test func dataRemainingCountsThePayloadDown() throws {
    let (client, streams) = try client()
    let session = try #require(client.session)
    try client.receive(RawFrame.ok(1))
    #expect(session.dataRemaining == 0)
    let frame = RawFrame.data(1, [UInt8](repeating: 7, count: 1000))
    try client.receive(Array(frame[..<8]))
    #expect(session.dataRemaining == 0)
    try client.receive(Array(frame[8..<9]))
    #expect(session.dataRemaining == 1000)
    #expect(session.lastDataLength == 1000)
    #expect(session.dataStream === streams[0])
    try client.receive(Array(frame[9..<509]))
    #expect(session.dataRemaining == 500)
    #expect(streams[0].bodyCount == 500)
    try client.receive(Array(frame[509...]))
    #expect(session.dataRemaining == 0)
    try client.receive(RawFrame.frame(6, 0, 0, [UInt8](repeating: 0, count: 8)))
    #expect(session.dataRemaining == 0)
    #expect(session.lastDataLength == 1000)
  }

  /// What was received where it stays is shown to the stream where it lies.
  @Test func payloadIsHandedOnWithoutACopy() throws {
    final class Pointed: HTTP2Stream {
      var pointers: [UnsafeRawPointer?] = []
      override func data(_ bytes: UnsafeRawBufferPointer) { pointers.append(bytes.baseAddress) }
    }
    let client = try Endpoint(.client)
    let stream = Pointed()
    try client.session?.submitRequest(client.block(Endpoint.request), stream: stream)
    _ = try client.take()
    try client.receive(RawFrame.settings + RawFrame.settingsAcknowledged + RawFrame.ok(1))
    let frame = RawFrame.data(1, [UInt8](repeating: 7, count: 100_000))
    try client.receive(Array(frame[..<9]))
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 100_000, alignment: 64)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: 7)
    try client.session?.receive(UnsafeRawBufferPointer(target))
    #expect(stream.pointers == [UnsafeRawPointer(target.baseAddress)])
  }

  @Test func paddedFramesAreNotReceivedDirectly() throws {
    let (client, streams) = try client()
    try client.receive(RawFrame.ok(1))
    let frame = RawFrame.data(1, [4, 1, 2, 3, 0, 0, 0, 0], flags: 8)
    for byte in frame {
      try client.receive([byte])
      #expect(client.session?.dataRemaining == 0)
    }
    #expect(streams[0].body == [1, 2, 3])
  }

  @Test func dataOfNoStreamHasNoTarget() throws {
    let (client, streams) = try client()
    try client.receive(RawFrame.ok(1) + RawFrame.reset(1, 2))
    #expect(streams[0].closings == [2])
    try client.receive(Array(RawFrame.data(1, [UInt8](repeating: 7, count: 100))[..<20]))
    #expect(client.session?.dataStream == nil)
    #expect(streams[0].bodyCount == 0)
  }

  @Test func aStreamThatClosesInsideAFrameIsForgotten() throws {
    let (client, streams) = try client()
    try client.receive(RawFrame.ok(1))
    try client.receive(Array(RawFrame.data(1, [UInt8](repeating: 7, count: 100))[..<20]))
    #expect(client.session?.dataStream === streams[0])
    client.session?.reset(streams[0], code: 8)
    _ = try client.take()
    #expect(client.session?.dataStream == nil)
    try client.receive([UInt8](repeating: 7, count: 89) + RawFrame.settings)
    #expect(streams[0].bodyCount == 11)
    #expect(client.settingsCount == 2)
  }

  // MARK: Violations

  struct Input: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]

    init(_ name: String, _ frames: [UInt8]...) {
      testDescription = name
      bytes = Array(frames.joined())
    }
  }

  static let connectionErrors: [Input] = [
    Input("an HTTP/1.1 server", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
    Input("no SETTINGS first", RawFrame.ok(1)),
    Input("SETTINGS on a stream", RawFrame.settings, RawFrame.frame(4, 0, 1)),
    Input("SETTINGS of odd length", RawFrame.settings, RawFrame.frame(4, 0, 0, [1, 2, 3])),
    Input(
      "a window of 2^32-1", RawFrame.settings, RawFrame.frame(4, 0, 0, [0, 4, 255, 255, 255, 255])),
    Input("no HPACK", RawFrame.settings, RawFrame.frame(1, 4, 1, [255, 255, 255, 255, 255])),
    Input("CONTINUATION of nothing", RawFrame.settings, RawFrame.frame(9, 4, 1, [0x88])),
    Input(
      "a push", RawFrame.settings, RawFrame.settingsAcknowledged,
      RawFrame.frame(5, 4, 1, [0, 0, 0, 2, 0x82])),
    Input("DATA on stream 0", RawFrame.settings, RawFrame.data(0, [1])),
    Input("DATA on an idle stream", RawFrame.settings, RawFrame.data(9, [1])),
    Input(
      "too much padding", RawFrame.settings, RawFrame.ok(1), RawFrame.data(1, [200, 1], flags: 8)),
    Input(
      "credit of 2^31-1 more", RawFrame.settings, RawFrame.frame(8, 0, 0, [127, 255, 255, 255])),
    Input(
      "PING of seven bytes", RawFrame.settings, RawFrame.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7])),
  ]

  /// A connection error, said to the peer by GOAWAY and to the owner.
  @Test(arguments: connectionErrors)
  func connectionErrorsAreTold(_ input: Input) throws {
    let client = try Endpoint(.client)
    let call = try client.call(RecordingStream())
    _ = try client.take()
    var violation: HTTP2Error?
    do {
      try client.receive(input.bytes)
      let said = RawFrame.parse(try client.take())
      #expect(said.contains { $0.type == 7 && $0.payload[4...] != [0, 0, 0, 0] })
      violation = client.session?.violation
    } catch let error as HTTP2Error {
      violation = error
    }
    #expect(violation?.code ?? 0 < 0)
    #expect(violation?.message.isEmpty == false)
    #expect(client.session?.isAlive == false)
    client.session?.abandon(code: 8)
    #expect(call.closings.count == 1)
  }

  static let streamErrors: [Input] = [
    Input("no :status", RawFrame.frame(1, 4, 1, RawFrame.field("a", "b"))),
    Input("an upper-case name", RawFrame.frame(1, 4, 1, [0x88] + RawFrame.field("Bad", "b"))),
    Input("a late pseudo-header", RawFrame.frame(1, 4, 1, RawFrame.field("a", "b") + [0x88])),
    Input("of HTTP/1.1", RawFrame.frame(1, 4, 1, [0x88] + RawFrame.field("connection", "close"))),
    Input(
      "too little DATA", RawFrame.frame(1, 4, 1, [0x88] + RawFrame.field("content-length", "5")),
      RawFrame.data(1, [1], flags: 1)),
    Input(
      "too much DATA", RawFrame.frame(1, 4, 1, [0x88] + RawFrame.field("content-length", "5")),
      RawFrame.data(1, [1, 2, 3, 4, 5, 6])),
    Input("DATA before HEADERS", RawFrame.data(1, [1, 2, 3])),
    Input("credit of nothing", RawFrame.ok(1), RawFrame.frame(8, 0, 1, [0, 0, 0, 0])),
  ]

  /// A stream error: RST_STREAM, and the others go on.
  @Test(arguments: streamErrors)
  func streamErrorsResetTheirStream(_ input: Input) throws {
    let (client, calls) = try client(2)
    try client.receive(input.bytes)
    let said = RawFrame.parse(try client.take())
    if client.session?.violation == nil {
      #expect(said.contains { $0.type == 3 && $0.id == 1 })
      #expect(calls[0].closings.count == 1)
      #expect(calls[0].bodyCount <= 1)
      try client.receive(RawFrame.ok(3, endStream: true))
      #expect(calls[1].blockEnds == [true])
    }
    client.session?.abandon(code: 8)
    #expect(calls.allSatisfy { $0.closings.count == 1 })
  }

  /// The server could not know yet that pushes are off.
  @Test func anEarlyPushIsRefusedAndHeardByNoStream() throws {
    let (client, calls) = try client()
    let promise: [UInt8] = [0, 0, 0, 2, 0x82, 0x86, 0x84] + RawFrame.field(":authority", "h")
    try client.receive(RawFrame.frame(5, 4, 1, promise))
    let resets = RawFrame.parse(try client.take()).filter { $0.type == 3 }
    #expect(resets.map(\.id) == [2])
    #expect(calls[0].blocks.isEmpty)
    try client.receive(RawFrame.ok(1, endStream: true))
    #expect(calls[0].blockEnds == [true])
  }

  @Test func aServerNeedsThePreface() throws {
    let server = try Endpoint(.server)
    #expect(throws: HTTP2Error.self) {
      try server.receive(Array("GET / HTTP/1.1\r\n\r\n12345678".utf8))
    }
  }

  @Test func aFloodOfPingsEndsTheConnection() throws {
    let (client, _) = try client()
    let ping = RawFrame.frame(6, 0, 0, [UInt8](repeating: 1, count: 8))
    #expect(throws: HTTP2Error.self) { for _ in 0..<20_000 { try client.receive(ping) } }
  }

  // MARK: Mutations

  /// What a server says to three calls, and a client that makes them.
  private static func transcript(_ role: HTTP2Session.Role) throws -> [UInt8] {
    let pair = try Pair()
    for index in 0..<3 {
      let call = RecordingStream()
      call.parts = [.staged([UInt8](repeating: UInt8(index), count: 60))]
      try pair.client.call(call)
    }
    pair.server.accepts = { stream in
      stream.parts = [.staged([UInt8](repeating: 9, count: 90))]
      stream.trailers = [("grpc-status", "0"), ("grpc-message", "fine")]
      return true
    }
    let up = try pair.client.take()
    try pair.server.receive(up)
    for stream in pair.server.streams { try pair.server.answer(stream) }
    let down = try pair.server.take()
    return role == .server ? up : down
  }

  private static func mutate(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(3) where !bytes.isEmpty {
      let index = random.below(bytes.count)
      switch random.below(7) {
      case 0: bytes[index] ^= 1 << UInt8(random.below(8))
      case 1: bytes[index] = UInt8(random.below(256))
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(UInt8(random.below(256)), at: index)
      case 4: bytes.removeLast(random.below(bytes.count))
      case 5:
        let end = min(bytes.count, index + random.below(64))
        bytes.insert(contentsOf: bytes[index..<end], at: random.below(bytes.count))
      default:
        // A frame of some kind in between.
        let kind = UInt8(random.below(11))
        let payload = (0..<random.below(12)).map { _ in UInt8(random.below(256)) }
        let frame = RawFrame.frame(kind, UInt8(random.below(64)), UInt32(random.below(8)), payload)
        bytes.insert(contentsOf: frame, at: index)
      }
    }
    return bytes
  }

  @Test(arguments: [HTTP2Session.Role.client, .server], 0..<5)
  func mutationsEndInErrorsAndNothingElse(_ role: HTTP2Session.Role, _ seed: UInt64) throws {
    let transcript = try Self.transcript(role)
    var random = Seeded(seed)
    var outcomes = (errors: 0, violations: 0, resets: 0, fine: 0)
    for _ in 0..<5000 {
      let endpoint = try Endpoint(role)
      var streams: [RecordingStream] = []
      if role == .client {
        for _ in 0..<3 {
          let call = RecordingStream()
          call.keepsFields = false
          streams.append(try endpoint.call(call))
        }
        _ = try endpoint.take()
      } else {
        endpoint.accepts = { stream in
          stream.keepsFields = false
          return true
        }
      }
      let session = try #require(endpoint.session)
      let bytes = Self.mutate(transcript, &random)
      do {
        // In two pieces, so that states are left and entered again.
        let half = random.below(bytes.count + 1)
        try endpoint.receive(Array(bytes[..<half]))
        _ = try endpoint.take()
        try endpoint.receive(Array(bytes[half...]))
        _ = try endpoint.take()
        if session.violation != nil { outcomes.violations += 1 }
      } catch is HTTP2Error {
        outcomes.errors += 1
      }
      if role == .server { streams = endpoint.streams }
      let hadReset = streams.contains { $0.closings.contains { $0 != 0 } }
      session.abandon(code: 8)
      if hadReset { outcomes.resets += 1 } else { outcomes.fine += 1 }
      if session.openStreams != 0 || session.output.count != 0
        || streams.contains(where: { $0.closings.count != 1 || $0.isOpen })
      {
        Issue.record("streams closed \(streams.map(\.closings))")
      }
    }
    #expect(outcomes.violations > 500)
    #expect(outcomes.resets > 20)
    #expect(outcomes.fine > 100)
  }
}
