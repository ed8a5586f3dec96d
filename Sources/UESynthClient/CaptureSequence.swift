import Glibc
import UESynthCore
import UESynthNet
import UESynthWire

/// Captures along a list of poses, kept some pairs of pose and capture ahead of whoever takes them, and
/// handed out in the order of the list. It has no thread of its own: each `next` tops up what is ahead.
///
///     poses:  handed out | ready, or under way (at most `depth`) | not submitted
///                        head                                    submitted
///
/// Guarded by the exchange's lock. Thread: any.
public final class CaptureSequence: EventSink, @unchecked Sendable {
  /// What is asked for.
  public struct Request {
    public var modality = Modality.rgb
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    public var route = Route.auto
    /// Nanoseconds for each request; 0: the client's timeout.
    public var timeout: Int64 = 0
    /// Pairs ahead; 0: chosen by measurement.
    public var ahead = 0
    public init() {}
  }

  public struct Report {
    public var depth = 0
    public var peak = 0
    public var total: UInt64 = 0
    public var handedOut: UInt64 = 0
    public var submitted: UInt64 = 0
    public var waits: UInt64 = 0
    public var waited: Int64 = 0
  }

  /// The most that is chosen without being asked for.
  private static let chosenLimit = 64

  /// One pose of the list, from its submission until it is handed out.
  private struct Slot {
    var poseID: UInt64 = 0
    var captureID: UInt64 = 0
    var pose: EventRef?
    var capture: EventRef?
    /// It could not even be submitted.
    var failure: ClientFailure?
    /// Submitted and not yet come.
    var outstanding = 0
  }

  private let exchange: Exchange
  private let request: Request
  private var camera = TextBuffer()
  private let poses: UnsafeMutablePointer<Transform>
  private let count: Int
  private let slots: UnsafeMutablePointer<Slot>
  private let slotCount: Int
  private var depth: PrefetchDepth
  /// The next to be handed out, and the next to be submitted.
  private var head = 0
  private var submitted = 0
  /// The pose of `submitted` is in, its capture is not.
  private var isHalfSubmitted = false
  private var isEnded = false
  /// Since when the consumer has been without what it asked for.
  private var wantedSince: Int64?
  private var waits: UInt64 = 0
  private var waited: Int64 = 0

  /// Takes over `poses`, memory of malloc.
  init(
    exchange: Exchange, request: Request, camera: UnsafePointer<CChar>?,
    poses: UnsafeMutablePointer<Transform>, count: Int
  ) {
    self.exchange = exchange
    self.request = request
    self.poses = poses
    self.count = count
    self.camera.set(camera)
    let options = exchange.options
    let limit = min(
      Self.chosenLimit, max(1, options.maximumConcurrentRequests / 2), max(1, options.bufferFrames))
    depth = PrefetchDepth(fixed: request.ahead > 0 ? request.ahead : nil, limit: limit)
    slotCount = request.ahead > 0 ? request.ahead : limit
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
    super.init()
  }

  deinit {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
    free(poses)
    camera.destroy()
  }

  private func slot(_ index: Int) -> UnsafeMutablePointer<Slot> { slots + index % slotCount }

  // MARK: Ahead

  /// Submits until enough is ahead, or there is no room. Lock held.
  private func topUp() {
    var isNew = false
    let most = exchange.options.maximumConcurrentRequests
    while submitted < count, submitted - head < depth.value, !exchange.isClosed {
      let slot = slot(submitted)
      if !isHalfSubmitted {
        // Both at once where that is possible: nothing of the host's comes between them.
        guard exchange.inFlight + min(2, most) <= most else { break }
        slot.pointee = Slot()
        let pose = Action(
          kind: .setCameraTransform, name: camera.cString, transform: poses[submitted])
        switch submit(pose) {
        case .accepted(let id):
          slot.pointee.poseID = id
          slot.pointee.outstanding += 1
        case .full: break
        case .failed(let failure):
          slot.pointee.failure = failure
          submitted += 1
          continue
        }
        if slot.pointee.outstanding == 0 { break }
        isNew = true
        isHalfSubmitted = true
      }
      let capture = Action(
        kind: ActionKind(capturing: request.modality), name: camera.cString, width: request.width,
        height: request.height)
      switch submit(capture) {
      case .accepted(let id):
        slot.pointee.captureID = id
        slot.pointee.outstanding += 1
        isNew = true
      case .full:
        if isNew { exchange.wakeLoop() }
        return
      case .failed(let failure):
        slot.pointee.failure = failure
      }
      isHalfSubmitted = false
      submitted += 1
    }
    if isNew { exchange.wakeLoop() }
  }

