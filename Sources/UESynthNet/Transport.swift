import CUESynthSys
import Glibc
import UESynthCore

/// One connected stream socket on a loop. Loop thread only. It holds its handler, and the loop holds
/// it, until `close` or the end of the connection.
public final class Transport: LoopParticipant, EventHandler, @unchecked Sendable {
  /// What one connection may read before the others of its loop have their turn.
  private static let readShare = 1 << 20
  /// A read that was short by less than this much data suggests that more has come meanwhile.
  private static let bulkRead = 64 << 10

  public let loop: EventLoop
  private let fd: Int32
  private var handler: (any TransportHandler)?
  private var registration: EventRegistration?
  private var interest = EventMask.input
  private var writeBlocked = false
  private let vectors: UnsafeMutablePointer<iovec>
  /// Plain bytes move through it, if there is one.
  private let tls: TLSLink?

  /// What a send has failed with; reported after what the peer still said has been read.
  private var sendFailure: ConnectFailure?

  public private(set) var isClosed = false
  private var plainReceived: Int64 = 0
  private var plainSent: Int64 = 0
  /// On the wire.
  public var receivedBytes: Int64 { tls?.received ?? plainReceived }
  public var sentBytes: Int64 { tls?.sent ?? plainSent }
  public private(set) var receiveCalls: Int64 = 0
  public private(set) var sendCalls: Int64 = 0

  /// Takes over a connected, non-blocking socket, and closes it if it throws. With a TLS session nothing
  /// is sent or received outside of it.
  public init(
    fd: Int32, loop: EventLoop, handler: any TransportHandler, tls session: TLSSession? = nil
  ) throws(NetError) {
    self.fd = fd
    self.loop = loop
    self.handler = handler
    vectors = .allocate(capacity: 2)
    vectors.initialize(repeating: iovec(), count: 2)
    tls = session.map { TLSLink(fd: fd, session: $0, scratch: loop.hotBuffer) }
    super.init()
    do {
      registration = try loop.add(fd: fd, events: interest, handler: self)
    } catch {
      close()
      throw error
    }
    tls?.start()
    watchOutput()
  }

  deinit {
    if !isClosed { Glibc.close(fd) }
    vectors.deallocate()
  }

  // MARK: Receiving

  /// While true nothing is read and the peer's sending stalls when the socket's buffer is full.
  public var readPaused = false {
    didSet {
      if readPaused == oldValue { return }
      updateInterest()
      readOnLater()
    }
  }

  public func handle(events: UInt32) {
    if events & EventMask.output != 0 && writeBlocked {
      writeBlocked = false
      tls?.flush()
      watchOutput()
      updateInterest()
      if !writeBlocked, tls?.isOpen ?? true { handler?.transportWritable() }
    }
    if isClosed { return }
    if readPaused {
      // Errors and hang-ups cannot be masked: while paused they would spin the loop.
      if events & (EventMask.error | EventMask.hangUp) != 0 { unregister() }
      return
    }
    if events & ~EventMask.output != 0 {
      read()
      readOnLater()
    }
  }

  /// What TLS has taken off the socket already brings no event.
  private func readOnLater() {
    if let tls, !isClosed, !readPaused, tls.hasInput { loop.schedule(self) }
  }

  /// The socket has to take what TLS has to say by itself.
  private func watchOutput() {
    if let tls, !isClosed, tls.hasOutput { blockWriting() }
  }

  /// Reports what a send has failed with, after what the peer said before: a GOAWAY has the reason.
  public override func loopPass(now: Int64) {
    if isClosed { return }
    guard let sendFailure else {
      if let tls, tls.hasInput, !readPaused {
        read()
        readOnLater()
      }
      return
    }
    if !readPaused && read() {
      loop.schedule(self)
    } else {
      end(sendFailure)
    }
  }

