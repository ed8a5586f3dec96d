/// The value of the `grpc-timeout` header (gRPC PROTOCOL-HTTP2): at most 8 digits and a unit.
public enum GRPCTimeout {
  public static let maximumSize = 9

  private static let maximumDigits: Int64 = 99_999_999

  /// Writes the value in the finest unit that it fits in, rounded up, and returns its length. A time
  /// that is not positive becomes the shortest one, 1 ns.
  public static func write(
    nanoseconds: Int64, into memory: UnsafeMutableRawPointer
  ) -> Int {
    var unit = UInt8(ascii: "n")
    var amount = max(nanoseconds, 1)
    let coarser: [5 of (UInt8, Int64)] = [
      (UInt8(ascii: "u"), 1_000), (UInt8(ascii: "m"), 1_000), (UInt8(ascii: "S"), 1_000),
      (UInt8(ascii: "M"), 60), (UInt8(ascii: "H"), 60),
    ]
    for i in coarser.indices where amount > maximumDigits {
      unit = coarser[i].0
      let (quotient, rest) = amount.quotientAndRemainder(dividingBy: coarser[i].1)
      amount = rest > 0 ? quotient &+ 1 : quotient
    }
    let number = UInt64(truncatingIfNeeded: amount)
    let digits = RequestID.digitCount(number)
    RequestID.write(number, digits: digits, into: memory)
    memory.storeBytes(of: unit, toByteOffset: digits, as: UInt8.self)
    return digits &+ 1
  }
}
