import Testing
import UESynthCore

@testable import UESynthWire

/// Against Google's protobuf: careless and hostile messages are read or rejected as it does.
@Suite struct VectorTests {
  @Test func fixtureIsThere() {
    #expect(Vectors.lines("request").count == 51)
    #expect(Vectors.lines("stream").count == 51)
    #expect(Vectors.lines("reply").count == 14)
    #expect(Vectors.lines("frame").count == 600)
    #expect(Vectors.lines("image").count == 150)
    #expect(Vectors.lines("action").count == 300)
  }

  @Test func framesReadAsProtobufDoes() {
    for line in Vectors.lines("frame") {
      var expected = line[2]
      if let bar = expected.firstIndex(of: "|") {
        expected = canonicalID(hex: String(expected[..<bar])) + expected[bar...]
      }
      #expect(read(bytes(hex: line[1]), .streamFrame) == expected, "\(line[1])")
    }
  }

  @Test func imagesReadAsProtobufDoes() {
    for line in Vectors.lines("image") {
      let expected = line[2] == "rejected" ? line[2] : "|" + line[2]
      #expect(read(bytes(hex: line[1]), .image) == expected, "\(line[1])")
    }
  }

  @Test func actionsReadAsProtobufDoes() {
    for line in Vectors.lines("action") {
      #expect(action(bytes(hex: line[1])) == line[2], "\(line[1])")
    }
  }

  @Test(arguments: ["unary", "stream"])
  func ordinaryRepliesReadAsProtobufDoes(route: String) {
    for line in Vectors.lines("reply") where line[2] == route {
      let shape: ReplyShape =
        switch line[1] {
        case _ where route == "stream": .streamFrame
        case "command", "nothing": .command
        case "camera": .cameraTransform
        case "object": .objectTransform
        case "list": .objectsList
        default: .image
        }
      #expect(read(bytes(hex: line[3]), shape) == (route == "stream" ? "" : "|") + line[4])
    }
  }

  private func read(_ message: [UInt8], _ shape: ReplyShape) -> String {
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: shape, maximumLength: 1 << 20, receiver: receiver)
    let failure = framed(message).withUnsafeBytes { reader.feed($0) }
    #expect(receiver.overruns == 0)
    if let failure {
      #expect(failure.status == .internal)
      return "rejected"
    }
    #expect(receiver.messages.count == 1)
    let text = receiver.messages.first ?? "nothing"
    return text.hasSuffix("|rejected") ? "rejected" : text
  }

  private func action(_ message: [UInt8]) -> String {
    let action: ServerAction
    do {
      action = try message.withUnsafeBytes { bytes throws(WireFailure) in
        try ServerRequest.decodeStream(bytes)
      }
    } catch { return "rejected" }
    return actionText(action)
  }
}

/// In the words of wire_vectors.py.
func actionText(_ action: ServerAction) -> String {
  let name = hex(action.name.utf8)
  var pose = ["no-transform"]
  if action.hasTransform {
    let parts = [action.hasLocation, action.hasRotation, action.hasScale]
    pose = [poseText(action.transform), parts.map { $0 ? "1" : "0" }.joined()]
  }
  var words = [hex(action.requestID.utf8)]
  switch action.kind {
  case .setCameraTransform: words += ["set_camera_transform", name] + pose
  case .getCameraTransform: words += ["get_camera_transform", name]
  case .captureRGB: words += ["capture_rgb", name, "\(action.width)", "\(action.height)"]
  case .captureDepth: words += ["capture_depth", name, "\(action.width)", "\(action.height)"]
  case .captureSegmentation:
    words += ["capture_segmentation", name, "\(action.width)", "\(action.height)"]
  case .captureNormals: words += ["capture_normals", name, "\(action.width)", "\(action.height)"]
  case .captureOpticalFlow:
    words += ["capture_optical_flow", name, "\(action.width)", "\(action.height)"]
  case .setObjectTransform: words += ["set_object_transform", name] + pose
  case .getObjectTransform: words += ["get_object_transform", name]
  case .createCamera: words += ["create_camera", name] + pose
  case .destroyCamera: words += ["destroy_camera", name]
  case .setResolution: words += ["set_resolution", name, "\(action.width)", "\(action.height)"]
  case .spawnObject: words += ["spawn_object", name, hex(action.assetPath.utf8)] + pose
  case .destroyObject: words += ["destroy_object", name]
  case .setMaterial:
    words += ["set_material", name, hex(action.materialProperty.utf8)]
    words += [hex(action.materialValue.utf8)]
  case .listObjects: words += ["list_objects"]
  case .setLighting:
    words += ["set_lighting", name, floatText(action.intensity)]
    words += [action.hasColor ? vectorText(action.color) : "no-color"] + pose
  }
  return words.joined(separator: "|")
}
