import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

/// Keeps what it receives.
final class RecordingPeer: TransportHandler, @unchecked Sendable {
  private let lock = Lock()
  private var stored: [UInt8] = []
  private var total = 0
  private var passBytes = 0

  var transport: Transport?
  var keepsBytes = true
  var closeAt: CloseMoment?
  let closed = Gate()
  // Loop thread.
  var failures: [ConnectFailure?] = []
  var passes = 0
  var largestPass = 0
  var callsAfterClose = 0

  var bytes: [UInt8] { lock.withLock { stored } }
  var count: Int { lock.withLock { total } }

  func open(_ fd: Int32, _ loop: EventLoop) {
    transport = try? Transport(fd: fd, loop: loop, handler: self)
    #expect(transport != nil)
  }

  func say(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { transport?.send(UnsafeRawBufferPointer($0)) ?? -1 }
  }

  private func reached(_ moment: CloseMoment) {
    if transport?.isClosed == true { callsAfterClose += 1 }
    if moment != closeAt { return }
    transport?.close()
    closed.open()
  }

  func transportReceiveVectors(_ vectors: UnsafeMutablePointer<iovec>) -> Int {
    reached(.vectors)
    return 0
  }

  func transportReceived(_ bytes: UnsafeRawBufferPointer) {
    lock.withLock {
      total += bytes.count
      if keepsBytes { stored.append(contentsOf: bytes) }
    }
    passBytes += bytes.count
    reached(.received)
  }

  func transportReceivedDirect(_ count: Int) { Issue.record("no vectors were given") }

  func transportReadPassEnded() {
    passes += 1
    largestPass = max(largestPass, passBytes)
    passBytes = 0
    reached(.passEnded)
  }

  func transportWritable() {}

  func transportClosed(_ failure: ConnectFailure?) {
    failures.append(failure)
    closed.open()
  }
}

/// A deterministic source of sizes.
struct Sizes {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(upTo limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return 1 + Int(state >> 33) % limit
  }
}

/// Sends a pattern in pieces of any size, and checks that it comes back.
final class PatternPeer: TransportHandler {
  let total: Int
  let done: Gate
  var transport: Transport?
  var sent = 0
  var received = 0
  var mismatches = 0
  var partialSends = 0
  private var sizes: Sizes

  init(total: Int, seed: UInt64, done: Gate) {
    self.total = total
    self.done = done
    sizes = Sizes(seed: seed)
  }

  func open(_ fd: Int32, _ loop: EventLoop) {
    transport = try? Transport(fd: fd, loop: loop, handler: self)
    #expect(transport != nil)
  }

  private static func pattern(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8)
  }

  func sendMore() {
    while sent < total, let transport {
      let size = min(sizes.next(upTo: 20_000), total - sent)
      let piece = (0..<size).map { Self.pattern(sent + $0) }
      let cut = sizes.next(upTo: size)
      let count = piece.withUnsafeBytes { bytes in
        if sizes.next(upTo: 2) == 1 { return transport.send(bytes) }
        let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        let vectors = [
          iovec(iov_base: base, iov_len: cut),
          iovec(iov_base: base.map { $0 + cut }, iov_len: size - cut),
        ]
        return vectors.withUnsafeBufferPointer { transport.sendv($0) }
      }
      sent += count
      if count < size {
        partialSends += 1
        return
      }
    }
  }

  func transportReceiveVectors(_ vectors: UnsafeMutablePointer<iovec>) -> Int { 0 }

  func transportReceived(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      if byte != Self.pattern(received) { mismatches += 1 }
      received += 1
    }
    if received == total { done.open() }
  }

  func transportReceivedDirect(_ count: Int) {}
  func transportReadPassEnded() {}
  func transportWritable() { sendMore() }
  func transportClosed(_ failure: ConnectFailure?) {}
}

/// Sends back what it receives, partly through vectors of its own. Pauses reading while it holds
/// more than it can send.
final class EchoPeer: TransportHandler, @unchecked Sendable {
  var transport: Transport?
  let closed = Gate()
  var failures: [ConnectFailure?] = []
  var directBytes = 0
  var hotBytes = 0
  private var pending: [UInt8] = []
  private var sizes: Sizes
  private let first = UnsafeMutableRawBufferPointer.allocate(byteCount: 3000, alignment: 1)
  private let second = UnsafeMutableRawBufferPointer.allocate(byteCount: 500, alignment: 1)
  private var firstLength = 0

  init(seed: UInt64) { sizes = Sizes(seed: seed) }

  deinit {
    first.deallocate()
    second.deallocate()
  }

  func open(_ fd: Int32, _ loop: EventLoop) {
    transport = try? Transport(fd: fd, loop: loop, handler: self)
    #expect(transport != nil)
  }

  func transportReceiveVectors(_ vectors: UnsafeMutablePointer<iovec>) -> Int {
    switch sizes.next(upTo: 4) {
    case 1: return 0
    case 2:
      // No room: counts as none.
      vectors[0] = iovec(iov_base: first.baseAddress, iov_len: 0)
      return 1
    case 3:
      firstLength = sizes.next(upTo: first.count)
      vectors[0] = iovec(iov_base: first.baseAddress, iov_len: firstLength)
      return 1
    default:
      firstLength = sizes.next(upTo: first.count)
      vectors[0] = iovec(iov_base: first.baseAddress, iov_len: firstLength)
      vectors[1] = iovec(iov_base: second.baseAddress, iov_len: second.count)
      return 2
    }
  }

  func transportReceived(_ bytes: UnsafeRawBufferPointer) {
    hotBytes += bytes.count
    pending.append(contentsOf: bytes)
  }

  func transportReceivedDirect(_ count: Int) {
    directBytes += count
    let inFirst = min(count, firstLength)
    pending.append(contentsOf: first[..<inFirst])
    pending.append(contentsOf: second[..<(count - inFirst)])
  }

  func transportReadPassEnded() { flush() }
  func transportWritable() { flush() }

  private func flush() {
    guard let transport else { return }
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { transport.send($0) }
      if count == 0 { break }
      pending.removeFirst(count)
    }
    if transport.isClosed { return }
    transport.readPaused = pending.count > 10_000
  }

  func transportClosed(_ failure: ConnectFailure?) {
    failures.append(failure)
    closed.open()
  }
}

/// Two connected TCP sockets on the loopback.
struct TCPPair {
  let client: Int32
  let server: Int32

  init() throws {
    let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(listening) }
    try #require(address.withSockaddr { bind(listening, $0, $1) } == 0)
    try #require(listen(listening, 1) == 0)
    let bound = try #require(SocketAddress(of: listening))
    let connecting = bound.makeSocket()
    _ = bound.withSockaddr { connect(connecting, $0, $1) }
    let accepted = accept(listening, nil, nil)
    try #require(connecting >= 0 && accepted >= 0)
    client = connecting
    server = accepted
    _ = fcntl(server, F_SETFL, fcntl(server, F_GETFL) | O_NONBLOCK)
  }
}
