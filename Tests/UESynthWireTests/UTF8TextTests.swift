import Testing

@testable import UESynthWire

@Suite struct UTF8TextTests {
  /// Every string of up to two bytes, and of three and four with the values where rules change,
  /// against Swift's own validation.
  @Test func agreesWithSwift() {
    let edges: [UInt8] = [
      0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var wrong = 0
    for a in 1...255 {
      for b in 1...255 where !agrees([UInt8(a), UInt8(b)]) { wrong += 1 }
      if !agrees([UInt8(a)]) { wrong += 1 }
    }
    for a in edges {
      for b in edges {
        for c in edges {
          if !agrees([a, b, c]) { wrong += 1 }
          for d in [0x41, 0x80, 0xBF, 0xC2] as [UInt8] where !agrees([a, b, c, d]) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func noNUL() {
    #expect(!isValid([0]))
    #expect(!isValid([0x61, 0, 0x62]))
    #expect(isValid([]))
  }

  @Test func repairKeepsWhatIsGood() {
    var bytes: [UInt8] = [0xC3, 0xA9, 0xC3, 0x00, 0xE2, 0x82, 0x41, 0xF0, 0x9F, 0x98, 0x80, 0xF0]
    bytes.withUnsafeMutableBytes { UTF8Text.repair($0) }
    #expect(String(decoding: bytes, as: UTF8.self) == "é????A😀?")
  }

  private func agrees(_ bytes: [UInt8]) -> Bool {
    isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil)
  }

  private func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { UTF8Text.isValid($0) }
  }
}
