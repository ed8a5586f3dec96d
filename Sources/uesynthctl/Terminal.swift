import Glibc

/// Whole lines, unbuffered. A reader that has gone away is ignored.
enum Terminal {
  static func say(_ line: String) { write(line, to: 1) }
  static func complain(_ line: String) { write(line, to: 2) }

  private static func write(_ line: String, to descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 { sent += count } else if errno != EINTR { return }
    }
  }
}
