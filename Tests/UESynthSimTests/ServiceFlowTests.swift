import Glibc
import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ServiceFlowTests {
  private func replay() -> ServerOptions {
    var options = ServerOptions()
    options.replay = true
    return options
  }

  @Test func aPictureGoesThroughATinyWindow() throws {
    let client = try ServiceClient(streamWindow: 100, maximumFrameSize: 16_384)
    defer { client.end() }
    let image = try client.unary("CaptureDepthMap", Proto.capture(40, 30)).reply()
    let view = try Scene().snapshot().view(camera: "", width: 40, height: 30)
    #expect(try image.bytes(1) == Picture(view, .depth).bytes)
    let stream = client.stream()
    stream.send((0..<10).map { Proto.request("\($0)", 3, []) })
    #expect(try stream.replies(10).map { $0.text(1) } == (0..<10).map(String.init))
  }

  @Test func aStreamWhoseRepliesAreNotTakenIsNotServed() throws {
    let client = try ServiceClient(replay(), streamWindow: 64 << 10)
    defer { client.end() }
    let stream = client.stream()
    stream.holdCredit()
    stream.send((0..<10_000).map { Proto.request("\($0)", 4, Proto.capture(64, 64)) })
    _ = try stream.replies(3)
    // Others are not held up.
    #expect(try client.unary("ListObjects", []).status == 0)
    usleep(50_000)
    #expect(client.server.statistics.captures <= 3 + 128 / 16 + 2)
    stream.releaseCredit()
    _ = try stream.replies(2_000)
    stream.cancel()
    try stream.waitForEnd()
  }

  @Test func picturesOfAConnectionAreBounded() throws {
    var options = ServerOptions()
    // Room for four of these.
    options.pictureBytes = 4 * 64 * 64 * 4
    let client = try ServiceClient(options, streamWindow: 1000)
    defer { client.end() }
    let calls = (0..<40).map { _ in
      let call = client.open("CaptureRgbImage")
      call.holdCredit()
      call.send([Proto.capture(64, 64)])
      call.halfClose()
      return call
    }
    usleep(200_000)
    #expect(client.server.statistics.captures <= 4)
    // A large one would not fit either, and neither does a client that has gone hold the room.
    for call in calls.prefix(10) { call.cancel() }
    for call in calls.prefix(10) { try call.waitForEnd() }
    let rest = calls.dropFirst(10)
    for call in rest { call.releaseCredit() }
    for call in rest {
      try call.waitForEnd()
      #expect(call.status == 0 && call.messages.first?.count ?? 0 > 16_384)
    }
  }

  @Test func onePictureMayAlwaysBeDrawn() throws {
    var options = ServerOptions()
    options.pictureBytes = 1
    let client = try ServiceClient(options)
    defer { client.end() }
    let streams = (0..<4).map { _ in client.stream() }
    for stream in streams {
      stream.send((0..<5).map { Proto.request("\($0)", 7, Proto.capture(32, 32)) })
    }
    for stream in streams { #expect(try stream.replies(5).count == 5) }
  }

  @Test func capturesOfOneViewAreDrawnTogetherAndRight() throws {
    let client = try ServiceClient()
    defer { client.end() }
    let methods = [
      "CaptureRgbImage", "CaptureDepthMap", "CaptureSegmentationMask", "CaptureNormals",
      "CaptureOpticalFlow", "CaptureDepthMap",
    ]
    let modalities: [Modality] = [.rgb, .depth, .segmentation, .normals, .opticalFlow, .depth]
    let calls = methods.map { method in
      let call = client.open(method)
      call.send([Proto.capture(48, 32)])
      call.halfClose()
      return call
    }
    let view = try Scene().snapshot().view(camera: "", width: 48, height: 32)
    for (call, modality) in zip(calls, modalities) {
      #expect(try call.reply().bytes(1) == Picture(view, modality).bytes)
    }
  }
}
