import Glibc
import UESynthCore
import UESynthNet
import UESynthWire

/// How a raw call ended.
public struct RawOutcome: Sendable {
  public var status = Status.ok
  public var message = ""
  public var initial = ReceivedMetadata()
  public var trailing = ReceivedMetadata()

  public init(status: Status = .ok, message: String = "") {
    self.status = status
    self.message = message
  }
}

/// A message from the server, in memory of malloc's that whoever takes it frees.
public struct RawMessage: @unchecked Sendable {
  public let bytes: UnsafeMutablePointer<UInt8>
  public let count: Int
}

/// One call of any method as the host's threads see it: messages both ways through two bounded queues.
/// Thread: any.
public final class RawCall: @unchecked Sendable {
  /// For messages that wait for the network, and again for those that wait for the host, in bytes.
  private static let queueLimit = 1 << 20

  let method: String
  /// With that of a callback once it has answered. The loop's.
  var metadata: CallMetadata
  let waitsForReady: Bool
  let compresses: Bool
  /// Absolute; `Int64.max` for none.
  let deadline: Int64
  /// Nanoseconds, for messages to people.
  let timeout: Int64

  private let lock = Lock()
  private let changed = Condition()
  /// Framed messages, to be sent.
  private var outgoing = MessageQueue<[UInt8]> { $0.count }
  /// Goes before them: it was on its way to a server that did not look at it.
  private var returned: [UInt8]?
  private var writesAreDone = false
  private var incoming = MessageQueue<RawMessage> { $0.count }
  /// What comes is let go unseen.
  private var isDeaf = false
  private var outcome: RawOutcome?
  /// Tells the loop that something has changed; nil once the call is over.
  private var wake: (@Sendable () -> Void)?
  /// The server refused it unseen, so it was begun once more. The loop's.
  var wasRefused = false

  public init(
    method: String, metadata: CallMetadata, waitsForReady: Bool, compresses: Bool, deadline: Int64,
    timeout: Int64
  ) {
    self.method = method
    self.metadata = metadata
    self.waitsForReady = waitsForReady
    self.compresses = compresses
    self.deadline = deadline
    self.timeout = timeout
  }

  deinit { for message in incoming.removeAll() { free(message.bytes) } }

  func begin(wake: @escaping @Sendable () -> Void) {
    lock.withLock { if outcome == nil { self.wake = wake } }
  }

  // MARK: The host's side

  public func write(_ bytes: UnsafeRawBufferPointer, wait: Int64) throws(ClientFailure) {
    let message = framed(bytes)
    let until = Exchange.deadline(wait)
    lock.lock()
    while outcome == nil, !writesAreDone,
      !outgoing.hasRoom(for: message.count, limit: Self.queueLimit)
    {
      if wait == 0 || !changed.wait(lock, untilMonotonicNanoseconds: until) {
        lock.unlock()
        throw ClientFailure(.wouldBlock, "there was no room for the message in time")
      }
    }
    guard outcome == nil, !writesAreDone else {
      let isOver = outcome != nil
      lock.unlock()
      throw ClientFailure(
        .closed,
        isOver ? "the call is over: see uesynth_raw_stream_finish" : "writing was ended before")
    }
    outgoing.append(message)
    let wake = wake
    lock.unlock()
    wake?()
  }

  private func framed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    if compresses, let packed = Deflater.message([bytes], .gzip) { return packed }
    return [UInt8](unsafeUninitializedCapacity: MessagePrefix.size &+ bytes.count) {
      memory, count in
      guard let base = memory.baseAddress else { return }
      MessagePrefix.write(
        length: bytes.count, isCompressed: false, into: UnsafeMutableRawPointer(base))
      if let source = bytes.baseAddress { memcpy(base + MessagePrefix.size, source, bytes.count) }
      count = MessagePrefix.size &+ bytes.count
    }
  }

  public func endWrites() {
    lock.lock()
    writesAreDone = true
    changed.broadcast()
    let wake = wake
    lock.unlock()
    wake?()
  }

  /// nil: no more will come.
  public func read(wait: Int64) throws(ClientFailure) -> RawMessage? {
    let until = Exchange.deadline(wait)
    lock.lock()
    while incoming.isEmpty {
      if outcome != nil || isDeaf {
        lock.unlock()
        return nil
      }
      if wait == 0 || !changed.wait(lock, untilMonotonicNanoseconds: until), incoming.isEmpty,
        outcome == nil
      {
        lock.unlock()
        throw ClientFailure(.wouldBlock, "no message came in time")
      }
    }
    let message = incoming.popFirst()
    let wake = wake
    lock.unlock()
    wake?()
    return message
  }

  /// nil: it has not ended in time.
  public func finish(wait: Int64) -> RawOutcome? {
    let until = Exchange.deadline(wait)
    lock.lock()
    isDeaf = true
    let unread = incoming.removeAll()
    let wake = wake
    lock.unlock()
    for message in unread { free(message.bytes) }
    wake?()
    return ended(wait: wait, until: until)
  }

  /// The same, with what came kept to be read.
  public func end(wait: Int64) -> RawOutcome? {
    ended(wait: wait, until: Exchange.deadline(wait))
  }

  private func ended(wait: Int64, until: Int64) -> RawOutcome? {
    lock.lock()
    defer { lock.unlock() }
    while outcome == nil {
      if wait == 0 || !changed.wait(lock, untilMonotonicNanoseconds: until) { break }
    }
    return outcome
  }

  // MARK: The loop's side

  var hasOutgoing: Bool {
    lock.withLock { returned != nil || !outgoing.isEmpty || writesAreDone }
  }
  var isOver: Bool { lock.withLock { outcome != nil } }
  /// Whether the server may send more.
  var hasRoom: Bool {
    lock.withLock { isDeaf || incoming.hasRoom(for: 0, limit: Self.queueLimit) }
  }

  /// The next framed message; the flag says that it was the last.
  func takeOutgoing() -> (message: [UInt8]?, isLast: Bool) {
    lock.lock()
    defer { lock.unlock() }
    if let message = returned {
      returned = nil
      return (message, writesAreDone && outgoing.isEmpty)
    }
    guard let message = outgoing.popFirst() else { return (nil, writesAreDone) }
    changed.broadcast()
    return (message, writesAreDone && outgoing.isEmpty)
  }

  /// Nobody has looked at what was taken last.
  func giveBack(_ message: [UInt8]) { lock.withLock { returned = message } }

  /// False without memory.
  func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let memory = malloc(max(1, bytes.count)) else { return false }
    if let source = bytes.baseAddress { memcpy(memory, source, bytes.count) }
    let copy = memory.bindMemory(to: UInt8.self, capacity: max(1, bytes.count))
    lock.lock()
    let isUnseen = isDeaf
    if !isUnseen {
      incoming.append(RawMessage(bytes: copy, count: bytes.count))
      changed.broadcast()
    }
    lock.unlock()
    if isUnseen { free(memory) }
    return true
  }

  /// The first outcome stands.
  func end(_ result: RawOutcome) {
    lock.lock()
    if outcome == nil { outcome = result }
    _ = outgoing.removeAll()
    returned = nil
    let last = wake
    wake = nil
    changed.broadcast()
    lock.unlock()
    withExtendedLifetime(last) {}
  }
}
