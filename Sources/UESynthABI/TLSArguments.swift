import CUESynth
import Glibc
import UESynthClient
import UESynthNet

/// What a host brings for TLS.
enum TLSArguments {
  private static let longestPEM = 4 << 20

  /// nil for none.
  static func context(
    _ options: UnsafePointer<uesynth_tls_options>?
  ) throws(ClientFailure) -> TLSContext? {
    guard let options else { return nil }
    let value: uesynth_tls_options = try Arguments.read(options, "options.tls")
    guard value.reserved == 0 else { throw misuse("options.tls.reserved is not 0") }
    var settings = TLSSettings()
    settings.authorities = try source(value.ca_file, value.ca_pem, "ca")
    settings.certificate = try source(
      value.certificate_file, value.certificate_pem, "certificate")
    settings.key = try source(value.key_file, value.key_pem, "key")
    try Arguments.text(value.server_name, "options.tls.server_name")
    if let name = value.server_name, name.pointee != 0 {
      settings.serverName = String(cString: name)
    }
    do {
      return try TLSContext(client: settings)
    } catch {
      throw ClientFailure(error.status == .invalidArgument ? .misuse : error.status, error.message)
    }
  }

  private static func source(
    _ file: UnsafePointer<CChar>?, _ pem: UnsafePointer<CChar>?, _ name: StaticString
  ) throws(ClientFailure) -> PEMSource? {
    if let file {
      guard pem == nil else {
        throw misuse("options.tls has both \(name)_file and \(name)_pem: give one")
      }
      try Arguments.text(file, "a file of options.tls")
      return .file(String(cString: file))
    }
    guard let pem else { return nil }
    let count = strnlen(pem, longestPEM + 1)
    guard count <= longestPEM else {
      throw misuse("options.tls.\(name)_pem is longer than \(longestPEM) bytes")
    }
    return .text(Array(UnsafeRawBufferPointer(start: pem, count: count)))
  }
}
