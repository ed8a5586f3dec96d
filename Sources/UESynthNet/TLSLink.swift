import Glibc
import UESynthCore

/// What `StreamSocket` is to a plain transport: moves plain bytes through TLS and a socket. Non-blocking.
/// Loop thread only.
final class TLSLink {
  private static let stagingSize = 64 << 10
  /// Plain bytes that are turned into records before the socket is asked to take them.
  private static let writeShare = 64 << 10
  private static let handshakeRecords: ClosedRange<UInt8> = 0x14...0x17

  private let fd: Int32
  private let session: TLSSession
  /// For records from the socket; the loop's, used only within a call.
  private let scratch: UnsafeMutableRawBufferPointer
  private let staging: UnsafeMutableRawPointer
  private var stagedStart = 0
  private var stagedEnd = 0
  private var hasHeard = false
  private var isNewlyOpen = false

  /// Why the last `.failed` did.
  private(set) var failure: NetError?
  /// Bytes on the wire.
  private(set) var received: Int64 = 0
  private(set) var sent: Int64 = 0

  init(fd: Int32, session: TLSSession, scratch: UnsafeMutableRawBufferPointer) {
    self.fd = fd
    self.session = session
    self.scratch = scratch
    staging = .allocate(byteCount: Self.stagingSize, alignment: 64)
  }

  deinit { staging.deallocate() }

  var isOpen: Bool { session.isOpen }
  /// Something may be read, or is to be told, though the socket is empty.
  var hasInput: Bool { failure != nil || session.hasInput }
  /// Records wait for the socket.
  var hasOutput: Bool { stagedStart < stagedEnd || session.outputCount > 0 }

  /// Whether the handshake has been completed since this was last asked.
  func takeNewlyOpen() -> Bool {
    defer { isNewlyOpen = false }
    return isNewlyOpen
  }

  // MARK: Receiving

  func receive(
    into vectors: UnsafeMutablePointer<iovec>, count: Int
  ) -> StreamSocket.Outcome {
    var total = 0
    for index in 0..<count {
      let vector = UnsafeMutableRawBufferPointer(
        start: vectors[index].iov_base, count: vectors[index].iov_len)
      switch receive(into: vector, waits: total == 0) {
      case .moved(let size):
        total &+= size
        if size < vector.count { return .moved(total) }
      case let other: return total > 0 ? .moved(total) : other
      }
    }
    return .moved(total)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> StreamSocket.Outcome {
    receive(into: buffer, waits: true)
  }

  /// Fills the buffer as far as there are records; with `waits` it looks to the socket for the first.
  private func receive(
    into buffer: UnsafeMutableRawBufferPointer, waits: Bool
  ) -> StreamSocket.Outcome {
    if failure != nil { return .failed(errno: EPROTO) }
    var total = 0
    while true {
      if !session.isOpen, let ending = shakeHands() { return ending }
      if session.isOpen, total < buffer.count {
        var count = 0
        switch session.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[total...]), count: &count)
        {
        case .done:
          total &+= count
          continue
        case .needsInput: break
        case .ended: return total > 0 ? .moved(total) : .ended
        case .failed(let reason):
          if total == 0 { return fail(reason) }
          // After what came before it.
          failure = reason
        }
      }
      if total > 0 { return .moved(total) }
      if !waits { return .wouldBlock }
      if let ending = takeRecords() { return ending }
    }
  }

  /// nil if more records are needed, or it is done.
  private func shakeHands() -> StreamSocket.Outcome? {
    let progress = session.handshake()
    flush()
    switch progress {
    case .needsInput: return nil
    case .done:
      isNewlyOpen = true
      return nil
    case .ended: return .ended
    case .failed(let reason): return fail(reason)
    }
  }

  /// From the socket into the session; not nil if none came.
  private func takeRecords() -> StreamSocket.Outcome? {
    let outcome = StreamSocket.receive(fd, into: scratch)
    switch outcome {
    case .moved(let count):
      received &+= Int64(count)
      let records = UnsafeRawBufferPointer(rebasing: scratch[..<count])
      if !hasHeard {
        hasHeard = true
        if !Self.handshakeRecords.contains(records[0]) { return fail(session.notTLS(records)) }
      }
      if !session.feed(records) {
        return fail(NetError(.resourceExhausted, "out of memory for TLS records"))
      }
      return nil
    case .ended:
      if let reason = session.ending(isHandshake: !session.isOpen) { return fail(reason) }
      return .ended
    case .failed:
      if let reason = session.ending(isHandshake: !session.isOpen) { return fail(reason) }
      return outcome
    case .wouldBlock: return outcome
    }
  }

  private func fail(_ reason: NetError) -> StreamSocket.Outcome {
    failure = reason
    // The peer is told by an alert, if that was not on its way before.
    flush()
    return .failed(errno: EPROTO)
  }

  // MARK: Sending

  /// Begins, for a client.
  func start() { _ = shakeHands() }

  func send(_ vectors: UnsafeBufferPointer<iovec>) -> StreamSocket.Outcome {
    var total = 0
    for vector in vectors {
      let bytes = UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
      switch send(bytes) {
      case .moved(let count):
        total &+= count
        if count < bytes.count { return .moved(total) }
      case let other: return total > 0 ? .moved(total) : other
      }
    }
    return .moved(total)
  }

  /// Takes as much as leaves little waiting for the socket.
  func send(_ bytes: UnsafeRawBufferPointer) -> StreamSocket.Outcome {
    if failure != nil { return .failed(errno: EPROTO) }
    guard session.isOpen else { return .wouldBlock }
    var total = 0
    while total < bytes.count {
      if let error = flush() { return .failed(errno: error) }
      if hasOutput { break }
      let share = UnsafeRawBufferPointer(
        rebasing: bytes[total..<min(bytes.count, total &+ Self.writeShare)])
      var count = 0
      switch session.write(share, count: &count) {
      case .done: total &+= count
      case .needsInput: return .moved(total)
      case .ended: return .failed(errno: EPIPE)
      case .failed(let reason):
        _ = fail(reason)
        return .failed(errno: EPROTO)
      }
    }
    if let error = flush() { return .failed(errno: error) }
    return total == 0 && !bytes.isEmpty ? .wouldBlock : .moved(total)
  }

  /// Sends what waits, as far as the socket takes it. Not nil: an errno value.
  @discardableResult
  func flush() -> Int32? {
    while true {
      if stagedStart == stagedEnd {
        stagedStart = 0
        stagedEnd = session.takeOutput(
          into: UnsafeMutableRawBufferPointer(start: staging, count: Self.stagingSize))
        if stagedEnd == 0 { return nil }
      }
      let waiting = UnsafeRawBufferPointer(
        start: staging + stagedStart, count: stagedEnd &- stagedStart)
      switch StreamSocket.send(fd, waiting) {
      case .moved(let count):
        sent &+= Int64(count)
        stagedStart &+= count
      case .failed(let error): return error
      case .wouldBlock, .ended: return nil
      }
    }
  }

  /// close_notify, if the socket takes it.
  func shutDown() {
    session.shutDown()
    flush()
  }
}
