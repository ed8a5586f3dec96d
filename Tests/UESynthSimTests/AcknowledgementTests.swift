import Glibc
import Testing
import UESynthHTTP2
import UESynthWire

@testable import UESynthSim

@Suite struct AcknowledgementTests {
  @Test func theBytesAreThoseOfTheOrdinaryReply() {
    for id in ["", "1", "12345678901234567890", String(repeating: "x", count: 100)] {
      let replies = ReplyQueue()
      Array(id.utf8).withUnsafeBytes { Acknowledgement.write(to: replies, requestID: $0) }
      let ordinary = ServerReply.command(success: true, message: "").encode(requestID: id)
      #expect(replies.count == ordinary.count)
      let output = OutputQueue()
      replies.move(replies.count, to: output)
      let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: 2)
      defer { vectors.deallocate() }
      #expect(output.fill(vectors) == 1)
      let bytes = UnsafeRawBufferPointer(start: vectors[0].iov_base, count: vectors[0].iov_len)
      #expect(Array(bytes) == ordinary)
    }
  }
}
