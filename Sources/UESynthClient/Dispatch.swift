import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

extension Engine {
  /// Sends what may be sent: by ORDER, by room on the lanes, by room for frames.
  func dispatch(now: Int64) {
    nextSettle = .max
    if dispatchRaw(now: now) { channel.wantConnection(now: now) }
    let resends = lanes.contains { $0.awaitsResending }
    guard unsent + retrying.count > 0 || resends else { return }
    guard channel.isReady else {
      channel.wantConnection(now: now)
      return
    }
    isBlocked = false
    if resends { lanes.forEach { if $0.awaitsResending { $0.resend(now: now) } } }
    retryDue(now: now)
    // Each route in its own order: a stream that is held back does not hold back unary calls. A request
    // that went may have cleared the way for one of the other route.
    var progressed = true
    while progressed {
      let before = unsent
      while let request = heldForStream.first, sendByStream(request, now: now) {}
      while let request = heldForDirect.first, sendDirect(request, now: now) {}
      sendRun(now: now)
      var settling: RequestRef?
      while let request = next(waitingForStream, after: &settling, now: now),
        sendByStream(request, now: now)
      {}
      settling = nil
      while let request = next(waitingForDirect, after: &settling, now: now),
        sendDirect(request, now: now)
      {}
      progressed = unsent > 0 && unsent < before
    }
    if isBlocked || !creditQueue.isEmpty { exchange.awaitRoom() }
  }

  private var unsent: Int {
    waitingForStream.count + waitingForDirect.count + heldForStream.count + heldForDirect.count
  }

  /// The oldest request that may go as far as settling and places are concerned. Captures that wait for
  /// something to settle, or under BLOCK for the host to fetch frames, hold back no one: ORDER sees to it
  /// that no change goes before them.
  private func next(_ list: RequestList, after settling: inout RequestRef?, now: Int64)
    -> RequestRef?
  {
    if let first = list.first, settling == nil, first.pointee.isPlain { return first }
    var candidate = settling.map { $0.pointee.next } ?? list.first
    while let request = candidate {
      let following = request.pointee.next
      if !maySettle(request, now: now) {
        settling = request
      } else if lacksPlace(request) {
        hold(request)
      } else {
        return request
      }
      candidate = following
    }
    return nil
  }

  private func lacksPlace(_ request: RequestRef) -> Bool {
    guard options.overflow == .block, request.pointee.isCapture,
      request.pointee.sinkKind != .waiter, clearance(request) != .wait
    else { return false }
    if request.pointee.isDirect {
      return heldForDirect.count > 0 || !hasPlace(request) || !hasWindow(request)
    }
    return heldForStream.count > 0 || !hasPlace(request)
  }

  private func hold(_ request: RequestRef) {
    withdraw(request)
    request.pointee.rare.isHeld = true
    if request.pointee.isDirect {
      heldForDirect.append(request)
    } else {
      heldForStream.append(request)
    }
  }

  /// Takes a request that was not sent off the list that it waits in.
  @inline(__always)
  func withdraw(_ request: RequestRef) {
    if request.pointee.hasRarities, request.pointee.rare.isHeld {
      request.pointee.rare.isHeld = false
      if request.pointee.isDirect {
        heldForDirect.remove(request)
      } else {
        heldForStream.remove(request)
      }
    } else if request.pointee.isDirect {
      waitingForDirect.remove(request)
    } else {
      waitingForStream.remove(request)
    }
  }

  private func maySettle(_ request: RequestRef, now: Int64) -> Bool {
    guard let set = request.pointee.set?.takeUnretainedValue(), request.pointee.rare.role != .pose
    else {
      return true
    }
    if set.settleUntil > now {
      nextSettle = min(nextSettle, set.settleUntil)
      return false
    }
    switch set.settling(request.pointee.rare.role, isDirect: request.pointee.isDirect) {
    case .anywhere: return true
    case .wait: return false
    case .lane(let index): return lanes.with(index) { $0.hasRoom() } ?? false
    }
  }

  /// Where ORDER and settling let a request go.
  @inline(__always)
  func clearance(_ request: RequestRef) -> OrderBook.Clearance {
    let ordered =
      request.pointee.isOrdered
      ? book.clearance(request.pointee.place) : .anywhere
    if request.pointee.set == nil { return ordered }
    return clearance(request, ordered)
  }

  private func clearance(
    _ request: RequestRef, _ ordered: OrderBook.Clearance
  ) -> OrderBook.Clearance {
    guard let set = request.pointee.set?.takeUnretainedValue(), request.pointee.rare.role != .pose
    else {
      return ordered
    }
    let settling = set.settling(request.pointee.rare.role, isDirect: request.pointee.isDirect)
    if ordered == .anywhere { return settling }
    return settling == .anywhere || settling == ordered ? ordered : .wait
  }

  @inline(__always)
  private func noteSettle(_ request: RequestRef, lane: Int) {
    guard let set = request.pointee.set, request.pointee.rare.role == .settle else { return }
    set.takeUnretainedValue().settleSent(lane: lane)
  }

  /// Under BLOCK a capture goes only when there is a place for its frame, and as far as can be told room.
  /// What was sent then finds room in whatever order it comes, so that a host that waits for one frame
  /// after the other is not locked out by the later ones.
  @inline(__always)
  private func hasPlace(_ request: RequestRef) -> Bool {
    !request.pointee.isCapture || findsPlace(request)
  }

