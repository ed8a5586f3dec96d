import CUESynthSys
import Glibc
import UESynthCore

/// Takes connections on a loop. Binding is done by `init` on any thread, so that its errors reach
/// who asked for it; everything else is for the loop thread. The sockets are closed by `close`, or
/// with the listener.
public final class Listener: LoopParticipant, @unchecked Sendable {
  public typealias Accept = (Int32) -> Void

  private static let pause: Int64 = 100_000_000

  private let loop: EventLoop
  private let accept: Accept
  /// accept4; a descriptor or a negative errno value.
  let acceptCall: (Int32) -> Int32
  private let sockets: [ListeningSocket]
  private var isPaused = false
  private var isClosed = false

  /// The actual one; 0 for unix.
  public let port: UInt16

  /// How often accepting has paused for want of descriptors or memory.
  public private(set) var pauses = 0

  /// `accept` gets a non-blocking, close-on-exec descriptor, TCP_NODELAY set, that is now its own.
  public convenience init(
    loop: EventLoop, endpoint: ListenEndpoint, backlog: Int32 = 512, accept: @escaping Accept
  ) throws(NetError) {
    try self.init(
      loop: loop, endpoint: endpoint, backlog: backlog, acceptCall: uesynth_sys_accept,
      accept: accept)
  }

  init(
    loop: EventLoop, endpoint: ListenEndpoint, backlog: Int32,
    acceptCall: @escaping (Int32) -> Int32, accept: @escaping Accept
  ) throws(NetError) {
    self.loop = loop
    self.accept = accept
    self.acceptCall = acceptCall
    sockets = try Self.bind(endpoint, backlog: backlog)
    port = sockets.first?.address.port ?? 0
    super.init()
    for socket in sockets { socket.listener = self }
  }

  /// Loop thread. Connections made since `init` have waited in the kernel's queue.
  public func start() throws(NetError) {
    if isClosed { return }
    for socket in sockets where socket.registration == nil { try socket.start(on: loop) }
  }

  public func close() {
    if isClosed { return }
    isClosed = true
    loop.setDeadline(self, at: .max)
    unwatch()
    for socket in sockets { socket.close() }
  }

  func accepted(_ fd: Int32) { accept(fd) }

  /// The queue stays readable while nothing can be accepted: watching it would spin the loop.
  func exhausted() {
    if isPaused || isClosed { return }
    isPaused = true
    pauses &+= 1
    unwatch()
    loop.setDeadline(self, at: .deadline(Self.pause, after: loop.now))
  }

  public override func loopPass(now: Int64) {
    if !isPaused || isClosed { return }
    isPaused = false
    do { try start() } catch { exhausted() }
  }

  private func unwatch() {
    for socket in sockets {
      guard let registration = socket.registration else { continue }
      socket.registration = nil
      loop.remove(registration)
    }
  }

  // MARK: Binding

  private static func bind(
    _ endpoint: ListenEndpoint, backlog: Int32
  ) throws(NetError) -> [ListeningSocket] {
    do {
      switch endpoint {
      case .any(let port):
        return [try bindAny(port: port, backlog: backlog)]
      case .loopback(let port):
        return try bindLoopback(port: port, backlog: backlog)
      case .address(let host, let port):
        guard let address = SocketAddress(numeric: host, port: port) else {
          throw NetError(
            .invalidArgument, "cannot listen on '\(host)': write an address like 127.0.0.1 or ::1")
        }
        return [try ListeningSocket(address, backlog: backlog)]
      case .unix(let path):
        guard let address = SocketAddress(unixPath: path) else {
          throw NetError(
            .invalidArgument,
            "cannot listen on '\(path)': a path has 1 to \(SocketAddress.unixPathLimit) bytes")
        }
        return [try ListeningSocket(address, backlog: backlog)]
      }
    } catch let error as NetError {
      throw error
    } catch let error as BindError {
      throw describe(error, endpoint)
    } catch {
      throw NetError(.unknown, "cannot listen on \(endpoint)")
    }
  }

  private static func bindAny(
    port: UInt16, backlog: Int32
  ) throws(BindError) -> ListeningSocket {
    if let ipv6 = SocketAddress(numeric: "::", port: port) {
      do {
        return try ListeningSocket(ipv6, dualStack: true, backlog: backlog)
      } catch {
        if !isMissingFamily(error) { throw error }
      }
    }
    guard let ipv4 = SocketAddress(numeric: "0.0.0.0", port: port) else {
      throw BindError(errno: EAFNOSUPPORT)
    }
    return try ListeningSocket(ipv4, backlog: backlog)
  }

  private static func bindLoopback(
    port: UInt16, backlog: Int32
  ) throws(BindError) -> [ListeningSocket] {
    var lastError = BindError(errno: EAFNOSUPPORT)
    // A port that the kernel chose for IPv4 may be taken for IPv6: choose again.
    for _ in 0..<(port == 0 ? 16 : 1) {
      var sockets: [ListeningSocket] = []
      var chosen = port
      var failed = false
      for host in ["127.0.0.1", "::1"] {
        guard let address = SocketAddress(numeric: host, port: chosen) else { continue }
        do {
          let socket = try ListeningSocket(address, backlog: backlog)
          chosen = socket.address.port
          sockets.append(socket)
        } catch {
          lastError = error
          failed = failed || !isMissingFamily(error)
        }
      }
      if !failed && !sockets.isEmpty { return sockets }
    }
    throw lastError
  }

  private static func isMissingFamily(_ error: BindError) -> Bool {
    error.errno == EAFNOSUPPORT || error.errno == EADDRNOTAVAIL
  }

  private static func describe(_ error: BindError, _ endpoint: ListenEndpoint) -> NetError {
    let reason =
      switch error.errno {
      case EADDRINUSE: "in use already, by another simulator or the Unreal editor?"
      case EADDRNOTAVAIL: "no interface of this machine has this address"
      case EACCES: "not permitted"
      default: NetError.text(errno: error.errno)
      }
    return NetError(NetError.status(errno: error.errno), "cannot listen on \(endpoint): \(reason)")
  }
}
