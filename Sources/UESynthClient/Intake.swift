import Glibc
import UESynthCore
import UESynthNet
import UESynthWire

/// What a submission has in common for all the requests of a batch.
struct Submission {
  var options: RequestOptions
  /// Where the picture goes, of the one request that there is then. BORROWED from who submits.
  var destination: Unmanaged<HostDestination>?
  var sinkKind: SinkKind
  var sink: EventSink?
  /// May the calling thread wait for room?
  var mayWait: Bool
}

extension ActionKind {
  /// What ControlStream of the plugin answers (set and get poses, three captures, the list).
  var isStreamed: Bool {
    switch self {
    case .setCameraTransform, .getCameraTransform, .captureRGB, .captureDepth,
      .captureSegmentation, .setObjectTransform, .getObjectTransform, .listObjects:
      true
    default: false
    }
  }

  var isChange: Bool { isCommand }

  /// Sets, or brings into being, a pose of a camera or an object.
  var isPose: Bool {
    switch self {
    case .setCameraTransform, .setObjectTransform, .createCamera, .spawnObject: true
    default: false
    }
  }

  /// About a camera rather than an object.
  var isOfCamera: Bool {
    switch self {
    case .setCameraTransform, .getCameraTransform, .createCamera, .destroyCamera: true
    default: false
    }
  }

  private static let cameraSalt: UInt64 = 0x11
  private static let objectSalt: UInt64 = 0x22
  private static let lightSalt: UInt64 = 0x33

  /// Which thing of the scene a change changes, as a number that is never 0; 0 for reads.
  /// `name` is the plain hash of its text.
  func changedName(_ name: UInt64, distinctCameras: Bool) -> UInt64 {
    let hash: UInt64
    switch self {
    case .setCameraTransform, .createCamera, .destroyCamera, .setResolution:
      hash = distinctCameras ? TextHash.salted(name, Self.cameraSalt) : Self.cameraSalt
    case .setObjectTransform, .spawnObject, .destroyObject, .setMaterial:
      hash = TextHash.salted(name, Self.objectSalt)
    case .setLighting:
      hash = TextHash.salted(name, Self.lightSalt)
    default:
      return 0
    }
    return hash == 0 ? 1 : hash
  }

  /// The method's name as the proto has it: "SetMaterial".
  var method: Substring {
    let path = RPC.unary(self).path.description
    return path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }
}

extension Modality {
  /// The key of a camera's frames of this modality.
  func frameKey(_ camera: UnsafePointer<CChar>?) -> UInt64 {
    frameKey(plain: TextHash.plain(BorrowedText(camera)))
  }

  /// By the plain hash of the camera's name.
  func frameKey(plain: UInt64) -> UInt64 { TextHash.salted(plain, UInt64(rawValue) << 32) }
}

extension Exchange {
  static let closedText =
    "the client was closed; make a new one with uesynth_client_new to go on"

  /// Accepts one request. Lock NOT held.
  func submit(_ action: borrowing Action, _ submission: Submission) throws(ClientFailure) -> UInt64
  {
    lock.lock()
    do {
      let id = try enter(action, submission, waiter: nil, subscription: nil)
      unlock()
      wakeLoop()
      return id
    } catch {
      unlock()
      throw error
    }
  }

  /// Runs one request and waits for its end.
  func call(_ action: borrowing Action, _ submission: Submission) throws(ClientFailure)
    -> Completion
  {
    let waiter = borrowWaiter()
    defer { giveBack(waiter) }
    lock.lock()
    do {
      _ = try enter(action, submission, waiter: waiter, subscription: nil)
    } catch {
      unlock()
      throw error
    }
    unlock()
    wakeLoop()
    waiter.wait(spinning: options.busyPoll)
    let completion = waiter.completion
    if completion.status == .ok {
      lock.lock()
      latencies.delivered(
        completion.kind, submitted: completion.submitted, completed: completion.completed,
        now: MonotonicClock.now())
      lock.unlock()
    }
    return completion
  }

