import Glibc
import UESynthCore

/// Reads the replies of one call from its DATA bytes, in whatever pieces they arrive: the 5-byte
/// prefix, then protobuf, field by field.
///
///     prefix -> tag -> varint ----------------------------> tag ...
///                      length -> skip|requestID|format|body|image -> tag ...
///               tag at the end of the message -> messageEnded -> prefix
///
/// The plain bytes of a compressed message (`ReplyExpansion`) go through the same steps; how many there
/// will be is known for sure only at its end.
///
/// Image bytes go straight to where the receiver wants them. A message that lies whole in the bytes
/// fed is read where it lies; otherwise its body (never an image) is put together in a buffer that is
/// reused. Fields may come in any order and repeat (the last wins, sub-messages merge); unknown ones
/// are skipped, groups included. After a failure the reader refuses everything until `reset`.
///
/// One thread at a time.
public final class ReplyReader {
  enum Step: UInt8 {
    case prefix, tag, varint, length, skip, requestID, format, body, image, failed
  }

  /// Which message the fields belong to.
  private enum Level: UInt8 {
    case frame
    /// `ImageResponse` as a member of `FrameResponse`; `outerLeft` bytes of the frame follow it.
    case nestedImage
    /// `ImageResponse` as the whole message.
    case image
  }

  unowned(unsafe) let receiver: any ReplyReceiver
  let maximumLength: Int
  private(set) var shape: ReplyShape
  private(set) var failure: WireFailure?

  /// What the call's headers say of its messages.
  public var encoding = AnnouncedEncoding.none {
    didSet { isPlain = encoding == .none }
  }
  /// No message can be compressed, so none has to wait. Asked for all bytes that come.
  public private(set) var isPlain = true
  /// Made with the first compressed message.
  var expansion: MessageExpansion?
  /// The message under way is compressed.
  var isExpanding = false
  /// The end of the message under way is not known: `levelLeft` of its outermost level is one more than
  /// it may have.
  private var isOpenEnded = false

  private(set) var step = Step.prefix
  private var prefix = PrefixReader()

  private var level = Level.frame
  /// Bytes still to come of the message at `level`, and of the one around it after that.
  private var levelLeft = 0
  private var outerLeft = 0
  /// Bytes still to come of the field value being read.
  private var valueLeft = 0
  private var varint = VarintReader()
  private var field: UInt32 = 0
  private var groups = GroupStack()
  /// The whole message lies in the bytes being fed.
  private var isWhole = false

  private var requestID = RequestIDParser()
  private var body = ReplyBody.none
  private var imageLength = 0
  private var imageTarget: UnsafeMutableRawPointer?
  private var width: UInt32 = 0
  private var height: UInt32 = 0
  private var format = FormatLabel()
  /// The body, as long as it lies in one piece in the bytes being fed; else it is in `assembly`.
  private var bodyInPlace: UnsafeRawBufferPointer?
  private var assembly = ByteAssembly()
  /// Where the last occurrence of the body begins in `assembly`.
  private var occurrenceStart = 0

  /// Image bytes that were copied into place, since the reader was made. Those received directly
  /// into `directTarget` are not in it.
  public private(set) var copiedBytes: UInt64 = 0

  /// The receiver is not retained: it outlives the reader.
  public init(shape: ReplyShape, maximumLength: Int, receiver: any ReplyReceiver) {
    self.shape = shape
    // Where sums do not overflow.
    self.maximumLength = min(max(maximumLength, 0), 1 << 46)
    self.receiver = receiver
  }

  /// Makes the reader as new, for another call of any shape, keeping its buffers.
  public func reset(shape: ReplyShape) {
    self.shape = shape
    failure = nil
    step = .prefix
    prefix = PrefixReader()
    levelLeft = 0
    outerLeft = 0
    valueLeft = 0
    imageTarget = nil
    bodyInPlace = nil
    assembly.clear()
    encoding = .none
    isExpanding = false
    isOpenEnded = false
    expansion?.inflation.discard()
  }

