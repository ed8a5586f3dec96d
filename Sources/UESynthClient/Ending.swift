import UESynthCore
import UESynthNet
import UESynthWire

/// How requests end without a reply, and the client with them.
extension Engine {
  /// A connection was lost: what is on it has failed, but for calls that have ended before and whose replies
  /// are still being read.
  func fail(on connection: HTTP2Connection, _ status: Status, _ message: String) {
    lanes.forEach { lane in
      guard let stream = lane.stream, stream.connection === connection, !stream.isEnding else {
        return
      }
      while let request = lane.unanswered.first { finish(request, status, message) }
      stream.giveUp(CallOutcome(status: status, message: message))
    }
    end(directUnderWay, status, message) {
      guard let call = $0.pointee.rare.call?.takeUnretainedValue() else { return false }
      return call.connection === connection && !call.isEnding
    }
    failRaw(status, message, on: connection)
  }

  private static let waiting: [KeyPath<Engine, RequestList> & Sendable] = [
    \.waitingForDirect, \.waitingForStream, \.heldForDirect, \.heldForStream,
  ]

  /// There is no connection: what waits to be sent fails, unless it waits for one. With `sparesRefused` so
  /// does what a server refused unseen: it waits for the attempt that follows the pause.
  func failWaiting(_ status: Status, _ message: String, sparesRefused: Bool = false) {
    if !sparesRefused {
      lanes.forEach { lane in
        guard lane.awaitsResending else { return }
        end(lane.unanswered, status, message) { !$0.pointee.waitsForReady }
      }
    }
    end(retrying, status, message) {
      !$0.pointee.waitsForReady && !(sparesRefused && $0.pointee.rare.wasRefused)
    }
    for list in Self.waiting {
      end(self[keyPath: list], status, message) { !$0.pointee.waitsForReady }
    }
    failWaitingRaw(status, message, sparesRefused: sparesRefused)
  }

  private func end(
    _ list: RequestList, _ status: Status, _ message: String, where matches: (RequestRef) -> Bool
  ) {
    // The end of one may be the end of others, so they are looked up again.
    var ids: [UInt64] = []
    var candidate = list.first
    while let request = candidate {
      if matches(request) { ids.append(request.pointee.id) }
      candidate = request.pointee.next
    }
    for id in ids {
      if let request = underWay(id) { finish(request, status, message) }
    }
  }

  /// A subscription was closed: its captures are cancelled.
  func end(_ subscription: Subscription) {
    subscription.stop()
    subscriptions.removeAll { $0 === subscription }
    let mine = UnsafeMutableRawPointer(Unmanaged.passUnretained(subscription).toOpaque())
    endAll("the subscription was closed", .cancelled) {
      $0.pointee.rare.subscription?.toOpaque() == mine
    }
    loop.schedule(self)
  }

  private func endAll(_ message: String, _ status: Status, where matches: (RequestRef) -> Bool) {
    lanes.forEach { end($0.unanswered, status, message, where: matches) }
    for list in Self.waiting + [\.directUnderWay, \.retrying] {
      end(self[keyPath: list], status, message, where: matches)
    }
  }

  /// One last pass, which closes everything; the exchange may go after it.
  func retire() {
    loopPass(now: now)
    isRetired = true
    loop.setDeadline(self, at: .max)
  }

  func close() {
    isClosing = true
    for subscription in subscriptions {
      subscription.stop()
      exchange.dropSink(of: subscription)
    }
    subscriptions.removeAll()
    endAll("the client was closed", .closed) { _ in true }
    failRaw(.closed, "the client was closed", on: nil)
    channel.close()
    // Calls that the server had ended go on being read, which would give more to workers.
    endReading(.closed, "the client was closed")
  }
}
