import UESynthCore

/// Where a client connects to, in the notation of gRPC (doc/naming.md).
public enum Target: Equatable, Sendable, CustomStringConvertible {
  case host(name: String, port: UInt16)
  /// An IPv4 or IPv6 address, without brackets.
  case numeric(address: String, port: UInt16)
  case unix(path: String)
  case unixAbstract(name: String)

  /// The port of the UESynth plugin.
  public static let defaultPort: UInt16 = 50051

  public var description: String {
    switch self {
    case .host(let name, let port): "\(name):\(port)"
    case .numeric(let address, let port): "\(Self.bracketed(address)):\(port)"
    case .unix(let path): "unix:\(path)"
    case .unixAbstract(let name): "unix-abstract:\(name)"
    }
  }

  /// The `:authority` of requests. A zone means nothing to the peer and is left out (RFC 6874 §4).
  public var authority: String {
    switch self {
    case .host(let name, let port): "\(name):\(port)"
    case .numeric(let address, let port):
      "\(Self.bracketed(String(address.prefix { $0 != "%" }))):\(port)"
    case .unix, .unixAbstract: "localhost"
    }
  }

  private static func bracketed(_ address: String) -> String {
    address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
  }

  public static func parse(_ text: String) throws(NetError) -> Target {
    try TargetParser(text).parse()
  }
}

/// Reads a target; says what is wrong and shows a right one.
private struct TargetParser {
  let text: String

  init(_ text: String) { self.text = text }