  private func findsPlace(_ request: RequestRef) -> Bool {
    guard options.overflow == .block, request.pointee.sinkKind != .waiter else { return true }
    let length = expectedLength(request)
    while queuedFrames + capturesUnderWay >= options.bufferFrames {
      guard exchange.makePlace() else { return wait() }
      refreshQueued()
    }
    while promisedBytes + queuedBytes + length > budget.room, queuedFrames + capturesUnderWay > 0 {
      guard exchange.makeRoom() else { return wait() }
      refreshQueued()
    }
    return true
  }

  private func wait() -> Bool {
    isBlocked = true
    return false
  }

  /// A direct call goes only when the cap has room for the window of its stream; for a capture frames
  /// give way by the overflow policy.
  func hasWindow(_ request: RequestRef) -> Bool {
    let leavesFrame =
      request.pointee.isCapture && request.pointee.sinkKind != .waiter
      && options.overflow != .dropNewest
    guard budget.leavesRoom(expecting: expectedLength(request)) else { return false }
    while !budget.mayOpenDirect(queued: queuedBytes, isTransient: !leavesFrame) {
      guard openDirect < budget.directLimit else { return false }
      guard leavesFrame, exchange.makeRoom() else {
        isBlocked = true
        return false
      }
      refreshQueued()
    }
    return true
  }

  @inline(__always)
  private func takePlace(_ request: RequestRef) {
    guard request.pointee.isCapture, request.pointee.sinkKind != .waiter else { return }
    request.pointee.rare.holdsSlot = true
    capturesUnderWay += 1
    request.pointee.rare.promised = expectedLength(request)
    promisedBytes += request.pointee.rare.promised
  }

  private func sendByStream(_ request: RequestRef, now: Int64) -> Bool {
    switch poseReadiness(of: request) {
    case .ready: break
    case .wait: return false
    case .lookAgain: return true
    }
    let index: Int
    switch clearance(request) {
    case .wait: return false
    case .lane(let only):
      guard lanes.with(only, { $0.hasRoom() }) ?? false else { return false }
      index = only
    case .anywhere:
      guard let freest = freestLane() else { return false }
      index = freest
    }
    return lanes.with(index) { send(request, on: $0, now: now) } ?? false
  }

  private func send(_ request: RequestRef, on lane: Lane, now: Int64) -> Bool {
    guard hasPlace(request),
      lane.isOpen || (channel.isReady && isMetadataReady(lane: lane.index))
    else { return false }
    withdraw(request)
    if put(request, on: lane, now: now) {
      noteSettle(request, lane: lane.index)
      takePlace(request)
    }
    return true
  }

  /// Plain commands in a row, on the only lane there is: nothing is asked of each but whether ORDER lets it go.
  private func sendRun(now: Int64) {
    guard lanes.count == 1, waitingForStream.first?.pointee.isPlain ?? false else { return }
    lanes.with(0) { lane in
      guard lane.isOpen, lane.hasRoom() else { return }
      var room = lane.room
      while room > 0, let request = waitingForStream.first, request.pointee.isPlain {
        if request.pointee.isOrdered {
          switch book.clearance(request.pointee.place) {
          case .anywhere, .lane(0): break
          case .lane, .wait: return
          }
        }
        _ = waitingForStream.popFirst()
        if put(request, on: lane, now: now) { room &-= 1 }
      }
    }
  }

  /// Puts a request that waits no longer on a lane. False if that has ended it.
  @inline(__always)
  private func put(_ request: RequestRef, on lane: Lane, now: Int64) -> Bool {
    // What was submitted during this pass is younger than the pass's own time.
    request.pointee.sent = max(now, request.pointee.submitted)
    guard lane.send(request, now: now) else {
      waitingForStream.append(request)
      finish(
        request, .resourceExhausted, "the request could not be put on the stream: out of memory")
      return false
    }
    request.pointee.lane = lane.index
    if request.pointee.isOrdered { book.sent(request.pointee.place, lane: lane.index) }
    poseSent(request)
    return true
  }

  private func freestLane() -> Int? {
    if lanes.count == 1 { return lanes.with(0) { $0.hasRoom() } ?? false ? 0 : nil }
    var best: Int?
    var fewest = Int.max
    let count = options.findsLanes ? min(governor.active, lanes.count) : lanes.count
    for index in 0..<count {
      lanes.with(index) { lane in
        guard lane.hasRoom(), lane.unanswered.count < fewest else { return }
        best = index
        fewest = lane.unanswered.count
      }
    }
    if best == nil { governor.waited() }
    return best
  }

  private func sendDirect(_ request: RequestRef, now: Int64) -> Bool {
    switch poseReadiness(of: request) {
    case .ready: break
    case .wait: return false
    case .lookAgain: return true
    }
    guard clearance(request) == .anywhere, hasWindow(request), channel.availableStreams > 0,
      hasPlace(request)
    else { return false }
    switch metadataReadiness(of: request) {
    case .ready: break
    case .wait: return false
    case .ended: return true
    }
    withdraw(request)
    request.pointee.sent = max(now, request.pointee.submitted)
    let call = idleCalls.popLast() ?? DirectCall(engine: self)
    guard call.begin(request) else {
      waitingForDirect.append(request)
      finish(request, .unavailable, "the call could not be started: the connection is going away")
      return true
    }
    request.pointee.lane = OrderBook.direct
    noteSettle(request, lane: OrderBook.direct)
    request.pointee.rare.call = Unmanaged.passUnretained(call)
    directUnderWay.append(request)
    openDirect += 1
    budget.expect(expectedLength(request))
    if request.pointee.isOrdered {
      book.sent(request.pointee.place, lane: OrderBook.direct)
    }
    takePlace(request)
    poseSent(request)
    return true
  }
}
