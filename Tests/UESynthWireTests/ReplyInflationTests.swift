import Testing
import UESynthCore

@testable import UESynthWire

/// Pictures that somebody else inflates, sooner or later.
@Suite struct ReplyInflationTests {
  private typealias Samples = ReplyExpansionTests

  /// Feeds pieces; what is given away comes back after so many of them as `delay` says.
  private func read(
    _ pieces: [ArraySlice<UInt8>], _ encoding: MessageEncoding, delay: () -> UInt64,
    limit: Int = 1 << 20
  ) -> (failure: WireFailure?, receiver: DelegatingReceiver, copied: UInt64) {
    let receiver = DelegatingReceiver()
    let reader = ReplyReader(shape: .streamFrame, maximumLength: limit, receiver: receiver)
    reader.encoding = .known(encoding)
    var failure: WireFailure?
    var rest: ArraySlice<UInt8> = []
    func feed() {
      let left = rest.withUnsafeBytes { bytes in
        var left = bytes
        failure = reader.feed(&left)
        return left.count
      }
      rest = rest.suffix(left)
      // It stops only where somebody has to act.
      if failure == nil { #expect(left == 0 || reader.isComplete || reader.isHeld) }
    }
    func takeBack() {
      guard let inflation = receiver.away, failure == nil else { return }
      receiver.away = nil
      inflation.run { true }
      failure = reader.takeBack()
    }
    var wait = delay()
    for piece in pieces where failure == nil {
      rest += piece
      feed()
      guard wait == 0 else {
        wait -= 1
        continue
      }
      wait = delay()
      takeBack()
    }
    while failure == nil, receiver.away != nil || !rest.isEmpty {
      takeBack()
      if failure == nil { feed() }
    }
    if failure == nil { failure = reader.end() }
    return (failure, receiver, reader.copiedBytes)
  }

  private func cut(_ stream: [UInt8], _ size: () -> Int) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var at = 0
    while at < stream.count {
      let end = min(at + max(size(), 1), stream.count)
      pieces.append(stream[at..<end])
      at = end
    }
    return pieces
  }

  @Test(arguments: [MessageEncoding.gzip, .deflate])
  func theSameReplies(encoding: MessageEncoding) throws {
    let stream = try Samples.stream(encoding)
    let plain =
      framed(Samples.frame("7", Array(Samples.noise.prefix(30_000))))
      + framed(Samples.frame("8", [1, 2, 3]))
      + framed(Samples.command) + framed(Samples.frame("9", Samples.noise))
      + framed(Samples.frame("10", Array(Samples.noise.prefix(300))))
    let expected = run([plain[...]]).messages
    var dice = Dice(state: 91)
    for round in 0..<60 {
      let pieces = cut(stream) { round == 0 ? stream.count : 1 + Int(dice.next() % 20_000) }
      let result = read(pieces, encoding, delay: { round < 20 ? 0 : dice.next() % 5 })
      #expect(result.failure == nil)
      #expect(result.receiver.inner.messages == expected)
      #expect(result.receiver.inner.overruns == 0)
      #expect(result.receiver.given > 0)
      // Nothing but the beginnings of pictures is copied.
      #expect(result.copied < 31_000 + UInt64(MessageExpansion.chunkSize))
    }
  }

  @Test func damagedStreamsFailAsOthersDo() throws {
    let whole = try Samples.packed(Samples.frame("9", Samples.noise), .gzip)
    var dice = Dice(state: 13)
    for _ in 0..<150 {
      var input = whole
      for _ in 0...(dice.next() % 2) {
        let at = Int(dice.next() % UInt64(input.count))
        switch dice.next() % 3 {
        case 0: input[at] ^= 1 << UInt8(dice.next() & 7)
        case 1: input.remove(at: at)
        default: input.insert(UInt8(truncatingIfNeeded: dice.next() >> 9), at: at)
        }
      }
      let receiver = RecordingReceiver()
      let reader = ReplyReader(shape: .streamFrame, maximumLength: 1 << 20, receiver: receiver)
      reader.encoding = .known(.gzip)
      var inPlace = input.withUnsafeBytes { bytes in
        var rest = bytes
        return reader.feed(&rest)
      }
      if inPlace == nil { inPlace = reader.end() }
      let away = read(
        cut(input) { 1 + Int(dice.next() % 40_000) }, .gzip, delay: { dice.next() % 3 })
      #expect(away.failure == inPlace)
      #expect(away.receiver.inner.messages == receiver.messages)
      #expect(away.receiver.inner.overruns == 0)
    }
  }

