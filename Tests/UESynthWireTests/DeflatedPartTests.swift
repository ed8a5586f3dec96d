import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct DeflatedPartTests {
  @Test(arguments: [MessageEncoding.gzip, .deflate])
  func standsInAnyMessage(encoding: MessageEncoding) throws {
    let pixels = ReplyExpansionTests.noise
    let part = try #require(pixels.withUnsafeBytes { DeflatedPart($0, encoding) })
    #expect(part.bytes.count < pixels.count / 2)
    for (id, format) in [("7", "rgba"), ("123456", ""), (String(repeating: "9", count: 16), "x")] {
      let envelope = ImageReplyEnvelope(
        requestID: id, imageLength: pixels.count, width: 640, height: format.isEmpty ? 0 : 480,
        format: format)
      let around = try #require(
        envelope.head.dropFirst(MessagePrefix.size).withUnsafeBytes { head in
          envelope.tail.withUnsafeBytes { part.surroundings(head: head, tail: $0) }
        })
      let plain = envelope.head + pixels + envelope.tail
      let expected = run([plain[...]])
      #expect(expected.failure == nil && expected.messages.count == 1)
      let receiver = RecordingReceiver()
      let reader = ReplyReader(shape: .streamFrame, maximumLength: 1 << 20, receiver: receiver)
      reader.encoding = .known(encoding)
      let message = around.before + Array(part.bytes) + around.after
      #expect(message.withUnsafeBytes { reader.feed($0) } == nil)
      #expect(reader.end() == nil && receiver.messages == expected.messages)
    }
  }

  @Test func onlyWhatBecomesShorter() {
    var dice = Dice(state: 3)
    let noise = (0..<5000).map { _ in UInt8(truncatingIfNeeded: dice.next() >> 20) }
    #expect(noise.withUnsafeBytes { DeflatedPart($0, .gzip) } == nil)
    let zeros = [UInt8](repeating: 0, count: 70_000)
    let part = zeros.withUnsafeBytes { DeflatedPart($0, .gzip) }
    // A stored block has at most 65,535 bytes.
    #expect(part != nil && zeros.withUnsafeBytes { part?.surroundings(head: $0, tail: $0) } == nil)
  }
}
