/// Reads base-128 numbers that may arrive in pieces.
struct VarintReader {
  enum Outcome {
    case incomplete
    case number(UInt64)
    case tooLong
  }

  private var value: UInt64 = 0
  private var shift: UInt64 = 0

  var isMidNumber: Bool { shift > 0 }

  /// Takes bytes up to `limit`, or to the end of the number.
  @inline(__always)
  mutating func read(
    _ p: inout UnsafeRawPointer, _ limit: UnsafeRawPointer, maximumBytes: UInt64
  ) -> Outcome {
    while p < limit {
      let byte = p.load(as: UInt8.self)
      p += 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        let number = value
        self = VarintReader()
        return .number(number)
      }
      shift &+= 7
      if shift >= maximumBytes &* 7 { return .tooLong }
    }
    return .incomplete
  }
}
