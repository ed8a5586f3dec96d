/// The client's 64-bit request id as it stands on the wire: decimal digits, no leading zero.
enum RequestID {
  /// Digits of the largest id.
  static let maximumDigits = 20

  static func digitCount(_ id: UInt64) -> Int {
    var count = 1
    var power: UInt64 = 10
    while id >= power {
      count &+= 1
      // The largest power of ten that there is: ids beyond have all 20 digits.
      if count == maximumDigits { break }
      power = power &* 10
    }
    return count
  }

  /// Writes `digitCount` characters.
  static func write(_ id: UInt64, digits: Int, into memory: UnsafeMutableRawPointer) {
    var rest = id
    var position = digits &- 1
    while position > 0 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      let tens = pair / 10
      let text = UInt16(truncatingIfNeeded: (pair &- tens &* 10) &<< 8 | tens) &+ 0x3030
      memory.storeBytes(of: text.littleEndian, toByteOffset: position &- 1, as: UInt16.self)
      rest = quotient
      position &-= 2
    }
    if position == 0 {
      memory.storeBytes(of: UInt8(truncatingIfNeeded: rest) &+ 0x30, as: UInt8.self)
    }
  }
}

/// Reads an id back, in any pieces. Whatever is not exactly what `RequestID` writes reads as nil.
struct RequestIDParser {
  private var number: UInt64 = 0
  private var count = 0
  private var isValid = false

  /// An id that lies in one piece.
  @inline(__always)
  static func read(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    // What has fewer digits than this cannot overflow.
    guard bytes.count < RequestID.maximumDigits, let base = bytes.baseAddress, bytes.count > 0
    else {
      var parser = RequestIDParser()
      parser.begin(length: bytes.count)
      parser.feed(bytes)
      return parser.value
    }
    var number: UInt64 = 0
    var highest: UInt8 = 0
    var p = base
    let end = base + bytes.count
    while end - p >= 8 {
      guard let eight = eightDigits(p.loadUnaligned(as: UInt64.self)) else { return nil }
      number = number &* 100_000_000 &+ eight
      p += 8
    }
    while p < end {
      let digit = p.load(as: UInt8.self) &- 0x30
      highest = max(highest, digit)
      number = number &* 10 &+ UInt64(digit)
      p += 1
    }
    let hasZeroInFront = bytes.count > 1 && base.load(as: UInt8.self) == 0x30
    return highest > 9 || hasZeroInFront ? nil : number
  }

  /// What eight characters say, the first one in the lowest byte; nil if one is no digit. Pairs are put
  /// together, then pairs of pairs.
  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64? {
    let text = UInt64(littleEndian: word)
    let digits = text &- 0x3030_3030_3030_3030
    // A byte over "9" grows past 0x7F, one under "0" has become negative.
    let over = text &+ 0x4646_4646_4646_4646
    guard (over | digits) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = digits &* 10 &+ digits &>> 8
    let even = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let odd = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (even &+ odd) &>> 32
  }

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
