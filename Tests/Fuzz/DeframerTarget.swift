import UESynthWire

/// The server's side of framing: whatever the pieces, the same messages and the same end.
enum DeframerTarget {
  private static let limit = 64 << 10

  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let encoding = encoding(input.byte())
    let seed = input.byte()
    let whole = read(input.rest, encoding, seed: 0)
    let pieces = read(input.rest, encoding, seed: seed)
    expect(whole.messages == pieces.messages, "messages depend on the pieces")
    expect(whole.failure == pieces.failure, "\(whole.failure as Any), \(pieces.failure as Any)")
  }

  static func encoding(_ choice: UInt8) -> AnnouncedEncoding {
    switch choice & 3 {
    case 0: .none
    case 1: .known(.gzip)
    case 2: .known(.deflate)
    default: .unknown("br")
    }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, _ encoding: AnnouncedEncoding, seed: UInt8
  ) -> (messages: [[UInt8]], failure: WireFailure?) {
    let deframer = RequestDeframer(limit: limit)
    deframer.encoding = encoding
    var messages: [[UInt8]] = []
    var pieces = Pieces(seed: seed)
    pieces.each(of: bytes) { piece in
      let failure = deframer.feed(piece) { message in
        expect(message.count <= limit, "a message of \(message.count) bytes")
        messages.append(Array(message))
      }
      return failure == nil
    }
    let failure = deframer.end()
    if let failure { expect(!failure.message.isEmpty, "a failure without words") }
    return (messages, failure)
  }
}
