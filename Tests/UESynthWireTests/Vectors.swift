import Foundation

/// Tests/Fixtures/wire_vectors.txt: see wire_vectors.py for its lines.
enum Vectors {
  static let lines: [[String]] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/wire_vectors.txt")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map { line in
      line.split(separator: " ").map(String.init)
    }
  }()

  static func lines(_ word: String) -> [[String]] { lines.filter { $0[0] == word } }
}

func bytes(hex: String) -> [UInt8] {
  guard hex != "-" else { return [] }
  let digits = Array(hex.utf8).map { $0 >= 0x61 ? $0 - 0x57 : $0 - 0x30 }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

/// The message with a gRPC prefix in front.
func framed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
  let length = UInt32(message.count)
  return [
    flag, UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255),
    UInt8(length & 255),
  ] + message
}
