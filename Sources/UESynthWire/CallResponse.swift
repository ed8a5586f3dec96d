import Glibc
import UESynthCore

/// The rules of a gRPC response (PROTOCOL-HTTP2 "Responses", http-grpc-status-mapping,
/// statuscodes): fed one header block at a time, and DATA as it comes, it says how the call ended.
///
///     awaiting --1xx--> awaiting --HEADERS--> open --trailers--> ended
///     awaiting --Trailers-Only--> ended          any --RST_STREAM--> ended
///
/// Nothing is allocated for a response that ends in OK. Whether the messages inside were whole and of
/// the right number is not its business.
public struct CallResponse {
  private enum Phase {
    case awaiting
    case open
    /// Not gRPC: its body is collected for the message.
    case foreign
    case ended
  }

  /// What `grpc-status` said.
  private enum Code: Equatable {
    case absent
    case known(Int32)
    case unreadable
    case repeated
  }

  /// Of a body that is not gRPC, as much as goes into the message.
  private static let quotedBytes = 120

  private var phase = Phase.awaiting
  private var outcome: CallOutcome?
  /// 0 when absent or not three digits.
  private var httpStatus = 0
  private var contentType = ContentType.absent
  private var contentTypeText = ""
  private var foreignBody: [UInt8] = []
  /// How the messages are compressed, if they are.
  public private(set) var encoding = AnnouncedEncoding.none
  /// What the server takes compressed requests in; nil if it has not said that it does.
  public private(set) var accepts: MessageEncoding?

  private var blockStatus = 0
  private var code = Code.absent
  private var serverMessage = ""

  public init() {}

  /// DATA holds messages. Otherwise it is only looked at for the message about it.
  public var hasMessages: Bool { phase == .open }

  // MARK: Header blocks

  public mutating func beginBlock() {
    blockStatus = 0
    code = .absent
    serverMessage = ""
  }

  public mutating func field(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    switch name.count {
    case 7 where Self.equal(name, ":status"):
      blockStatus = Self.number(value, digits: 3) ?? 0
    case 11 where Self.equal(name, "grpc-status"):
      if code != .absent {
        code = .repeated
      } else if let number = Self.number(value, digits: nil) {
        code = .known(Int32(truncatingIfNeeded: number))
      } else {
        code = .unreadable
      }
    case 12 where Self.equal(name, "grpc-message"):
      serverMessage = value.count > 0 ? PeerText.message(value) : ""
    case 13 where phase == .awaiting && Self.equal(name, "grpc-encoding"):
      encoding = AnnouncedEncoding(value)
    case 20 where phase == .awaiting && Self.equal(name, "grpc-accept-encoding"):
      accepts = MessageEncoding.best(of: value)
    case 12 where phase == .awaiting && Self.equal(name, "content-type"):
      contentType = ContentType(value)
      if contentType != .protobuf { contentTypeText = PeerText.label(value) }
    default: break
    }
  }

  /// Not nil: the call is over.
  public mutating func endBlock(endStream: Bool) -> CallOutcome? {
    switch phase {
    case .ended: return outcome
    case .awaiting:
      if (100..<200).contains(blockStatus) {
        contentType = .absent
        return endStream
          ? end(.internal, "the server ended the call with HTTP \(blockStatus), which is no answer")
          : nil
      }
      httpStatus = blockStatus
      if endStream { return end(concluded()) }
      if contentType == .otherCodec {
        return end(
          .internal,
          "the server answers in \(contentTypeText), but messages are protobuf here")
      }
      phase = contentType == .protobuf ? .open : .foreign
      return nil
    case .open, .foreign:
      if !endStream {
        return end(.internal, "the server sent headers twice")
      }
      return end(concluded())
    }
  }

  // MARK: DATA, END_STREAM, RST_STREAM

  /// Not nil: the call is over.
  public mutating func dataArrived(_ bytes: UnsafeRawBufferPointer) -> CallOutcome? {
    switch phase {
    case .open: return nil
    case .ended: return outcome
    case .awaiting: return end(.internal, "the server sent data before headers")
    case .foreign:
      foreignBody.append(contentsOf: bytes.prefix(Self.quotedBytes &+ 1 &- foreignBody.count))
      return foreignBody.count > Self.quotedBytes ? end(unexplained()) : nil
    }
  }

  /// The stream ended with DATA.
  public mutating func endStream() -> CallOutcome {
    switch phase {
    case .ended: return outcome ?? .ok
    case .awaiting: return end(.internal, "the server ended the call without an answer")
    case .open, .foreign: return end(unexplained())
    }
  }