  private enum Submitted {
    case accepted(UInt64)
    case full
    case failed(ClientFailure)
  }

  private func submit(_ action: borrowing Action) -> Submitted {
    var options = RequestOptions()
    options.route = request.route
    options.timeout = request.timeout
    options.cookie = UInt64(submitted)
    let submission = Submission(options: options, sinkKind: .sequence, sink: self, mayWait: false)
    do {
      return .accepted(
        try exchange.enter(action, submission, waiter: nil, subscription: nil))
    } catch {
      return error.status == .wouldBlock || error.status == .closed ? .full : .failed(error)
    }
  }

  // MARK: Arrivals

  /// Puts what has come where it belongs. Lock held.
  private func collect() {
    while let event = arrivals.popFirst() {
      let slot = slot(Int(truncatingIfNeeded: event.pointee.completion.cookie))
      slot.pointee.outstanding -= 1
      if event.pointee.completion.kind == .setCameraTransform {
        slot.pointee.pose = event
      } else {
        slot.pointee.capture = event
      }
    }
  }

  /// The next of the list, if all of it has come.
  private func takeHead(now: Int64) -> Completion? {
    guard head < submitted else { return nil }
    let slot = slot(head)
    guard slot.pointee.outstanding == 0 else { return nil }
    let pose = slot.pointee.pose
    let capture = slot.pointee.capture
    let failure = slot.pointee.failure
    let index = head
    slot.pointee = Slot()
    head += 1
    if let pose, pose.pointee.completion.status != .ok {
      // The picture shows something else than was asked for.
      capture.map { exchange.discard($0) }
      return handOut(pose, now: now)
    }
    pose.map { exchange.discard($0) }
    if let failure {
      capture.map { exchange.discard($0) }
      return Self.failed(failure, index, ActionKind(capturing: request.modality))
    }
    guard let capture else { return nil }
    if let frame = capture.pointee.completion.frame, frame.pointee.size > 0 {
      // A quarter of the cap at most is what may lie ready unasked for.
      let fits = exchange.options.bufferBytes / 4 / frame.pointee.size
      depth.setLimit(min(slotCount, max(1, fits)))
    }
    return handOut(capture, now: now)
  }

  private func handOut(_ event: EventRef, now: Int64) -> Completion {
    exchange.deliver(event, now: now)
    let completion = event.pointee.completion
    let sink = event.pointee.sink
    exchange.slab.give(event)
    // Not the last reference: this is called on it.
    sink?.release()
    return completion
  }

  private static func failed(
    _ failure: ClientFailure, _ index: Int, _ kind: ActionKind
  ) -> Completion {
    var completion = Completion()
    completion.cookie = UInt64(index)
    completion.kind = kind
    completion.status = failure.status
    let reply = ReplySlab.shared.take()
    reply.pointee.message.set(failure.message)
    completion.reply = reply
    return completion
  }

  // MARK: The consumer

  /// Begins to submit.
  func start() {
    exchange.lock.lock()
    topUp()
    exchange.unlock()
  }