  /// Whether the bytes so far end inside a message or its prefix.
  public var isMidMessage: Bool {
    (step != .prefix && step != .failed) || prefix.isMidPrefix || (isExpanding && step != .failed)
  }

  /// Bytes of the current message still to come; 0 between messages and inside a prefix.
  public var messageBytesPending: Int {
    if step == .failed { return 0 }
    if isExpanding { return expansion?.compressedLeft ?? 0 }
    return step == .prefix ? 0 : levelLeft &+ outerLeft
  }

  /// Where the next bytes belong if they are image bytes: read into it and feed the very same
  /// address, and nothing is copied.
  public var directTarget: UnsafeMutableRawBufferPointer? {
    isExpanding ? nil : imageRemainder
  }

  /// What is still to be written of an image that has a place.
  var imageRemainder: UnsafeMutableRawBufferPointer? {
    guard step == .image, let imageTarget, valueLeft > 0 else { return nil }
    return UnsafeMutableRawBufferPointer(
      start: imageTarget + (imageLength &- valueLeft), count: valueLeft)
  }

  /// Bytes held for bodies that come in pieces.
  public var assemblyCapacity: Int { assembly.capacity }

  /// The stream ended. nil if it did so between messages.
  public func end() -> WireFailure? {
    if isMidMessage { fail(.truncated) }
    return failure
  }

  /// Takes bytes in, and shortens them by what was taken. Some are left if a compressed message has to wait
  /// (`isHeld`, `isComplete`): they are to be fed again after it.
  public func feed(_ bytes: inout UnsafeRawBufferPointer) -> WireFailure? {
    guard let base = bytes.baseAddress else { return failure }
    var p = base
    let end = base + bytes.count
    // Loaded once: every load of an unowned reference retains and releases.
    let receiver = receiver
    while !isExpanding || expand(&p, end, receiver) {
      scan(&p, end, receiver)
      if !isExpanding || step == .failed { break }
    }
    bytes = UnsafeRawBufferPointer(start: p, count: end - p)
    return failure
  }

  /// Takes plain bytes; stops where a compressed message begins.
  func scan(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ receiver: any ReplyReceiver
  ) {
    // Each step returns true when another may follow, false when it waits for bytes or has failed.
    while true {
      let goesOn: Bool
      switch step {
      case .prefix: goesOn = readPrefix(&p, end, receiver)
      case .tag: goesOn = readTag(&p, end, receiver)
      case .varint: goesOn = readNumber(&p, end)
      case .length: goesOn = readLength(&p, end, receiver)
      case .skip, .requestID, .format, .body, .image: goesOn = readValue(&p, end)
      case .failed: goesOn = false
      }
      if !goesOn { return }
    }
  }

  @discardableResult
  func fail(_ reason: WireFailure) -> Bool {
    step = .failed
    prefix = PrefixReader()
    failure = reason
    return false
  }

  func malformed(_ reason: StaticString) -> Bool {
    return fail(.malformed(reason))
  }

  // MARK: Messages

  private func readPrefix(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ receiver: any ReplyReceiver
  ) -> Bool {
    if shape == .streamFrame, !prefix.isMidPrefix, maximumLength >= PlainSuccess.longest {
      while let success = PlainSuccess(p, end), receiver.commandSucceeded(success.requestID) {
        p += success.size
      }
    }
    let length: Int
    switch prefix.read(&p, end, limit: maximumLength) {
    case .incomplete: return false
    case .failed(let reason): return fail(reason)
    case .message(let announced, let isCompressed):
      length = announced
      if isCompressed { return beginExpansion(length: length) }
    }
    let isWhole = end - p >= length
    if isWhole, let reply = plain(UnsafeRawBufferPointer(start: p, count: length)) {
      guard receiver.plainMessage(reply, length: length) else { return fail(.refused) }
      p += length
      return true
    }
    if !receiver.messageBegan(length: length) {
      return fail(.refused)
    }
    beginMessage(length: length, isWhole: isWhole)
    return true
  }

