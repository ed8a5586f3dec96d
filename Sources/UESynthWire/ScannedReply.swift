import UESynthCore

/// The message type that a call answers with.
public enum ReplyShape: Sendable {
  /// `FrameResponse`: ControlStream.
  case streamFrame
  case image
  case command
  case cameraTransform
  case objectTransform
  case objectsList

  /// What the unary RPC of an action returns.
  public init(unary kind: ActionKind) {
    switch kind {
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow:
      self = .image
    case .getCameraTransform: self = .cameraTransform
    case .getObjectTransform: self = .objectTransform
    case .listObjects: self = .objectsList
    case .setCameraTransform, .setObjectTransform, .createCamera, .destroyCamera, .setResolution,
      .spawnObject, .destroyObject, .setMaterial, .setLighting:
      self = .command
    }
  }

  /// What the message itself is; none for a frame, whose fields tell.
  var body: ReplyBody {
    switch self {
    case .streamFrame: .none
    case .image: .image
    case .command: .command
    case .cameraTransform: .cameraTransform
    case .objectTransform: .objectTransform
    case .objectsList: .objectsList
    }
  }
}

/// What a reply holds. Raw values are the field numbers of `FrameResponse.response`.
public enum ReplyBody: UInt32, Sendable {
  case none = 0
  case command = 2
  case cameraTransform = 3
  case image = 4
  case objectTransform = 5
  case objectsList = 6
}

/// One reply. BORROWED: its pointers are valid during `messageEnded` only.
public struct ScannedReply {
  /// nil when absent, or not an id as `StreamRequest` writes it.
  public let requestID: UInt64?
  /// The oneof member that came last.
  public let body: ReplyBody
  /// 0 when there was no image or an empty one, whatever `imageBegan` announced before.
  public let imageLength: Int
  /// As the server claims them, not checked against `imageLength`.
  public let width: UInt32
  public let height: UInt32
  /// At most 64 bytes of UTF-8 without NUL; bytes that are neither read as "?".
  public let claimedFormat: UnsafeRawBufferPointer
  /// Not for images: the bytes of the sub-message, for `ReplyDecoder`. Occurrences of one member
  /// stand one after the other, which is how protobuf merges them.
  public let bodyBytes: UnsafeRawBufferPointer
}

/// Told by a `ReplyReader` what arrives. The reader must not be fed, reset or freed from in here.
public protocol ReplyReceiver: AnyObject {
  /// A message of `length` bytes follows; `length` is within the limit. False refuses it, and the
  /// reader fails with `.refused`.
  func messageBegan(length: Int) -> Bool

  /// A compressed message follows that will have about `estimate` bytes, or fewer; should its image be
  /// longer, `imageBegan` can refuse it.
  func messageBegan(estimate: Int) -> Bool

  /// Whether the message that has begun may be inflated now. If not, the reader takes nothing until
  /// `resume`.
  var mayExpand: Bool { get }

  /// Whether a compressed message may end now, of which nothing is missing any more. If not, the reader
  /// takes nothing until `resume`.
  var mayEnd: Bool { get }

  /// Whether another thread can inflate pictures.
  var inflatesElsewhere: Bool { get }

  /// Has it `run`, and `takeBack` called after that. The place of the picture must last until then.
  func inflate(_ inflation: Inflation)

  /// `length` bytes of image follow, and fit inside the message. Returns where to write them, nil to
  /// have them read past. Called again when the image is repeated: the last one counts, as long as
  /// `messageEnded` says that the body is an image and gives its length. Empty images are not
  /// announced. `requestID` is nil if it has not come yet.
  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer?

  func messageEnded(_ reply: borrowing ScannedReply)

  /// Both in one, for a short message that says that a command has succeeded. False: it is told the usual
  /// way.
  func commandSucceeded(_ requestID: UInt64) -> Bool

  /// Both in one, for a short message without an image that lies whole in the bytes being fed: there
  /// may be a million a second.
  func plainMessage(_ reply: borrowing ScannedReply, length: Int) -> Bool
}

extension ReplyReceiver {
  public func messageBegan(estimate: Int) -> Bool { messageBegan(length: estimate) }
  public var mayExpand: Bool { true }
  public var mayEnd: Bool { true }
  public var inflatesElsewhere: Bool { false }
  public func inflate(_ inflation: Inflation) {}
  public func commandSucceeded(_ requestID: UInt64) -> Bool { false }
  public func plainMessage(_ reply: borrowing ScannedReply, length: Int) -> Bool {
    guard messageBegan(length: length) else { return false }
    messageEnded(reply)
    return true
  }
}