  func borrowWaiter() -> Waiter {
    lock.lock()
    let waiter = idleWaiters ?? Waiter()
    idleWaiters = waiter.next
    lock.unlock()
    waiter.next = nil
    waiter.prepare()
    return waiter
  }

  func giveBack(_ waiter: Waiter) {
    waiter.completion = Completion()
    lock.lock()
    waiter.next = idleWaiters
    idleWaiters = waiter
    lock.unlock()
  }

  /// Waits for room if it may, and puts a request into the inbox. Lock held throughout, but while
  /// waiting.
  func enter(
    _ action: borrowing Action, _ submission: Submission, waiter: Waiter?,
    subscription: Subscription?
  ) throws(ClientFailure) -> UInt64 {
    try makeWay(for: submission, isRepeated: subscription != nil)
    guard let request = table.take() else { throw Self.tooMany }
    do {
      try fill(
        request, action, submission.options.fields, submission, now: MonotonicClock.now())
    } catch {
      table.give(request)
      throw error
    }
    if let waiter {
      request.pointee.rare.waiter = Unmanaged.passRetained(waiter)
      request.pointee.sinkKind = .waiter
    }
    if let subscription {
      request.pointee.rare.subscription = Unmanaged.passRetained(subscription)
      request.pointee.rare.isRepeated = true
    }
    return enter(request)
  }

  static let tooMany = ClientFailure(.resourceExhausted, "a million requests are under way")

  /// A filled request enters the inbox. Lock held.
  @discardableResult
  func enter(_ request: RequestRef) -> UInt64 {
    request.pointee.isLive = true
    counters.submitted &+= 1
    inFlight += 1
    inbox.append(request)
    return request.pointee.id
  }

  /// Waits for room if the submission may, and throws if there is none. Lock held throughout, but while
  /// waiting.
  func makeWay(for submission: borrowing Submission, isRepeated: Bool) throws(ClientFailure) {
    if isClosed { throw ClientFailure(.closed, Self.closedText) }
    if inFlight >= options.maximumConcurrentRequests { try waitForRoom(submission) }
    if case .queue = submission.sinkKind, !isRepeated,
      polled.count + inFlight + saves.toBePolled >= Self.eventLimit
    {
      throw ClientFailure(
        .resourceExhausted,
        "\(polled.count) events wait to be polled: call uesynth_client_poll, or submit with "
          + "UESYNTH_SUBMIT_NO_EVENT")
    }
  }

  /// How many may enter now that `makeWay` has found a way for one. Lock held.
  func room(for submission: borrowing Submission) -> Int {
    let room = options.maximumConcurrentRequests - inFlight
    guard case .queue = submission.sinkKind else { return max(1, room) }
    return max(1, min(room, Self.eventLimit - (polled.count + inFlight + saves.toBePolled)))
  }

  /// Writes down all that a request is, its message too. Needs no lock: nobody else knows the record yet.
  func fill(
    _ request: RequestRef, _ action: borrowing Action, _ fields: TransformFields,
    _ submission: borrowing Submission, now: Int64
  ) throws(ClientFailure) {
    let kind = action.kind
    request.pointee.kind = kind
    switch submission.options.route {
    case .auto: request.pointee.isDirect = !kind.isStreamed
    case .stream: request.pointee.isDirect = false
    case .direct: request.pointee.isDirect = true
    }
    guard request.encode(action) else {
      throw ClientFailure(.resourceExhausted, "out of memory for a request")
    }
    let size = request.pointee.payloadCount
    guard size <= options.maximumSendLength else {
      throw ClientFailure(
        .resourceExhausted,
        "a request of \(size) bytes is longer than max_send_message_length (\(options.maximumSendLength))"
      )
    }
    let name = TextHash.plain(action.name)
    request.pointee.isOrdered = submission.options.ordered
    request.pointee.isChange = kind.isChange
    request.pointee.name = kind.changedName(name, distinctCameras: options.distinctCameras)
    request.pointee.cookie = submission.options.cookie
    request.pointee.notifyOnly = submission.options.notifyOnly
    request.pointee.noEvent = submission.options.noEvent
    request.pointee.waitsForReady = submission.options.waitsForReady
    request.pointee.submitted = now
    let own = submission.options.timeout
    request.pointee.timeout = own > 0 ? own : options.timeout
    // On a stream the client's timeout bounds silence; everything else counts from here.
    let isBlocking = if case .waiter = submission.sinkKind { true } else { false }
    if own > 0 || request.pointee.isDirect || isBlocking || request.pointee.waitsForReady {
      request.pointee.deadline = now &+ request.pointee.timeout
    }
    if kind.isPose {
      request.pointee.transform = action.transform
      request.pointee.poseOf = name
      if fields != .whole {
        request.pointee.fields = fields
        request.pointee.rare.camera.set(action.name.start)
      }
    } else if let modality = kind.modality {
      request.pointee.rare.camera.set(action.name.start)
      request.pointee.rare.frameKey = modality.frameKey(plain: name)
      request.pointee.rare.width = action.width
      request.pointee.rare.height = action.height
    }
    if let destination = submission.destination {
      request.pointee.rare.destination = destination.retain()
    }
    request.pointee.sinkKind = submission.options.noEvent ? .none : submission.sinkKind
    switch request.pointee.sinkKind {
    case .callback, .sequence:
      if let sink = submission.sink { request.pointee.sink = Unmanaged.passRetained(sink) }
    case .none, .queue, .waiter, .set: break
    }
  }

