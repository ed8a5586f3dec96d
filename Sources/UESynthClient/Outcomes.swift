import UESynthCore

/// How requests come to their outcomes, and from there to the exchange.
extension Engine {
  /// A request is over without a reply of its own.
  func finish(_ request: RequestRef, _ status: Status, _ message: String) {
    set(request, status, message)
    conclude(request)
  }

  /// Its outcome, which replaces any that was set before.
  func set(_ request: RequestRef, _ status: Status, _ message: String) {
    request.pointee.status = status
    if let frame = request.pointee.frame {
      request.pointee.frame = nil
      tally.abandoned.append(frame)
    }
    let reply = request.pointee.reply ?? ReplySlab.shared.take()
    reply.pointee.hasSuccess = false
    reply.pointee.hasTransform = false
    reply.pointee.message.set(message)
    request.pointee.reply = reply
  }

  /// Takes a request whose outcome is set off everything, and lines it up for publication.
  func conclude(_ request: RequestRef) {
    request.pointee.completed = request.pointee.frame?.pointee.completed ?? now
    known.remove(request.pointee.id)
    if asksForMetadata { forgetMetadata(of: request) }
    if request.pointee.deadline != .max {
      deadlines.remove(request.pointee.index)
    }
    let lane = request.pointee.lane
    if lane < 0 {
      withdraw(request)
      if request.pointee.isOrdered {
        book.withdrawn(request.pointee.place, isDirect: request.pointee.isDirect)
      }
    } else {
      if request.pointee.isOrdered {
        book.ended(request.pointee.place, lane: lane)
      }
      if lane == OrderBook.direct {
        if let call = request.pointee.rare.call {
          directUnderWay.remove(request)
          call.takeUnretainedValue().detach()
        } else {
          retrying.remove(request)
        }
        request.pointee.rare.call = nil
      } else {
        lanes.with(lane) { $0.remove(request) }
      }
    }
    if lane >= 0, request.pointee.status.isOK {
      workedOnThisConnection = true
      retryBudget.succeeded()
    }
    noteChange(request)
    if request.pointee.isInternal { poseFetched(request) } else { poseEnded(request) }
    if request.pointee.hasRarities { concludeRarities(of: request) }
    if let set = request.pointee.set {
      switch request.pointee.rare.role {
      case .pose: set.takeUnretainedValue().poseAnswered(now: now)
      case .settle: set.takeUnretainedValue().settleEnded(wasSent: lane >= 0)
      case .part, .verify: break
      }
    }
    completed.append(request)
    if completed.count == 1 { loop.schedule(self) }
  }

  private func concludeRarities(of request: RequestRef) {
    if request.pointee.rare.holdsSlot {
      request.pointee.rare.holdsSlot = false
      // A frame keeps its place until it counts among those that wait for the host.
      if request.pointee.frame == nil {
        capturesUnderWay -= 1
        promisedBytes -= request.pointee.rare.promised
      } else {
        framesToPublish += 1
        bytesToPublish += request.pointee.rare.promised
      }
    }
    if let subscription = request.pointee.rare.subscription {
      request.pointee.rare.subscription = nil
      subscription.takeRetainedValue().captureEnded(succeeded: request.pointee.status.isOK)
    }
  }

  /// Captures behind a change that failed say so.
  @inline(__always)
  private func noteChange(_ request: RequestRef) {
    guard request.pointee.isOrdered else { return }
    if let frame = request.pointee.frame {
      if failedChanges.precede(epoch: request.pointee.place.epoch) {
        frame.pointee.flags.insert(.changeFailed)
      }
    } else if request.pointee.isChange {
      let kind = request.pointee.kind
      let name = request.pointee.name
      if request.pointee.status.isOK {
        if !failedChanges.isEmpty { failedChanges.succeeded(kind, name: name) }
      } else {
        failedChanges.failed(kind, name: name, epoch: request.pointee.place.epoch)
      }
    }
  }

  func publish(now: Int64) {
    var reserved = 0
    var request = completed.first
    while let current = request {
      if current.pointee.hasRarities { reserved += current.pointee.rare.reserved }
      request = current.pointee.next
    }
    let streamBytes = self.streamBytes &- reserved
    guard completed.count > 0 || tally.isDirty || streamBytes != publishedStreamBytes else {
      return
    }
    publishedStreamBytes = streamBytes
    tally.bufferPeak = budget.peak
    channel.count(into: &tally)
    tally.linkRate = gauge.linkRate
    tally.inflateRate = gauge.inflateRate
    exchange.absorb(&tally, now: now)
    exchange.publish(&completed, streamBytes: streamBytes, now: now)
    capturesUnderWay -= framesToPublish
    promisedBytes -= bytesToPublish
    bytesToPublish = 0
    if reserved > 0 || framesToPublish > 0 {
      framesToPublish = 0
      release(reserved)
      refreshQueued()
      if !creditQueue.isEmpty || isBlocked { loop.schedule(self) }
    }
  }
}
