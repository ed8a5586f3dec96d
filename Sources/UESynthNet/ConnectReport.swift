import Glibc
import UESynthCore

/// Puts into words why a connection did not come about.
struct ConnectReport {
  private static let hint = "is the Unreal editor in Play with the UESynth plugin enabled?"

  let target: Target
  let timeout: Int64
  /// All that were found.
  var addresses: [SocketAddress] = []
  private var failures: [(address: SocketAddress, errno: Int32)] = []

  init(target: Target, timeout: Int64) {
    self.target = target
    self.timeout = timeout
  }

  mutating func add(_ address: SocketAddress, errno code: Int32) {
    failures.append((address, code))
  }

  /// Every address has failed.
  var failure: ConnectFailure {
    guard let first = failures.first else {
      return NetError(.unavailable, "cannot connect to \(target): it has no address")
    }
    switch target {
    case .unix(let path): return Self.unixFailure("at \(path)", first.errno)
    case .unixAbstract(let name): return Self.unixFailure("named \(name)", first.errno)
    case .host, .numeric: break
    }
    let status = NetError.status(errno: first.errno)
    if failures.contains(where: { $0.errno != first.errno }) {
      let each = failures.map { "\($0.address.host): \(NetError.text(errno: $0.errno))" }
      let hint = failures.contains { $0.errno == ECONNREFUSED } ? ": \(Self.hint)" : ""
      let list = each.joined(separator: "; ")
      return NetError(.unavailable, "cannot connect to \(target) (\(list))\(hint)")
    }
    if first.errno == ECONNREFUSED {
      return NetError(status, "connection refused by \(target)\(tried): \(Self.hint)")
    }
    let reason = NetError.text(errno: first.errno)
    return NetError(status, "cannot connect to \(target)\(tried): \(reason)")
  }

  var timedOut: ConnectFailure {
    let question =
      switch target {
      case .host, .numeric: "is a firewall in between?"
      case .unix, .unixAbstract: "the server does not accept connections"
      }
    return NetError(
      .unavailable, "no answer from \(target) within \(duration)\(tried): \(question)")
  }

  var lookupTimedOut: ConnectFailure {
    guard case .host(let name, _) = target else { return timedOut }
    return NetError(
      .unavailable,
      "cannot resolve host '\(name)' within \(duration): the name server does not answer")
  }

  /// " (127.0.0.1 and ::1 tried)"; nothing for a numeric target, which has said it already.
  private var tried: String {
    guard case .host = target, let last = addresses.last else { return "" }
    if addresses.count == 1 { return " (\(last.host) tried)" }
    let others = addresses.dropLast().map(\.host).joined(separator: ", ")
    return " (\(others) and \(last.host) tried)"
  }

  private var duration: String {
    let milliseconds = timeout / 1_000_000
    if milliseconds >= 1000 && milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
    return "\(milliseconds) ms"
  }

  private static func unixFailure(_ place: String, _ code: Int32) -> ConnectFailure {
    switch code {
    case ENOENT:
      NetError(.unavailable, "no socket \(place): is the server running?")
    case ECONNREFUSED:
      NetError(.unavailable, "no server listens on the socket \(place): is it running?")
    case EACCES, EPERM:
      NetError(.permissionDenied, "no permission to connect to the socket \(place)")
    default:
      NetError(errno: code, "cannot connect to the socket \(place)")
    }
  }
}
