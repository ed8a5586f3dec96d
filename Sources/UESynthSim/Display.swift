/// From linear light to the bytes of a picture: a filmic curve, then gamma 2.
enum Display {
  /// `into` receives red, green, blue, 255 per pixel.
  @inline(never)
  static func encode(_ from: ShadeChunks, into out: UnsafeMutablePointer<UInt32>, count: Int) {
    let (r, g, b) = (from.r, from.g, from.b)
    for i in 0..<count {
      let red = code(r[i])
      let green = code(g[i])
      let blue = code(b[i])
      out[i] = (red & 255) | (green & 255) &<< 8 | (blue & 255) &<< 16 | 0xff00_0000
    }
  }

  /// 0 ... 255 in the low bits. Anything that is not a positive number is 0.
  @inline(__always)
  private static func code(_ linear: Float) -> UInt32 {
    let exposed = linear * 0.72
    let positive = exposed > 0 ? exposed : 0
    let x = positive < 1000 ? positive : 1000
    // K. Narkowicz's fit of the ACES curve.
    let toned = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
    let limited = toned < 1 ? toned : 1
    // 2^23 in front leaves the rounded number in the low bits.
    return (limited.squareRoot() * 255 + 8_388_608).bitPattern
  }
}
