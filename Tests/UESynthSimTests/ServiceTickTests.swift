import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceTickTests {
  private func client(
    rate: Double? = nil, lag: Int = 0, change: (inout ServerOptions) -> Void = { _ in }
  ) throws -> ServiceClient {
    var options = ServerOptions()
    options.tickRate = rate
    options.renderLag = lag
    options.objects = 3
    change(&options)
    return try ServiceClient(options)
  }

  @Test func aStreamGetsOneActionATick() throws {
    let client = try client(rate: 100)
    defer { client.end() }
    let before = client.server.statistics.ticks
    let stream = client.stream()
    stream.send((0..<20).map { Proto.request("\($0)", 17, []) })
    _ = try stream.replies(20)
    let ticks = client.server.statistics.ticks - before
    #expect(ticks >= 20)
    // Replies that have come are those of earlier ticks: no tick did two.
    stream.send((0..<10).map { Proto.request("\($0)", 17, []) })
    for count in 21...30 {
      _ = try stream.replies(count)
      #expect(stream.messages.count <= Int(client.server.statistics.ticks - before))
    }
  }

  @Test func sixteenStreamsAndAllUnaryCallsShareATick() throws {
    let client = try client(rate: 5)
    defer { client.end() }
    let streams = (0..<16).map { _ in client.stream() }
    for stream in streams { stream.send((0..<2).map { Proto.request("\($0)", 17, []) }) }
    let calls = (0..<10).map { _ in
      let call = client.open("ListObjects")
      call.send([[]])
      call.halfClose()
      return call
    }
    // A tick is 200 ms: all have arrived before the first, or at most between two.
    for stream in streams { _ = try stream.replies(2) }
    for call in calls { try call.waitForEnd() }
    let counters = client.server.statistics
    #expect(counters.total == 42)
    #expect(counters.ticks <= 4)
  }

  @Test func replayTicksToo() throws {
    let client = try client(rate: 100) { $0.replay = true }
    defer { client.end() }
    let before = client.server.statistics.ticks
    let stream = client.stream()
    let pose = Proto.bytes(2, Proto.transform(at: (1, 2, 3)))
    stream.send((0..<10).map { Proto.request("\($0)", 2, pose) })
    let replies = try stream.replies(10)
    #expect(replies.map { $0.text(1) } == (0..<10).map(String.init))
    #expect(client.server.statistics.ticks - before >= 10)
  }

  private func pixels(_ x: Float, _ modality: Modality = .depth) throws -> [UInt8] {
    var options = Scene.Options()
    options.objectCount = 3
    let scene = Scene(options)
    try scene.setCameraTransform(named: "", to: Transform(location: Vector3(x, 0, 200)))
    return try Picture(scene.snapshot().view(camera: "", width: 16, height: 12), modality).bytes
  }

  private func pose(_ x: Float) -> [UInt8] {
    Proto.request("p", 2, Proto.bytes(2, Proto.transform(at: (x, 0, 200))))
  }

  private let capture = Proto.request("c", 5, Proto.capture(16, 12))

  @Test func picturesLagBehindByTicks() throws {
    let client = try client(rate: 200, lag: 2)
    defer { client.end() }
    let stream = client.stream()
    // One action a tick: the last pose was taken one tick before the first capture.
    stream.send([pose(-900), pose(-100), capture, capture, capture])
    let replies = try stream.replies(5)
    #expect(try replies[2].message(4)?.bytes(1) == pixels(-900))
    #expect(try replies[3].message(4)?.bytes(1) == pixels(-100))
    #expect(try replies[4].message(4)?.bytes(1) == pixels(-100))
  }

  @Test func withoutTicksEachChangeIsOne() throws {
    let client = try client(lag: 1)
    defer { client.end() }
    let stream = client.stream()
    // Neither a failing change nor reading is one.
    stream.send([
      pose(-900), pose(-100), capture, Proto.request("x", 15, Proto.string(1, "nobody")),
      Proto.request("g", 3, []), capture, pose(-50), capture,
    ])
    let replies = try stream.replies(8)
    #expect(try replies[2].message(4)?.bytes(1) == pixels(-900))
    #expect(try replies[5].message(4)?.bytes(1) == pixels(-900))
    #expect(try replies[7].message(4)?.bytes(1) == pixels(-100))
    #expect(replies[4].message(3)?.message(1)?.triple(1) == [-100, 0, 200])
  }

  @Test func aCameraThatIsNewIsSeenAtOnce() throws {
    let client = try client(lag: 5)
    defer { client.end() }
    let stream = client.stream()
    stream.send([
      pose(-900), Proto.request("n", 11, Proto.string(1, "B")),
      Proto.request("c", 4, Proto.capture(8, 8, camera: "B")),
      Proto.request("d", 12, Proto.string(1, "B")),
      Proto.request("c", 4, Proto.capture(8, 8, camera: "B")),
    ])
    let replies = try stream.replies(5)
    #expect(replies[2].message(4)?.bytes(1)?.count == 256)
    #expect(replies[4].message(2)?.text(2).hasPrefix("unknown camera") == true)
  }
}
