import Testing

@testable import UESynthHTTP2

@Suite struct HTTP2ErrorTests {
  @Test func saysWhatAndWhy() {
    #expect(HTTP2Error(-505).message == "Protocol error")
    #expect(HTTP2Error(-505, detail: "SETTINGS").message == "Protocol error: SETTINGS")
    #expect(!HTTP2Error(-123_456).message.isEmpty)
  }
}
