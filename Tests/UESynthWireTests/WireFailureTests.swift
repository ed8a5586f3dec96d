import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct WireFailureTests {
  @Test(
    arguments: [
      (
        .tooLong(length: 8_294_422, limit: 4_194_304), .resourceExhausted,
        ["8294422", "4194304", "max_receive_message_length"]
      ),
      (.tooLongInflated(limit: 77), .resourceExhausted, ["77", "max_receive_message_length"]),
      (.unannounced, .internal, ["compressed", "grpc-encoding"]),
      (.unknownEncoding("br"), .internal, ["\"br\"", "gzip"]),
      (.corrupt(.deflate, "a reason"), .internal, ["deflate", "a reason"]),
      (.badFlag(7), .internal, ["flag 7"]),
      (.truncated, .internal, ["middle of a message"]),
      (.malformed("a reason"), .internal, ["a reason"]),
      (.refused, .resourceExhausted, ["stream_buffer_bytes"]),
      (.outOfMemory, .resourceExhausted, ["memory"]),
    ] as [(WireFailure, Status, [String])])
  func saysWhatToDo(failure: WireFailure, status: Status, words: [String]) {
    #expect(failure.status == status)
    for word in words { #expect(failure.message.contains(word)) }
    #expect(failure == failure)
  }
}
