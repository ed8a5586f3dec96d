import UESynthCore
import UESynthNet

extension Exchange {
  /// Makes the outcomes of requests known, in order; the loop's, once a pass. Takes over the list, the
  /// frames and the replies. `streamBytes` is what counts against the cap without those frames.
  func publish(_ list: inout RequestList, streamBytes: Int, now: Int64) {
    var wake: Waiter?
    var callbackCame = false
    lock.lock()
    counters.streamBytes = streamBytes
    guard list.count > 0 else {
      unlock()
      return
    }
    let wasEmpty = polled.count == 0
    let came = list.count
    let age = list.first.map { now &- $0.pointee.submitted } ?? 0
    while let request = list.popFirst() {
      if let waiter = publish(request, now: now, callbackCame: &callbackCame) {
        waiter.next = wake
        wake = waiter
      }
    }
    while streamBytes &+ frames.bytes > options.bufferBytes, frames.letKeptGo() {}
    updateEventFD(wasEmpty: wasEmpty)
    publications.wrappingAdd(1, ordering: .releasing)
    let holdsBack =
      sleepers > 0 && sleepers == fetchers
      && pollWake.holdsBack(
        came: came, waiting: polled.count, underWay: inFlight, age: age, now: now)
    if !holdsBack { wakeSleepers() }
    let delivery = callbackCame ? self.delivery : nil
    unlock()
    while let waiter = wake {
      wake = waiter.next
      waiter.next = nil
      waiter.finish()
    }
    delivery?.wake()
  }

  /// Threads that poll are told of what was let gather, if it is time. The loop's.
  func wakePollers(now: Int64) {
    guard pollWake.isDue(now) else { return }
    lock.lock()
    wakeSleepers()
    lock.unlock()
  }

  private func publish(
    _ request: RequestRef, now: Int64, callbackCame: inout Bool
  ) -> Waiter? {
    if request.pointee.isInternal {
      if let reply = request.pointee.reply { ReplySlab.shared.give(reply) }
      request.pointee.isLive = false
      table.give(request)
      return nil
    }
    var completion = Completion()
    completion.requestID = request.pointee.id
    completion.cookie = request.pointee.cookie
    completion.kind = request.pointee.kind
    completion.status = request.pointee.isCancelled ? .cancelled : request.pointee.status
    completion.reply = request.pointee.reply
    var frame = request.pointee.frame
    if !completion.status.isOK, let refused = frame {
      frames.abandon(refused)
      frame = nil
    }
    completion.submitted = request.pointee.submitted
    completion.completed = request.pointee.completed
    if completion.status.isOK {
      latencies.completed(request, at: request.pointee.completed)
      if !request.pointee.isCapture { counters.commands &+= 1 }
    }
    counters.count(completion.status)
    inFlight -= 1

    var waiter: Waiter?
    switch request.pointee.sinkKind {
    case .waiter:
      if let frame { frames.passThrough(frame, now: now) }
      completion.frame = frame
      waiter = request.pointee.rare.waiter?.takeRetainedValue()
      waiter?.completion = completion
    case .set:
      let (waiting, called) = settlePart(request, completion, frame: frame)
      waiter = waiting
      callbackCame = callbackCame || called
    case .none:
      keep(frame, failed: completion.status, of: request)
      completion.release()
    case .queue where request.pointee.notifyOnly:
      keep(frame, failed: completion.status, of: request)
      if request.pointee.rare.isRepeated, polled.count >= Self.repeatedEventLimit {
        completion.release()
      } else {
        append(completion, to: &polled, sink: nil, frame: nil)
      }
    case .queue:
      append(completion, to: &polled, sink: nil, frame: frame)
    case .callback, .sequence:
      let sink = request.pointee.sink
      if let sink, sink.takeUnretainedValue().isClosed {
        if let frame { frames.abandon(frame) }
        completion.release()
        bury(sink.takeRetainedValue())
      } else if request.pointee.sinkKind == .sequence, let sink {
        append(
          completion, to: &sink.takeUnretainedValue().arrivals, sink: sink, frame: frame,
          keepsFrame: true)
      } else if request.pointee.notifyOnly {
        keep(frame, failed: completion.status, of: request)
        append(completion, to: &callbacks, sink: sink, frame: nil)
        callbackCame = true
      } else {
        append(completion, to: &callbacks, sink: sink, frame: frame)
        callbackCame = true
      }
    }
    if request.pointee.hasRarities, let destination = request.pointee.rare.destination {
      bury(destination.takeRetainedValue())
    }
    request.pointee.isLive = false
    table.give(request)
    return waiter
  }

  /// An event reaches the host, and its frame with it.
  func deliver(_ event: EventRef, now: Int64) {
    frames.deliverWithEvent(event, now: now)
    watchEventTaken(event)
    if let set = event.pointee.completion.set {
      deliver(set.takeUnretainedValue(), now: now)
      return
    }
    if event.pointee.completion.countsAsDelivery {
      let completion = event.pointee.completion
      latencies.delivered(
        completion.kind, submitted: completion.submitted, completed: completion.completed, now: now)
    }
  }

  private func keep(_ frame: FrameRef?, failed status: Status, of request: RequestRef) {
    if let frame {
      _ = frames.insert(frame, holder: nil)
    } else if request.pointee.isCapture {
      let words = request.pointee.reply.map { String(cString: $0.pointee.message.cString) } ?? ""
      failedCaptures.remember(
        request.pointee.id, status, words.isEmpty ? status.name.description : words)
    }
  }

  /// Lock held.
  func append(
    _ completion: Completion, to queue: inout EventQueue, sink: Unmanaged<EventSink>?,
    frame: FrameRef?, keepsFrame: Bool = false
  ) {
    let event = slab.take()
    event.pointee.completion = completion
    event.pointee.sink = sink
    if let frame {
      event.pointee.completion.frame = frame
      event.pointee.frameIsStored = true
      event.pointee.keepsFrame = keepsFrame
      if !frames.insert(frame, holder: event) {
        event.pointee.completion.frame = nil
        event.pointee.frameIsStored = false
        event.pointee.completion.status = .noFrame
      }
    }
    queue.append(event)
  }
}
