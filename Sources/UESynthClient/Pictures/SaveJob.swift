import UESynthCore

/// A frame on its way to a file. Holds the frame until it is over.
final class SaveJob: @unchecked Sendable {
  let exchange: Exchange
  let size: Int
  let path: String
  let cookie: UInt64
  /// nil with `hasEvent`: the queue that is polled.
  let sink: EventSink?
  let hasEvent: Bool
  let requestID: UInt64
  let kind: ActionKind
  /// The next one in the queue; guarded by the queue's lock.
  var next: SaveJob?
  private let frame: FrameRef
  private let file: PictureFile
  private let options: PictureOptions

  init(
    _ frame: FrameRef, _ file: PictureFile, path: String, _ request: SaveRequest, sink: EventSink?,
    of exchange: Exchange
  ) {
    frame.retain()
    self.frame = frame
    self.file = file
    self.path = path
    self.sink = sink
    self.exchange = exchange
    size = frame.pointee.size
    cookie = request.cookie
    hasEvent = request.hasEvent
    options = request.picture
    requestID = frame.pointee.requestID
    kind = ActionKind(capturing: frame.pointee.modality)
  }

  deinit { frame.release() }

  /// nil when the file is there.
  func run() -> ClientFailure? {
    do {
      try frame.save(to: path, file, options)
      return nil
    } catch {
      return error
    }
  }
}

/// What a queued save asks for beside its frame and path.
public struct SaveRequest {
  public var picture = PictureOptions()
  /// Nanoseconds to wait for room; negative: without end.
  public var wait: Int64 = -1
  public var cookie: UInt64 = 0
  public var hasEvent = true

  public init() {}
}
