import Testing
import UESynthHTTP2

@Suite struct HTTP2StreamTests {
  @Test func theBareStreamSendsNothingAndEnds() {
    let stream = HTTP2Stream()
    let pull = stream.pull(limit: 100)
    #expect(pull.count == 0 && pull.ended && !pull.trailersFollow)
    #expect(stream.directTarget == nil)
    #expect(stream.id == 0 && !stream.isOpen)
  }

  /// The session holds a stream from its submission until `closed` has returned.
  @Test func livesAsLongAsItIsOpen() throws {
    let pair = try Pair()
    try pair.exchange()
    weak var weakStream: RecordingStream?
    var closings: [UInt32] = []
    do {
      let stream = RecordingStream()
      stream.onClosed = { closings = $0.closings }
      weakStream = stream
      try pair.client.call(stream)
      #expect(stream.isOpen && stream.id == 1)
    }
    try pair.exchange()
    #expect(weakStream != nil)
    try pair.server.answerOnly(pair.server.streams[0], [("grpc-status", "0")])
    try pair.exchange()
    #expect(closings == [0])
    #expect(weakStream == nil)
  }
}
