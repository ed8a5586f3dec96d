/// From linear light to the bytes of a picture: a filmic curve, then gamma 2.
enum Display {
  /// `out` receives red, green, blue, 255 per pixel. (u, v): the place of the pixels, by which
  /// they are dithered, so that slow gradients show no bands.
  @inline(never)
  static func encode(
    _ from: ShadeChunks, u: UnsafePointer<Float>, v: Double,
    into out: UnsafeMutablePointer<UInt32>, count: Int
  ) {
    let (r, g, b) = (from.r, from.g, from.b)
    let line = Float(v * 0.00583715)
    for i in 0..<count {
      // J. Jimenez's interleaved gradient noise, -0.5 ... 0.5.
      let slant = u[i] * 0.06711056 + line
      let fold = (slant - Noise.rounded(slant)) * 52.9829189
      let dither = fold - Noise.rounded(fold)
      let red = code(r[i], dither)
      let green = code(g[i], dither)
      let blue = code(b[i], dither)
      out[i] = (red & 255) | (green & 255) &<< 8 | (blue & 255) &<< 16 | 0xff00_0000
    }
  }

  /// 0 ... 255 in the low bits. Anything that is not a positive number is 0.
  @inline(__always)
  private static func code(_ linear: Float, _ dither: Float) -> UInt32 {
    let exposed = linear * 0.72
    let positive = exposed > 0 ? exposed : 0
    let x = positive < 1000 ? positive : 1000
    // K. Narkowicz's fit of the ACES curve.
    let toned = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
    let level = toned.squareRoot() * 255 + dither * 0.98
    let limited = level > 0 ? (level < 255 ? level : 255) : 0
    // 2^23 in front leaves the rounded number in the low bits.
    return (limited + 8_388_608).bitPattern
  }
}
