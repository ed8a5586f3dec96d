import UESynthHTTP2
import UESynthWire

/// A client's session with calls under way. The input is what its peer sends, byte by byte or frame by frame,
/// the latter mixed with what the client does meanwhile.
enum SessionTarget {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let manner = input.byte()
    let drive = SessionDrive(
      calls: 1 + Int(manner & 3), isDirect: manner & 4 != 0, seed: input.byte())
    if manner & 8 == 0 {
      drive.receive(input.rest)
    } else {
      if manner & 16 == 0 { drive.frame(type: 4, flags: 0, stream: 0, input.take(0)) }
      while !input.isEmpty { drive.step(&input) }
    }
    drive.finish()
  }
}

/// The client, and the hand that moves it.
private final class SessionDrive: HTTP2SessionDelegate {
  private static let shapes: [ReplyShape] = [.streamFrame, .image, .command, .objectsList]
  private static let maximumCalls = 16

  private var session: HTTP2Session?
  private var calls: [FuzzCall] = []
  private var pieces: Pieces
  private let isDirect: Bool
  private var isBroken = false

  init(calls: Int, isDirect: Bool, seed: UInt8) {
    pieces = Pieces(seed: seed)
    self.isDirect = isDirect
    var settings = HTTP2Settings()
    settings.maximumHeaderListSize = 4 << 10
    session = try? HTTP2Session(role: .client, settings: settings, delegate: self)
    expect(session != nil, "no session")
    for _ in 0..<calls { open() }
    pump()
  }

  func sessionSettingsReceived() {}
  func sessionGoAway(lastStreamID: Int32, code: UInt32, debug: String) {}

  private func open() {
    guard let session, calls.count < Self.maximumCalls else { return }
    let call = FuzzCall(Self.shapes[calls.count % Self.shapes.count], session: session)
    do {
      try session.submitRequest(FuzzCall.requestHeaders, stream: call)
      calls.append(call)
    } catch {}
  }

  private func pump() {
    guard let session, !isBroken else { return }
    do { try session.pump() } catch { isBroken = true }
    _ = session.output.collected()
    if !session.isAlive { isBroken = true }
  }

  /// As a socket delivers it: payload of a picture where it belongs, the rest through a buffer.
  func receive(_ bytes: UnsafeRawBufferPointer) {
    var left = bytes
    while isDirect, let session, !isBroken, !left.isEmpty {
      var count = pieces.next(of: left.count)
      let part: UnsafeRawBufferPointer
      if session.dataRemaining > 0, let target = session.dataStream?.directTarget {
        count = min(count, session.dataRemaining, target.count)
        part = UnsafeRawBufferPointer(rebasing: left.prefix(count))
        target.copyMemory(from: part)
        feed(UnsafeRawBufferPointer(start: target.baseAddress, count: count))
      } else {
        part = UnsafeRawBufferPointer(rebasing: left.prefix(count))
        feed(part)
      }
      left = UnsafeRawBufferPointer(rebasing: left.dropFirst(count))
    }
    if isDirect { return }
    pieces.each(of: bytes) { piece in
      feed(piece)
      return !isBroken
    }
  }

  private func feed(_ bytes: UnsafeRawBufferPointer) {
    guard let session else { return }
    do { try session.receive(bytes) } catch { isBroken = true }
    expect(session.dataRemaining >= 0, "\(session.dataRemaining) bytes of DATA")
    pump()
  }

  func frame(type: UInt8, flags: UInt8, stream: UInt8, _ payload: UnsafeRawBufferPointer) {
    var frame: [UInt8] = [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags]
    // 1 to 8 are the first calls.
    let id = stream == 0 || stream > 8 ? stream : stream * 2 - 1
    frame += [0, 0, 0, id]
    frame += payload
    frame.withUnsafeBytes { receive($0) }
  }

  /// One frame of the peer's, or something that the client does.
  func step(_ input: inout FuzzInput) {
    if isBroken { _ = input.take(Int.max) }
    let kind = input.byte()
    switch kind {
    case 0xA0:
      if let call = chosen(input.byte()) { session?.reset(call, code: HTTP2Code.cancel) }
    case 0xA1: session?.ping(7)
    case 0xA2: open()
    case 0xA3:
      if let call = chosen(input.byte()) {
        call.hasMore = false
        session?.resume(call)
      }
    case 0xA4: session?.goAway()
    case 0xA5: _ = session?.availableStreams
    default:
      let flags = input.byte()
      let stream = input.byte()
      frame(type: kind & 15, flags: flags, stream: stream, input.take(Int(input.byte())))
      return
    }
    pump()
  }

  private func chosen(_ index: UInt8) -> FuzzCall? {
    calls.isEmpty ? nil : calls[Int(index) % calls.count]
  }

  /// The connection is gone: every call has heard so, once.
  func finish() {
    session?.abandon(code: HTTP2Code.cancel)
    expect(session?.openStreams == 0, "\(session?.openStreams as Any) streams are left")
    for call in calls {
      expect(call.closings == 1, "closed \(call.closings) times")
      expect(call.outcome != nil, "a call without an outcome")
    }
    session = nil
  }
}