  /// True if it stopped because the pass has had its share.
  @discardableResult
  private func read() -> Bool {
    guard let handler else { return false }
    var share = Self.readShare
    var ending: StreamSocket.Outcome?
    var receivedAny = false
    reading: while share > 0 && !readPaused {
      let vectorCount = handler.transportReceiveVectors(vectors)
      if isClosed { return false }
      var capacity = 0
      if vectorCount > 0 { capacity = vectors[0].iov_len }
      if vectorCount > 1 { capacity &+= vectors[1].iov_len }
      // Receiving into no room would look like the end of the stream.
      let isDirect = capacity > 0
      let outcome: StreamSocket.Outcome
      if isDirect {
        let count = min(vectorCount, 2)
        outcome =
          tls?.receive(into: vectors, count: count)
          ?? StreamSocket.receive(fd, into: vectors, count: count)
      } else {
        capacity = loop.hotBuffer.count
        outcome =
          tls?.receive(into: loop.hotBuffer) ?? StreamSocket.receive(fd, into: loop.hotBuffer)
      }
      receiveCalls &+= 1
      if let tls {
        watchOutput()
        if tls.takeNewlyOpen() { handler.transportWritable() }
        if isClosed { return false }
      }
      switch outcome {
      case .moved(let count):
        receivedAny = true
        plainReceived &+= Int64(count)
        if isDirect {
          handler.transportReceivedDirect(count)
        } else {
          handler.transportReceived(UnsafeRawBufferPointer(rebasing: loop.hotBuffer[..<count]))
        }
        if isClosed { return false }
        share &-= count
        // A short read has emptied the socket: the level-triggered epoll tells of what comes next.
        if count < capacity && count < Self.bulkRead { break reading }
      case .wouldBlock:
        break reading
      case .ended, .failed:
        ending = outcome
        break reading
      }
    }
    if receivedAny || ending == nil {
      handler.transportReadPassEnded()
      if isClosed { return false }
    }
    switch ending {
    case .ended: end(sendFailure)
    case .failed(let error): end(tls?.failure ?? sendFailure ?? Self.failure(errno: error))
    default: return share <= 0
    }
    return false
  }

  // MARK: Sending

  /// Sends as much as the socket takes now, and returns how much that was. After less than all
  /// `transportWritable` follows, or `transportClosed`.
  public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
    if isClosed || sendFailure != nil || bytes.isEmpty { return 0 }
    return account(tls?.send(bytes) ?? StreamSocket.send(fd, bytes), of: bytes.count)
  }

  /// `send` for bytes that lie apart.
  public func sendv(_ vectors: UnsafeBufferPointer<iovec>) -> Int {
    if isClosed || sendFailure != nil || vectors.isEmpty { return 0 }
    var total = 0
    for vector in vectors { total &+= vector.iov_len }
    if total == 0 { return 0 }
    return account(tls?.send(vectors) ?? StreamSocket.send(fd, vectors), of: total)
  }

  private func account(_ outcome: StreamSocket.Outcome, of total: Int) -> Int {
    sendCalls &+= 1
    switch outcome {
    case .moved(let count):
      plainSent &+= Int64(count)
      if count < total { blockWriting() } else { watchOutput() }
      return count
    case .failed(let error):
      sendFailure = tls?.failure ?? Self.failure(errno: error)
      loop.schedule(self)
      return 0
    case .wouldBlock, .ended:
      // The end of the handshake calls, if it is that what is waited for.
      if let tls, !tls.isOpen { watchOutput() } else { blockWriting() }
      return 0
    }
  }

  private func blockWriting() {
    if writeBlocked { return }
    writeBlocked = true
    updateInterest()
  }

  // MARK: The end

  /// Closes the socket and lets the handler go. Idempotent.
  public func close() {
    if isClosed { return }
    isClosed = true
    unregister()
    tls?.shutDown()
    Glibc.close(fd)
    handler = nil
  }

  private func end(_ failure: ConnectFailure?) {
    let handler = handler
    close()
    handler?.transportClosed(failure)
  }

  private func updateInterest() {
    if isClosed { return }
    interest =
      (readPaused ? 0 : EventMask.input) | (writeBlocked ? EventMask.output : 0)
    do {
      if let registration {
        try loop.modify(registration, events: interest)
      } else {
        registration = try loop.add(fd: fd, events: interest, handler: self)
      }
    } catch {
      sendFailure = error
      loop.schedule(self)
    }
  }

  private func unregister() {
    guard let registration else { return }
    self.registration = nil
    loop.remove(registration)
  }

  private static func failure(errno code: Int32) -> ConnectFailure {
    let text =
      switch code {
      case ECONNRESET, EPIPE: "connection lost: reset by the peer"
      case ETIMEDOUT: "connection lost: the peer's machine has stopped answering"
      default: "connection lost: \(NetError.text(errno: code))"
      }
    return NetError(.unavailable, text)
  }
}
