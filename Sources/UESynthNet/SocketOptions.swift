import CUESynthSys
import Glibc

/// Options of a stream socket. Those that only tune return whether the kernel took them.
public enum SocketOptions {
  /// Small messages leave at once: the loop coalesces, Nagle would only delay.
  @discardableResult
  public static func setNoDelay(_ fd: Int32) -> Bool {
    set(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  /// Finds a dead peer in about 20 s, on an idle connection too. TCP_USER_TIMEOUT alone sees only
  /// unanswered data, SO_KEEPALIVE alone only idle connections.
  @discardableResult
  public static func setKeepAlive(
    _ fd: Int32, idleSeconds: Int32 = 10, intervalSeconds: Int32 = 5,
    timeoutMilliseconds: Int32 = 20_000
  ) -> Bool {
    let tcp = Int32(IPPROTO_TCP)
    let probes = max(1, (timeoutMilliseconds / 1000 &- idleSeconds) / max(1, intervalSeconds))
    var taken = set(fd, tcp, TCP_KEEPIDLE, idleSeconds)
    taken = set(fd, tcp, TCP_KEEPINTVL, intervalSeconds) && taken
    taken = set(fd, tcp, TCP_KEEPCNT, probes) && taken
    taken = set(fd, tcp, TCP_USER_TIMEOUT, timeoutMilliseconds) && taken
    return set(fd, SOL_SOCKET, SO_KEEPALIVE, 1) && taken
  }

  /// The kernel doubles the value for its own bookkeeping.
  @discardableResult
  public static func setSendBuffer(_ fd: Int32, bytes: Int32) -> Bool {
    set(fd, SOL_SOCKET, SO_SNDBUF, bytes)
  }

  /// The algorithm that paces what this socket sends: "cubic", "reno", "bbr". nil if it is not TCP.
  public static func congestionControl(_ fd: Int32) -> String? {
    var name = (UInt64(0), UInt64(0), UInt64(0))
    var length = socklen_t(MemoryLayout.size(ofValue: name) - 1)
    return withUnsafeMutableBytes(of: &name) { bytes in
      guard getsockopt(fd, Int32(IPPROTO_TCP), TCP_CONGESTION, bytes.baseAddress, &length) == 0
      else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  public static func setCongestionControl(_ fd: Int32, _ name: String) throws(NetError) {
    let result = name.withCString {
      setsockopt(fd, Int32(IPPROTO_TCP), TCP_CONGESTION, $0, socklen_t(strlen($0)))
    }
    if result == 0 { return }
    let error = errno
    let reason =
      error == ENOENT
      ? "this kernel has no such algorithm: see net.ipv4.tcp_available_congestion_control"
      : NetError.text(errno: error)
    throw NetError(.invalidArgument, "cannot use congestion control '\(name)': \(reason)")
  }

  static func set(_ fd: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
    var value = value
    return setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  /// The error that the socket holds, which is thereby cleared; 0 if there is none.
  static func takeError(_ fd: Int32) -> Int32 {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno
  }
}
