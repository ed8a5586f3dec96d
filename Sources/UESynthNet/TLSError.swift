import COpenSSL

/// What OpenSSL has noted of the last failure on this thread.
enum TLSError {
  /// Takes everything off the thread's error queue; the words of the first one.
  static var text: String {
    let code = ERR_get_error()
    ERR_clear_error()
    return words(code)
  }

  static func words(_ code: UInt) -> String {
    if code == 0 { return "no reason given" }
    if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
    return "OpenSSL error \(code)"
  }
}