  /// A whole message read at once, if it is of the common small kind.
  @inline(__always)
  func plain(_ message: UnsafeRawBufferPointer) -> ScannedReply? {
    guard shape == .streamFrame, let frame = PlainFrame(message) else { return nil }
    return ScannedReply(
      requestID: frame.requestID, body: frame.body, imageLength: 0, width: 0, height: 0,
      claimedFormat: UnsafeRawBufferPointer(start: nil, count: 0), bodyBytes: frame.bodyBytes)
  }

  @inline(__always)
  func beginMessage(length: Int, isWhole: Bool, isOpenEnded: Bool = false) {
    self.isWhole = isWhole
    self.isOpenEnded = isOpenEnded
    levelLeft = length
    outerLeft = 0
    varint = VarintReader()
    groups.clear()
    requestID.begin(length: 0)
    body = shape.body
    clearBody()
    switch shape {
    case .streamFrame:
      level = .frame
      step = .tag
    case .image:
      level = .image
      step = .tag
    case .command, .cameraTransform, .objectTransform, .objectsList:
      level = .frame
      valueLeft = length
      step = .body
    }
  }

  @inline(__always)
  private func clearBody() {
    imageLength = 0
    imageTarget = nil
    width = 0
    height = 0
    format.begin(length: 0)
    bodyInPlace = nil
    occurrenceStart = 0
    assembly.clear()
  }

  /// The plain bytes of a message have come to their end. True if that is where the message ends.
  func closeOpenMessage(_ receiver: any ReplyReceiver) -> Bool {
    if step == .body, level == .frame, shape.body != .none {
      endMessage(receiver)
      return true
    }
    if level == .nestedImage, step == .tag, levelLeft == 0 {
      level = .frame
      levelLeft = outerLeft
      outerLeft = 0
    }
    guard step == .tag, level != .nestedImage, !varint.isMidNumber, groups.depth == 0 else {
      return malformed("it ends in the middle of a field")
    }
    endMessage(receiver)
    return true
  }

  private func endMessage(_ receiver: any ReplyReceiver) {
    format.finish()
    let reply = ScannedReply(
      requestID: requestID.value, body: body, imageLength: imageLength, width: width,
      height: height, claimedFormat: format.bytes,
      bodyBytes: bodyInPlace ?? assembly.bytes)
    step = .prefix
    imageTarget = nil
    bodyInPlace = nil
    receiver.messageEnded(reply)
  }

  // MARK: Fields

  private func readTag(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ receiver: any ReplyReceiver
  ) -> Bool {
    if levelLeft == 0 {
      if groups.depth > 0 { return malformed("a group does not end inside its message") }
      if level == .nestedImage {
        level = .frame
        levelLeft = outerLeft
        outerLeft = 0
      } else {
        endMessage(receiver)
      }
      return true
    }
    // A tag has 32 bits.
    guard let tag = readVarint(&p, end, maximumBytes: 5) else { return false }
    guard tag <= UInt64(UInt32.max) else { return malformed("a field number is out of range") }
    field = UInt32(truncatingIfNeeded: tag &>> 3)
    if field == 0 { return malformed("a field number is 0") }
    switch UInt32(truncatingIfNeeded: tag & 7) {
    case WireType.varint: step = .varint
    case WireType.lengthDelimited: step = .length
    case WireType.fixed32: return beginSkip(4)
    case WireType.fixed64: return beginSkip(8)
    case WireType.startGroup:
      if !groups.push(field) { return malformed("groups are nested too deeply") }
    case WireType.endGroup:
      if !groups.pop(field) { return malformed("a group ends that did not begin") }
    default: return malformed("a wire type is unknown")
    }
    return true
  }

  private func readNumber(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    guard let number = readVarint(&p, end, maximumBytes: 10) else { return false }
    if level != .frame && groups.depth == 0 {
      if field == 2 { width = UInt32(truncatingIfNeeded: number) }
      if field == 3 { height = UInt32(truncatingIfNeeded: number) }
    }
    step = .tag
    return true
  }