  func parse() throws(NetError) -> Target {
    if text.isEmpty { throw bad("is empty", "localhost:50051") }
    if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
      throw bad("has a space or control character in it", "localhost:50051")
    }
    if let rest = rest(after: "unix-abstract:") { return try abstract(rest) }
    if let rest = rest(after: "unix:") { return try unix(rest) }
    if let rest = rest(after: "dns:") { return try dns(rest) }
    if let rest = rest(after: "ipv4:") { return try ipv4(rest) }
    if let rest = rest(after: "ipv6:") { return try ipv6(rest) }
    if text.contains("://") {
      throw bad("has an unknown scheme (dns, ipv4, ipv6, unix, unix-abstract)", "localhost:50051")
    }
    return try hostAndPort(text[...])
  }

  private func rest(after scheme: String) -> Substring? {
    text.hasPrefix(scheme) ? text.dropFirst(scheme.count) : nil
  }

  private func dns(_ rest: Substring) throws(NetError) -> Target {
    if rest.hasPrefix("///") { return try hostAndPort(rest.dropFirst(3)) }
    if rest.hasPrefix("/") {
      throw bad("names a DNS server, which is not supported", "dns:///localhost:50051")
    }
    return try hostAndPort(rest)
  }

  private func ipv4(_ rest: Substring) throws(NetError) -> Target {
    let (host, port) = try split(rest, example: "ipv4:127.0.0.1:50051")
    guard SocketAddress(numeric: String(host), port: port)?.family == .ipv4 else {
      throw bad("has no IPv4 address", "ipv4:127.0.0.1:50051")
    }
    return .numeric(address: String(host), port: port)
  }

  private func ipv6(_ rest: Substring) throws(NetError) -> Target {
    let example = "ipv6:[::1]:50051"
    if SocketAddress(numeric: String(rest), port: 0)?.family == .ipv6 {
      return .numeric(address: String(rest), port: Target.defaultPort)
    }
    guard rest.hasPrefix("[") else { throw bad("has no IPv6 address in brackets", example) }
    return try bracketed(rest, example: example)
  }

  private func unix(_ rest: Substring) throws(NetError) -> Target {
    let example = "unix:/run/uesynth.sock"
    var path = rest
    if rest.hasPrefix("//") {
      path = rest.dropFirst(2)
      if !path.hasPrefix("/") { throw bad("has no absolute path after unix://", example) }
    }
    if path.isEmpty { throw bad("has no path", example) }
    guard SocketAddress(unixPath: String(path)) != nil else {
      throw bad("has a path of more than \(SocketAddress.unixPathLimit) bytes", example)
    }
    return .unix(path: String(path))
  }

  private func abstract(_ rest: Substring) throws(NetError) -> Target {
    let example = "unix-abstract:uesynth"
    if rest.isEmpty { throw bad("has no name", example) }
    guard SocketAddress(unixPath: String(rest), isAbstract: true) != nil else {
      throw bad("has a name of more than \(SocketAddress.unixPathLimit) bytes", example)
    }
    return .unixAbstract(name: String(rest))
  }

  private func hostAndPort(_ rest: Substring) throws(NetError) -> Target {
    if rest.hasPrefix("[") { return try bracketed(rest, example: "[::1]:50051") }
    if rest.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
      throw bad("has more than one colon: an IPv6 address stands in brackets", "[::1]:50051")
    }
    let (host, port) = try split(rest, example: "localhost:50051")
    let name = String(host)
    if SocketAddress(numeric: name, port: port) != nil {
      return .numeric(address: name, port: port)
    }
    try checkName(name)
    return .host(name: name, port: port)
  }

  private func bracketed(_ rest: Substring, example: String) throws(NetError) -> Target {
    guard let closing = rest.firstIndex(of: "]") else {
      throw bad("has no closing bracket", example)
    }
    let address = String(rest[rest.index(after: rest.startIndex)..<closing])
    guard SocketAddress(numeric: address, port: 0)?.family == .ipv6 else {
      throw bad("has no IPv6 address in its brackets", example)
    }
    let tail = rest[rest.index(after: closing)...]
    if tail.isEmpty { return .numeric(address: address, port: Target.defaultPort) }
    guard tail.hasPrefix(":") else { throw bad("has something else than :port after ]", example) }
    return .numeric(address: address, port: try port(tail.dropFirst(), example: example))
  }

  private func split(
    _ rest: Substring, example: String
  ) throws(NetError) -> (host: Substring, port: UInt16) {
    if rest.isEmpty { throw bad("has no host", example) }
    guard let colon = rest.firstIndex(of: ":") else { return (rest, Target.defaultPort) }
    let host = rest[..<colon]
    if host.isEmpty { throw bad("has no host before the colon", example) }
    return (host, try port(rest[rest.index(after: colon)...], example: example))
  }

  private func port(_ digits: Substring, example: String) throws(NetError) -> UInt16 {
    if digits.isEmpty { throw bad("has no port after the colon", example) }
    let isNumber = digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isNumber, let port = UInt16(digits), port > 0 else {
      throw bad("has a port that is not a number from 1 to 65535", example)
    }
    return port
  }

  /// What getaddrinfo can be asked. A name whose last label is a number would be read as an address
  /// in one of its old notations ("127.1"): refuse it rather than guess.
  private func checkName(_ name: String) throws(NetError) {
    let example = "localhost:50051"
    if name.utf8.contains(UInt8(ascii: "/")) {
      throw bad("has a '/' in its host", example)
    }
    let isPlain = name.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
      default: false
      }
    }
    if !isPlain {
      throw bad("has a host with other characters than a-z, 0-9, '-', '.' and '_'", example)
    }
    if name.utf8.count > 253 { throw bad("has a host of more than 253 characters", example) }
    let labels = name.split(separator: ".", omittingEmptySubsequences: true)
    guard let last = labels.last else { throw bad("has no host", example) }
    if last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      throw bad("has a host that is neither a name nor an address", "127.0.0.1:50051")
    }
  }

  private func bad(_ what: String, _ example: String) -> NetError {
    let shown = String(
      text.unicodeScalars.prefix(100).map { scalar -> Character in
        scalar.value < 0x20 || scalar.value == 0x7F ? "?" : Character(scalar)
      })
    return NetError(.invalidArgument, "target '\(shown)' \(what): write it like \(example)")
  }
}