  /// RST_STREAM with `code`, sent by the peer or, if `cancelledByUs`, by this side. After the
  /// trailers, what they said stands.
  public mutating func reset(
    code: UInt32, cancelledByUs: Bool, deadlinePassed: Bool
  ) -> CallOutcome {
    if phase == .ended, let outcome { return outcome }
    if cancelledByUs {
      return deadlinePassed
        ? end(.deadlineExceeded, "the deadline passed")
        : end(.cancelled, "the call was cancelled")
    }
    if phase == .foreign { return end(unexplained()) }
    // PROTOCOL-HTTP2 "Errors"; the codes are those of RFC 9113 §7.
    switch code {
    case 7:
      return end(.unavailable, "the server refused the call before working on it: try again")
    case 8:
      return deadlinePassed
        ? end(.deadlineExceeded, "the deadline passed")
        : end(.cancelled, "the server cancelled the call")
    case 11:
      return end(.resourceExhausted, "the server asks for less load (ENHANCE_YOUR_CALM)")
    case 12:
      return end(
        .permissionDenied, "the server wants better transport security (INADEQUATE_SECURITY)")
    default:
      return end(.internal, "the server reset the call (HTTP/2 error \(code))")
    }
  }

  /// This side reset the stream because of what the peer sent. After the trailers, what they said stands.
  public mutating func violated(_ status: Status, _ message: String) -> CallOutcome {
    if phase == .ended, let outcome { return outcome }
    return end(status, message)
  }

  // MARK: Conclusions

  /// After trailers, or Trailers-Only.
  private func concluded() -> CallOutcome {
    switch code {
    case .absent: return unexplained()
    case .repeated:
      return CallOutcome(
        status: .unknown, message: told("the server sent more than one grpc-status"))
    case .unreadable:
      return CallOutcome(
        status: .unknown, message: told("the server sent a grpc-status that is no number"))
    case .known(0):
      switch contentType {
      case .protobuf: return .ok
      case .otherCodec:
        return CallOutcome(
          status: .internal,
          message: "the server answers in \(contentTypeText), but messages are protobuf here")
      case .absent, .foreign: return unexplained(as: .unknown)
      }
    case .known(let number):
      if (1...16).contains(number) {
        return CallOutcome(status: Status(rawValue: number), message: serverMessage)
      }
      return CallOutcome(
        status: .unknown,
        message: told("the server sent grpc-status \(number), which has no meaning"))
    }
  }

  /// A response without grpc-status.
  private func unexplained(as status: Status? = nil) -> CallOutcome {
    let status = status ?? HTTPStatus.status(httpStatus)
    if contentType == .protobuf {
      return CallOutcome(
        status: status,
        message: told(
          httpStatus == 200
            ? "the server ended the call without a grpc-status"
            : "the server answered HTTP \(httpStatus) without a grpc-status"))
    }
    let type = contentType == .absent ? "without a content-type" : contentTypeText
    let quotation =
      foreignBody.isEmpty
      ? ""
      : " (body starts "
        + PeerText.quotation(
          Array(foreignBody.prefix(Self.quotedBytes)),
          wasCut: foreignBody.count > Self.quotedBytes) + ")"
    return CallOutcome(
      status: status,
      message:
        "the server answered HTTP \(httpStatus) \(type): \(HTTPStatus.advice(httpStatus))\(quotation)"
    )
  }

  /// Our words, and the server's if there are any.
  private func told(_ reason: String) -> String {
    serverMessage.isEmpty ? reason : "\(reason): \(serverMessage)"
  }

  private mutating func end(_ status: Status, _ message: String) -> CallOutcome {
    end(CallOutcome(status: status, message: message))
  }

  private mutating func end(_ result: CallOutcome) -> CallOutcome {
    phase = .ended
    outcome = result
    foreignBody = []
    return result
  }

  private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard let base = bytes.baseAddress, bytes.count == text.utf8CodeUnitCount else {
      return false
    }
    return memcmp(base, text.utf8Start, bytes.count) == 0
  }

  /// Decimal digits, all of them; exactly `digits`, or 1 to 9 without a leading zero.
  private static func number(_ bytes: UnsafeRawBufferPointer, digits: Int?) -> Int? {
    guard bytes.count > 0, bytes.count <= 9, bytes.count == digits ?? bytes.count else {
      return nil
    }
    if digits == nil && bytes.count > 1 && bytes[0] == 0x30 { return nil }
    var value = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value &* 10 &+ Int(byte &- 0x30)
    }
    return value
  }
}
