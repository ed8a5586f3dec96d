import UESynthCore
import UESynthNet

extension Exchange {
  /// The loop tells how the connection is.
  func note(state: ClientState, failure: NetError?) {
    lock.lock()
    if state == .ready { counters.connects &+= 1 }
    if state != self.state { counters.connectedSince = state == .ready ? MonotonicClock.now() : 0 }
    if self.state == .ready, state != .ready, state != .closed { counters.disconnects &+= 1 }
    if self.state == .connecting, state == .backoff { counters.connectFailures &+= 1 }
    let isNews = state != self.state && watching.states
    self.state = state
    let woken =
      isNews
      ? notify(
        .state, detail: state.rawValue, failure?.status ?? .ok, failure?.message ?? state.text)
      : nil
    if let failure { connectFailure = ClientFailure(failure.status, failure.message) }
    if state == .ready || state == .backoff {
      connectOutcomes &+= 1
      lastAttemptWorked = state == .ready
    }
    if sleepers > 0 { changed.broadcast() }
    unlock()
    woken?.wake()
  }

  /// Waits until the connection is ready, an attempt has failed, or time is up.
  func connect(wait: Int64) throws(ClientFailure) {
    let deadline = Self.deadline(wait)
    lock.lock()
    if isClosed {
      lock.unlock()
      throw ClientFailure(.closed, Self.closedText)
    }
    let outcomes = connectOutcomes
    wantsConnection = true
    lock.unlock()
    wakeLoop()
    lock.lock()
    defer { unlock() }
    while true {
      if isClosed { throw ClientFailure(.closed, Self.closedText) }
      if state == .ready { return }
      // The state may have moved on since: a pause can be short, and a connection too.
      let isOver = connectOutcomes != outcomes
      if isOver, lastAttemptWorked { return }
      if isOver || (state == .backoff && wait == 0) {
        throw connectFailure ?? ClientFailure(.unavailable, "cannot connect")
      }
      if !sleep(until: deadline), state != .ready {
        throw ClientFailure(
          .deadlineExceeded, "the connection is not there yet; the client goes on trying")
      }
    }
  }
}
