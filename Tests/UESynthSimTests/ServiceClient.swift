import Glibc
import Testing
import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthSim

/// A simulator and a client of it that shares nothing with the library's but HTTP/2.
final class ServiceClient: HTTP2ConnectionDelegate, @unchecked Sendable {
  static let patience: Int64 = 20_000_000_000

  let server: SimServer
  let loop: EventLoop
  private var http2: HTTP2Connection?
  private let lock = Lock()
  private let condition = Condition()
  private var isClosed = false
  private var hasGoAway = false

  init(
    _ options: ServerOptions = ServerOptions(), streamWindow: Int32 = 16 << 20,
    maximumFrameSize: UInt32 = 16_777_215
  ) throws {
    server = try SimServer(options, listenOn: [.address("127.0.0.1", port: 0)])
    loop = try EventLoop()
    let fd = try #require(Self.connect(server.port))
    var settings = HTTP2Settings()
    settings.streamWindow = streamWindow
    settings.maximumFrameSize = maximumFrameSize
    let ready = Latch()
    let agreed = settings
    loop.run { [self] in
      http2 = try? HTTP2Connection(
        fd: fd, loop: loop, role: .client, settings: agreed, delegate: self)
      http2?.flush()
      ready.open()
    }
    ready.wait()
  }

  /// Ends both; afterwards nothing is left of them.
  func end() {
    server.stop()
    let done = Latch()
    if !loop.run({ [self] in
      http2?.close()
      done.open()
    }) {
      done.open()
    }
    done.wait()
    loop.stop()
  }

  private static func connect(_ port: UInt16) -> Int32? {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { return nil }
    _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
    return fd
  }

  // MARK: Calls

  func open(_ method: String, headers: [(String, String)] = [], grpc: Bool = true) -> ServiceCallee
  {
    let call = ServiceCallee(client: self)
    let block = HeaderBlock()
    block.append(":method", "POST")
    block.append(":scheme", "http")
    block.append(":path", "/uesynth.UESynthService/\(method)")
    block.append(":authority", "test")
    block.append("te", "trailers")
    if grpc { block.append("content-type", "application/grpc") }
    for (name, value) in headers {
      var name = name
      var value = value
      name.withUTF8 { name in
        value.withUTF8 { value in
          block.append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value))
        }
      }
    }
    let boxed = UncheckedBox(block)
    onLoop { http2 in try? http2.submitRequest(boxed.value, stream: call) }
    return call
  }

  /// One unary call from beginning to end.
  func unary(
    _ method: String, _ message: [UInt8], headers: [(String, String)] = []
  ) throws -> ServiceCallee {
    let call = open(method, headers: headers)
    call.send([message])
    call.halfClose()
    try call.waitForEnd()
    return call
  }

  func stream(headers: [(String, String)] = []) -> ServiceCallee {
    open("ControlStream", headers: headers)
  }

  func onLoop(_ body: @escaping @Sendable (HTTP2Connection) -> Void) {
    loop.run { [self] in
      guard let http2 else { return }
      body(http2)
      http2.flush()
    }
  }

  // MARK: HTTP2ConnectionDelegate

  func connectionSettingsReceived(_ connection: HTTP2Connection) {}

  func connectionGoAway(
    _ connection: HTTP2Connection, lastStreamID: Int32, code: UInt32, debug: String
  ) {
    lock.withLock {
      hasGoAway = true
      condition.broadcast()
    }
  }

  func connectionActive(_ connection: HTTP2Connection) { connection.flush() }

  func connectionClosed(_ connection: HTTP2Connection, _ failure: ConnectFailure?) {
    lock.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  func waitForGoAway() -> Bool { wait { hasGoAway || isClosed } }

  private func wait(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() + Self.patience
    lock.lock()
    defer { lock.unlock() }
    while !condition() {
      if !self.condition.wait(lock, untilMonotonicNanoseconds: deadline) { return false }
    }
    return true
  }
}

/// A call as its client sees it.
final class ServiceCallee: HTTP2Stream, @unchecked Sendable {
  private let client: ServiceClient
  private let lock = Lock()
  private let condition = Condition()
  // Under the lock.
  private var headers: [String: String] = [:]
  private var received: [UInt8] = []
  private var parsed = 0
  private var messageList: [[UInt8]] = []
  private var resetCode: UInt32?
  private var hasClosed = false
  private var heldCredit = 0
  private var holds = false
  // Loop thread.
  private var outbox: [UInt8] = []
  private var isEnding = false

