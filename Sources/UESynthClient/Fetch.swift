import CUESynthSys
import Glibc
import UESynthCore
import UESynthNet

extension Exchange {
  /// Turns a relative wait in nanoseconds into a deadline; negative waits without one.
  static func deadline(_ wait: Int64) -> Int64 {
    if wait < 0 { return .max }
    let sum = MonotonicClock.now().addingReportingOverflow(wait)
    return sum.overflow ? .max : sum.partialValue
  }

  /// Lock held: frames have left, so the loop may go on.
  private func roomWasMade() -> Bool {
    guard loopAwaitsRoom else { return false }
    loopAwaitsRoom = false
    return true
  }

  /// Takes up to `capacity` events, waiting for the first; each is handed to `take`.
  public func poll(
    capacity: Int, wait: Int64, _ take: (Int, UnsafePointer<Completion>) -> Void
  ) throws(ClientFailure) -> Int {
    let deadline = Self.deadline(wait)
    lock.lock()
    lastFetch = MonotonicClock.now()
    fetchers += 1
    while polled.count == 0 {
      if isClosed, inFlight + saves.toBePolled == 0, state == .closed || !watching.states {
        fetchers -= 1
        unlock()
        throw ClientFailure(.closed, Self.closedText)
      }
      if wait == 0 || !sleep(until: deadline), polled.count == 0 {
        fetchers -= 1
        unlock()
        throw ClientFailure(.wouldBlock, "no event came in time")
      }
    }
    fetchers -= 1
    let now = MonotonicClock.now()
    lastFetch = now
    var taken = EventQueue()
    while taken.count < capacity, let event = polled.popFirst() {
      polled.first?.pointee.next?.prefetch()
      deliver(event, now: now)
      taken.append(event)
    }
    updateEventFD(wasEmpty: false)
    let wakes = roomWasMade()
    unlock()
    if wakes { wakeLoop() }
    let count = taken.count
    var index = 0
    var next = taken.first
    while let event = next {
      withUnsafePointer(to: &event.pointee.completion) { take(index, $0) }
      index += 1
      next = event.pointee.next
    }
    lock.lock()
    while let event = taken.popFirst() { slab.give(event) }
    lock.unlock()
    return count
  }

  /// The level-triggered descriptor, made at the first call.
  public func eventDescriptor() throws(ClientFailure) -> Int32 {
    lock.lock()
    defer { unlock() }
    if eventFD < 0 {
      let fd = eventfd(0, Int32(truncatingIfNeeded: EFD_CLOEXEC | EFD_NONBLOCK))
      guard fd >= 0 else {
        throw ClientFailure(
          .resourceExhausted, "cannot make an event descriptor: \(String(cString: strerror(errno)))"
        )
      }
      eventFD = fd
      updateEventFD(wasEmpty: true)
    }
    return eventFD
  }

  /// The newest frame of a camera and modality, with a reference for the caller.
  public func latestFrame(key: UInt64, peek: Bool) throws(ClientFailure) -> FrameRef {
    lock.lock()
    let now = MonotonicClock.now()
    lastFetch = now
    let frame = frames.takeLatest(key: key, peek: peek, now: now)
    let wakes = roomWasMade()
    unlock()
    if wakes { wakeLoop() }
    guard let frame else {
      throw ClientFailure(
        .noFrame, "no frame of this camera and modality has come that was not handed out before")
    }
    return frame
  }

  /// The frame of a request, with a reference for the caller.
  public func takeFrame(_ id: UInt64, wait: Int64, mayWait: Bool) throws(ClientFailure) -> FrameRef
  {
    let deadline = Self.deadline(wait)
    lock.lock()
    lastFetch = MonotonicClock.now()
    while true {
      if let frame = frames.queued(requestID: id) {
        let now = MonotonicClock.now()
        lastFetch = now
        frames.deliver(frame, now: now)
        let wakes = roomWasMade()
        unlock()
        if wakes { wakeLoop() }
        return frame
      }
      let isUnderWay = table.find(id) != nil
      if !isUnderWay || wait == 0 || !mayWait || !sleep(until: deadline) {
        if isUnderWay, frames.queued(requestID: id) != nil { continue }
        let failure = isUnderWay && table.find(id) != nil ? nil : failedCaptures.recall(id)
        unlock()
        throw Self.missing(id, isUnderWay: isUnderWay, failure: failure)
      }
    }
  }

  private static func missing(_ id: UInt64, isUnderWay: Bool, failure: ClientFailure?)
    -> ClientFailure
  {
    if let failure {
      return ClientFailure(failure.status, "capture \(id) failed: \(failure.message)")
    }
    if isUnderWay { return ClientFailure(.wouldBlock, "capture \(id) is still under way") }
    return ClientFailure(
      .noFrame,
      "request \(id) has no frame here: it is unknown, was no capture, or its frame was delivered or "
        + "dropped")
  }

  /// Under BLOCK, when nobody has fetched for a timeout since there was something to fetch: the oldest gives
  /// way, and from then on each for the next one, until somebody fetches. Returns when to look again;
  /// `Int64.max` if there is nothing to wait for. The loop's.
  func expireUnfetched(now: Int64) -> (didExpire: Bool, next: Int64) {
    lock.lock()
    defer { unlock() }
    guard options.overflow == .block, fetchers == 0, frames.count > 0 else { return (false, .max) }
    let due = max(lastFetch, frames.filledSince) &+ options.timeout
    if now < due { return (false, due) }
    if frames.expireOldest() { return (true, now) }
    // What stays is on its way to a callback or a sequence, however slow that is.
    return (false, now &+ 100_000_000)
  }
}