  private func readLength(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ receiver: any ReplyReceiver
  ) -> Bool {
    guard let claimed = readVarint(&p, end, maximumBytes: 5) else { return false }
    guard let length = Int(exactly: claimed), length <= levelLeft else {
      if isOpenEnded, level != .nestedImage, groups.depth == 0 {
        return fail(.tooLong(length: Int(clamping: claimed), limit: maximumLength))
      }
      return malformed("a length runs past the end of its message")
    }
    if groups.depth > 0 { return beginSkip(length) }
    return level == .frame ? beginFrameField(length) : beginImageField(length, receiver)
  }

  private func beginSkip(_ length: Int) -> Bool {
    if length > levelLeft { return malformed("a number runs past the end of its message") }
    valueLeft = length
    step = .skip
    return true
  }

  @inline(__always)
  private func beginFrameField(_ length: Int) -> Bool {
    if field == 1 {
      requestID.begin(length: length)
      valueLeft = length
      step = .requestID
      return true
    }
    guard let member = ReplyBody(rawValue: field), member != .none else {
      return beginSkip(length)
    }
    if body != .none && !checkOccurrence() { return false }
    if member != body {
      clearBody()
      body = member
    }
    if member == .image {
      level = .nestedImage
      outerLeft = levelLeft &- length
      levelLeft = length
      step = .tag
      return true
    }
    return beginBody(length)
  }

  private func beginBody(_ length: Int) -> Bool {
    if let bodyInPlace, let base = bodyInPlace.baseAddress {
      guard assembly.append(base, bodyInPlace.count) else {
        return fail(.outOfMemory)
      }
    }
    bodyInPlace = nil
    occurrenceStart = assembly.count
    valueLeft = length
    step = .body
    return true
  }

  /// Another member follows the one just read. Each must be able to stand alone: what one leaves
  /// unfinished must not be completed by the next, nor be hidden by it.
  private func checkOccurrence() -> Bool {
    let occurrence =
      bodyInPlace ?? UnsafeRawBufferPointer(rebasing: assembly.bytes.dropFirst(occurrenceStart))
    guard occurrence.count > 0, let failure = ReplyDecoder.flaw(body, occurrence) else {
      return true
    }
    return fail(failure)
  }

  private func beginImageField(_ length: Int, _ receiver: any ReplyReceiver) -> Bool {
    valueLeft = length
    switch field {
    case 1:
      imageLength = length
      imageTarget =
        length > 0 ? receiver.imageBegan(length: length, requestID: requestID.value) : nil
      step = .image
    case 4:
      format.begin(length: length)
      step = .format
    default:
      step = .skip
    }
    return true
  }

  private func readValue(_ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    let count = min(valueLeft, end - p)
    let piece = UnsafeRawBufferPointer(start: p, count: count)
    switch step {
    case .requestID: requestID.feed(piece)
    case .format: format.append(p, count)
    case .body:
      if isWhole && assembly.count == 0 {
        bodyInPlace = piece
      } else if !assembly.append(p, count) {
        return fail(.outOfMemory)
      }
    case .image:
      if let imageTarget {
        let place = imageTarget + (imageLength &- valueLeft)
        if UnsafeRawPointer(place) != p {
          memmove(place, p, count)
          copiedBytes &+= UInt64(truncatingIfNeeded: count)
        }
      }
    default: break
    }
    p += count
    valueLeft &-= count
    levelLeft &-= count
    if valueLeft > 0 { return false }
    step = .tag
    return true
  }

  /// nil when bytes are missing, or the number is malformed.
  @inline(__always)
  private func readVarint(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, maximumBytes: UInt64
  ) -> UInt64? {
    let start = p
    let outcome = varint.read(&p, p + min(end - p, levelLeft), maximumBytes: maximumBytes)
    levelLeft &-= p - start
    switch outcome {
    case .number(let number): return number
    case .tooLong: fail(.malformed("a number is too long"))
    case .incomplete:
      if levelLeft == 0 { fail(.malformed("a number runs past the end of its message")) }
    }
    return nil
  }
}
