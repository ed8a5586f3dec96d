import CUESynthSys
import Glibc

/// One socket on its way to one address. Loop thread only.
final class ConnectAttempt: EventHandler {
  enum Begin {
    case pending(ConnectAttempt)
    case connected(Int32)
    case failed(errno: Int32)
  }

  let address: SocketAddress
  private let fd: Int32
  private let loop: EventLoop
  private weak var connector: Connector?
  private var registration: EventRegistration?
  private var isOpen = true

  private init(fd: Int32, address: SocketAddress, loop: EventLoop, connector: Connector) {
    self.fd = fd
    self.address = address
    self.loop = loop
    self.connector = connector
  }

  deinit { if isOpen { Glibc.close(fd) } }

  static func begin(
    _ address: SocketAddress, loop: EventLoop, connector: Connector
  ) -> Begin {
    let fd = address.makeSocket()
    if fd < 0 { return .failed(errno: -fd) }
    if address.family != .unix { SocketOptions.setNoDelay(fd) }
    let attempt = ConnectAttempt(fd: fd, address: address, loop: loop, connector: connector)
    let error = address.withSockaddr { Glibc.connect(fd, $0, $1) == 0 ? 0 : errno }
    switch error {
    case 0:
      return attempt.connected()
    // A non-blocking connect that a signal interrupts goes on by itself.
    case EINPROGRESS, EINTR:
      do {
        attempt.registration = try loop.add(fd: fd, events: EventMask.output, handler: attempt)
        return .pending(attempt)
      } catch {
        return .failed(errno: ENOMEM)
      }
    default:
      return .failed(errno: error)
    }
  }

  func handle(events: UInt32) {
    let error = SocketOptions.takeError(fd)
    unregister()
    guard let connector else { return close() }
    connector.ended(self, error == 0 ? connected() : .failed(errno: error))
  }

  func close() {
    unregister()
    if isOpen { Glibc.close(fd) }
    isOpen = false
  }

  /// A port in the range that the kernel hands out to clients, as 50051 is, can be given to a socket
  /// that connects to that very port with nobody listening.
  static func isConnectedToItself(_ fd: Int32, _ address: SocketAddress) -> Bool {
    guard address.family != .unix, let local = SocketAddress(of: fd) else { return false }
    return local.isSame(as: address)
  }

  /// A socket connected to itself counts as refused, and goes at once: it would keep the server from
  /// starting.
  private func connected() -> Begin {
    if Self.isConnectedToItself(fd, address) {
      var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      return .failed(errno: ECONNREFUSED)
    }
    isOpen = false
    return .connected(fd)
  }

  private func unregister() {
    guard let registration else { return }
    self.registration = nil
    loop.remove(registration)
  }
}
