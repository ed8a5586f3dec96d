import UESynthCore

/// Where a listener takes connections. Port 0 lets the kernel choose.
public enum ListenEndpoint: Equatable, Sendable, CustomStringConvertible {
  /// Every interface, IPv6 and IPv4.
  case any(port: UInt16)
  /// 127.0.0.1 and ::1, whichever of them exist, on the same port.
  case loopback(port: UInt16)
  /// One numeric IPv4 or IPv6 address.
  case address(String, port: UInt16)
  case unix(path: String)

  public var description: String {
    switch self {
    case .any(let port): "*:\(port)"
    case .loopback(let port): "localhost:\(port)"
    case .address(let host, let port):
      host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
