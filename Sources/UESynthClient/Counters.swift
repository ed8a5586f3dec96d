import UESynthCore
import UESynthNet

/// What a client counts, besides its frames. Guarded by the exchange's lock.
public struct Counters {
  public var submitted: UInt64 = 0
  public var ok: UInt64 = 0
  public var cancelled: UInt64 = 0
  public var deadlineExceeded: UInt64 = 0
  public var unavailable: UInt64 = 0
  public var noAnswer: UInt64 = 0
  public var closed: UInt64 = 0
  public var other: UInt64 = 0
  public var retries: UInt64 = 0
  public var lateReplies: UInt64 = 0
  public var unknownReplies: UInt64 = 0
  public var bytesSent: UInt64 = 0
  public var bytesReceived: UInt64 = 0
  public var imageBytes: UInt64 = 0
  public var imageBytesCopied: UInt64 = 0
  public var connects: UInt64 = 0
  public var connectFailures: UInt64 = 0
  public var disconnects: UInt64 = 0
  public var beatsMissed: UInt64 = 0
  public var watchEventsDropped: UInt64 = 0
  /// Actions other than captures that succeeded.
  public var commands: UInt64 = 0
  /// When the connection that is ready became so; 0 without one.
  public var connectedSince: Int64 = 0
  /// Counted against the cap, without frames: windows and messages under way.
  public var streamBytes = 0
  public var compressedMessages: UInt64 = 0
  public var compressedBytes: UInt64 = 0
  public var inflatedBytes: UInt64 = 0
  public var compressionOffers: UInt64 = 0
  /// Whether the call that was opened last offered to take compressed replies.
  public var offersCompression = false
  public var linkRate = 0.0
  public var inflateRate = 0.0
  public var bufferPeak = 0

  mutating func count(_ status: Status) {
    if status.isOK {
      ok &+= 1
      return
    }
    switch status {
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
public struct StatisticsSnapshot {
  public var state = ClientState.idle
  public var counters = Counters()
  public var inFlight: UInt64 = 0
  public var framesReceived: UInt64 = 0
  public var framesDelivered: UInt64 = 0
  public var framesQueued: UInt64 = 0
  public var droppedSuperseded: UInt64 = 0
  public var droppedOldest: UInt64 = 0
  public var droppedNewest: UInt64 = 0
  public var droppedLatest: UInt64 = 0
  public var droppedExpired: UInt64 = 0
  public var droppedAbandoned: UInt64 = 0
  public var droppedSettling: UInt64 = 0
  public var hostFrameBytes: UInt64 = 0
  public var eventsQueued: UInt64 = 0
  public var frameBytesKept: UInt64 = 0
  public var bufferBytes: UInt64 = 0
  public var loopWakeups: UInt64 = 0
  public var rates = RateWindow.Rates()
  // The runtime's.
  public var poolBytes: UInt64 = 0
  public var poolHits: UInt64 = 0
  public var poolMisses: UInt64 = 0

  /// Copies in user space of each byte of a picture, on average.
  public var copiesPerFrame: Double {
    counters.imageBytes == 0
      ? 0 : Double(counters.imageBytesCopied) / Double(counters.imageBytes)
  }
}

extension Exchange {
  var rateTotals: RateWindow.Totals {
    var totals = RateWindow.Totals()
    totals.frames = frames.received
    totals.commands = counters.commands
    totals.bytesReceived = counters.bytesReceived
    totals.bytesSent = counters.bytesSent
    return totals
  }

  /// All that is counted here, of one moment; `also` sees that moment too.
  func statistics(also: (LatencyBook) -> Void = { _ in }) -> StatisticsSnapshot {
    lock.lock()
    defer { lock.unlock() }
    also(latencies)
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
    snapshot.droppedSettling = frames.dropped(.settling)
    snapshot.hostFrameBytes = UInt64(clamping: ledger.bytes.load(ordering: .relaxed))
    snapshot.eventsQueued = UInt64(clamping: polled.count + callbacks.count)
    snapshot.frameBytesKept = UInt64(clamping: frames.bytes)
    let bufferBytes = counters.streamBytes &+ frames.bytes
    counters.bufferPeak = max(counters.bufferPeak, bufferBytes)
    snapshot.counters.bufferPeak = counters.bufferPeak
    snapshot.bufferBytes = UInt64(clamping: bufferBytes)
    snapshot.loopWakeups = loop.wakeCount
    let now = MonotonicClock.now()
    rates.advance(now: now, rateTotals)
    snapshot.rates = rates.rates(now: now, rateTotals)
    return snapshot
  }
}

extension Client {
  public func statistics() -> StatisticsSnapshot { complete(exchange.statistics()) }

  /// The statistics with the latencies of the same moment.
  func statistics(also: (LatencyBook) -> Void) -> StatisticsSnapshot {
    complete(exchange.statistics(also: also))
  }

  private func complete(_ snapshot: StatisticsSnapshot) -> StatisticsSnapshot {
    var snapshot = snapshot
    snapshot.poolBytes = UInt64(clamping: runtime.poolBytes)
    (snapshot.poolHits, snapshot.poolMisses) = runtime.poolTakes
    return snapshot
  }

  /// A percentile of what requests of a kind (nil: of all kinds) took, and how many are counted.
  public func latency(
    of kind: ActionKind?, _ stage: LatencyStage, percentile: Double
  ) -> (nanoseconds: Int64, count: UInt64) {
    var found: (Int64, UInt64) = (0, 0)
    exchange.lock.withLock {
      exchange.latencies.read(stage, of: kind) { found = ($0.percentile(percentile), $0.count) }
    }
    return found
  }
}