  init(client: ServiceClient) { self.client = client }

  // MARK: Any thread

  var messages: [[UInt8]] { lock.withLock { messageList } }
  var receivedBytes: Int { lock.withLock { received.count } }
  var status: Int? { lock.withLock { headers["grpc-status"].flatMap { Int($0) } } }
  var statusMessage: String { lock.withLock { headers["grpc-message"] ?? "" } }
  var httpStatus: String { lock.withLock { headers[":status"] ?? "" } }
  var isOver: Bool { lock.withLock { hasClosed } }
  var code: UInt32? { lock.withLock { resetCode } }

  func send(_ messages: [[UInt8]]) { sendRaw(messages.flatMap { Proto.framed($0) }) }

  func sendRaw(_ bytes: [UInt8]) {
    client.onLoop { [self] http2 in
      outbox += bytes
      http2.resume(self)
    }
  }

  func halfClose() {
    client.onLoop { [self] http2 in
      isEnding = true
      http2.resume(self)
    }
  }

  func cancel() {
    client.onLoop { [self] http2 in http2.reset(self, code: HTTP2Code.cancel) }
  }

  /// From now on the server gets no credit for what it sends on this stream.
  func holdCredit() { lock.withLock { holds = true } }

  func releaseCredit() {
    let credit = lock.withLock {
      holds = false
      defer { heldCredit = 0 }
      return heldCredit
    }
    client.onLoop { [self] http2 in http2.consume(self, credit) }
  }

  /// The first `count` messages, as FrameResponses.
  func replies(_ count: Int) throws -> [ProtoMessage] {
    let isThere = wait { messageList.count >= count || hasClosed }
    #expect(isThere, "\(messages.count) of \(count) replies")
    let all = messages
    try #require(all.count >= count, "\(all.count) of \(count) replies, status \(status ?? -1)")
    return all.prefix(count).map { ProtoMessage($0) }
  }

  func waitForEnd() throws {
    let isThere = wait { hasClosed }
    try #require(isThere, "the call does not end")
  }

  /// The only message of a unary call.
  func reply() throws -> ProtoMessage {
    try waitForEnd()
    #expect(messages.count == 1)
    return ProtoMessage(try #require(messages.first))
  }

  private func wait(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() + ServiceClient.patience
    lock.lock()
    defer { lock.unlock() }
    while !condition() {
      if !self.condition.wait(lock, untilMonotonicNanoseconds: deadline) { return false }
    }
    return true
  }

  // MARK: Loop thread

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    lock.withLock {
      headers[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
    }
  }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    let credit = lock.withLock {
      received.append(contentsOf: bytes)
      while received.count - parsed >= 5 {
        let length = received[parsed + 1..<parsed + 5].reduce(0) { $0 << 8 | Int($1) }
        guard received.count - parsed >= 5 + length else { break }
        messageList.append(Array(received[parsed + 5..<parsed + 5 + length]))
        parsed += 5 + length
      }
      condition.broadcast()
      if !holds { return bytes.count }
      heldCredit += bytes.count
      return 0
    }
    client.onLoop { [self] http2 in http2.consume(self, credit) }
  }

  override func closed(code: UInt32) {
    lock.withLock {
      hasClosed = true
      resetCode = code
      condition.broadcast()
    }
  }

  override func pull(limit: Int) -> HTTP2Pull {
    let count = min(outbox.count, limit, 16 << 10)
    return HTTP2Pull(count: count, ended: isEnding && count == outbox.count)
  }

  override func write(count: Int, to output: OutputQueueReference) {
    outbox.prefix(count).withUnsafeBytes { bytes in
      let isStaged = output.queue.stage(bytes)
      #expect(isStaged)
    }
    outbox.removeFirst(count)
  }
}

struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

final class Latch: @unchecked Sendable {
  private let lock = Lock()
  private let condition = Condition()
  private var isOpen = false

  func open() {
    lock.withLock {
      isOpen = true
      condition.broadcast()
    }
  }

  func wait() {
    let deadline = MonotonicClock.now() + ServiceClient.patience
    lock.withLock {
      while !isOpen, condition.wait(lock, untilMonotonicNanoseconds: deadline) {}
    }
  }
}
