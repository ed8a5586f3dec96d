import Testing
import UESynthHTTP2

/// What makes this side reset a stream that its owner has left alone.
@Suite struct HTTP2StreamViolationTests {
  /// A client with a call under way, and a peer that is made of bytes.
  private func client(_ settings: HTTP2Settings = HTTP2Settings()) throws -> (
    Endpoint, RecordingStream
  ) {
    let client = try Endpoint(.client, settings)
    let call = try client.call(RecordingStream())
    _ = try client.take()
    try client.receive(RawFrame.settings + RawFrame.settingsAcknowledged)
    return (client, call)
  }

  @Test func aHeaderListOverTheLimit() throws {
    var settings = HTTP2Settings()
    settings.maximumHeaderListSize = 100
    let (client, call) = try client(settings)
    let fields = RawFrame.field("a", "b") + RawFrame.field("c", String(repeating: "d", count: 60))
    try client.receive(RawFrame.frame(1, 4, 1, [0x88] + fields))
    _ = try client.take()
    #expect(call.violation == .headerListTooLong(limit: 100))
    #expect(call.closings == [2])
    #expect(client.session?.isAlive == true)
  }

  @Test func aMalformedBlock() throws {
    let (client, call) = try client()
    try client.receive(RawFrame.frame(1, 4, 1, [0x88] + RawFrame.field("A", "b")))
    _ = try client.take()
    guard case .malformed(let words) = call.violation else {
      Issue.record("no violation")
      return
    }
    #expect(words.contains("[A]"))
    #expect(call.closings == [1])
  }

  @Test func resetsOfEitherSideAreNone() throws {
    let (client, call) = try client()
    try client.receive(RawFrame.reset(1, 2))
    #expect(call.violation == nil)
    let other = try client.call(RecordingStream())
    _ = try client.take()
    client.session?.reset(other, code: HTTP2Code.cancel)
    _ = try client.take()
    #expect(other.closings == [8])
    #expect(other.violation == nil)
  }

  /// It ends the connection, but its call hears of it first.
  @Test func dataWithoutHeaders() throws {
    let (client, call) = try client()
    let answered = try client.call(RecordingStream())
    _ = try client.take()
    try client.receive(RawFrame.ok(3) + RawFrame.data(1, [1, 2, 3]))
    _ = try client.take()
    #expect(call.dataEvents == 1)
    #expect(call.bodyCount == 0)
    #expect(answered.dataEvents == 0)
    #expect(client.session?.violation?.message.contains("stream not opened") == true)
  }

  @Test func dataWithoutHeadersOfNobodyKnowsWhichCall() throws {
    let (client, call) = try client()
    let other = try client.call(RecordingStream())
    _ = try client.take()
    try client.receive(RawFrame.data(1, [1, 2, 3]))
    _ = try client.take()
    #expect(call.dataEvents + other.dataEvents == 0)
    #expect(client.session?.violation != nil)
  }
}
