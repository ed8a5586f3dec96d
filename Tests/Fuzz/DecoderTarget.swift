import UESynthCore
import UESynthWire

/// The body of a reply that is no image.
enum DecoderTarget {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let bodies: [ReplyBody] = [
      .command, .cameraTransform, .objectTransform, .objectsList, .image, .none,
    ]
    let body = bodies[Int(input.byte()) % bodies.count]
    var whole = Pieces(seed: 0)
    whole.each(of: input.rest) { message in
      decode(body, message)
      return true
    }
    if input.isEmpty { decode(body, input.rest) }
  }

  /// Everything that a host could look at.
  @discardableResult
  static func decode(_ body: ReplyBody, _ message: UnsafeRawBufferPointer) -> [UInt8] {
    var visits = 0
    var seen: [UInt8] = []
    let failure = ReplyDecoder.decode(body, message) { reply in
      visits += 1
      seen.append(reply.success ? 1 : 0)
      seen.append(reply.hasTransform ? 1 : 0)
      withUnsafeBytes(of: reply.transform) { seen.append(contentsOf: $0) }
      text(reply.message)
      seen.append(contentsOf: reply.message)
      for index in 0..<reply.nameCount {
        guard let name = reply.name(at: index) else { fatalError("a name is missing") }
        text(name)
        seen.append(contentsOf: name)
        seen.append(0)
      }
      expect(reply.name(at: reply.nameCount) == nil, "a name behind the last")
      expect(reply.name(at: -1) == nil, "a name before the first")
    }
    expect(visits == (failure == nil ? 1 : 0), "\(visits) visits, \(failure as Any)")
    if let failure { expect(!failure.message.isEmpty, "a failure without words") }
    return seen
  }

  static func text(_ text: UnsafeRawBufferPointer) {
    expect(UTF8Text.isValid(text) && !text.contains(0), "no C string of UTF-8: \(Array(text))")
  }
}
