import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct ReplyExpansionTests {
  static let noise: [UInt8] = {
    var dice = Dice(state: 5)
    return (0..<150_000).map { index in
      index % 3 == 0 ? UInt8(truncatingIfNeeded: dice.next() >> 11) : 7
    }
  }()

  static func image(_ pixels: [UInt8]) -> [UInt8] {
    Proto.build {
      $0.delimited(1, pixels)
      $0.uint32(2, 640)
      $0.uint32(3, 480)
      $0.string(4, "rgba")
    }
  }

  static func frame(_ id: String, _ pixels: [UInt8]) -> [UInt8] {
    Proto.build {
      $0.string(1, id)
      $0.delimited(4, image(pixels))
    }
  }

  static func packed(_ message: [UInt8], _ encoding: MessageEncoding) throws -> [UInt8] {
    try #require(message.withUnsafeBytes { Deflater.message([$0], encoding) })
  }

  static let command = Proto.build {
    $0.string(1, "5")
    $0.delimited(2, Proto.build { $0.string(2, String(repeating: "ab", count: 60)) })
  }

  /// Pictures that fit the first chunk and that do not, a command, an uncompressed message in between.
  static func stream(_ encoding: MessageEncoding) throws -> [UInt8] {
    var all = try packed(frame("7", Array(noise.prefix(30_000))), encoding)
    all += framed(frame("8", [1, 2, 3]))
    all += try packed(command, encoding)
    all += try packed(frame("9", noise), encoding)
    all += try packed(frame("10", Array(noise.prefix(300))), encoding)
    return all
  }

  @Test(arguments: [MessageEncoding.gzip, .deflate])
  func piecesGiveWhatTheWholeGives(encoding: MessageEncoding) throws {
    let plain =
      framed(Self.frame("7", Array(Self.noise.prefix(30_000))))
      + framed(Self.frame("8", [1, 2, 3]))
      + framed(Self.command) + framed(Self.frame("9", Self.noise))
      + framed(Self.frame("10", Array(Self.noise.prefix(300))))
    let expected = run([plain[...]])
    let stream = try Self.stream(encoding)
    var dice = Dice(state: 77)
    for round in 0..<50 {
      var pieces: [ArraySlice<UInt8>] = []
      var at = 0
      while at < stream.count {
        let size =
          switch round {
          case 0: stream.count
          case 1: 1
          default: 1 + Int(dice.next() % UInt64(round < 20 ? 9_000 : 60_000))
          }
        pieces.append(stream[at..<min(at + size, stream.count)])
        at += size
      }
      let result = expand(pieces, .known(encoding))
      #expect(result.failure == nil)
      #expect(result.messages == expected.messages)
      #expect(result.overruns == 0)
      #expect(result.expanded.messages == 4)
    }
  }

  @Test func bodiesLongerThanAChunkAreRead() throws {
    let names = Proto.build { sink in
      for index in 0..<9000 { sink.string(1, "an object of the scene \(index)", isItem: true) }
    }
    #expect(names.count > 2 * MessageExpansion.chunkSize)
    let expected = run([framed(names)[...]], .objectsList)
    let packed = try Self.packed(names, .gzip)
    for cut in stride(from: 0, through: packed.count, by: 997) {
      let result = expand([packed[..<cut], packed[cut...]], .known(.gzip), .objectsList)
      #expect(result.failure == nil && result.messages == expected.messages)
    }
  }

  @Test func picturesAreInflatedInPlace() throws {
    let packed = try Self.packed(Self.image(Self.noise), .deflate)
    let receiver = RecordingReceiver()
    let reader = ReplyReader(shape: .image, maximumLength: 1 << 20, receiver: receiver)
    reader.encoding = .known(.deflate)
    #expect(packed.withUnsafeBytes { reader.feed($0) } == nil)
    // What was in the first chunk was copied.
    #expect(reader.copiedBytes < UInt64(MessageExpansion.chunkSize))
    #expect(receiver.messages == run([framed(Self.image(Self.noise))[...]], .image).messages)
  }

  @Test(
    arguments: [
      (AnnouncedEncoding.none, WireFailure.unannounced),
      (.unknown("snappy"), .unknownEncoding("snappy")),
    ])
  func marksWithoutMeaning(encoding: AnnouncedEncoding, failure: WireFailure) throws {
    let packed = try Self.packed(Self.command, .gzip)
    #expect(expand([packed[...]], encoding).failure == failure)
    #expect(failure.status == .internal)
  }

  @Test func encodingsByName() {
    func read(_ text: String) -> AnnouncedEncoding {
      Array(text.utf8).withUnsafeBytes { AnnouncedEncoding($0) }
    }
    #expect(read("gzip") == .known(.gzip) && read("deflate ") == .known(.deflate))
    #expect(read("identity") == .none && read("") == .none)
    #expect(read("br") == .unknown("br") && read("GZIP") == .unknown("GZIP"))
    func best(_ text: String) -> MessageEncoding? {
      Array(text.utf8).withUnsafeBytes { MessageEncoding.best(of: $0) }
    }
    #expect(best("identity, deflate, gzip") == .gzip && best("deflate,identity") == .deflate)
    #expect(best("identity") == nil && best("") == nil)
  }

  @Test(arguments: [MessageEncoding.gzip, .deflate])
  func whatIsCutOffOrPaddedIsRefused(encoding: MessageEncoding) throws {
    for message in [Self.command, Self.frame("9", Self.noise)] {
      let packed = try Self.packed(message, encoding)
      for left in stride(from: 5, to: packed.count, by: max(1, packed.count / 60)) {
        // The prefix tells the length of what is there.
        var short = Array(packed[..<left])
        MessagePrefix.write(length: left - 5, isCompressed: true, into: &short)
        let result = expand([short[...]], .known(encoding))
        #expect(result.failure == .corrupt(encoding, "it is cut off"), "\(left)")
        // The prefix tells the truth, and the stream ends early.
        #expect(expand([packed[..<left]], .known(encoding)).failure == .truncated)
      }
      var long = packed + [0]
      MessagePrefix.write(length: long.count - 5, isCompressed: true, into: &long)
      for cut in [long.count, long.count - 1] {
        let result = expand([long[..<cut], long[cut...]], .known(encoding))
        #expect(result.failure == .corrupt(encoding, "something follows its end"))
      }
    }
  }

  @Test func bombsStopAtTheLimit() throws {
    let limit = 1 << 17
    // Pixels, a list, and bytes that nobody wants.
    let bombs: [(ReplyShape, [UInt8])] = [
      (.image, Self.image([UInt8](repeating: 0, count: 1 << 20))),
      (.objectsList, Proto.build { $0.delimited(1, [UInt8](repeating: 65, count: 1 << 20)) }),
      (.streamFrame, Proto.build { $0.delimited(99, [UInt8](repeating: 0, count: 1 << 20)) }),
      (
        .streamFrame,
        Proto.build { sink in
          for _ in 0..<20_000 { sink.delimited(99, [UInt8](repeating: 0, count: 20)) }
        }
      ),
    ]
    for (shape, bomb) in bombs {
      let packed = try Self.packed(bomb, .gzip)
      #expect(packed.count < 10_000)
      let result = expand([packed[...]], .known(.gzip), shape, limit: limit)
      #expect(result.failure?.status == .resourceExhausted)
      #expect(result.failure?.message.contains("max_receive_message_length") == true)
      #expect(result.plainBytes <= limit + 1)
    }
  }

  @Test func exactlyTheLimitIsNotTooLong() throws {
    let message = Self.image(Self.noise)
    let packed = try Self.packed(message, .gzip)
    for (limit, failure) in [
      (message.count, nil),
      (message.count - 1, WireFailure.tooLongInflated(limit: message.count - 1)),
    ] {
      #expect(expand([packed[...]], .known(.gzip), .image, limit: limit).failure == failure)
    }
  }

  @Test func lengthsThatLieAreRefused() throws {
    let pixels = Self.noise
    // The field claims more than the message has.
    let cut = Proto.build { sink in
      sink.header(1, length: pixels.count + 1)
      for byte in pixels { sink.byte(byte) }
    }
    let packed = try Self.packed(cut, .gzip)
    #expect(
      expand([packed[...]], .known(.gzip), .image).failure
        == .malformed("it ends in the middle of a field"))
    // The nested message claims more.
    let nested = Proto.build { sink in
      sink.header(4, length: pixels.count + 100)
      sink.delimited(1, pixels)
    }
    #expect(
      expand([try Self.packed(nested, .gzip)[...]], .known(.gzip)).failure
        == .malformed("it ends in the middle of a field"))
  }

  @Test func aMessageWaitsUntilItMayBeInflated() throws {
    let stream = try Self.stream(.gzip)
    let expected = expand([stream[...]], .known(.gzip)).messages
    let receiver = HesitantReceiver()
    let reader = ReplyReader(shape: .streamFrame, maximumLength: 1 << 20, receiver: receiver)
    reader.encoding = .known(.gzip)
    var waits = 0
    var rest: ArraySlice<UInt8> = []
    func feed() -> WireFailure? {
      let (failure, left) = rest.withUnsafeBytes { bytes in
        var left = bytes
        return (reader.feed(&left), left.count)
      }
      rest = rest.suffix(left)
      return failure
    }
    for start in stride(from: 0, to: stream.count, by: 5000) {
      rest += stream[start..<min(start + 5000, stream.count)]
      receiver.mayExpand = false
      #expect(feed() == nil)
      // Not asked too early: without leave nothing moves.
      #expect(reader.resume() == nil)
      if reader.isHeld {
        waits += 1
        #expect(reader.isMidMessage)
      }
      if start % 3 == 0 {
        receiver.mayExpand = true
        #expect(reader.resume() == nil)
      }
    }
    receiver.mayExpand = true
    #expect(feed() == nil && rest.isEmpty)
    #expect(waits > 3)
    #expect(!reader.isHeld && !reader.isMidMessage && reader.end() == nil)
    #expect(receiver.inner.messages == expected)
  }

  @Test func damagedStreamsAreReadOrRejectedSafely() throws {
    let whole = try Self.stream(.gzip)
    let small =
      try Self.packed(Self.command, .gzip)
      + Self.packed(Self.frame("10", Array(Self.noise.prefix(300))), .gzip)
    var dice = Dice(state: 31)
    var failures = 0
    for round in 0..<2000 {
      var input = round % 40 == 0 ? whole : small
      for _ in 0...(dice.next() % 3) {
        let at = Int(dice.next() % UInt64(input.count))
        switch dice.next() % 3 {
        case 0: input[at] ^= 1 << UInt8(dice.next() & 7)
        case 1: input.remove(at: at)
        default: input.insert(UInt8(truncatingIfNeeded: dice.next() >> 9), at: at)
        }
      }
      let first = expand([input[...]], .known(.gzip))
      let cut = Int(dice.next() % UInt64(input.count + 1))
      let again = expand([input[..<cut], input[cut...]], .known(.gzip))
      #expect(first.failure == again.failure && first.messages == again.messages)
      #expect(first.overruns + again.overruns == 0)
      if first.failure != nil { failures += 1 }
    }
    #expect(failures > 1500)
  }
}

