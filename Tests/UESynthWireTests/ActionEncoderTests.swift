import CUESynthProto
import Testing
import UESynthCore

@testable import UESynthWire

/// The arguments that wire_vectors.py uses.
func withAction<Result>(
  _ kind: ActionKind, _ variant: String, _ body: (borrowing Action) -> Result
) -> Result {
  let texts: [String]
  let pose: Transform
  let numbers: (UInt32, UInt32, Float)
  switch variant {
  case "full":
    texts = ["caméra 1", "/Engine/Cube", "BaseColor", "0.5,1"]
    pose = Transform(
      location: Vector3(1.5, -2, 3e6), rotation: Rotator(pitch: 10, yaw: -20.25, roll: 179.5),
      scale: Vector3(1, 2, 0.5))
    numbers = (1920, 1080, 5000.5)
  case "odd":
    texts = [
      String(repeating: "n", count: 300), "資産", String(repeating: "p", count: 127),
      String(repeating: "v", count: 128),
    ]
    pose = Transform(
      location: Vector3(0, .infinity, 0),
      rotation: Rotator(pitch: Float(bitPattern: 0x8001_16C2), yaw: 0, roll: 0),
      scale: Vector3(0, 0, -.infinity))
    numbers = (.max, 127, -0.125)
  default:
    texts = ["", "", "", ""]
    pose = Transform(scale: .zero)
    numbers = (0, 0, 0)
  }
  return texts[0].withCString { name in
    texts[1].withCString { asset in
      texts[2].withCString { property in
        texts[3].withCString { value in
          var action = Action(
            kind: kind, name: name, transform: pose, width: numbers.0, height: numbers.1)
          action.assetPath = BorrowedText(asset)
          action.materialProperty = BorrowedText(property)
          action.materialValue = BorrowedText(value)
          action.intensity = numbers.2
          action.color = pose.scale
          return body(action)
        }
      }
    }
  }
}

/// Encodes into memory of exactly the announced size, with a guard behind it.
func encoded(_ action: borrowing Action) -> [UInt8] {
  let size = ActionEncoder.encodedSize(action)
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 8, alignment: 1)
  defer { memory.deallocate() }
  memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
  #expect(ActionEncoder.encode(action, into: memory.baseAddress!) == size)
  #expect(memory[size...].allSatisfy { $0 == 0xEE })
  return Array(memory[..<size])
}

@Suite struct ActionEncoderTests {
  @Test func bytesAreProtobufs() {
    for line in Vectors.lines("request") {
      guard let kind = UInt32(line[1]).flatMap(ActionKind.init(rawValue:)) else { continue }
      withAction(kind, line[2]) { action in
        #expect(hex(encoded(action)) == (line[3] == "-" ? "" : line[3]), "\(kind) \(line[2])")
      }
    }
  }

  @Test(arguments: ActionKind.allCases) func protobufCPacksTheSame(kind: ActionKind) {
    for variant in ["full", "zero", "odd"] {
      let bytes = withAction(kind, variant) { streamed($0, id: 99) }
      #expect(repacked(bytes) == bytes)
    }
    // A negative zero is left out, a NaN is not.
    var action = Action(kind: kind, transform: Transform(location: Vector3(-0.0, .nan, 1)))
    action.intensity = -0.0
    action.color = Vector3(-0.0, 0, 1)
    let bytes = streamed(action, id: 1)
    #expect(repacked(bytes) == bytes)
  }

  @Test(arguments: ActionKind.allCases) func serversReadWhatIsWritten(kind: ActionKind) throws {
    for variant in ["full", "zero", "odd"] {
      let unary = withAction(kind, variant) { encoded($0) }
      let stream = withAction(kind, variant) { streamed($0, id: 5) }
      var first = try unary.withUnsafeBytes { bytes throws(WireFailure) in
        try ServerRequest.decodeUnary(kind, bytes)
      }
      let second = try stream.withUnsafeBytes { bytes throws(WireFailure) in
        try ServerRequest.decodeStream(bytes)
      }
      #expect(first.requestID.isEmpty)
      first.requestID = "5"
      #expect(first == second)
      #expect(first.kind == kind)
    }
  }

  @Test func absentTransformsStayAbsent() throws {
    let kinds: [ActionKind] = [
      .setCameraTransform, .setObjectTransform, .createCamera, .spawnObject, .setLighting,
    ]
    for kind in kinds {
      // A message without any member.
      let action = try ServerRequest.decodeUnary(kind, UnsafeRawBufferPointer(start: nil, count: 0))
      #expect(!action.hasTransform && !action.hasScale && action.transform.scale == .zero)
    }
  }

  @Test func neverWritesMoreThanItSaid() {
    let text = String(repeating: "n", count: 5000)
    text.withCString { text in
      for kind in ActionKind.allCases {
        var action = Action(
          kind: kind, name: text,
          transform: Transform(
            location: Vector3(1, 2, 3), rotation: Rotator(pitch: 4, yaw: 5, roll: 6),
            scale: Vector3(7, 8, 9)), width: .max, height: .max)
        (action.assetPath, action.materialProperty) = (action.name, action.name)
        action.materialValue = action.name
        action.intensity = 1
        action.color = Vector3(1, 1, 1)
        #expect(ActionEncoder.encodedSize(action) <= ActionEncoder.mostBytes(action))
        var short = Action(kind: kind, width: .max, height: .max)
        short.color = Vector3(1, 1, 1)
        #expect(ActionEncoder.encodedSize(short) <= ActionEncoder.mostBytes(short))
      }
    }
  }

  /// The ActionRequest without its prefix.
  private func streamed(_ action: borrowing Action, id: UInt64) -> [UInt8] {
    Array(streamMessage(id, action.kind, encoded(action)).dropFirst(MessagePrefix.size))
  }

  /// What protobuf-c packs after it has unpacked the bytes.
  private func repacked(_ bytes: [UInt8]) -> [UInt8] {
    guard let request = uesynth__action_request__unpack(nil, bytes.count, bytes) else { return [] }
    defer { uesynth__action_request__free_unpacked(request, nil) }
    let size = uesynth__action_request__get_packed_size(request)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = uesynth__action_request__pack(request, buffer.baseAddress!)
    }
  }
}
