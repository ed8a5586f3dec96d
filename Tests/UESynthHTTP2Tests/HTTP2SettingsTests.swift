import Testing
import UESynthHTTP2

@Suite struct HTTP2SettingsTests {
  /// Identifier and value (RFC 9113 §6.5.2) of what a new session says first.
  private func announced(_ role: HTTP2Session.Role, _ settings: HTTP2Settings) throws -> [Int: Int]
  {
    var bytes = try Endpoint(role, settings).take()
    if role == .client {
      #expect(bytes.starts(with: RawFrame.preface))
      bytes.removeFirst(RawFrame.preface.count)
    }
    let first = try #require(RawFrame.parse(bytes).first)
    #expect(first.type == 4)
    var values: [Int: Int] = [:]
    for index in stride(from: 0, to: first.payload.count, by: 6) {
      let number = first.payload[index..<(index + 6)].reduce(0) { $0 << 8 | Int($1) }
      values[number >> 32] = number & 0xFFFF_FFFF
    }
    return values
  }

  @Test func clientsTakeLargeFramesAndNoPush() throws {
    let values = try announced(.client, HTTP2Settings())
    #expect(values == [2: 0, 3: 0, 4: 16 << 20, 5: 16_777_215, 6: 64 << 10])
  }

  @Test func serversLimitStreams() throws {
    var settings = HTTP2Settings()
    settings.maximumConcurrentStreams = 5
    settings.streamWindow = 100_000
    settings.maximumFrameSize = 16384
    settings.maximumHeaderListSize = 8192
    let values = try announced(.server, settings)
    #expect(values == [3: 5, 4: 100_000, 5: 16384, 6: 8192])
  }

  @Test(arguments: [0, 16383, 16_777_216, UInt32.max])
  func frameSizesThatAreNotAllowedFail(_ size: UInt32) {
    var settings = HTTP2Settings()
    settings.maximumFrameSize = size
    #expect(throws: HTTP2Error.self) { try Endpoint(.client, settings) }
  }

  @Test func theConnectionWindowIsGranted() throws {
    var settings = HTTP2Settings()
    settings.connectionWindow = 1 << 20
    let bytes = try Endpoint(.client, settings).take().dropFirst(RawFrame.preface.count)
    let update = try #require(RawFrame.parse(Array(bytes)).first { $0.type == 8 })
    #expect(update.id == 0)
    #expect(update.payload.reduce(0) { $0 << 8 | Int($1) } == (1 << 20) - 65535)
  }
}
