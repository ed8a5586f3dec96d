import Glibc
import Testing
import UESynthHTTP2

/// One end of a connection, with its streams.
final class Endpoint: HTTP2SessionDelegate {
  private(set) var session: HTTP2Session?
  private(set) var settingsCount = 0
  private(set) var goAways: [(last: Int32, code: UInt32, debug: String)] = []
  private(set) var pings: [UInt64] = []
  /// Server: streams by order of arrival.
  private(set) var streams: [RecordingStream] = []
  /// Server: called for each new stream; false refuses it.
  var accepts: (RecordingStream) -> Bool = { _ in true }
  private let headers = HeaderBlock()

  init(_ role: HTTP2Session.Role, _ settings: HTTP2Settings = HTTP2Settings()) throws {
    var settings = settings
    if role == .server, settings.maximumConcurrentStreams == 0 {
      settings.maximumConcurrentStreams = 1000
    }
    session = try HTTP2Session(role: role, settings: settings, delegate: self)
  }

  func drop() { session = nil }

  func block(_ fields: [(String, String)]) -> HeaderBlock {
    headers.removeAll()
    for (name, value) in fields {
      var name = name
      var value = value
      name.withUTF8 { name in
        value.withUTF8 { value in
          headers.append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value))
        }
      }
    }
    return headers
  }

  static let request = [
    (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "h"),
    ("te", "trailers"), ("content-type", "application/grpc"),
  ]
  static let response = [(":status", "200"), ("content-type", "application/grpc")]

  @discardableResult
  func call(_ stream: RecordingStream, extra: [(String, String)] = []) throws -> RecordingStream {
    stream.endpoint = self
    try session?.submitRequest(block(Self.request + extra), stream: stream)
    return stream
  }

  func answer(_ stream: RecordingStream) throws {
    try session?.submitResponse(block(Self.response), stream: stream)
  }

  func answerOnly(_ stream: RecordingStream, _ fields: [(String, String)]) throws {
    try session?.submitTrailersOnly(block(Self.response + fields), stream: stream)
  }

  func answerTrailers(_ stream: RecordingStream, _ fields: [(String, String)]) {
    #expect(throws: Never.self) { try session?.submitTrailers(block(fields), stream: stream) }
  }

  func receive(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try session?.receive($0) }
  }

  /// What the session has to say, at most `limit` bytes of it.
  func take(_ limit: Int = .max) throws -> [UInt8] {
    guard let session else { return [] }
    if session.output.count == 0 { try session.pump() }
    var bytes: [UInt8] = []
    var vectors = [iovec](repeating: iovec(), count: 16)
    while session.output.count > 0, bytes.count < limit {
      let filled = vectors.withUnsafeMutableBufferPointer { session.output.fill($0) }
      var taken = 0
      for vector in vectors[..<filled] {
        let count = min(vector.iov_len, limit - bytes.count)
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: count))
        taken += count
      }
      session.output.consume(taken)
      if bytes.count < limit { try session.pump() }
    }
    return bytes
  }

  // MARK: HTTP2SessionDelegate

  func sessionSettingsReceived() { settingsCount += 1 }

  func sessionGoAway(lastStreamID: Int32, code: UInt32, debug: String) {
    goAways.append((lastStreamID, code, debug))
  }

  func sessionPingAcknowledged(_ opaque: UInt64) { pings.append(opaque) }

  func sessionStreamOpened(_ id: Int32) -> HTTP2Stream? {
    let stream = RecordingStream()
    stream.endpoint = self
    guard accepts(stream) else { return nil }
    streams.append(stream)
    return stream
  }
}

/// A client and a server, back to back.
struct Pair {
  let client: Endpoint
  let server: Endpoint

  init(client: HTTP2Settings = HTTP2Settings(), server: HTTP2Settings = HTTP2Settings()) throws {
    self.client = try Endpoint(.client, client)
    self.server = try Endpoint(.server, server)
  }

  /// Carries bytes both ways, so many at once, until neither side has any more.
  func exchange(_ chunk: () -> Int = { 1 << 20 }) throws {
    while true {
      let up = try client.take(chunk())
      try server.receive(up)
      let down = try server.take(chunk())
      try client.receive(down)
      if up.isEmpty && down.isEmpty { return }
    }
  }
}
