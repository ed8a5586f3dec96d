import Glibc

/// Whole lines, unbuffered. A reader that has gone away is ignored.
enum Terminal {
  static func say(_ line: String) { write(line, to: 1) }
  static func complain(_ line: String) { write(line, to: 2) }

  /// What is being done, in place of what was said so before; nothing where nobody looks.
  static func progress(_ text: String) {
    if isatty(2) == 1 { write("\r\u{1B}[K" + text, to: 2, end: "") }
  }

  private static func write(_ line: String, to descriptor: Int32, end: String = "\n") {
    let bytes = Array((line + end).utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 { sent += count } else if errno != EINTR { return }
    }
  }
}
