import UESynthCore
import UESynthWire

/// The replies of one call, pictures among them, in any pieces, compressed or not, received directly or
/// copied, with room or after a wait: always the same replies.
enum ReaderTarget {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let shapes: [ReplyShape] = [
      .streamFrame, .image, .command, .cameraTransform, .objectTransform, .objectsList,
    ]
    let choice = input.byte()
    let shape = shapes[Int(choice & 7) % shapes.count]
    let encoding = DeframerTarget.encoding(choice &>> 3)
    let seed = input.byte()
    let manner = input.byte()
    let same = manner & (ReplyLog.skips | ReplyLog.refuses)
    let plain = ReplyLog(shape, encoding, manner: same).read(input.rest, seed: 0)
    let pieces = ReplyLog(shape, encoding, manner: manner).read(input.rest, seed: seed)
    expect(plain.replies == pieces.replies, "replies depend on the pieces")
    expect(
      (plain.failure == nil) == (pieces.failure == nil),
      "\(plain.failure as Any), \(pieces.failure as Any)")
  }
}

/// What a reader told, as bytes to be compared.
final class ReplyLog: ReplyReceiver {
  /// Bits of a manner: pictures are read past, some messages are refused, messages wait for room, the bytes
  /// of a picture come where they belong, pictures are inflated when their message is half there.
  static let skips: UInt8 = 1
  static let refuses: UInt8 = 2
  static let waits: UInt8 = 4
  static let isDirect: UInt8 = 8
  static let isElsewhere: UInt8 = 16

  private static let limit = 256 << 10

  private(set) var replies: [[UInt8]] = []
  private(set) var failure: WireFailure?
  private let manner: UInt8
  private var picture: UnsafeMutableRawBufferPointer?
  private var announced = 0
  private var hasRoom = true
  private var away: Inflation?
  /// What the reader has not taken yet.
  private var left: [UInt8] = []
  private lazy var reader = ReplyReader(shape: shape, maximumLength: Self.limit, receiver: self)
  private let shape: ReplyShape
  private let encoding: AnnouncedEncoding

  init(_ shape: ReplyShape, _ encoding: AnnouncedEncoding, manner: UInt8) {
    self.shape = shape
    self.encoding = encoding
    self.manner = manner
  }

  deinit { picture?.deallocate() }

  func read(_ bytes: UnsafeRawBufferPointer, seed: UInt8) -> ReplyLog {
    reader.encoding = encoding
    var pieces = Pieces(seed: seed)
    var offset = 0
    if manner & Self.isDirect != 0 {
      while offset < bytes.count, failure == nil {
        var count = pieces.next(of: bytes.count &- offset)
        guard let target = reader.directTarget else {
          let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)])
          offset += count
          take(part)
          continue
        }
        count = min(count, target.count)
        let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)])
        target.copyMemory(from: part)
        offset += count
        take(UnsafeRawBufferPointer(start: target.baseAddress, count: count))
      }
    } else {
      pieces.each(of: bytes) { piece in
        take(piece)
        return failure == nil
      }
    }
    goOn()
    if failure == nil { failure = reader.end() }
    return self
  }

  var directTarget: UnsafeMutableRawBufferPointer? { reader.directTarget }

  func announce(_ encoding: AnnouncedEncoding) { reader.encoding = encoding }

  func feed(_ piece: UnsafeRawBufferPointer) -> WireFailure? {
    take(piece)
    return failure
  }

  private func take(_ piece: UnsafeRawBufferPointer) {
    if left.isEmpty {
      var rest = piece
      failure = reader.feed(&rest)
      left.append(contentsOf: rest)
    } else {
      left.append(contentsOf: piece)
      takeLeft()
    }
    expect(reader.messageBytesPending >= 0, "\(reader.messageBytesPending) bytes pending")
    expect(reader.assemblyCapacity <= 4 * Self.limit, "\(reader.assemblyCapacity) bytes kept")
    if manner & (Self.waits | Self.isElsewhere) != 0, piece.count & 1 == 0 { goOn() }
  }

  private func takeLeft() {
    let all = left
    left = []
    all.withUnsafeBytes { bytes in
      var rest = bytes
      failure = reader.feed(&rest)
      left.append(contentsOf: rest)
    }
  }

  /// As often as messages wait.
  private func goOn() {
    while failure == nil, reader.isHeld || away != nil || !left.isEmpty {
      hasRoom = true
      if let inflation = away {
        away = nil
        inflation.run { true }
        failure = reader.takeBack()
      } else if left.isEmpty {
        failure = reader.resume()
      } else {
        takeLeft()
      }
    }
  }

  // MARK: ReplyReceiver

  func messageBegan(length: Int) -> Bool {
    expect(length >= 0 && length <= Self.limit, "a message of \(length) bytes")
    announced = length
    hasRoom = manner & Self.waits == 0
    return manner & Self.refuses == 0 || length & 1 == 0
  }

  func messageBegan(estimate: Int) -> Bool {
    expect(estimate >= 0, "an estimate of \(estimate) bytes")
    announced = Self.limit
    hasRoom = manner & Self.waits == 0
    return manner & Self.refuses == 0 || estimate & 1 == 0
  }

  var mayExpand: Bool { hasRoom }

  var inflatesElsewhere: Bool { manner & Self.isElsewhere != 0 }

  func inflate(_ inflation: Inflation) { away = inflation }

  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    expect(length > 0 && length <= announced, "a picture of \(length) in \(announced) bytes")
    picture?.deallocate()
    picture = nil
    if manner & Self.skips != 0 { return nil }
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 64)
    place.initializeMemory(as: UInt8.self, repeating: 0xA5)
    picture = place
    return place.baseAddress
  }

  func messageEnded(_ reply: borrowing ScannedReply) {
    var seen: [UInt8] = []
    seen.append(UInt8(truncatingIfNeeded: reply.body.rawValue))
    let numbers: [UInt64] = [
      reply.requestID ?? 0, reply.requestID == nil ? 0 : 1, UInt64(reply.imageLength),
      UInt64(reply.width), UInt64(reply.height),
    ]
    for number in numbers {
      withUnsafeBytes(of: number) { seen.append(contentsOf: $0) }
    }
    DecoderTarget.text(reply.claimedFormat)
    expect(reply.claimedFormat.count <= 64, "a format that is too long")
    seen.append(contentsOf: reply.claimedFormat)
    switch reply.body {
    case .image:
      if reply.imageLength > 0, let picture {
        expect(picture.count == reply.imageLength, "another picture than was announced")
        seen.append(picture.reduce(0) { $0 &* 31 &+ $1 })
      }
    case .none: expect(reply.imageLength == 0, "a picture of nobody")
    default:
      expect(reply.imageLength == 0, "a picture of nobody")
      seen.append(contentsOf: DecoderTarget.decode(reply.body, reply.bodyBytes))
    }
    replies.append(seen)
  }
}
