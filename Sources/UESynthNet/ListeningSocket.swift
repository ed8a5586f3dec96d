import Glibc
import UESynthCore

/// One bound socket of a listener. Closes itself, and unlinks the path that it made.
final class ListeningSocket: EventHandler {
  /// Accepted per wake-up, so that a flood of connections leaves the loop its other work.
  private static let acceptShare = 64

  let address: SocketAddress
  private let fd: Int32
  private let generation = ForkGuard.generation
  private var isOpen = true
  /// The socket file that `bind` made: another process may have put its own in its place since.
  private var file: (device: dev_t, inode: ino_t)?

  weak var listener: Listener?
  var registration: EventRegistration?

  /// Binds and listens. `dualStack` lets an IPv6 wildcard take IPv4 connections too.
  init(
    _ wanted: SocketAddress, dualStack: Bool = false, backlog: Int32
  ) throws(BindError) {
    let socket = wanted.makeSocket()
    if socket < 0 { throw BindError(errno: -socket) }
    if wanted.family != .unix { _ = SocketOptions.set(socket, SOL_SOCKET, SO_REUSEADDR, 1) }
    if wanted.family == .ipv6 {
      _ = SocketOptions.set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, dualStack ? 0 : 1)
    }
    var error = Self.bind(socket, wanted)
    if error == EADDRINUSE && wanted.family == .unix && Self.removeStale(wanted) {
      error = Self.bind(socket, wanted)
    }
    if error == 0 && wanted.family == .unix { file = Self.file(at: wanted.host) }
    if error == 0 && listen(socket, backlog) != 0 { error = errno }
    fd = socket
    address = SocketAddress(of: socket) ?? wanted
    if error != 0 {
      close()
      throw BindError(errno: error)
    }
  }

  deinit { close() }

  func start(on loop: EventLoop) throws(NetError) {
    registration = try loop.add(fd: fd, events: EventMask.input, handler: self)
  }

  func handle(events: UInt32) {
    for _ in 0..<Self.acceptShare {
      guard isOpen, let listener else { return }
      let accepted = listener.acceptCall(fd)
      if accepted >= 0 {
        if address.family != .unix { SocketOptions.setNoDelay(accepted) }
        listener.accepted(accepted)
        continue
      }
      switch -accepted {
      case EAGAIN:
        return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        listener.exhausted()
        return
      case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
        // Not a connection's error but the socket's own: the host closed it under us.
        listener.exhausted()
        return
      default:
        // The error of a connection that was lost in the queue (accept(2)); EINTR.
        continue
      }
    }
  }

  func close() {
    if !isOpen { return }
    isOpen = false
    if let file, generation == ForkGuard.generation {
      let present = Self.file(at: address.host)
      if let present, present == file { unlink(address.host) }
    }
    Glibc.close(fd)
  }

  private static func bind(_ fd: Int32, _ address: SocketAddress) -> Int32 {
    address.withSockaddr { Glibc.bind(fd, $0, $1) == 0 ? 0 : errno }
  }

  /// Removes a socket file that nobody listens on.
  private static func removeStale(_ address: SocketAddress) -> Bool {
    guard file(at: address.host) != nil else { return false }
    let probe = address.makeSocket()
    guard probe >= 0 else { return false }
    defer { Glibc.close(probe) }
    let error = address.withSockaddr { connect(probe, $0, $1) == 0 ? 0 : errno }
    return error == ECONNREFUSED && unlink(address.host) == 0
  }

  private static func file(at path: String) -> (device: dev_t, inode: ino_t)? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    return (status.st_dev, status.st_ino)
  }
}

/// Why a socket could not be bound.
struct BindError: Error {
  let errno: Int32
}
