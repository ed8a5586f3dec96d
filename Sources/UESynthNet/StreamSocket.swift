import Glibc

/// The only system calls that move a connection's bytes. Non-blocking; EINTR is retried; a broken
/// pipe is a result and never a signal. `TLSLink` stands in its place where there is TLS.
enum StreamSocket {
  enum Outcome {
    case moved(Int)
    /// The peer has closed its side. Receiving only.
    case ended
    case wouldBlock
    case failed(errno: Int32)
  }

  /// IOV_MAX of Linux.
  private static let vectorLimit = 1024

  static func receive(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    while true {
      let count = recv(fd, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      let error = errno
      if error != EINTR { return outcome(error) }
    }
  }

  static func receive(
    _ fd: Int32, into vectors: UnsafeMutablePointer<iovec>, count vectorCount: Int
  ) -> Outcome {
    var message = msghdr()
    message.msg_iov = vectors
    message.msg_iovlen = vectorCount
    while true {
      let count = recvmsg(fd, &message, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      let error = errno
      if error != EINTR { return outcome(error) }
    }
  }

  static func send(_ fd: Int32, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    while true {
      let count = Glibc.send(fd, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      let error = errno
      if error != EINTR { return outcome(error) }
    }
  }

  /// At most the first 1024 vectors are sent.
  static func send(_ fd: Int32, _ vectors: UnsafeBufferPointer<iovec>) -> Outcome {
    var message = msghdr()
    message.msg_iov = UnsafeMutablePointer(mutating: vectors.baseAddress)
    message.msg_iovlen = min(vectors.count, vectorLimit)
    while true {
      let count = sendmsg(fd, &message, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      let error = errno
      if error != EINTR { return outcome(error) }
    }
  }

  private static func outcome(_ error: Int32) -> Outcome {
    error == EAGAIN || error == EWOULDBLOCK ? .wouldBlock : .failed(errno: error)
  }
}
