import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct ReplyReaderTests {
  private static let pixels = (0..<300).map { UInt8(truncatingIfNeeded: $0) }

  /// Every feature in one stream.
  private static let stream: [UInt8] = {
    let command = Proto.build {
      $0.uint32(1, 1)
      $0.string(2, "done")
    }
    let image = Proto.build {
      $0.delimited(1, pixels)
      $0.uint32(2, 640)
      $0.uint32(3, 480)
      $0.string(4, "rgba")
    }
    var all: [UInt8] = []
    all += framed([])
    all += framed(
      Proto.build {
        $0.string(1, "18446744073709551615")
        $0.delimited(2, command)
      })
    all += framed(
      Proto.build {
        $0.string(1, "7")
        $0.delimited(4, image)
      })
    // The id last, unknown fields of all types and nested groups around, the image in two parts.
    all += framed(
      Proto.build {
        $0.key(9, WireType.startGroup)
        $0.key(9, WireType.startGroup)
        $0.key(1, WireType.varint)
        $0.varint(300)
        $0.key(9, WireType.endGroup)
        $0.delimited(4, [1, 2, 3])
        $0.key(9, WireType.endGroup)
        $0.delimited(4, Proto.build { $0.uint32(2, 1) })
        $0.delimited(2, command)
        $0.delimited(
          4,
          Proto.build {
            $0.uint32(3, 5)
            $0.delimited(1, Array(pixels.prefix(10)))
            $0.key(77, WireType.fixed64)
            $0.fixed32(1)
            $0.fixed32(2)
          })
        $0.key(500, WireType.fixed32)
        $0.fixed32(9)
        $0.delimited(
          4,
          Proto.build {
            $0.delimited(1, Array(pixels.prefix(200)))
            $0.string(4, "png")
          })
        $0.string(1, "33")
      })
    // A body in two parts.
    all += framed(
      Proto.build {
        $0.delimited(2, Proto.build { $0.uint32(1, 1) })
        $0.string(1, "0")
        $0.delimited(2, Proto.build { $0.string(2, "merged") })
      })
    all += framed(
      Proto.build { $0.delimited(6, Proto.build { $0.string(1, "Cube", isItem: true) }) })
    return all
  }()

  private static let expected = [
    "|none",
    "\(hex(Array("18446744073709551615".utf8)))|command:1:\(hex(Array("done".utf8)))",
    "37|image:\(hex(pixels)):640:480:\(hex(Array("rgba".utf8)))",
    "3333|image:\(hex(pixels.prefix(200))):0:5:\(hex(Array("png".utf8)))",
    "30|command:1:\(hex(Array("merged".utf8)))",
    "|names:\(hex(Array("Cube".utf8))).",
  ]

  @Test func wholeStream() {
    let whole = run([Self.stream[...]])
    #expect(whole.failure == nil)
    #expect(whole.messages == Self.expected)
    #expect(whole.images == [300, 10, 200])
    #expect(whole.imageIDs == [7, nil, nil])
    #expect(whole.overruns == 0)
  }

  @Test func everySplitReadsTheSame() {
    let whole = run([Self.stream[...]])
    for cut in 0...Self.stream.count {
      #expect(run([Self.stream[..<cut], Self.stream[cut...]]) == whole, "cut at \(cut)")
    }
    #expect(run(Self.stream.indices.map { Self.stream[$0...$0] }) == whole)
  }

  @Test func randomSplitsAndDirectReceiveReadTheSame() {
    let whole = run([Self.stream[...]])
    var dice = Dice(state: 42)
    for _ in 0..<300 {
      var pieces: [ArraySlice<UInt8>] = []
      var start = 0
      while start < Self.stream.count {
        let end = min(Self.stream.count, start + Int.random(in: 1...80, using: &dice))
        pieces.append(Self.stream[start..<end])
        start = end
      }
      #expect(run(pieces) == whole)
      #expect(run(pieces, direct: true) == whole)
    }
  }

  @Test func vectorsReadTheSameInAnyPieces() {
    for line in Vectors.lines("frame").prefix(200) {
      let message = framed(bytes(hex: line[1]))
      let whole = run([message[...]])
      for cut in 1..<message.count {
        #expect(run([message[..<cut], message[cut...]]) == whole, "\(line[1]) cut at \(cut)")
      }
      #expect(run(message.indices.map { message[$0...$0] }) == whole, "\(line[1])")
      #expect(run([message[...]], direct: true) == whole, "\(line[1])")
    }
  }

  @Test func unwantedImagesAreReadPast() {
    let whole = run([Self.stream[...]], wantsImages: false)
    #expect(whole.failure == nil)
    #expect(whole.messages.count == 6)
    #expect(whole.images == [300, 10, 200])
  }

  @Test func directTargetShrinksAsBytesArrive() throws {
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .image, maximumLength: 1000, receiver: receiver)
    let message = framed(
      Proto.build {
        $0.delimited(1, Self.pixels)
        $0.uint32(2, 3)
      })
    #expect(reader.directTarget == nil)
    _ = message[..<8].withUnsafeBytes { reader.feed($0) }
    let target = try #require(reader.directTarget)
    #expect(target.count == 300)
    #expect(reader.messageBytesPending == message.count - 8)
    #expect(reader.isMidMessage)
    _ = message[8..<108].withUnsafeBytes { reader.feed($0) }
    let rest = try #require(reader.directTarget)
    #expect(rest.count == 200)
    #expect(rest.baseAddress == target.baseAddress! + 100)
    rest.copyBytes(from: message[108..<308])
    #expect(reader.feed(UnsafeRawBufferPointer(rest)) == nil)
    #expect(reader.directTarget == nil)
    #expect(reader.copiedBytes == 100)
    #expect(reader.messageBytesPending == 2)
    _ = message[308...].withUnsafeBytes { reader.feed($0) }
    #expect(receiver.messages == ["|image:\(hex(Self.pixels)):3:0:"])
    #expect(reader.messageBytesPending == 0)
  }

  @Test func lastImageWinsEvenIfEmpty() {
    let message = framed(
      Proto.build {
        $0.delimited(1, [1, 2, 3])
        $0.delimited(1, [])
      })
    let result = run([message[...]], .image)
    #expect(result.messages == ["|image::0:0:"])
    #expect(result.images == [3])
  }

  @Test func anotherMemberOverrulesAnImage() {
    let message = framed(
      Proto.build {
        $0.delimited(
          4,
          Proto.build {
            $0.delimited(1, [1, 2, 3])
            $0.uint32(2, 9)
          })
        $0.delimited(3, [])
        $0.delimited(4, Proto.build { $0.uint32(3, 8) })
      })
    #expect(run([message[...]]).messages == ["|image::0:8:"])
  }

  @Test(
    arguments: [
      ("", nil), ("0", 0), ("7", 7), ("18446744073709551615", UInt64.max),
      ("18446744073709551616", nil), ("99999999999999999999", nil), ("123456789012345678901", nil),
      ("07", nil), ("00", nil), ("-1", nil), ("+1", nil), ("1 ", nil), ("1a", nil), ("x", nil),
      ("１", nil),
    ] as [(String, UInt64?)])
  func requestIDs(text: String, id: UInt64?) {
    let message = framed(
      Proto.build {
        $0.delimited(1, Array(text.utf8))
        $0.delimited(2, [])
      })
    let expected = (id == nil ? "" : hex(Array(text.utf8))) + "|command:0:"
    for cut in 0...message.count {
      #expect(run([message[..<cut], message[cut...]]).messages == [expected])
    }
  }

  /// Eight digits at a time or one by one, whatever stands among them.
  @Test func requestIDsOfEveryByteInEveryPlace() {
    for count in [8, 9, 16, 19] {
      for place in 0..<count {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: 0x31, count: count)
          text[place] = byte
          let isID = (0x30...0x39).contains(byte) && (place > 0 || byte != 0x30)
          let expected = isID ? UInt64(String(decoding: text, as: UTF8.self)) : nil
          let found = text.withUnsafeBytes { RequestIDParser.read($0) }
          if found != expected { Issue.record("\(text)") }
        }
      }
    }
  }

  @Test func lastRequestIDWins() {
    let message = framed(
      Proto.build {
        $0.string(1, "12345")
        $0.string(1, "67")
      })
    #expect(run([message[...]]).messages == ["3637|none"])
  }

  @Test(
    arguments: [
      (Array("rgba".utf8), "rgba"),
      ([0x61, 0, 0x62], "a?b"),
      ([0xFF, 0x61, 0xC3], "?a?"),
      (Array("größe".utf8), "größe"),
      ([UInt8](repeating: 0x61, count: 64), String(repeating: "a", count: 64)),
      ([UInt8](repeating: 0x61, count: 70), String(repeating: "a", count: 64)),
      (
        Array(String(repeating: "a", count: 63).utf8) + [0xC3, 0xA4],
        String(repeating: "a", count: 63)
      ),
      (
        Array(String(repeating: "a", count: 62).utf8) + [0xC3, 0xA4, 0x62],
        String(repeating: "a", count: 62) + "ä"
      ),
    ] as [([UInt8], String)])
  func formatsAreCappedAndRepaired(sent: [UInt8], shown: String) {
    let message = framed(Proto.build { $0.delimited(4, sent) })
    for cut in 0...message.count {
      let result = run([message[..<cut], message[cut...]], .image)
      #expect(result.messages == ["|image::0:0:\(hex(Array(shown.utf8)))"])
    }
  }

  @Test(
    arguments: [
      ([1, 0, 0, 0, 0], .unannounced),
      ([2, 0, 0, 0, 0], .badFlag(2)),
      ([255, 255, 255, 255, 255], .badFlag(255)),
      ([0, 0, 0, 0x10, 0x01], .tooLong(length: 4097, limit: 4096)),
      ([0, 255, 255, 255, 255], .tooLong(length: 4_294_967_295, limit: 4096)),
      ([0], .truncated),
      ([0, 0, 0, 0], .truncated),
      ([0, 0, 0, 0, 1], .truncated),
      ([0, 0, 0, 0, 2, 0x0A], .truncated),
      (framed([0x00, 0x00]), .malformed("a field number is 0")),
      (framed([0x07]), .malformed("a field number is 0")),
      (framed([0x0E]), .malformed("a wire type is unknown")),
      (framed([0x0F]), .malformed("a wire type is unknown")),
      (framed([0x08]), .malformed("a number runs past the end of its message")),
      (framed([0x08, 0x80]), .malformed("a number runs past the end of its message")),
      (framed([0x0A]), .malformed("a number runs past the end of its message")),
      (framed([0x0A, 0x01]), .malformed("a length runs past the end of its message")),
      (
        framed([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        .malformed("a length runs past the end of its message")
      ),
      (framed([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), .malformed("a number is too long")),
      (framed([0x8A, 0x80, 0x80, 0x80, 0x80, 0x00]), .malformed("a number is too long")),
      (framed([0xFF, 0xFF, 0xFF, 0xFF, 0x1F]), .malformed("a field number is out of range")),
      (framed([0x08] + [UInt8](repeating: 0xFF, count: 11)), .malformed("a number is too long")),
      (framed([0x7D, 1, 2, 3]), .malformed("a number runs past the end of its message")),
      (
        framed([0x79, 1, 2, 3, 4, 5, 6, 7]),
        .malformed("a number runs past the end of its message")
      ),
      (framed([0x7B]), .malformed("a group does not end inside its message")),
      (framed([0x7C]), .malformed("a group ends that did not begin")),
      (framed([0x7B, 0x74]), .malformed("a group ends that did not begin")),
      (framed([UInt8](repeating: 0x7B, count: 33)), .malformed("groups are nested too deeply")),
      // The image claims more than the ImageResponse around it has, the ImageResponse being honest.
      (
        framed([0x22, 3, 0x0A, 2, 1, 0x10, 0]),
        .malformed("a length runs past the end of its message")
      ),
      (framed([0x22, 1, 0x10, 5]), .malformed("a number runs past the end of its message")),
      (framed([0x22, 1, 0x7B, 0x7C]), .malformed("a group does not end inside its message")),
      // Two halves of a body that only together make sense.
      (framed([0x12, 1, 0x12, 0x12, 2, 1, 0x61]), .malformed("a length runs off the end")),
      (framed([0x12, 1, 0x12, 0x1A, 0]), .malformed("a length runs off the end")),
    ] as [([UInt8], WireFailure)])
  func faults(bytes: [UInt8], failure: WireFailure) {
    for cut in 0...bytes.count {
      let result = run([bytes[..<cut], bytes[cut...]], limit: 4096)
      #expect(result.failure == failure)
      #expect(result.messages.isEmpty)
      #expect(result.images.isEmpty)
    }
  }

  @Test func failureStaysUntilReset() {
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .command, maximumLength: 100, receiver: receiver)
    let good = framed([0x08, 1])
    #expect(([9, 0, 0, 0, 0] as [UInt8]).withUnsafeBytes { reader.feed($0) } != nil)
    let again = good.withUnsafeBytes { reader.feed($0) }
    #expect(again != nil && reader.end() == again)
    #expect(receiver.lengths.isEmpty && !reader.isMidMessage && reader.directTarget == nil)
    reader.reset(shape: .command)
    #expect(good.withUnsafeBytes { reader.feed($0) } == nil)
    #expect(reader.end() == nil)
    #expect(receiver.messages == ["|command:1:"])
  }

  @Test func resetForgetsHalfAMessage() {
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .command, maximumLength: 100, receiver: receiver)
    let message = framed(
      Proto.build {
        $0.uint32(1, 1)
        $0.string(2, "abcdef")
      })
    for cut in 0..<message.count {
      #expect(message[..<cut].withUnsafeBytes { reader.feed($0) } == nil)
      reader.reset(shape: .streamFrame)
      #expect(framed([0x12, 0]).withUnsafeBytes { reader.feed($0) } == nil)
      #expect(receiver.messages.last == "|command:0:")
      reader.reset(shape: .command)
    }
    #expect(receiver.messages.count == message.count)
  }

  @Test func refusal() {
    let receiver = RecordingReceiver()
    receiver.acceptsMessages = false
    let reader = ReplyReader(shape: .image, maximumLength: 100, receiver: receiver)
    #expect(framed([0x10, 1]).withUnsafeBytes { reader.feed($0) } == .refused)
    #expect(receiver.lengths == [2])
    #expect(receiver.messages.isEmpty)
  }

  @Test func lyingLengthsAllocateNothing() {
    // 64 MiB are promised and a few bytes come: the assembly has grown by those only.
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .command, maximumLength: 1 << 26, receiver: receiver)
    #expect(([0, 4, 0, 0, 0, 0x12, 0xFF] as [UInt8]).withUnsafeBytes { reader.feed($0) } == nil)
    #expect(reader.assemblyCapacity <= 256)
    #expect(reader.messageBytesPending == (1 << 26) - 2)
    #expect(reader.end() == .truncated)
  }

  @Test func manyMessagesInOneBufferAreReadInPlace() {
    let one = framed(
      Proto.build {
        $0.string(1, "12")
        $0.delimited(2, [8, 1])
      })
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .streamFrame, maximumLength: 100, receiver: receiver)
    let many = Array(repeatElement(one, count: 500).joined())
    #expect(many.withUnsafeBytes { reader.feed($0) } == nil)
    #expect(receiver.messages.count == 500)
    #expect(Set(receiver.messages) == ["3132|command:1:"])
    #expect(reader.assemblyCapacity == 0)
  }
}
