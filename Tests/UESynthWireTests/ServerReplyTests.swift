import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct ServerReplyTests {
  private static let pose = Transform(
    location: Vector3(1.5, -2, 3e6), rotation: Rotator(pitch: 10, yaw: -20.25, roll: 179.5),
    scale: Vector3(1, 2, 0.5))

  @Test func bytesAreProtobufs() {
    for line in Vectors.lines("reply") {
      let id = line[2] == "stream" ? "42" : nil
      let reply: ServerReply
      switch line[1] {
      case "command": reply = .command(success: true, message: "done ✓")
      case "nothing": reply = .command(success: false, message: "")
      case "camera": reply = .cameraTransform(Self.pose, success: true)
      case "object":
        reply = .objectTransform(
          Transform(scale: .zero), success: false, message: "no such object")
      case "list": reply = .objects(["Cube", "", "Säule"])
      default: continue
      }
      #expect(hex(reply.encode(requestID: id)) == hex(framed(bytes(hex: line[3]))), "\(line)")
    }
  }

  @Test func imageEnvelopesAreProtobufs() {
    var checked = 0
    for line in Vectors.lines("reply") {
      let id = line[2] == "stream" ? "42" : nil
      let image: [UInt8]
      let envelope: ImageReplyEnvelope
      switch line[1] {
      case "image":
        image = Array(0..<200)
        envelope = ImageReplyEnvelope(
          requestID: id, imageLength: 200, width: 640, height: 480, format: "rgba")
      case "empty-image":
        image = []
        envelope = ImageReplyEnvelope(
          requestID: id, imageLength: 0, width: 0, height: 0, format: "png")
      default: continue
      }
      #expect(
        hex(envelope.head + image + envelope.tail) == hex(framed(bytes(hex: line[3]))), "\(line)")
      checked += 1
    }
    #expect(checked == 4)
  }

  @Test func anEmptyIDIsStillAFrame() {
    let bytes = ServerReply.command(success: false, message: "").encode(requestID: "")
    #expect(bytes == framed([0x12, 0]))
  }
}
