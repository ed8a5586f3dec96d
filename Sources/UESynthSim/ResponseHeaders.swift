import UESynthCore
import UESynthHTTP2
import UESynthWire

/// The header blocks of replies (gRPC PROTOCOL-HTTP2, Responses), written into one list that is used
/// again. Thread: the loop's.
final class ResponseHeaders {
  private static let messageLimit = 1024
  private let block = HeaderBlock()

  func head(_ encoding: MessageEncoding? = nil) -> HeaderBlock {
    block.removeAll()
    block.append(":status", "200")
    block.append("content-type", "application/grpc")
    if let encoding { block.append("grpc-encoding", encoding.name) }
    block.append("grpc-accept-encoding", "identity,deflate,gzip")
    return block
  }

  func trailers(_ status: Status, _ message: String) -> HeaderBlock {
    block.removeAll()
    appendStatus(status, message)
    return block
  }

  /// Trailers-Only: the call ends with its first header block.
  func trailersOnly(_ status: Status, _ message: String) -> HeaderBlock {
    let block = head()
    appendStatus(status, message)
    return block
  }

  /// For requests that are no gRPC calls.
  func plain(status: StaticString) -> HeaderBlock {
    block.removeAll()
    block.append(":status", status)
    return block
  }

  private func appendStatus(_ status: Status, _ message: String) {
    if status == .ok {
      block.append("grpc-status", "0")
    } else {
      block.append("grpc-status", String(status.rawValue))
    }
    if !message.isEmpty { block.append("grpc-message", Self.percentEncoded(message)) }
  }

  /// What is not printable ASCII, and "%", becomes %XX.
  static func percentEncoded(_ message: String) -> String {
    var encoded: [UInt8] = []
    let digits: StaticString = "0123456789ABCDEF"
    for byte in message.utf8.prefix(messageLimit) {
      if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(digits.utf8Start[Int(byte &>> 4)])
        encoded.append(digits.utf8Start[Int(byte & 15)])
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
