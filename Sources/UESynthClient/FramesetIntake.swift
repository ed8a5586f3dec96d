import Glibc
import UESynthCore
import UESynthNet
import UESynthWire

extension Exchange {
  /// The place in an id that no single request has: sets are numbered apart.
  private static let setIndex: UInt64 = (1 << 20) - 1

  /// Submits a set, all its requests in one go, so that nothing comes between them.
  func submit(
    _ request: Frameset.Request, _ submission: Submission, waiter: Waiter?
  ) throws(ClientFailure) -> Frameset {
    let hasPose = request.pose != nil
    let count =
      request.parts.count + (hasPose ? 1 : 0) + (hasPose ? request.settleCaptures : 0)
      + (hasPose && request.verifies ? 1 : 0)
    lock.lock()
    defer {
      unlock()
      wakeLoop()
    }
    if isClosed { throw ClientFailure(.closed, Self.closedText) }
    guard count <= options.maximumConcurrentRequests else {
      throw ClientFailure(
        .misuse,
        "a set of \(count) requests never fits max_concurrent_requests "
          + "(\(options.maximumConcurrentRequests)): raise it")
    }
    try waitForRoom(for: count, submission)
    setSerial &+= 1
    let set = Frameset(
      id: setSerial << 20 | Self.setIndex, cookie: submission.options.cookie, request: request,
      sinkKind: waiter == nil ? submission.sinkKind : .waiter, sink: submission.sink)
    set.waiter = waiter
    // Held open until everything is in, so that an early failure cannot complete it.
    set.remaining = 1
    if let pose = request.pose {
      add(
        Action(kind: .setCameraTransform, name: request.camera, transform: pose), .pose, to: set,
        submission)
      for _ in 0..<request.settleCaptures {
        guard let first = request.parts.first else { break }
        add(Self.capture(first), .settle, to: set, submission)
      }
    }
    for (index, part) in request.parts.enumerated() {
      set.parts.append(slab.take())
      add(Self.capture(part), .part(index), to: set, submission)
    }
    if hasPose, request.verifies {
      add(Action(kind: .getCameraTransform, name: request.camera), .verify, to: set, submission)
    }
    sets[set.id] = set
    set.remaining -= 1
    if set.remaining == 0 { _ = complete(set) }
    return set
  }

  /// Runs a set and waits for its end.
  func call(
    _ request: Frameset.Request, _ submission: Submission
  ) throws(ClientFailure) -> Completion {
    let waiter = borrowWaiter()
    defer { giveBack(waiter) }
    _ = try submit(request, submission, waiter: waiter)
    waiter.wait(spinning: options.busyPoll)
    return waiter.completion
  }

  private static func capture(_ part: Frameset.Part) -> Action {
    Action(
      kind: ActionKind(capturing: part.modality), name: part.camera, width: part.width,
      height: part.height)
  }

  private func add(
    _ action: borrowing Action, _ role: Frameset.Role, to set: Frameset, _ submission: Submission
  ) {
    var own = submission
    own.sinkKind = .none
    own.mayWait = false
    own.options.notifyOnly = false
    own.options.noEvent = false
    set.remaining += 1
    do {
      let id = try enter(action, own, waiter: nil, subscription: nil)
      set.requestIDs.append(id)
      guard let request = table.find(id) else { return }
      request.pointee.sinkKind = .set
      request.pointee.set = Unmanaged.passRetained(set)
      request.pointee.rare.role = role
      if role == .settle { set.settlesLeft += 1 }
    } catch {
      var completion = Completion()
      completion.kind = action.kind
      completion.status = error.status
      let reply = ReplySlab.shared.take()
      reply.pointee.message.set(error.message)
      completion.reply = reply
      settle(set, role, &completion, frame: nil)
      set.remaining -= 1
    }
  }

  private func waitForRoom(for count: Int, _ submission: Submission) throws(ClientFailure) {
    let own = submission.options.timeout
    let deadline = MonotonicClock.now() &+ (own > 0 ? own : options.timeout)
    while inFlight + count > options.maximumConcurrentRequests {
      let text =
        "\(inFlight) requests are under way and the set has \(count): max_concurrent_requests allows "
        + "\(options.maximumConcurrentRequests)"
      guard submission.mayWait, sleep(until: deadline) else {
        throw ClientFailure(.wouldBlock, text)
      }
      if isClosed { throw ClientFailure(.closed, Self.closedText) }
    }
  }

  /// A request of a set is over. Returns the waiter whose set that completed, and whether a callback has
  /// to run.
  func settlePart(_ request: RequestRef, _ completion: Completion, frame: FrameRef?) -> (
    Waiter?, Bool
  ) {
    guard let set = request.pointee.set?.takeRetainedValue() else { return (nil, false) }
    request.pointee.set = nil
    var completion = completion
    completion.frame = frame
    settle(set, request.pointee.rare.role, &completion, frame: frame)
    set.remaining -= 1
    guard set.remaining == 0 else { return (nil, false) }
    return complete(set)
  }

  private func settle(
    _ set: Frameset, _ role: Frameset.Role, _ completion: inout Completion, frame: FrameRef?
  ) {
    set.note(role, completion)
    guard case .part(let index) = role, set.parts.indices.contains(index) else {
      if let frame { frames.throwAway(frame) }
      completion.frame = nil
      completion.release()
      return
    }
    let event = set.parts[index]
    event.pointee.completion = completion
    if let frame {
      event.pointee.frameIsStored = true
      event.pointee.keepsFrame = true
      if !frames.insert(frame, holder: event) {
        event.pointee.frameIsStored = false
        event.pointee.completion.frame = nil
        event.pointee.completion.status = .noFrame
      }
    }
  }

  /// All is over: the set goes to whoever asked for it.
  private func complete(_ set: Frameset) -> (Waiter?, Bool) {
    sets[set.id] = nil
    var completion = Completion()
    completion.requestID = set.id
    completion.cookie = set.cookie
    completion.status = set.status
    completion.set = Unmanaged.passRetained(set)
    switch set.sinkKind {
    case .waiter:
      deliver(set, now: MonotonicClock.now())
      let waiter = set.waiter
      set.waiter = nil
      waiter?.completion = completion
      return (waiter, false)
    case .callback:
      if set.sink?.isClosed ?? true {
        discard(set)
        completion.set?.release()
        return (nil, false)
      }
      let event = slab.take()
      event.pointee.completion = completion
      event.pointee.sink = set.sink.map { Unmanaged.passRetained($0) }
      callbacks.append(event)
      return (nil, true)
    case .queue:
      let event = slab.take()
      event.pointee.completion = completion
      polled.append(event)
    case .none, .set, .sequence:
      discard(set)
      completion.set?.release()
    }
    return (nil, false)
  }

  /// The host gets the set: its frames count as delivered. Lock held.
  func deliver(_ set: Frameset, now: Int64) {
    for event in set.parts {
      frames.deliverWithEvent(event, now: now)
      set.results.append(event.pointee.completion)
      slab.give(event)
    }
    set.parts.removeAll()
  }

  /// Nobody gets the set. Lock held.
  func discard(_ set: Frameset) {
    for event in set.parts { discard(event) }
    set.parts.removeAll()
  }
}
