import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceUnaryTests {
  let client: ServiceClient

  init() throws { client = try ServiceClient() }

  private func reply(_ method: String, _ message: [UInt8]) throws -> ProtoMessage {
    let call = try client.unary(method, message)
    #expect(call.status == 0, "\(method): \(call.statusMessage)")
    return try call.reply()
  }

  @Test func commandsChangeTheScene() throws {
    defer { client.end() }
    let pose = Proto.bytes(2, Proto.transform(at: (1, 2, 3), facing: (4, 5, 6)))
    #expect(try reply("SetCameraTransform", pose).number(1) == 1)
    let camera = try reply("GetCameraTransform", [])
    #expect(camera.number(2) == 1)
    #expect(camera.message(1)?.triple(1) == [1, 2, 3])
    #expect(camera.message(1)?.triple(2) == [4, 5, 6])
    #expect(camera.message(1)?.triple(3) == [1, 1, 1])

    let spawn =
      Proto.string(1, "Box") + Proto.string(2, "/Engine/BasicShapes/Cube.Cube")
      + Proto.bytes(3, Proto.transform(at: (7, 8, 9)))
    let spawned = try reply("SpawnObject", spawn)
    #expect(spawned.number(1) == 1)
    #expect(spawned.text(2) == "spawned \"Box\"")
    let moved =
      Proto.string(1, "Box") + Proto.bytes(2, Proto.transform(at: (10, 11, 12), scale: (2, 2, 2)))
    #expect(try reply("SetObjectTransform", moved).number(1) == 1)
    let object = try reply("GetObjectTransform", Proto.string(1, "Box"))
    #expect(object.number(2) == 1)
    #expect(object.message(1)?.triple(1) == [10, 11, 12])
    #expect(object.message(1)?.triple(3) == [2, 2, 2])
    #expect(try reply("ListObjects", []).texts(1).contains("Box"))
    let material = Proto.string(1, "Box") + Proto.string(2, "color") + Proto.string(3, "1,0,0")
    #expect(try reply("SetMaterial", material).number(1) == 1)
    let light = Proto.string(1, "Sun") + Proto.float(2, 5)
    #expect(try reply("SetLighting", light).number(1) == 1)
    #expect(try reply("DestroyObject", Proto.string(1, "Box")).number(1) == 1)
    #expect(try !reply("ListObjects", []).texts(1).contains("Box"))

    let camera2 = Proto.string(1, "B") + Proto.bytes(2, Proto.transform(at: (0, 0, 500)))
    #expect(try reply("CreateCamera", camera2).number(1) == 1)
    let resolution = Proto.string(1, "B") + Proto.number(2, 20) + Proto.number(3, 10)
    #expect(try reply("SetResolution", resolution).number(1) == 1)
    let picture = try reply("CaptureRgbImage", Proto.capture(0, 0, camera: "B"))
    #expect(picture.number(2) == 20 && picture.number(3) == 10)
    #expect(picture.bytes(1)?.count == 800)
    #expect(try reply("DestroyCamera", Proto.string(1, "B")).number(1) == 1)

    let counters = client.server.statistics
    #expect(counters.unaryCalls == 14 && counters.total == 14)
    #expect(counters.actions[.setObjectTransform] == 1)
    #expect(counters.pictures == 1 && counters.drawn == 1 && counters.pictureBytes == 800)
    #expect(counters.connections == 1 && counters.failures == 0)
  }

  @Test func picturesAreThoseOfTheRenderer() throws {
    defer { client.end() }
    let formats = [
      ("CaptureRgbImage", Modality.rgb, "rgba"), ("CaptureDepthMap", .depth, "float32"),
      ("CaptureSegmentationMask", .segmentation, "uint32"),
      ("CaptureNormals", .normals, "float32x3"), ("CaptureOpticalFlow", .opticalFlow, "float32x2"),
    ]
    for (method, modality, format) in formats {
      let image = try reply(method, Proto.capture(64, 48))
      let view = try Scene().snapshot().view(camera: "", width: 64, height: 48)
      #expect(try image.bytes(1) == Picture(view, modality).bytes, "\(method)")
      #expect(image.number(2) == 64 && image.number(3) == 48)
      #expect(image.text(4) == format)
    }
  }

  @Test func failuresAreSaidAloud() throws {
    defer { client.end() }
    let refused = try reply("DestroyObject", Proto.string(1, "nobody"))
    #expect(refused.number(1) == 0)
    #expect(refused.text(2).hasPrefix("unknown object \"nobody\": known are Ground"))

    let capture = try client.unary("CaptureRgbImage", Proto.capture(8, 8, camera: "nöbody%"))
    #expect(capture.status == 5 && capture.messages.isEmpty)
    #expect(capture.statusMessage == "unknown camera \"n%C3%B6body%25\": known are Camera")
    #expect(try client.unary("CaptureDepthMap", Proto.capture(100_000, 1)).status == 3)
    #expect(try client.unary("GetObjectTransform", Proto.string(1, "nobody")).status == 5)
    #expect(client.server.statistics.failures == 4)
  }

  @Test func whatIsNoCallIsRefused() throws {
    defer { client.end() }
    #expect(try client.unary("Nothing", []).status == 12)
    #expect(try client.unary("CaptureRgbImage", [0x0a, 0xff]).status == 13)
    #expect(try client.unary("CaptureRgbImage", Proto.bytes(1, [0xff])).status == 13)

    let twice = client.open("ListObjects")
    twice.send([[], []])
    twice.halfClose()
    try twice.waitForEnd()
    #expect(twice.status == 13 && twice.messages.isEmpty)

    let never = client.open("ListObjects")
    never.halfClose()
    try never.waitForEnd()
    #expect(never.status == 13)

    let cut = client.open("ListObjects")
    cut.sendRaw([0, 0, 0])
    cut.halfClose()
    try cut.waitForEnd()
    #expect(cut.status == 13)

    for (headers, status, word) in [
      ([("grpc-encoding", "gzip")], 13, "gzip"), ([("grpc-encoding", "br")], 12, "\"br\""),
      ([], 13, "grpc-encoding"),
    ] as [([(String, String)], Int, String)] {
      let packed = client.open("ListObjects", headers: headers)
      packed.sendRaw([1, 0, 0, 0, 1, 0])
      packed.halfClose()
      try packed.waitForEnd()
      #expect(packed.status == status, "\(packed.statusMessage)")
      #expect(packed.statusMessage.contains(word))
    }

    let plain = client.open("ListObjects", grpc: false)
    try plain.waitForEnd()
    #expect(plain.httpStatus == "415" && plain.status == nil)
    #expect(try reply("ListObjects", []).texts(1).count == 61)
  }

  @Test func requestsHaveTheLimitOfTheRealServer() throws {
    defer { client.end() }
    let limit = 4 << 20
    let call = client.open("SetMaterial")
    // Its prefix is enough, and nothing more has to be sent.
    call.sendRaw([0] + withUnsafeBytes(of: UInt32(limit + 1).bigEndian) { Array($0) })
    try call.waitForEnd()
    #expect(call.status == 8 && call.code == 0)
    #expect(call.statusMessage.contains("\(limit + 1)"))

    let padding = Proto.bytes(99, [UInt8](repeating: 7, count: limit - 5))
    #expect(padding.count == limit + 1)
    let largest = Proto.bytes(99, [UInt8](repeating: 7, count: limit - 6))
    #expect(try reply("ListObjects", largest).texts(1).count == 61)
  }

  @Test func aDeadlineThatHasPassedStopsTheCall() throws {
    defer { client.end() }
    let call = try client.unary(
      "SpawnObject", Proto.string(2, "Cube"), headers: [("grpc-timeout", "0n")])
    #expect(call.status == 4)
    let patient = try client.unary("ListObjects", [], headers: [("grpc-timeout", "10S")])
    #expect(patient.status == 0)
    #expect(try patient.reply().texts(1).count == 61)
  }

  @Test func manyCallsRunSideBySide() throws {
    defer { client.end() }
    let calls = (0..<200).map { index in
      let call = client.open(index % 2 == 0 ? "CaptureSegmentationMask" : "GetCameraTransform")
      call.send([index % 2 == 0 ? Proto.capture(32, 24) : []])
      call.halfClose()
      return call
    }
    for call in calls { try call.waitForEnd() }
    #expect(calls.allSatisfy { $0.status == 0 && $0.messages.count == 1 })
    #expect(client.server.statistics.drawn == 100)
  }
}
