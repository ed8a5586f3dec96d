import UESynthCore

/// What a client counts, besides its frames. Guarded by the exchange's lock.
package struct Counters {
  package var submitted: UInt64 = 0
  package var ok: UInt64 = 0
  package var cancelled: UInt64 = 0
  package var deadlineExceeded: UInt64 = 0
  package var unavailable: UInt64 = 0
  package var noAnswer: UInt64 = 0
  package var closed: UInt64 = 0
  package var other: UInt64 = 0
  package var retries: UInt64 = 0
  package var lateReplies: UInt64 = 0
  package var unknownReplies: UInt64 = 0
  package var bytesSent: UInt64 = 0
  package var bytesReceived: UInt64 = 0
  package var imageBytes: UInt64 = 0
  package var imageBytesCopied: UInt64 = 0
  package var connects: UInt64 = 0
  package var connectFailures: UInt64 = 0
  package var disconnects: UInt64 = 0
  package var beatsMissed: UInt64 = 0
  package var bufferBytes = 0
  package var bufferPeak = 0

  mutating func count(_ status: Status) {
    switch status {
    case .ok: ok &+= 1
    case .cancelled: cancelled &+= 1
    case .deadlineExceeded: deadlineExceeded &+= 1
    case .unavailable: unavailable &+= 1
    case .noAnswer: noAnswer &+= 1
    case .closed: closed &+= 1
    default: other &+= 1
    }
  }
}

/// All counters of one moment.
package struct StatisticsSnapshot {
  package var state = ClientState.idle
  package var counters = Counters()
  package var inFlight: UInt64 = 0
  package var framesReceived: UInt64 = 0
  package var framesDelivered: UInt64 = 0
  package var framesQueued: UInt64 = 0
  package var droppedSuperseded: UInt64 = 0
  package var droppedOldest: UInt64 = 0
  package var droppedNewest: UInt64 = 0
  package var droppedLatest: UInt64 = 0
  package var droppedExpired: UInt64 = 0
  package var droppedAbandoned: UInt64 = 0
  package var hostFrameBytes: UInt64 = 0
  package var eventsQueued: UInt64 = 0
}

extension Exchange {
  package func statistics() -> StatisticsSnapshot {
    lock.lock()
    defer { lock.unlock() }
    var snapshot = StatisticsSnapshot()
    snapshot.state = isClosed ? .closed : state
    snapshot.counters = counters
    snapshot.inFlight = UInt64(clamping: inFlight)
    snapshot.framesReceived = frames.received
    snapshot.framesDelivered = frames.delivered
    snapshot.framesQueued = UInt64(clamping: frames.count)
    snapshot.droppedSuperseded = frames.dropped(.superseded)
    snapshot.droppedOldest = frames.dropped(.oldest)
    snapshot.droppedNewest = frames.dropped(.newest)
    snapshot.droppedLatest = frames.dropped(.latest)
    snapshot.droppedExpired = frames.dropped(.expired)
    snapshot.droppedAbandoned = frames.dropped(.abandoned)
    snapshot.hostFrameBytes = UInt64(clamping: ledger.bytes.load(ordering: .relaxed))
    snapshot.eventsQueued = UInt64(clamping: polled.count + callbacks.count)
    return snapshot
  }
}
