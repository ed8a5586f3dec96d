import UESynthCore

/// What an exchange knows of its client's saves. Guarded by the exchange's lock.
struct SaveTally {
  /// Both in the order of the calls, so that the first n that ended are the first n accepted.
  var accepted: UInt64 = 0
  var ended: UInt64 = 0
  /// Under way, with an event for the queue that is polled.
  var toBePolled = 0
  /// The first failure that no event has told.
  var failure: ClientFailure?
}

extension Client {
  /// Queues a frame to be saved; the path ends as `file` says.
  public func save(
    _ frame: FrameRef, to path: String, _ file: PictureFile, _ request: SaveRequest,
    sink: EventSink?
  ) throws(ClientFailure) {
    try Picture.check(try FrameContents(frame), file, request.picture)
    if exchange.lock.withLock({ exchange.isClosed }) {
      throw ClientFailure(.closed, Exchange.closedText)
    }
    if sink != nil && request.hasEvent { try exchange.startDelivery(hooks: runtime.hooks) }
    let job = SaveJob(
      frame, file, path: path, request, sink: request.hasEvent ? sink : nil, of: exchange)
    let isPolled = request.hasEvent && sink == nil
    if isPolled { try exchange.expectSavedEvent() }
    do {
      try runtime.saves.add(job, wait: isInCallback ? 0 : request.wait)
    } catch {
      if isPolled { exchange.forgetSavedEvent() }
      throw error
    }
    exchange.lock.withLock { exchange.saves.accepted &+= 1 }
  }

  /// Waits for the saves accepted so far.
  public func flushSaves(wait: Int64) throws(ClientFailure) {
    try exchange.flushSaves(wait: isInCallback ? 0 : wait)
  }
}

extension Exchange {
  /// One more event for the queue that is polled, some time.
  fileprivate func expectSavedEvent() throws(ClientFailure) {
    lock.lock()
    defer { lock.unlock() }
    guard polled.count + inFlight + saves.toBePolled < Self.eventLimit else {
      throw ClientFailure(
        .resourceExhausted,
        "\(polled.count) events wait to be polled: call uesynth_client_poll, or save with "
          + "UESYNTH_SAVE_NO_EVENT")
    }
    saves.toBePolled += 1
  }

  fileprivate func forgetSavedEvent() {
    lock.lock()
    saves.toBePolled -= 1
    wakeSleepers()
    lock.unlock()
  }

  /// The worker's: makes known how a save went.
  func saveIsOver(_ job: SaveJob, _ failure: ClientFailure?) {
    var completion = Completion()
    completion.type = .save
    completion.requestID = job.requestID
    completion.cookie = job.cookie
    completion.kind = job.kind
    completion.status = failure?.status ?? .ok
    if job.hasEvent {
      completion.reply = ReplySlab.shared.take()
      completion.reply?.pointee.message.set(failure?.message ?? job.path)
    }
    lock.lock()
    saves.ended &+= 1
    let wasEmpty = polled.count == 0
    var woken: DeliveryThread?
    if !job.hasEvent {
      if saves.failure == nil { saves.failure = failure }
    } else if let sink = job.sink {
      append(completion, to: &callbacks, sink: Unmanaged.passRetained(sink), frame: nil)
      woken = delivery
    } else {
      saves.toBePolled -= 1
      append(completion, to: &polled, sink: nil, frame: nil)
      updateEventFD(wasEmpty: wasEmpty)
    }
    wakeSleepers()
    unlock()
    woken?.wake()
  }

  fileprivate func flushSaves(wait: Int64) throws(ClientFailure) {
    let deadline = Self.deadline(wait)
    lock.lock()
    defer { lock.unlock() }
    let target = saves.accepted
    while saves.ended < target {
      if wait == 0 || !sleep(until: deadline), saves.ended < target {
        throw ClientFailure(.wouldBlock, "\(target &- saves.ended) saves are still under way")
      }
    }
    guard let failure = saves.failure else { return }
    saves.failure = nil
    throw failure
  }
}
