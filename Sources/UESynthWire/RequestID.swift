/// The client's 64-bit request id as it stands on the wire: decimal digits, no leading zero.
enum RequestID {
  /// Digits of the largest id.
  static let maximumDigits = 20

  static func digitCount(_ id: UInt64) -> Int {
    var count = 1
    var rest = id / 10
    while rest > 0 {
      count &+= 1
      rest /= 10
    }
    return count
  }

  /// Writes `digitCount` characters.
  static func write(_ id: UInt64, digits: Int, into memory: UnsafeMutableRawPointer) {
    var rest = id
    var position = digits &- 1
    while position >= 0 {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      memory.storeBytes(
        of: UInt8(truncatingIfNeeded: digit) &+ 0x30, toByteOffset: position, as: UInt8.self)
      rest = quotient
      position &-= 1
    }
  }
}

/// Reads an id back, in any pieces. Whatever is not exactly what `RequestID` writes reads as nil.
struct RequestIDParser {
  private var number: UInt64 = 0
  private var count = 0
  private var isValid = false

  /// A new id of `length` characters follows.
  @inline(__always)
  mutating func begin(length: Int) {
    number = 0
    count = 0
    isValid = length > 0 && length <= RequestID.maximumDigits
  }

  @inline(__always)
  mutating func feed(_ bytes: UnsafeRawBufferPointer) {
    guard isValid, let base = bytes.baseAddress else { return }
    var p = base
    let end = base + bytes.count
    while p < end {
      let digit = p.load(as: UInt8.self) &- 0x30
      p += 1
      let (product, overflowed) = number.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
      if digit > 9 || overflowed || carried || (count > 0 && number == 0) {
        isValid = false
        return
      }
      number = sum
      count &+= 1
    }
  }

  /// The id, once all of its characters have been fed.
  var value: UInt64? { isValid ? number : nil }
}
