import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

/// The parent of all suites of this module: one after the other, since they count descriptors.
@Suite(.serialized) enum NetTests {}

/// A value that several threads change.
final class Shared<Value>: @unchecked Sendable {
  private let lock = Lock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value { lock.withLock { stored } }

  @discardableResult
  func change<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&stored) } }
}

/// Opens once; waiting has an end.
final class Gate: @unchecked Sendable {
  private let lock = Lock()
  private let condition = Condition()
  private var isOpen = false

  func open() {
    lock.withLock { isOpen = true }
    condition.broadcast()
  }

  /// False after `seconds`.
  @discardableResult
  func wait(seconds: Double = 20) -> Bool {
    let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
    lock.lock()
    defer { lock.unlock() }
    while !isOpen {
      if !condition.wait(lock, untilMonotonicNanoseconds: deadline) { return isOpen }
    }
    return true
  }
}

/// What carries references that the threading of a test keeps apart.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension EventLoop {
  /// Runs a job on the loop and returns when it has run.
  func runAndWait(_ job: @escaping () -> Void) {
    let gate = Gate()
    let job = Unchecked(job)
    let accepted = run {
      job.value()
      gate.open()
    }
    #expect(accepted && gate.wait())
  }
}

/// A loop for the duration of `body`; no descriptor may be left afterwards.
func withLoop(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: (EventLoop) throws -> Void
) throws {
  try withoutLeaks(sourceLocation: sourceLocation) {
    let loop = try EventLoop()
    defer { loop.stop() }
    try body(loop)
  }
}

/// Fails if `body` leaves descriptors behind. A descriptor counts as left if it is still there after
/// ten seconds, since other threads of the process may have some for a moment.
func withoutLeaks(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws {
  let before = Set(openDescriptors())
  try body()
  var left = Set(openDescriptors()).subtracting(before)
  for _ in 0..<1000 where !left.isEmpty {
    usleep(10_000)
    left.formIntersection(openDescriptors())
  }
  #expect(left.isEmpty, sourceLocation: sourceLocation)
}

/// "number target" of every descriptor of the process, but the one that lists them.
private func openDescriptors() -> [String] {
  guard let directory = opendir("/proc/self/fd") else { return [] }
  defer { closedir(directory) }
  let own = String(dirfd(directory))
  var found: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name.hasPrefix(".") || name == own { continue }
    var target = [CChar](repeating: 0, count: 256)
    let length = readlink("/proc/self/fd/\(name)", &target, target.count)
    if length > 0 {
      let text = String(
        decoding: target.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      found.append("\(name) \(text)")
    }
  }
  return found
}

/// Two connected, non-blocking stream sockets.
func socketPair() throws -> (Int32, Int32) {
  var fds: [Int32] = [-1, -1]
  let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  try #require(socketpair(AF_UNIX, type, 0, &fds) == 0)
  return (fds[0], fds[1])
}

/// A port on which nobody listens.
func unusedPort() throws -> UInt16 {
  let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
  let fd = address.makeSocket()
  defer { close(fd) }
  try #require(address.withSockaddr { bind(fd, $0, $1) } == 0)
  return try #require(SocketAddress(of: fd)).port
}