  /// The next of the list, in order. Waits at most `wait` nanoseconds (negative: without end).
  public func next(wait: Int64, mayWait: Bool) throws(ClientFailure) -> Completion {
    let began = MonotonicClock.now()
    let deadline = wait < 0 ? Int64.max : Int64.deadline(wait, after: began)
    exchange.lock.lock()
    var inTime = wait != 0 && mayWait
    while true {
      if isEnded { throw leave(.cancelled, "the sequence was cancelled") }
      collect()
      let now = MonotonicClock.now()
      if let completion = takeHead(now: now) {
        let missing = wantedSince.map { now &- $0 } ?? 0
        depth.handedOut(waited: missing, now: now)
        if wantedSince != nil { waits &+= 1 }
        wantedSince = nil
        waited &+= missing
        topUp()
        let wakes = exchange.loopAwaitsRoom
        exchange.loopAwaitsRoom = false
        exchange.unlock()
        if wakes { exchange.wakeLoop() }
        return completion
      }
      topUp()
      // What could not be submitted at all is ready now.
      if head < submitted, slot(head).pointee.outstanding == 0 { continue }
      if head == count {
        throw leave(.outOfRange, "all \(count) poses of the sequence were handed out")
      }
      if exchange.isClosed, isHalfSubmitted || head == submitted {
        if let half = takeHalf(now: now) { return half }
        if !isHalfSubmitted { throw leave(.closed, Exchange.closedText) }
      }
      if wantedSince == nil { wantedSince = began }
      guard inTime else {
        throw leave(.wouldBlock, "the picture of pose \(head) has not come yet")
      }
      inTime = exchange.sleep(until: deadline)
    }
  }

  /// The client was closed between a pose and its capture: what became of the pose is the outcome.
  private func takeHalf(now: Int64) -> Completion? {
    guard isHalfSubmitted, head == submitted, slot(head).pointee.outstanding == 0,
      let pose = slot(head).pointee.pose
    else { return nil }
    slot(head).pointee = Slot()
    isHalfSubmitted = false
    submitted += 1
    head += 1
    var completion = handOut(pose, now: now)
    if completion.status == .ok {
      completion.release()
      completion = Self.failed(
        ClientFailure(.closed, Exchange.closedText), head - 1,
        ActionKind(capturing: request.modality))
    }
    exchange.unlock()
    return completion
  }

  private func leave(_ status: Status, _ message: String) -> ClientFailure {
    exchange.unlock()
    return ClientFailure(status, message)
  }

  /// Nothing more is submitted or handed out; what is under way is cancelled, what came is let go.
  public func cancel() {
    exchange.lock.lock()
    guard !isEnded else {
      exchange.unlock()
      return
    }
    isEnded = true
    isClosed = true
    collect()
    let end = isHalfSubmitted ? submitted + 1 : submitted
    for index in head..<end {
      let slot = slot(index)
      exchange.cancelUnderWay(slot.pointee.poseID)
      exchange.cancelUnderWay(slot.pointee.captureID)
      slot.pointee.pose.map { exchange.discard($0) }
      slot.pointee.capture.map { exchange.discard($0) }
      slot.pointee = Slot()
    }
    exchange.wakeSleepers()
    let wakes = !exchange.cancels.isEmpty || exchange.loopAwaitsRoom
    exchange.loopAwaitsRoom = false
    exchange.unlock()
    if wakes { exchange.wakeLoop() }
  }

  public func report() -> Report {
    exchange.lock.lock()
    defer { exchange.unlock() }
    var report = Report()
    report.depth = depth.value
    report.peak = depth.peak
    report.total = UInt64(count)
    report.handedOut = UInt64(head)
    report.submitted = UInt64(submitted)
    report.waits = waits
    report.waited = waited
    return report
  }
}

extension Exchange {
  /// Cancels a request if it is under way. Lock held.
  func cancelUnderWay(_ id: UInt64) {
    guard let request = table.find(id), !request.pointee.isCancelled else { return }
    request.pointee.isCancelled = true
    cancels.append(id)
  }
}

extension Client {
  /// Takes over `poses`, memory of malloc.
  public func sequence(
    _ request: CaptureSequence.Request, camera: UnsafePointer<CChar>?,
    poses: UnsafeMutablePointer<Transform>, count: Int
  ) throws(ClientFailure) -> CaptureSequence {
    let sequence = CaptureSequence(
      exchange: exchange, request: request, camera: camera, poses: poses, count: count)
    if exchange.lock.withLock({ exchange.isClosed }) {
      throw ClientFailure(.closed, Exchange.closedText)
    }
    sequence.start()
    return sequence
  }
}