  @Test func bombsStopAtTheLimit() throws {
    let limit = 1 << 17
    let bomb = try Samples.packed(
      Samples.frame("9", [UInt8](repeating: 0, count: 1 << 20)), .gzip)
    let result = read([bomb[...]], .gzip, delay: { 0 }, limit: limit)
    #expect(result.failure?.status == .resourceExhausted)
    #expect(result.receiver.inner.overruns == 0)
  }

  @Test func whatIsCutOffOrPaddedIsRefused() throws {
    let packed = try Samples.packed(Samples.frame("9", Samples.noise), .gzip)
    for left in stride(from: packed.count / 2, to: packed.count, by: packed.count / 40) {
      var short = Array(packed[..<left])
      MessagePrefix.write(length: left - 5, isCompressed: true, into: &short)
      let result = read([short[...]], .gzip, delay: { 0 })
      #expect(result.failure == .corrupt(.gzip, "it is cut off"), "\(left)")
      #expect(read([packed[..<left]], .gzip, delay: { 0 }).failure == .truncated)
    }
    var long = packed + [0]
    MessagePrefix.write(length: long.count - 5, isCompressed: true, into: &long)
    for cut in [long.count, long.count - 1, long.count - 20_000] {
      let result = read([long[..<cut], long[cut...]], .gzip, delay: { 0 })
      #expect(result.failure == .corrupt(.gzip, "something follows its end"))
    }
  }

  @Test func aMessageEndsWhenItIsItsTurn() throws {
    let receiver = DelegatingReceiver()
    receiver.mayEnd = false
    let reader = ReplyReader(shape: .streamFrame, maximumLength: 1 << 20, receiver: receiver)
    reader.encoding = .known(.gzip)
    let packed = try Samples.packed(Samples.frame("9", Samples.noise), .gzip)
    let next = framed(Samples.frame("10", [1]))
    let left = (packed + next).withUnsafeBytes { bytes in
      var rest = bytes
      #expect(reader.feed(&rest) == nil)
      return rest.count
    }
    #expect(left == next.count && reader.isComplete && receiver.away != nil)
    #expect(reader.pendingBytes > 0)
    receiver.away?.run { true }
    #expect(reader.takeBack() == nil && reader.pendingBytes == 0)
    #expect(reader.isComplete && receiver.inner.messages.isEmpty)
    #expect(reader.resume() == nil && receiver.inner.messages.isEmpty)
    receiver.mayEnd = true
    #expect(reader.resume() == nil && receiver.inner.messages.count == 1)
    #expect(!reader.isComplete && !reader.isMidMessage)
    #expect(next.withUnsafeBytes { reader.feed($0) } == nil)
    #expect(receiver.inner.messages.count == 2)
  }

  @Test func whatIsNotWantedStopsSoon() throws {
    let receiver = DelegatingReceiver()
    let reader = ReplyReader(shape: .streamFrame, maximumLength: 1 << 24, receiver: receiver)
    reader.encoding = .known(.gzip)
    let packed = try Samples.packed(
      Samples.frame("9", [UInt8](repeating: 3, count: 4 << 20)), .gzip)
    #expect(packed.withUnsafeBytes { reader.feed($0) } == nil)
    let inflation = try #require(receiver.away)
    var looks = 0
    inflation.run {
      looks += 1
      return looks < 5
    }
    #expect(looks == 5 && inflation.written < 1 << 20)
    reader.reset(shape: .streamFrame)
    #expect(!reader.isMidMessage && reader.pendingBytes == 0)
  }
}

/// Gives away whatever may be given away.
private final class DelegatingReceiver: ReplyReceiver {
  let inner = RecordingReceiver()
  var away: Inflation?
  var given = 0
  var mayEnd = true
  var inflatesElsewhere: Bool { true }

  func inflate(_ inflation: Inflation) {
    away = inflation
    given += 1
  }
  func messageBegan(length: Int) -> Bool { inner.messageBegan(length: length) }
  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    inner.imageBegan(length: length, requestID: requestID)
  }
  func messageEnded(_ reply: borrowing ScannedReply) { inner.messageEnded(reply) }
}
