import Testing
import UESynthCore
import UESynthWire

@testable import UESynthSim

@Suite struct RequestHeadTests {
  private func head(_ fields: [(String, String)]) -> RequestHead {
    var head = RequestHead()
    for (name, value) in fields {
      Array(name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { value in head.field(name, value) }
      }
    }
    return head
  }

  private let call = [
    (":method", "POST"), (":path", "/uesynth.UESynthService/CaptureNormals"),
    ("content-type", "application/grpc+proto"),
  ]

  @Test func verdicts() {
    #expect(head(call).verdict == .accepted(.unary(.captureNormals)))
    #expect(
      head(call + [(":path", "/uesynth.UESynthService/ControlStream")]).verdict
        == .accepted(.controlStream))
    #expect(
      head(call + [(":path", "/x.Y/Z")]).verdict
        == .refused(.unimplemented, "this server has no method /x.Y/Z"))
    #expect(head(call + [(":method", "GET")]).verdict == .notGRPC("405"))
    #expect(head(call + [("content-type", "text/html")]).verdict == .notGRPC("415"))
    #expect(head(call + [("content-type", "app")]).verdict == .notGRPC("415"))
    #expect(head([]).verdict == .notGRPC("405"))
    #expect(head(call + [("grpc-encoding", "deflate")]).encoding == .known(.deflate))
  }

  @Test(arguments: [
    ("1n", 1), ("99999999u", 99_999_999_000), ("5m", 5_000_000), ("2S", 2_000_000_000),
    ("3M", 180_000_000_000), ("1H", 3_600_000_000_000), ("99999999H", Int64.max), ("0n", 0),
  ])
  func timeouts(text: String, nanoseconds: Int64) {
    #expect(head(call + [("grpc-timeout", text)]).timeout == nanoseconds)
  }

  @Test(arguments: ["", "S", "1", "1x", "123456789S", "-1S", "1.5S", " 1S", "1S "])
  func whatIsNoTimeoutIsNone(text: String) {
    #expect(head(call + [("grpc-timeout", text)]).timeout == nil)
  }
}
