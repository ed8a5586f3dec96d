/// The client's 64-bit request id as it stands on the wire: decimal digits, no leading zero.
enum RequestID {
  /// Digits of the largest id.
  static let maximumDigits = 20

  static func digitCount(_ id: UInt64) -> Int {
    // log10 of 2 is 1233/4096, near enough to be off by at most one.
    let bits = 64 &- (id | 1).leadingZeroBitCount
    let count = (bits &* 1233) &>> 12
    return id >= power(count) ? count &+ 1 : max(count, 1)
  }

  /// 10 to the power of 0 to 19.
  @inline(__always)
  fileprivate static func power(_ exponent: Int) -> UInt64 {
    exponent >= 0 && exponent < powers.count ? powers[exponent] : .max
  }

  private static let powers: InlineArray<20, UInt64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]

  /// Writes `digitCount` characters.
  static func write(_ id: UInt64, digits: Int, into memory: UnsafeMutableRawPointer) {
    var rest = id
    var position = digits
    if position > 8, position <= 16 {
      // The usual length: what the first eight characters have too many, the last eight replace.
      let (front, back) = id.quotientAndRemainder(dividingBy: 100_000_000)
      let head = text(front) &>> UInt64(truncatingIfNeeded: (16 &- position) &* 8)
      memory.storeBytes(of: head.littleEndian, as: UInt64.self)
      memory.storeBytes(
        of: text(back).littleEndian, toByteOffset: position &- 8, as: UInt64.self)
      return
    }
    while position > 8 {
      let (quotient, eight) = rest.quotientAndRemainder(dividingBy: 100_000_000)
      position &-= 8
      memory.storeBytes(of: text(eight).littleEndian, toByteOffset: position, as: UInt64.self)
      rest = quotient
    }
    // Of the eight characters of what is left, the last `position`, the first one in the lowest byte.
    var left = text(rest) &>> UInt64(truncatingIfNeeded: (8 &- position) &* 8)
    var place = 0
    if position & 8 != 0 {
      memory.storeBytes(of: left.littleEndian, as: UInt64.self)
      return
    }
    if position & 4 != 0 {
      memory.storeBytes(of: UInt32(truncatingIfNeeded: left).littleEndian, as: UInt32.self)
      left &>>= 32
      place = 4
    }
    if position & 2 != 0 {
      memory.storeBytes(
        of: UInt16(truncatingIfNeeded: left).littleEndian, toByteOffset: place, as: UInt16.self)
      left &>>= 16
      place &+= 2
    }
    if position & 1 != 0 {
      memory.storeBytes(of: UInt8(truncatingIfNeeded: left), toByteOffset: place, as: UInt8.self)
    }
  }

  /// A number of at most eight digits as eight characters, the first one in the lowest byte: the number is
  /// parted into halves, these into halves, and these again.
  @inline(__always)
  private static func text(_ number: UInt64) -> UInt64 {
    // n / 10^k by multiplication, exact for what comes here; then low half + 2^w * high remainder.
    let high = number / 10_000
    let fours = high | (number &- high &* 10_000) &<< 32
    let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
    let tens = (pairs &* 103) &>> 10 & 0x000F_000F_000F_000F
    return (tens | (pairs &- tens &* 10) &<< 8) &+ 0x3030_3030_3030_3030
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
    if p > base, p < end {
      // The last eight characters again, with zeros for those that are known.
      let left = end - p
      let known = UInt64.max &>> UInt64(truncatingIfNeeded: left &* 8)
      let word = UInt64(littleEndian: (end - 8).loadUnaligned(as: UInt64.self))
      guard let rest = eightDigits((word & ~known | 0x3030_3030_3030_3030 & known).littleEndian)
      else { return nil }
      number = number &* RequestID.power(left) &+ rest
      p = end
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
