import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// The raw calls of a client on its loop.
struct RawCalls {
  /// Calls that the host is asked for metadata of, by the key of the question.
  var asking: [UInt64: RawCall] = [:]
  var lastKey: UInt64 = 0
  var waiting: [RawCall] = []
  var open: [RawStream] = []

  var notOpen: [RawCall] { asking.values + waiting }

  var nextDeadline: Int64 {
    var next = Int64.max
    for call in asking.values { next = min(next, call.deadline) }
    for call in waiting { next = min(next, call.deadline) }
    for stream in open where !stream.isOver { next = min(next, stream.call.deadline) }
    return next
  }
}

extension Engine {
  func begin(_ call: RawCall) {
    if isClosing {
      call.end(RawOutcome(status: .closed, message: Exchange.closedText))
      return
    }
    if let source = options.metadataSource {
      raw.lastKey &+= 1
      raw.asking[raw.lastKey] = call
      source.put(raw: raw.lastKey, call.method, call.metadata)
      return
    }
    raw.waiting.append(call)
    loop.schedule(self)
  }

  /// The host has answered, or it was asked in vain.
  func takeRawMetadata(_ key: UInt64, _ answer: MetadataAnswer) {
    guard let call = raw.asking.removeValue(forKey: key), !call.isOver else { return }
    switch answer {
    case .list(let list):
      call.metadata = list
      raw.waiting.append(call)
    case .refused(let failure):
      end(call, failure.status, failure.message)
    }
  }

  /// The host has done something with a call.
  func changed(_ call: RawCall) {
    for stream in raw.open where stream.call === call { stream.changed() }
    loop.schedule(self)
  }

  func cancel(_ call: RawCall) {
    end(call, .cancelled, "cancelled")
    loop.schedule(self)
  }

  private func end(_ call: RawCall, _ status: Status, _ message: String) {
    if let key = raw.asking.first(where: { $0.value === call })?.key {
      raw.asking.removeValue(forKey: key)
    }
    if let index = raw.waiting.firstIndex(where: { $0 === call }) { raw.waiting.remove(at: index) }
    let outcome = CallOutcome(status: status, message: message)
    for stream in raw.open where stream.call === call { stream.giveUp(outcome) }
    call.end(RawOutcome(status: status, message: message))
  }

  // MARK: A pass

  func expireRaw(now: Int64) {
    guard raw.nextDeadline <= now else { return }
    for call in raw.notOpen + raw.open.map(\.call) where call.deadline <= now {
      end(
        call, .deadlineExceeded,
        "\(target) did not answer \(call.method) within \(Double(call.timeout) / 1e9) s")
    }
  }

  /// Opens what waits. Returns whether a connection is wanted.
  func dispatchRaw(now: Int64) -> Bool {
    while let call = raw.waiting.first {
      if call.isOver {
        raw.waiting.removeFirst()
        continue
      }
      guard channel.isReady else { return true }
      guard channel.availableStreams > 0 else { return false }
      raw.waiting.removeFirst()
      let stream = RawStream(engine: self, call: call)
      guard
        open(
          stream, .given(call.method), deadline: call.deadline,
          encoding: call.compresses ? .gzip : nil, metadata: call.metadata)
      else {
        call.end(
          RawOutcome(
            status: .unavailable,
            message: "the call could not be started: the connection is going away"))
        continue
      }
      raw.open.append(stream)
    }
    return false
  }

  // MARK: What streams tell

  func rawStreamClosed(_ stream: RawStream) {
    raw.open.removeAll { $0 === stream }
    streamClosed(stream)
  }

  /// The server refused it unseen, and no message was let go.
  func beginAgain(_ stream: RawStream) {
    rawStreamClosed(stream)
    raw.waiting.append(stream.call)
  }

  // MARK: Failures

  /// There is no connection.
  func failWaitingRaw(_ status: Status, _ message: String, sparesRefused: Bool) {
    for call in raw.waiting where !call.waitsForReady && !(sparesRefused && call.wasRefused) {
      end(call, status, message)
    }
  }

  func failRaw(_ status: Status, _ message: String, on connection: HTTP2Connection?) {
    let calls =
      connection == nil
      ? raw.notOpen + raw.open.map(\.call)
      : raw.open.filter { $0.connection === connection }.map(\.call)
    for call in calls { end(call, status, message) }
  }
}

extension Client {
  /// Begins a call; it goes on until it ends, whether anybody waits for it or not.
  public func begin(_ call: RawCall) throws(ClientFailure) {
    if exchange.lock.withLock({ exchange.isClosed }) {
      throw ClientFailure(.closed, Exchange.closedText)
    }
    let (loop, engine) = (loop, engine)
    call.begin { [weak call] in
      guard let call else { return }
      loop.run { engine.changed(call) }
    }
    guard loop.run({ engine.begin(call) }) else {
      throw ClientFailure(.closed, Exchange.closedText)
    }
  }

  public func cancel(_ call: RawCall) {
    let engine = engine
    loop.run { engine.cancel(call) }
  }

  /// When a call that is begun now comes to its deadline.
  public static func deadline(in timeout: Int64) -> Int64 {
    timeout > 0 ? .deadline(timeout, after: MonotonicClock.now()) : .max
  }
}
