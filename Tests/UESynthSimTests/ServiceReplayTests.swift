import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceReplayTests {
  let client: ServiceClient

  init() throws {
    var options = ServerOptions()
    options.replay = true
    client = try ServiceClient(options)
  }

  @Test func picturesAreDrawnOnce() throws {
    defer { client.end() }
    let stream = client.stream()
    for modality in Modality.allCases {
      let action = Int(ActionKind(capturing: modality).rawValue)
      let before = stream.messages.count
      stream.send((0..<20).map { Proto.request("\($0)", action, Proto.capture(40, 30)) })
      let replies = try stream.replies(before + 20).suffix(20)
      let view = try Scene().snapshot().view(camera: "", width: 40, height: 30)
      let pixels = try Picture(view, modality).bytes
      for reply in replies {
        #expect(reply.message(4)?.bytes(1) == pixels)
        #expect(reply.message(4)?.number(2) == 40 && reply.message(4)?.number(3) == 30)
      }
    }
    #expect(
      try client.unary("CaptureRgbImage", Proto.capture(40, 30)).reply().bytes(1)?.count == 4800)
    #expect(
      try client.unary("CaptureRgbImage", Proto.capture(20, 30)).reply().bytes(1)?.count == 2400)
    let counters = client.server.statistics
    #expect(counters.drawn == 6 && counters.pictures == 102)
  }

  @Test func posesAreAcknowledgedInOrder() throws {
    defer { client.end() }
    let stream = client.stream()
    let pose = Proto.bytes(2, Proto.transform(at: (1, 2, 3)))
    let long = String(repeating: "x", count: 150)
    stream.send([
      Proto.request("1", 2, pose), Proto.request("2", 4, Proto.capture(8, 8)),
      Proto.request("3", 9, pose), Proto.request("", 2, pose), Proto.request(long, 2, pose),
      Proto.request("6", 3, []), Proto.request("7", 14, Proto.string(2, "Cube")),
    ])
    let replies = try stream.replies(7)
    #expect(replies.map { $0.text(1) } == ["1", "2", "3", "", long, "6", "7"])
    for index in [0, 2, 3, 4, 6] { #expect(replies[index].message(2)?.number(1) == 1) }
    #expect(replies[5].message(3)?.message(1)?.triple(1) != [1, 2, 3])
    #expect(client.server.statistics.actions[.setCameraTransform] == 3)
    let before = stream.messages.count
    stream.send((0..<50_000).map { Proto.request("\($0)", 2, pose) })
    let many = try stream.replies(before + 50_000).suffix(50_000)
    #expect(many.map { $0.text(1) } == (0..<50_000).map(String.init))
    #expect(many.allSatisfy { $0.message(2)?.number(1) == 1 })
    #expect(try client.unary("SetCameraTransform", pose).reply().number(1) == 1)
  }

  @Test func aDamagedPoseIsNotAcknowledged() throws {
    defer { client.end() }
    let stream = client.stream()
    stream.send([Proto.request("1", 2, []), Proto.bytes(2, []) + [0x0a, 0x7f]])
    try stream.waitForEnd()
    #expect(stream.status == 13 && stream.messages.count == 1)
  }
}
