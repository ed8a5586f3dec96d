import CUESynth
import Glibc
import UESynthClient
import UESynthCore

/// What UESYNTH_... variables say.
enum EnvironmentOptions {
  static func value(_ name: StaticString) -> String? {
    guard
      let text = getenv(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)),
      text.pointee != 0
    else { return nil }
    return String(cString: text)
  }

  static func timeout() throws(ClientFailure) -> Int64? {
    guard let text = value("UESYNTH_TIMEOUT") else { return nil }
    guard let seconds = Double(text), seconds >= 0.001, seconds <= 86_400 else {
      throw misuse("UESYNTH_TIMEOUT is \"\(text)\", not a number of seconds from 0.001 to 86400")
    }
    return Int64(seconds * 1000)
  }

  /// What UESYNTH_TLS_OPTIONS_INIT says, for as long as the process lives.
  private static let tlsDefaults: UInt = {
    let options = UnsafeMutablePointer<uesynth_tls_options>.allocate(capacity: 1)
    options.initialize(to: .initial)
    return UInt(bitPattern: options)
  }()

  static func setTLS(in options: inout uesynth_client_options) throws(ClientFailure) {
    guard let text = value("UESYNTH_ENABLE_SSL") else { return }
    switch text.lowercased() {
    case "1", "true", "yes", "on":
      if options.tls == nil { options.tls = UnsafePointer(bitPattern: tlsDefaults) }
    case "0", "false", "no", "off": options.tls = nil
    default:
      throw misuse("UESYNTH_ENABLE_SSL is \"\(text)\", not 1, true, yes, on, 0, false, no or off")
    }
  }

  static func target() throws(ClientFailure) -> String {
    let host = value("UESYNTH_HOST") ?? "localhost"
    let port = value("UESYNTH_PORT") ?? "50051"
    guard let number = UInt16(port), number > 0 else {
      throw misuse("UESYNTH_PORT is \"\(port)\", not a port from 1 to 65535")
    }
    return host.contains(":") && !host.hasPrefix("[") ? "[\(host)]:\(number)" : "\(host):\(number)"
  }
}

@_cdecl("uesynth_client_options_environment") @implementation
public func uesynth_client_options_environment(
  _ options: UnsafeMutablePointer<uesynth_client_options>?, _ target: UnsafeMutablePointer<CChar>?,
  _ capacity: Int
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let timeout = try EnvironmentOptions.timeout()
    let text = try EnvironmentOptions.target()
    var bytes = Array(text.utf8)
    bytes.append(0)
    if target != nil, bytes.count > capacity {
      throw ClientFailure(
        .bufferTooSmall, "target has room for \(capacity) bytes, \(bytes.count) are needed")
    }
    if let options {
      var changed = try Arguments.read(UnsafePointer(options), "options")
      if let timeout { changed.timeout_ms = timeout }
      try EnvironmentOptions.setTLS(in: &changed)
      try Arguments.write(changed, to: options, "options")
    }
    target?.withMemoryRebound(to: UInt8.self, capacity: bytes.count) {
      $0.update(from: bytes, count: bytes.count)
    }
  }
}