  /// A read that the library itself needs, outside of all counting. The loop's.
  func makeInternal(_ kind: ActionKind, name: borrowing TextBuffer, like other: RequestRef)
    -> RequestRef?
  {
    lock.lock()
    defer { lock.unlock() }
    guard let request = table.take() else { return nil }
    request.pointee.kind = kind
    request.pointee.isInternal = true
    request.pointee.isDirect = other.pointee.isDirect
    guard request.encode(Action(kind: kind, name: name.cString)) else {
      table.give(request)
      return nil
    }
    request.pointee.poseOf = other.pointee.poseOf
    request.pointee.submitted = other.pointee.submitted
    request.pointee.timeout = other.pointee.timeout
    request.pointee.deadline = other.pointee.deadline
    request.pointee.waitsForReady = other.pointee.waitsForReady
    request.pointee.isLive = true
    return request
  }

  private func waitForRoom(_ submission: borrowing Submission) throws(ClientFailure) {
    let text =
      "\(inFlight) requests are under way, as many as max_concurrent_requests allows: wait for some to "
      + "complete or raise it"
    guard submission.mayWait else { throw ClientFailure(.wouldBlock, text) }
    let own = submission.options.timeout
    // Under BLOCK it may take a timeout until what nobody fetches gives way, and then the next pictures
    // have to come.
    let usual = options.overflow == .block ? options.timeout &* 2 : options.timeout
    let deadline = MonotonicClock.now() &+ (own > 0 ? own : usual)
    // What was submitted so far has to be on its way while this thread sleeps.
    wakeLoop()
    while inFlight >= options.maximumConcurrentRequests {
      let inTime = sleep(until: deadline)
      if isClosed { throw ClientFailure(.closed, Self.closedText) }
      if !inTime, inFlight >= options.maximumConcurrentRequests {
        throw ClientFailure(.wouldBlock, text)
      }
    }
  }

  /// Lock held.
  private func cancel(_ set: Frameset) {
    for id in set.requestIDs {
      guard let request = table.find(id), !request.pointee.isCancelled else { continue }
      request.pointee.isCancelled = true
      cancels.append(id)
    }
  }

  /// Decides that a request ends as cancelled, if nothing else has decided yet.
  public func cancel(_ id: UInt64) throws(ClientFailure) {
    lock.lock()
    if let set = sets[id] {
      cancel(set)
      unlock()
      wakeLoop()
      return
    }
    guard let request = table.find(id), !request.pointee.isCancelled else {
      unlock()
      throw ClientFailure(
        .alreadyCompleted, "request \(id) is over, was cancelled before, or never was")
    }
    request.pointee.isCancelled = true
    cancels.append(id)
    unlock()
    wakeLoop()
  }
}
