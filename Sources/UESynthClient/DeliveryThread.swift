import UESynthCore
import UESynthNet

/// The one thread on which a client's callbacks run, one at a time, with no lock held.
final class DeliveryThread: @unchecked Sendable {
  private unowned(unsafe) let exchange: Exchange
  private let lock = Lock()
  private let condition = Condition()
  private var isWoken = false
  private var isStopping = false
  /// Set by the thread itself, first thing; read only to compare with the caller.
  private var thread: NetThread?

  init(exchange: Exchange) { self.exchange = exchange }

  func start(hooks: ThreadHooks) throws(NetError) {
    let exchange = exchange
    let started = try NetThread.start(
      name: "uesynth-deliver", role: .delivery, index: 0, hooks: hooks
    ) { [self, exchange] in
      // Keeps the exchange while a callback runs that has freed its client.
      withExtendedLifetime(exchange) {
        run()
        exchange.discardCallbacks()
      }
    }
    lock.withLock { thread = started }
  }

  var isCurrent: Bool { lock.withLock { thread }?.isCurrent ?? false }

  func wake() {
    lock.lock()
    if !isWoken {
      isWoken = true
      condition.signal()
    }
    lock.unlock()
  }

  /// No callback begins after this; returns when the one that runs has returned. On this very thread
  /// it does not wait.
  func stop() {
    lock.lock()
    isStopping = true
    isWoken = true
    condition.signal()
    let thread = thread
    lock.unlock()
    guard let thread else { return }
    if thread.isCurrent { thread.detach() } else { thread.join() }
  }

  private func run() {
    while true {
      lock.lock()
      while !isWoken { condition.wait(lock) }
      isWoken = false
      let stops = isStopping
      lock.unlock()
      if stops { return }
      while let event = exchange.nextCallback() {
        if let sink = event.pointee.sink {
          let completion = UnsafeMutablePointer<Completion>(
            UnsafeMutableRawPointer(event).assumingMemoryBound(to: Completion.self))
          sink.takeUnretainedValue().deliver(CompletionReference(completion: completion))
        }
        exchange.callbackReturned(event)
        if lock.withLock({ isStopping }) { return }
      }
    }
  }
}

extension Exchange {
  /// The next event for a callback; its frame counts as delivered from here on.
  func nextCallback() -> EventRef? {
    lock.lock()
    var next = callbacks.popFirst()
    while let event = next, let sink = event.pointee.sink, sink.takeUnretainedValue().isClosed {
      discard(event)
      next = callbacks.popFirst()
    }
    guard let event = next else {
      unlock()
      return nil
    }
    deliver(event, now: MonotonicClock.now())
    if let sink = event.pointee.sink { runningSink = ObjectIdentifier(sink.takeUnretainedValue()) }
    let wakes = loopAwaitsRoom
    loopAwaitsRoom = false
    unlock()
    if wakes { wakeLoop() }
    return event
  }

  func callbackReturned(_ event: EventRef) {
    // The host's destroy-notify may run here, so no lock is held.
    event.pointee.completion.release()
    let sink = event.pointee.sink
    event.pointee.sink = nil
    lock.lock()
    runningSink = nil
    slab.give(event)
    if sleepers > 0 { changed.broadcast() }
    unlock()
    sink?.release()
  }

  /// The client goes: no callback runs any more, and what they refer to is let go.
  func discardCallbacks() {
    lock.lock()
    while let event = callbacks.popFirst() { discard(event) }
    endWatch()
    unlock()
  }

  /// A subscription of a closed client needs its sink no more.
  func dropSink(of subscription: Subscription) {
    lock.lock()
    if let sink = subscription.dropSink() { bury(sink) }
    unlock()
  }

  /// Closes a sink: none of its callbacks begins after this, and when it returns none is running,
  /// unless this is the delivery thread.
  func closeSink(of subscription: Subscription) {
    lock.lock()
    defer { unlock() }
    guard let sink = subscription.sink else { return }
    sink.isClosed = true
    if delivery?.isCurrent ?? false { return }
    while runningSink == ObjectIdentifier(sink) { _ = sleep(until: .max) }
  }
}
