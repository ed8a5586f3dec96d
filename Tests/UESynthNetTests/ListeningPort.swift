import Glibc
import Testing

@testable import UESynthNet

/// A listening socket that accepts nothing; the kernel completes the handshake.
struct ListeningPort {
  private let fd: Int32
  let port: UInt16

  init(host: String, port: UInt16 = 0, backlog: Int32 = 8) throws {
    let address = try #require(SocketAddress(numeric: host, port: port))
    let listening = address.makeSocket()
    try #require(address.withSockaddr { bind(listening, $0, $1) } == 0)
    try #require(listen(listening, backlog) == 0)
    let bound = try #require(SocketAddress(of: listening))
    fd = listening
    self.port = bound.port
  }

  func close() { Glibc.close(fd) }
}

/// A port that does not answer: its accept queue is full, so the kernel ignores each SYN.
struct BlackHole {
  private let listening: ListeningPort
  private var fillers: [Int32] = []

  var port: UInt16 { listening.port }

  init() throws {
    listening = try ListeningPort(host: "127.0.0.1", backlog: 0)
    let address = try #require(SocketAddress(numeric: "127.0.0.1", port: listening.port))
    for _ in 0..<8 {
      let fd = address.makeSocket()
      fillers.append(fd)
      _ = address.withSockaddr { connect(fd, $0, $1) }
    }
    usleep(20_000)
  }

  func close() {
    for fd in fillers { Glibc.close(fd) }
    listening.close()
  }
}
