import Testing
import UESynthCore

@Suite struct TextHashTests {
  @Test func equalNamesHaveEqualHashes() {
    #expect(TextHash.of("Cube_1") == TextHash.of("Cube_1"))
    #expect(TextHash.of(nil) == TextHash.of(""))
  }

  @Test func namesAndSaltsTellApart() {
    var hashes: Set<UInt64> = []
    for index in 0..<1000 {
      for salt in [0, 0x11, 1 << 32] as [UInt64] {
        hashes.insert("Cube_\(index)".withCString { TextHash.of($0, salt: salt) })
      }
    }
    #expect(hashes.count == 3000)
  }

  @Test func bytesBeyondASCIICount() {
    #expect(TextHash.of("Würfel") != TextHash.of("Wurfel"))
  }
}