/// Gives leave when it is told to.
private final class HesitantReceiver: ReplyReceiver {
  let inner = RecordingReceiver()
  var mayExpand = false

  func messageBegan(length: Int) -> Bool { inner.messageBegan(length: length) }
  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    inner.imageBegan(length: length, requestID: requestID)
  }
  func messageEnded(_ reply: borrowing ScannedReply) { inner.messageEnded(reply) }
}

private struct Expanded {
  var failure: WireFailure?
  var messages: [String]
  var overruns: Int
  var plainBytes: Int
  var expanded: (messages: UInt64, wireBytes: UInt64, plainBytes: UInt64)
}

private func expand(
  _ pieces: [ArraySlice<UInt8>], _ encoding: AnnouncedEncoding, _ shape: ReplyShape = .streamFrame,
  limit: Int = 1 << 20
) -> Expanded {
  let receiver = RecordingReceiver()
  let reader = ReplyReader(shape: shape, maximumLength: limit, receiver: receiver)
  reader.encoding = encoding
  var failure: WireFailure?
  for piece in pieces where failure == nil {
    failure = Array(piece).withUnsafeBytes { reader.feed($0) }
  }
  if failure == nil { failure = reader.end() }
  return Expanded(
    failure: failure, messages: receiver.messages, overruns: receiver.overruns,
    plainBytes: reader.expansion?.count ?? 0, expanded: reader.expanded)
}
