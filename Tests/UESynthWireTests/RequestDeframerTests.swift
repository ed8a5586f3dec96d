import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct RequestDeframerTests {
  private static let messages: [[UInt8]] = [
    [], [1], Array(0..<100), [], Array(repeating: 7, count: 700), [9, 9],
  ]

  @Test func anyPiecesGiveTheSameMessages() {
    let stream = Self.messages.flatMap { framed($0) }
    for cut in 0...stream.count {
      let result = run([stream[..<cut], stream[cut...]])
      #expect(result.messages == Self.messages && result.failure == nil)
    }
    #expect(run(stream.indices.map { stream[$0...$0] }).messages == Self.messages)
  }

  @Test(arguments: [MessageEncoding.gzip, .deflate])
  func compressedMessagesAreInflated(encoding: MessageEncoding) throws {
    let long = [UInt8](repeating: 3, count: 900)
    let packed = try ReplyExpansionTests.packed(long, encoding)
    let stream = packed + framed([1, 2]) + packed
    for cut in 0...stream.count {
      let result = run([stream[..<cut], stream[cut...]], .known(encoding))
      #expect(result.messages == [long, [1, 2], long] && result.failure == nil)
    }
    let bomb = try ReplyExpansionTests.packed([UInt8](repeating: 0, count: 100_000), encoding)
    #expect(run([bomb[...]], .known(encoding)).failure == .tooLongInflated(limit: 1000))
    var short = Array(packed.dropLast())
    short[4] -= 1
    #expect(run([short[...]], .known(encoding)).failure == .corrupt(encoding, "it is cut off"))
    var junk = packed + [9]
    junk[4] += 1
    #expect(
      run([junk[...]], .known(encoding)).failure == .corrupt(encoding, "something follows its end"))
    var wrong = packed
    wrong[wrong.count - 1] ^= 0xFF
    #expect(run([wrong[...]], .known(encoding)).failure != nil)
    #expect(run([packed[...]], .unknown("x")).failure == .unknownEncoding("x"))
  }

  @Test func limits() {
    #expect(run([framed([UInt8](repeating: 0, count: 1000))[...]]).failure == nil)
    #expect(
      run([framed([UInt8](repeating: 0, count: 1001))[...]]).failure
        == .tooLong(length: 1001, limit: 1000))
    #expect(RequestDeframer.defaultLimit == 4_194_304)
  }

  @Test(
    arguments: [
      ([1, 0, 0, 0, 0], .unannounced), ([3, 0, 0, 0, 0], .badFlag(3)), ([0], .truncated),
      ([0, 0, 0, 0, 1], .truncated),
      ([0, 255, 255, 255, 255], .tooLong(length: 4_294_967_295, limit: 1000)),
    ] as [([UInt8], WireFailure)])
  func faults(bytes: [UInt8], failure: WireFailure) {
    for cut in 0...bytes.count {
      let result = run([bytes[..<cut], bytes[cut...]])
      #expect(result.failure == failure && result.messages.isEmpty)
    }
  }

  @Test func failureStays() {
    let deframer = RequestDeframer(limit: 10)
    let bad = framed([], flag: 9)
    #expect(bad.withUnsafeBytes { deframer.feed($0) { _ in } } == .badFlag(9))
    let again = framed([1]).withUnsafeBytes { deframer.feed($0) { _ in Issue.record("read on") } }
    #expect(again == .badFlag(9) && deframer.end() == .badFlag(9))
  }

  private func run(
    _ pieces: [ArraySlice<UInt8>], _ encoding: AnnouncedEncoding = .none
  ) -> (messages: [[UInt8]], failure: WireFailure?) {
    let deframer = RequestDeframer(limit: 1000)
    deframer.encoding = encoding
    var messages: [[UInt8]] = []
    for piece in pieces {
      let failure = Array(piece).withUnsafeBytes { bytes in
        deframer.feed(bytes) { messages.append(Array($0)) }
      }
      if let failure { return (messages, failure) }
    }
    return (messages, deframer.end())
  }
}
