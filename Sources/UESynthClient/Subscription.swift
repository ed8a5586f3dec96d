import UESynthCore
import UESynthNet
import UESynthWire

/// Captures of one camera and modality, again and again: some are kept in flight until it is closed, or
/// begun at a fixed rate. A beat that finds all of them still under way is skipped and counted.
///
/// Loop thread, except `close`.
public final class Subscription: @unchecked Sendable {
  /// What is asked for; the camera's name lies behind `camera`.
  public struct Request {
    public var modality = Modality.rgb
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    /// Nanoseconds between captures; 0: as fast as the server.
    public var interval: Int64 = 0
    public var depth = 4
    public var route = Route.auto
    public var cookie: UInt64 = 0
    public init() {}
  }

  private unowned(unsafe) let engine: Engine
  private let request: Request
  /// Without a callback its events go to the queue that is polled, its frames to the store.
  private let isPolled: Bool
  private var camera = TextBuffer()
  /// nil once the client is closed: the host's callback is not needed any more. Guarded by the
  /// exchange's lock.
  private(set) var sink: EventSink?
  private var underWay = 0
  private var isStopped = false
  private(set) var nextBeat = Int64.max
  /// After a failure the next capture waits a little: a server that refuses is not to be flooded.
  private var pauseUntil: Int64 = 0
  private static let pause: Int64 = 50_000_000

  init(engine: Engine, request: Request, camera: UnsafePointer<CChar>?, sink: EventSink?) {
    self.engine = engine
    self.request = request
    isPolled = sink == nil
    self.camera.set(camera)
    self.sink = sink
  }

  deinit { camera.destroy() }

  func start() {
    nextBeat = engine.now
    engine.loop.schedule(engine)
  }

  func pass(now: Int64) {
    guard !isStopped else { return }
    if now < pauseUntil {
      nextBeat = max(nextBeat == .max ? 0 : nextBeat, pauseUntil)
      return
    }
    if request.interval == 0 {
      nextBeat = .max
      while underWay < request.depth { guard capture() else { break } }
      return
    }
    while nextBeat <= now {
      // Beats stay on their grid, so that the rate does not drift.
      let missed = (now &- nextBeat) / request.interval
      nextBeat = nextBeat &+ (missed &+ 1) &* request.interval
      var skipped = UInt64(max(0, missed))
      if underWay >= request.depth || !capture() { skipped &+= 1 }
      if skipped > 0 { engine.exchange.countMissedBeats(skipped) }
    }
  }

  private func capture() -> Bool {
    guard isPolled || sink != nil else { return false }
    var options = RequestOptions()
    options.route = request.route
    options.cookie = request.cookie
    options.notifyOnly = isPolled
    let action = Action(
      kind: ActionKind(capturing: request.modality), name: camera.cString, width: request.width,
      height: request.height)
    let submission = Submission(
      options: options, sinkKind: isPolled ? .queue : .callback, sink: sink, mayWait: false)
    guard engine.exchange.submitFromLoop(action, submission, subscription: self) else {
      pauseUntil = engine.now &+ Self.pause
      nextBeat = pauseUntil
      return false
    }
    underWay += 1
    return true
  }

  /// One of its captures is over.
  func captureEnded(succeeded: Bool) {
    underWay -= 1
    guard !isStopped else { return }
    if !succeeded { pauseUntil = engine.now &+ Self.pause }
    if request.interval == 0 { nextBeat = succeeded ? engine.now : pauseUntil }
    engine.loop.schedule(engine)
  }

  func stop() {
    isStopped = true
    nextBeat = .max
  }

  /// The client is closed. Returns what is to be let go without the lock.
  func dropSink() -> EventSink? {
    defer { sink = nil }
    return sink
  }
}

extension Exchange {
  func countMissedBeats(_ count: UInt64) {
    lock.lock()
    counters.beatsMissed &+= count
    lock.unlock()
  }

  /// A subscription's capture; false when there is no room, or the client is closed.
  func submitFromLoop(
    _ action: borrowing Action, _ submission: Submission, subscription: Subscription
  ) -> Bool {
    lock.lock()
    defer { unlock() }
    return (try? enter(action, submission, waiter: nil, subscription: subscription)) != nil
  }
}
