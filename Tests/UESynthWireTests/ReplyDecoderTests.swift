import CUESynthProto
import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct ReplyDecoderTests {
  @Test func bodiesThatAreNone() {
    for body in [ReplyBody.none, .image] {
      #expect(decode(body, [])?.status == .internal)
    }
  }

  @Test func emptyBodiesAreDefaults() {
    #expect(values(.command, []) == "command:0:")
    #expect(values(.cameraTransform, []) == "camera_transform:0::no-transform")
    #expect(values(.objectTransform, []) == "object_transform:0::no-transform")
    #expect(values(.objectsList, []) == "names:")
  }

  /// The direct way gives what protobuf-c gives, for every short body.
  @Test func plainCommandsReadAsProtobufCDoes() {
    var plain = 0
    var bodies: [[UInt8]] = [[]]
    let alphabet: [UInt8] = [0x08, 0x12, 0x00, 0x01, 0x02, 0x03, 0x61, 0xC3, 0xA9]
    for length in 0...5 {
      for body in bodies where body.count == length {
        plain += compare(body)
        if length < 5 { bodies += alphabet.map { body + [$0] } }
      }
    }
    for size in [126, 127, 128] {
      plain += compare(
        Proto.build {
          $0.uint32(1, 1)
          $0.string(2, String(repeating: "m", count: size))
        })
    }
    #expect(plain > 50)
  }

  @Test func aYesThatIsNone() {
    let words = "SetLighting not yet implemented"
    let cases: [(Bool, String, Bool)] = [
      (true, words, true), (true, "not yet implemented", true), (false, words, false),
      (true, "", false), (true, "yet implemented", false), (true, words + "?", false),
    ]
    for (success, message, isStub) in cases {
      let bytes = Proto.build {
        $0.uint32(1, success ? 1 : 0)
        $0.string(2, message)
      }
      var found: Bool?
      bytes.withUnsafeBytes { _ = ReplyDecoder.decode(.command, $0) { found = $0.isStub } }
      #expect(found == isStub, "\(success) \(message)")
    }
    // A transform is an answer, whatever stands beside it.
    let pose = Proto.build {
      $0.delimited(1, [])
      $0.uint32(2, 1)
      $0.string(3, words)
    }
    var found: Bool?
    pose.withUnsafeBytes { _ = ReplyDecoder.decode(.cameraTransform, $0) { found = $0.isStub } }
    #expect(found == false)
  }

  /// 1 if the body is plain.
  private func compare(_ body: [UInt8]) -> Int {
    body.withUnsafeBytes { bytes in
      guard let plain = DecodedReply(plainCommand: bytes) else { return 0 }
      var matches = false
      let failure = ReplyDecoder.decode(
        .command, bytes, as: uesynth_describe_command_response()
      ) {
        matches = $0.success == plain.success && $0.message.elementsEqual(plain.message)
      }
      #expect(failure == nil && matches && !plain.hasTransform, "\(hex(body))")
      return 1
    }
  }

  @Test func absentPartsOfATransform() {
    let bytes = Proto.build { $0.delimited(1, []) }
    let expected = "camera_transform:0::" + poseText(Transform())
    #expect(values(.cameraTransform, bytes) == expected)
  }

  @Test func repeatedTransformsMerge() {
    func pose(_ axis: UInt32, _ value: Float) -> [UInt8] {
      let location = Proto.build {
        $0.key(axis, WireType.fixed32)
        $0.fixed32(value.bitPattern)
      }
      return Proto.build { $0.delimited(1, Proto.build { $0.delimited(1, location) }) }
    }
    let cases: [([UInt8], Vector3)] = [
      (pose(1, 5) + pose(2, 1), Vector3(5, 1, 0)),
      (pose(1, 5) + pose(1, 0), Vector3(0, 0, 0)),
      (pose(1, 5) + pose(3, 7) + pose(1, 6), Vector3(6, 0, 7)),
    ]
    for (bytes, location) in cases {
      let expected = poseText(Transform(location: location))
      #expect(values(.cameraTransform, bytes) == "camera_transform:0::" + expected)
    }
  }

  @Test func damagedSentencesAreShownSafely() {
    let bytes = Proto.build {
      $0.uint32(1, 1)
      $0.delimited(2, [0x61, 0xFF, 0x00, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0x62])
    }
    #expect(values(.command, bytes) == "command:1:" + hex(Array("a??é???b".utf8)))
  }

  @Test(arguments: [[0xFF], [0x61, 0], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]])
  func damagedNamesAreAFailure(name: [UInt8]) {
    let bytes = Proto.build {
      $0.delimited(1, Array("Cube".utf8))
      $0.delimited(1, name)
    }
    #expect(decode(.objectsList, bytes) == .malformed("a name is not UTF-8, or holds NUL"))
  }

  @Test func longLists() {
    let names = (0..<5000).map { "Object_\($0)" }
    let bytes = Proto.build { for name in names { $0.string(1, name, isItem: true) } }
    var read: [String] = []
    let failure = bytes.withUnsafeBytes { bytes in
      ReplyDecoder.decode(.objectsList, bytes) { reply in
        for i in 0..<reply.nameCount {
          read.append(String(decoding: reply.name(at: i)!, as: UTF8.self))
        }
        #expect(reply.name(at: -1) == nil && reply.name(at: reply.nameCount) == nil)
      }
    }
    #expect(failure == nil)
    #expect(read == names)
  }

  @Test func listsAreBounded() {
    let bytes = [UInt8](repeating: 0, count: 2 * (CanonicalMessage.maximumListItems + 1))
      .indices.map { $0 % 2 == 0 ? UInt8(0x0A) : 0 }
    #expect(decode(.objectsList, bytes) == .malformed("a list is longer than a million names"))
  }

  private func decode(_ body: ReplyBody, _ bytes: [UInt8]) -> WireFailure? {
    bytes.withUnsafeBytes { ReplyDecoder.decode(body, $0) { _ in } }
  }

  private func values(_ body: ReplyBody, _ bytes: [UInt8]) -> String? {
    bytes.withUnsafeBytes { decodedValues(body, $0) }
  }
}
