import Testing

@testable import UESynthWire

@Suite struct GRPCTimeoutTests {
  @Test(
    arguments: [
      (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (100_000_001, "100001u"),
      (1_000_000_000, "1000000u"), (99_999_999_000, "99999999u"), (99_999_999_001, "100000m"),
      (100_000_000_000, "100000m"), (99_999_999_000_001, "100000S"),
      (99_999_999_000_000_000, "99999999S"), (99_999_999_000_000_001, "1666667M"),
      (.max, "2562048H"), (0, "1n"), (-5, "1n"), (.min, "1n"),
    ] as [(Int64, String)])
  func values(nanoseconds: Int64, text: String) {
    #expect(write(nanoseconds) == text)
  }

  @Test func neverShorterThanAskedNorLongerThanEightDigits() {
    let units: [Character: Double] = ["n": 1, "u": 1e3, "m": 1e6, "S": 1e9, "M": 6e10, "H": 3.6e12]
    var dice = Dice(state: 7)
    for _ in 0..<2000 {
      let nanoseconds =
        Int64.random(in: 1...(.max), using: &dice) >> Int64.random(in: 0...62, using: &dice)
      let text = write(max(nanoseconds, 1))
      guard let unit = text.last.flatMap({ units[$0] }), let digits = Double(text.dropLast()) else {
        Issue.record("\(text)")
        continue
      }
      #expect(text.count <= GRPCTimeout.maximumSize)
      // Rounded up by less than one unit of the coarser scale at each step.
      #expect(digits * unit >= Double(nanoseconds) * 0.999_999_999)
      #expect(digits * unit <= Double(nanoseconds) * 1.001 + 1)
    }
  }

  private func write(_ nanoseconds: Int64) -> String {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
    let count = GRPCTimeout.write(nanoseconds: nanoseconds, into: memory.baseAddress!)
    #expect(memory[count...].allSatisfy { $0 == 0xEE })
    return String(decoding: memory[..<count], as: UTF8.self)
  }
}
