import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceQuirksTests {
  let client: ServiceClient

  init() throws {
    var options = ServerOptions()
    options.behaviour = .plugin
    options.viewportWidth = 200
    options.viewportHeight = 100
    client = try ServiceClient(options)
  }

  @Test func placeholdersClaimToBePNG() throws {
    defer { client.end() }
    let channels = [
      ("CaptureDepthMap", 1), ("CaptureSegmentationMask", 3), ("CaptureNormals", 3),
      ("CaptureOpticalFlow", 2),
    ]
    for (method, channels) in channels {
      let image = try client.unary(method, Proto.capture(30, 20)).reply()
      #expect(image.bytes(1) == [UInt8](repeating: 0, count: 600 * channels))
      #expect(image.number(2) == 30 && image.number(3) == 20 && image.text(4) == "png")
      let none = try client.unary(method, []).reply()
      #expect(none.bytes(1) == nil && none.number(2) == 0 && none.number(3) == 0)
      #expect(none.text(4) == "png")
    }
  }

  @Test func colourIsACropThatClaimsFullHD() throws {
    defer { client.end() }
    let snapshot = try viewport()
    let crop = try client.unary("CaptureRgbImage", Proto.capture(30, 20)).reply()
    let view = try snapshot.view(camera: "", width: 30, height: 20)
    #expect(view.isCropped)
    #expect(try crop.bytes(1) == Picture(view, .rgb).bytes)
    #expect(crop.text(4) == "rgba" && crop.number(2) == 30)

    let whole = try client.unary("CaptureRgbImage", []).reply()
    #expect(whole.bytes(1)?.count == 200 * 100 * 4)
    #expect(whole.number(2) == 1920 && whole.number(3) == 1080)
  }

  private func viewport() throws -> SceneSnapshot {
    var options = Scene.Options()
    options.cameraRule = .viewport
    options.viewportWidth = 200
    options.viewportHeight = 100
    return Scene(options).snapshot()
  }

  @Test func camerasHaveNoNamesAndPosesAreWhole() throws {
    defer { client.end() }
    let pose = Proto.string(1, "anything") + Proto.bytes(2, Proto.transform(at: (1, 2, 3)))
    #expect(try client.unary("SetCameraTransform", pose).reply().number(1) == 1)
    let read = try client.unary("GetCameraTransform", Proto.string(1, "else")).reply()
    #expect(read.numbers[2] == nil, "success is never set")
    #expect(read.message(1)?.triple(1) == [1, 2, 3])
    // Only a rotation: the location becomes zero.
    let rotation = Proto.bytes(2, Proto.triple(2, 10, 20, 30))
    #expect(try client.unary("SetCameraTransform", rotation).reply().number(1) == 1)
    let turned = try client.unary("GetCameraTransform", []).reply()
    #expect(turned.message(1)?.triple(1) == [0, 0, 0])
    #expect(turned.message(1)?.triple(2) == [10, 20, 30])
  }

  @Test func stubsSayThatTheyAreStubs() throws {
    defer { client.end() }
    let stubs = [
      "CreateCamera", "DestroyCamera", "SetResolution", "SpawnObject", "DestroyObject",
      "SetMaterial", "SetLighting",
    ]
    for method in stubs {
      let reply = try client.unary(method, []).reply()
      #expect(reply.number(1) == 1)
      #expect(reply.text(2) == "\(method) not yet implemented")
    }
  }

  @Test func streamsAnswerEightActionsAndAreSilentOtherwise() throws {
    defer { client.end() }
    let stream = client.stream()
    let cube = Proto.string(1, "Cube_1")
    let contents: [Int: [UInt8]] = [
      4: Proto.capture(8, 8), 5: Proto.capture(8, 8), 6: Proto.capture(8, 8),
      7: Proto.capture(8, 8), 8: Proto.capture(8, 8),
      9: cube + Proto.bytes(2, Proto.transform(at: (1, 1, 1))), 10: cube,
    ]
    stream.send((2...18).map { Proto.request("\($0)", $0, contents[$0] ?? []) })
    // These fail, and so are not answered either.
    stream.send([
      Proto.request("fails", 10, Proto.string(1, "nobody")),
      Proto.request(
        "fails", 9, Proto.string(1, "nobody") + Proto.bytes(2, Proto.transform(at: (1, 1, 1)))),
      Proto.request("fails", 4, Proto.capture(1_000_000, 1)),
      Proto.string(1, "no action"),
      Proto.request("last", 17, []),
    ])
    let replies = try stream.replies(9)
    #expect(replies.map { $0.text(1) } == ["2", "3", "4", "5", "6", "9", "10", "17", "last"])
    #expect(client.server.statistics.unanswered == 13)
    // A message that cannot be read looks to the plugin like the end of the stream.
    stream.send([[0x0a, 0xff]])
    try stream.waitForEnd()
    #expect(stream.status == 0)
  }

  @Test func firstCapturesFailJustAfterPlay() throws {
    client.end()
    var options = ServerOptions()
    options.behaviour = .plugin
    options.failingCaptures = 3
    let client = try ServiceClient(options)
    defer { client.end() }
    for _ in 0..<2 {
      let call = try client.unary("CaptureRgbImage", Proto.capture(8, 8))
      #expect(call.status == 13 && call.statusMessage == "Failed to capture image")
    }
    let stream = client.stream()
    stream.send((0..<2).map { Proto.request("\($0)", 4, Proto.capture(8, 8)) })
    #expect(try stream.replies(1)[0].text(1) == "1")
  }
}
