import Testing

@testable import UESynthSim

@Suite struct ResponseHeadersTests {
  @Test func messagesArePercentEncoded() {
    #expect(ResponseHeaders.percentEncoded("plain text!~") == "plain text!~")
    #expect(ResponseHeaders.percentEncoded("50% é\n\u{7f}") == "50%25 %C3%A9%0A%7F")
    #expect(ResponseHeaders.percentEncoded(String(repeating: "é", count: 5000)).utf8.count <= 4096)
  }
}
