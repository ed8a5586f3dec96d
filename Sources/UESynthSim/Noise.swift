/// Value noise and periodic patterns as plain arithmetic on floats and integers, so that a loop of
/// them becomes vector code.
enum Noise {
  /// 1.5 * 2^23: adding it rounds to a whole number, which is then in the low bits of the sum.
  static let roundingOffset: Float = 12_582_912

  @inline(__always)
  static func rounded(_ x: Float) -> Float { (x + roundingOffset) - roundingOffset }

  /// The distance to the nearest whole number: a triangle wave of period 1 from 0 to 0.5.
  @inline(__always)
  static func triangle(_ x: Float) -> Float { abs(x - rounded(x)) }

  @inline(__always)
  private static func corner(_ a: UInt32, _ b: UInt32) -> Float {
    var h = a ^ b
    h ^= h >> 15
    h = h &* 0x2c1b_3c6d
    h ^= h >> 13
    return Float(bitPattern: (h >> 9) | 0x3f80_0000) - 1
  }

  /// Smooth noise 0...1 over the plane, one value per unit square's corner. |x|, |y| < 4e6.
  @inline(__always)
  static func value(_ x: Float, _ y: Float) -> Float {
    let bx = (x - 0.5) + roundingOffset
    let by = (y - 0.5) + roundingOffset
    let fx = x - (bx - roundingOffset)
    let fy = y - (by - roundingOffset)
    let ax = bx.bitPattern &* 0x9e37_79b1
    let ay = by.bitPattern &* 0x85eb_ca77
    let ax1 = ax &+ 0x9e37_79b1
    let ay1 = ay &+ 0x85eb_ca77
    let sx = fx * fx * (3 - 2 * fx)
    let sy = fy * fy * (3 - 2 * fy)
    let n00 = corner(ax, ay)
    let n10 = corner(ax1, ay)
    let n01 = corner(ax, ay1)
    let n11 = corner(ax1, ay1)
    let top = n00 + sx * (n10 - n00)
    let bottom = n01 + sx * (n11 - n01)
    return top + sy * (bottom - top)
  }

  /// The mean over a width of a square wave, -1 and 1 by turns of length 1.
  @inline(__always)
  static func square(_ x: Float, width: Float) -> Float {
    let half = x * 0.5 - 0.5
    let reach = width * 0.25
    return 2 * (triangle(half - reach) - triangle(half + reach)) / width
  }
}

/// Within 0...1; 0 for what is not a number.
@inline(__always)
func clamped(_ x: Float) -> Float {
  let positive = x > 0 ? x : 0
  return positive < 1 ? positive : 1
}
