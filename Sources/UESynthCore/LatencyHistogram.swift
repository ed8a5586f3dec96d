/// How long something took, many times over: a histogram of nanoseconds whose steps are 16 ns at first
/// and 1/32 of the value beyond, so that a percentile is off by at most 1/64 (8 ns below half a
/// microsecond). Its size is fixed, and recording costs a few nanoseconds.
public struct LatencyHistogram: ~Copyable {
  private static let unitBits: UInt64 = 4
  private static let stepBits = 5
  private static let steps = 1 << stepBits
  /// 31 doublings of 512 ns: 18 minutes. What is longer counts in the last bucket, but for `maximum`.
  private static let bucketCount = 1024

  private var buckets = InlineArray<1024, UInt64>(repeating: 0)
  public private(set) var count: UInt64 = 0
  /// Of all values, in nanoseconds.
  public private(set) var sum: UInt64 = 0
  private var least = Int64.max
  private var greatest: Int64 = 0

  public init() {}

  /// 0 when nothing was recorded.
  public var minimum: Int64 { count > 0 ? least : 0 }
  public var maximum: Int64 { greatest }

  /// Negative durations count as 0.
  public mutating func record(_ nanoseconds: Int64) {
    let value = max(nanoseconds, 0)
    buckets[Self.index(of: value)] &+= 1
    count &+= 1
    sum &+= UInt64(bitPattern: value)
    if value < least { least = value }
    if value > greatest { greatest = value }
  }

  /// Adds the same value several times.
  public mutating func record(_ nanoseconds: Int64, times: UInt64) {
    guard times > 0 else { return }
    let value = max(nanoseconds, 0)
    buckets[Self.index(of: value)] &+= times
    count &+= times
    sum &+= UInt64(bitPattern: value) &* times
    least = min(least, value)
    greatest = max(greatest, value)
  }

  public mutating func add(_ other: borrowing LatencyHistogram) {
    guard other.count > 0 else { return }
    for index in 0..<Self.bucketCount { buckets[index] &+= other.buckets[index] }
    count &+= other.count
    sum &+= other.sum
    least = min(least, other.least)
    greatest = max(greatest, other.greatest)
  }

  /// The value that `percent` of all values do not exceed; 0 when nothing was recorded. 0 is the least
  /// value and 100 the greatest, both exact.
  public func percentile(_ percent: Double) -> Int64 {
    var result: Int64 = 0
    percentiles(percent, 0) { _, value in
      result = value
      return nil
    }
    return result
  }

  /// Several in one pass: `found` gets each value with its number and returns the next percentage, which
  /// must not be smaller, or nil.
  public func percentiles(
    _ first: Double, _ number: Int, _ found: (Int, Int64) -> Double?
  ) {
    var number = number
    var percent = first
    var seen: UInt64 = 0
    var index = -1
    while true {
      let value: Int64
      if count == 0 {
        value = 0
      } else if !(percent > 0) {
        value = least
      } else if percent >= 100 {
        value = greatest
      } else {
        let rank = max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
        while seen < rank, index < Self.bucketCount - 1 {
          index += 1
          seen &+= buckets[index]
        }
        value = min(max(Self.middle(of: max(index, 0)), least), greatest)
      }
      guard let next = found(number, value) else { return }
      percent = next
      number += 1
    }
  }

  private static func index(of nanoseconds: Int64) -> Int {
    let units = UInt64(bitPattern: nanoseconds) >> unitBits
    if units < UInt64(steps) { return Int(truncatingIfNeeded: units) }
    let exponent = 63 &- units.leadingZeroBitCount
    let step = Int(truncatingIfNeeded: units >> UInt64(truncatingIfNeeded: exponent &- stepBits))
    return min(bucketCount - 1, (exponent &- stepBits) &* steps &+ step)
  }

  private static func middle(of index: Int) -> Int64 {
    let group = index / steps
    if group == 0 { return Int64(index) << 4 &+ 8 }
    let low = Int64(steps + index % steps) << Int64(group - 1)
    return low << 4 &+ (Int64(8) << Int64(group - 1))
  }
}
