import CUESynthSys
import Glibc

/// Where a stream socket connects to or listens: IPv4, IPv6 or a unix path.
public struct SocketAddress: Sendable {
  public enum Family: Sendable { case ipv4, ipv6, unix }

  /// sun_path, without the terminating NUL.
  public static let unixPathLimit = 107

  public let family: Family
  private var storage = sockaddr_storage()
  private let length: socklen_t

  /// "1.2.3.4", "::1" or "fe80::1%eth0".
  public init?(numeric host: String, port: UInt16) {
    var ipv4 = sockaddr_in()
    ipv4.sin_family = sa_family_t(AF_INET)
    ipv4.sin_port = port.bigEndian
    if inet_pton(AF_INET, host, &ipv4.sin_addr) == 1 {
      self.init(.ipv4, &ipv4, MemoryLayout<sockaddr_in>.size)
      return
    }
    var ipv6 = sockaddr_in6()
    ipv6.sin6_family = sa_family_t(AF_INET6)
    ipv6.sin6_port = port.bigEndian
    let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      let zone = String(parts[1])
      ipv6.sin6_scope_id = if_nametoindex(zone)
      if ipv6.sin6_scope_id == 0 {
        guard let index = UInt32(zone) else { return nil }
        ipv6.sin6_scope_id = index
      }
    }
    guard let address = parts.first, inet_pton(AF_INET6, String(address), &ipv6.sin6_addr) == 1
    else { return nil }
    self.init(.ipv6, &ipv6, MemoryLayout<sockaddr_in6>.size)
  }

  /// A path in the file system, or a name in Linux's abstract namespace. nil if it is empty, too
  /// long, or a path with a NUL.
  public init?(unixPath path: String, isAbstract: Bool = false) {
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.unixPathLimit else { return nil }
    guard isAbstract || !bytes.contains(0) else { return nil }
    family = .unix
    // An abstract name begins with a NUL and ends with its length; a path ends with a NUL.
    length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + 1)
    storage.ss_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &storage) { storage in
      let offset = MemoryLayout<sa_family_t>.size + (isAbstract ? 1 : 0)
      for (index, byte) in bytes.enumerated() { storage[offset + index] = byte }
    }
  }

  /// nil for families other than IPv4 and IPv6.
  init?(_ info: addrinfo) {
    guard let address = info.ai_addr else { return nil }
    switch info.ai_family {
    case AF_INET where Int(info.ai_addrlen) >= MemoryLayout<sockaddr_in>.size:
      self.init(.ipv4, address, MemoryLayout<sockaddr_in>.size)
    case AF_INET6 where Int(info.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size:
      self.init(.ipv6, address, MemoryLayout<sockaddr_in6>.size)
    default:
      return nil
    }
  }

  /// The address that a socket has, or that of its peer.
  init?(of fd: Int32, peer: Bool = false) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        peer ? getpeername(fd, $0, &length) : getsockname(fd, $0, &length)
      }
    }
    guard result == 0 else { return nil }
    switch Int32(storage.ss_family) {
    case AF_INET: family = .ipv4
    case AF_INET6: family = .ipv6
    case AF_UNIX: family = .unix
    default: return nil
    }
    self.storage = storage
    self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
  }

  private init(_ family: Family, _ address: UnsafeRawPointer, _ size: Int) {
    self.family = family
    length = socklen_t(size)
    memcpy(&storage, address, size)
  }

  /// A non-blocking, close-on-exec stream socket of this family, or a negative errno value.
  func makeSocket() -> Int32 {
    let domain =
      switch family {
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      case .unix: AF_UNIX
      }
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let fd = socket(domain, type, 0)
    return fd >= 0 ? fd : -errno
  }

  func withSockaddr<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// 0 for unix.
  public var port: UInt16 {
    switch family {
    case .ipv4: load(sockaddr_in.self).sin_port.bigEndian
    case .ipv6: load(sockaddr_in6.self).sin6_port.bigEndian
    case .unix: 0
    }
  }

  /// The numeric address without its port, or the path; "@name" for an abstract one.
  public var host: String {
    switch family {
    case .ipv4:
      var address = load(sockaddr_in.self).sin_addr
      return Self.text(AF_INET, &address)
    case .ipv6:
      let socket = load(sockaddr_in6.self)
      var address = socket.sin6_addr
      let text = Self.text(AF_INET6, &address)
      return socket.sin6_scope_id == 0 ? text : "\(text)%\(socket.sin6_scope_id)"
    case .unix:
      return withUnsafeBytes(of: storage) { bytes in
        let path = bytes[min(2, Int(length))..<Int(length)]
        if path.first == 0 { return "@" + String(decoding: path.dropFirst(), as: UTF8.self) }
        return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }

  /// Whether two addresses are the same, port included.
  func isSame(as other: SocketAddress) -> Bool {
    length == other.length
      && withUnsafeBytes(of: storage) { mine in
        withUnsafeBytes(of: other.storage) { theirs in
          mine.prefix(Int(length)).elementsEqual(theirs.prefix(Int(length)))
        }
      }
  }

  private func load<Address>(_ type: Address.Type) -> Address {
    withUnsafeBytes(of: storage) { $0.load(as: type) }
  }

  private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
      guard let text = inet_ntop(family, address, buffer.baseAddress, socklen_t(buffer.count))
      else { return "?" }
      return String(cString: text)
    }
  }
}
