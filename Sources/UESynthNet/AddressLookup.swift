import CUESynthSys
import Glibc
import UESynthCore

/// From a host name to addresses. Blocks: for the lookup threads only.
public enum AddressLookup {
  public typealias Function =
    @Sendable (_ host: String, _ port: UInt16) -> Result<[SocketAddress], NetError>

  /// The system's resolver: files, DNS and whatever else nsswitch.conf names.
  public static let system: Function = { host, port in
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &list)
    let systemError = errno
    defer { if let list { freeaddrinfo(list) } }
    if result != 0 {
      let reason =
        result == EAI_SYSTEM
        ? NetError.text(errno: systemError) : String(cString: gai_strerror(result))
      return .failure(NetError(.unavailable, "cannot resolve host '\(host)': \(reason)"))
    }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next {
      if let address = SocketAddress(info.pointee) { addresses.append(address) }
      next = info.pointee.ai_next
    }
    if addresses.isEmpty {
      return .failure(
        NetError(.unavailable, "cannot resolve host '\(host)': it has no IPv4 or IPv6 address"))
    }
    return .success(addresses)
  }

  /// Alternates families, beginning with that of the first address, so that a broken one costs one
  /// delay and not one per address (RFC 8305 §4).
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    let preferred = addresses.filter { $0.family == first.family }
    let others = addresses.filter { $0.family != first.family }
    var result: [SocketAddress] = []
    for index in 0..<max(preferred.count, others.count) {
      if index < preferred.count { result.append(preferred[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return result
  }
}
