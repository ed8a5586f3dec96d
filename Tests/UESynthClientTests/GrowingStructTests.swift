import Testing

@testable import UESynthABI
@testable import UESynthClient

/// A struct whose first release ended before `limit`, and the second before `ratio`.
private struct Grown: GrowingStruct, BitwiseCopyable {
  var struct_size: UInt32 = 24
  var lanes: UInt32 = 0
  var limit: Int64 = 20_000
  var ratio: Double = 1

  static var firstSize: Int { 8 }
  static var initial: Self { Self() }
}

@Suite struct GrowingStructTests {
  /// A struct of `size` bytes, with 0xA5 behind it.
  private func withStruct<Outcome>(
    _ size: Int, tail: UInt8 = 0xA5, _ body: (UnsafeMutablePointer<Grown>) -> Outcome
  ) -> Outcome {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: tail, count: 64)
    let value = Grown(struct_size: UInt32(size), lanes: 7, limit: 9, ratio: 3)
    withUnsafeBytes(of: value) {
      memory.copyMemory(from: $0.baseAddress!, byteCount: min(size, 24))
    }
    return body(memory.assumingMemoryBound(to: Grown.self))
  }

  private func read(_ made: UnsafeMutablePointer<Grown>) -> Result<Grown, any Error> {
    Result { try Arguments.read(made, "made") }
  }

  @Test func whatAnOlderStructDoesNotHaveIsInitial() throws {
    let first = try withStruct(8, read).get()
    #expect(first.lanes == 7 && first.limit == 20_000 && first.ratio == 1)
    let second = try withStruct(16, read).get()
    #expect(second.lanes == 7 && second.limit == 9 && second.ratio == 1)
    let third = try withStruct(24, read).get()
    #expect(third.lanes == 7 && third.limit == 9 && third.ratio == 3)
  }

  @Test func smallerThanTheFirstIsRefused() {
    for size in [0, 4, 7] {
      withStruct(max(size, 4)) { made in
        made.pointee.struct_size = UInt32(size)
        #expect(throws: ClientFailure.self) { try Arguments.read(made, "made") as Grown }
        #expect(throws: ClientFailure.self) { try Arguments.write(Grown(), to: made, "made") }
        #expect(throws: ClientFailure.self) { try Arguments.check(output: made, "made") }
      }
    }
    #expect(throws: ClientFailure.self) {
      try Arguments.check(elementSize: 4, of: Grown.self, "size")
    }
    #expect(throws: ClientFailure.self) {
      try Arguments.check(elementSize: 12, of: Grown.self, "size")
    }
    #expect(throws: Never.self) { try Arguments.check(elementSize: 16, of: Grown.self, "size") }
  }

  @Test func aNewerStructMayOnlyHaveZerosThatAreNotKnown() {
    withStruct(32, tail: 0) { made in
      #expect(throws: Never.self) { try Arguments.read(made, "made") as Grown }
    }
    withStruct(32, tail: 1) { made in
      #expect(throws: ClientFailure.self) { try Arguments.read(made, "made") as Grown }
    }
  }

  @Test func anOutputIsWrittenAsFarAsItGoes() throws {
    for size in [8, 16, 24, 40] {
      withStruct(size) { made in
        let value = Grown(struct_size: 99, lanes: 1, limit: 2, ratio: 5)
        #expect(throws: Never.self) { try Arguments.write(value, to: made, "made") }
        let bytes = UnsafeRawBufferPointer(start: made, count: 64)
        #expect(bytes[min(size, 24)...].allSatisfy { $0 == 0xA5 })
        #expect(made.pointee.struct_size == UInt32(size) && made.pointee.lanes == 1)
        #expect(size < 16 || made.pointee.limit == 2)
        #expect(size < 24 || made.pointee.ratio == 5)
      }
    }
  }
}
