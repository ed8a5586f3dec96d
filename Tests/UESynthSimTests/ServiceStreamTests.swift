import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceStreamTests {
  let client: ServiceClient

  init() throws { client = try ServiceClient() }

  private func commandsAndPictures() -> [[UInt8]] {
    [
      Proto.request("1", 2, Proto.bytes(2, Proto.transform(at: (1, 2, 3)))),
      Proto.request("2", 3, []),
      Proto.request("3", 4, Proto.capture(16, 8)),
      Proto.request("4", 5, Proto.capture(16, 8)),
      Proto.request("5", 6, Proto.capture(16, 8)),
      Proto.request("6", 7, Proto.capture(16, 8)),
      Proto.request("7", 8, Proto.capture(16, 8)),
      Proto.request("8", 13, Proto.number(2, 32) + Proto.number(3, 16)),
      Proto.request("9", 14, Proto.string(1, "Box") + Proto.string(2, "Cube")),
      Proto.request(
        "10", 9, Proto.string(1, "Box") + Proto.bytes(2, Proto.transform(at: (5, 5, 5)))),
      Proto.request("11", 10, Proto.string(1, "Box")),
      Proto.request(
        "12", 16, Proto.string(1, "Box") + Proto.string(2, "roughness") + Proto.string(3, "0.5")),
      Proto.request("13", 15, Proto.string(1, "Box")),
      Proto.request("14", 11, Proto.string(1, "B")),
      Proto.request("15", 12, Proto.string(1, "B")),
      Proto.request("16", 17, []),
      Proto.request("17", 18, Proto.float(2, 3)),
    ]
  }

  /// The member of FrameResponse for each of these.
  private let members = [2, 3, 4, 4, 4, 4, 4, 2, 2, 2, 5, 2, 2, 2, 2, 6, 2]

  @Test func everyActionIsAnsweredInOrder() throws {
    defer { client.end() }
    let stream = client.stream()
    stream.send(commandsAndPictures())
    let replies = try stream.replies(17)
    #expect(replies.map { $0.text(1) } == (1...17).map(String.init))
    for (index, reply) in replies.enumerated() {
      #expect(reply.contents[members[index]] != nil, "reply \(index + 1)")
      if members[index] == 2 { #expect(reply.message(2)?.number(1) == 1, "reply \(index + 1)") }
    }
    #expect(replies[1].message(3)?.message(1)?.triple(1) == [1, 2, 3])
    #expect(replies[10].message(5)?.message(1)?.triple(1) == [5, 5, 5])
    // The picture follows the pose that was set before it on the stream.
    let scene = Scene()
    try scene.setCameraTransform(named: "", to: Transform(location: Vector3(1, 2, 3)))
    let view = try scene.snapshot().view(camera: "", width: 16, height: 8)
    #expect(try replies[2].message(4)?.bytes(1) == Picture(view, .rgb).bytes)

    stream.halfClose()
    try stream.waitForEnd()
    #expect(stream.status == 0 && stream.code == 0)
    #expect(client.server.statistics.streams == 1)
  }

  @Test func failuresGetAFailingReply() throws {
    defer { client.end() }
    let stream = client.stream()
    stream.send([
      Proto.request("a", 4, Proto.capture(8, 8, camera: "nobody")),
      Proto.request("b", 3, Proto.string(1, "nobody")),
      Proto.request("c", 15, Proto.string(1, "nobody")),
      Proto.string(1, "no action"),
      Proto.request("new", 99, []),
      Proto.request("d", 17, []),
    ])
    let replies = try stream.replies(6)
    #expect(replies.map { $0.text(1) } == ["a", "b", "c", "no action", "new", "d"])
    for reply in replies.prefix(5) {
      #expect(reply.message(2)?.number(1) == 0)
      #expect(reply.message(2)?.text(2).isEmpty == false)
    }
    #expect(replies[5].contents[6] != nil)
  }

  @Test func aMessageThatCannotBeReadEndsTheStreamInItsTurn() throws {
    defer { client.end() }
    let stream = client.stream()
    stream.send([
      Proto.request("1", 4, Proto.capture(64, 64)), Proto.request("2", 17, []), [0x0a, 0xff],
      Proto.request("3", 17, []),
    ])
    try stream.waitForEnd()
    #expect(stream.messages.count == 2)
    #expect(stream.status == 13)
  }

  @Test func anyCutOfTheBytesGivesTheSame() throws {
    defer { client.end() }
    let bytes = commandsAndPictures().flatMap { Proto.framed($0) }
    let stream = client.stream()
    for byte in bytes { stream.sendRaw([byte]) }
    stream.halfClose()
    try stream.waitForEnd()
    #expect(stream.status == 0)
    #expect(try stream.replies(17).map { $0.text(1) } == (1...17).map(String.init))
  }

  @Test func streamsRunSideBySide() throws {
    defer { client.end() }
    let streams = (0..<16).map { _ in client.stream() }
    for (index, stream) in streams.enumerated() {
      stream.send(
        (0..<5).map { Proto.request("\(index).\($0)", 4 + $0, Proto.capture(32, 24)) })
    }
    for (index, stream) in streams.enumerated() {
      let replies = try stream.replies(5)
      #expect(replies.map { $0.text(1) } == (0..<5).map { "\(index).\($0)" })
      #expect(replies.allSatisfy { $0.message(4)?.number(2) == 32 })
    }
  }

  @Test func tenThousandCommandsAreAnsweredOnce() throws {
    defer { client.end() }
    let stream = client.stream()
    let batch = (0..<10_000).map { Proto.request("\($0)", $0 % 2 == 0 ? 3 : 12, []) }
    stream.send(batch)
    let replies = try stream.replies(10_000)
    #expect(replies.map { $0.text(1) } == (0..<10_000).map(String.init))
    stream.halfClose()
    try stream.waitForEnd()
    #expect(stream.messages.count == 10_000)
  }

  @Test func aCancelledStreamIsForgotten() throws {
    defer { client.end() }
    let stream = client.stream()
    stream.send((0..<50).map { Proto.request("\($0)", 4, Proto.capture(256, 256)) })
    _ = try stream.replies(1)
    stream.cancel()
    try stream.waitForEnd()
    #expect(try client.unary("ListObjects", []).status == 0)
    #expect(client.server.statistics.captures < 50)
  }
}
