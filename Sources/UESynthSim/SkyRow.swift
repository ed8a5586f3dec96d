/// Shades the sky: a gradient, haze round the sun, its disc, and thin clouds.
enum SkyRow {
  @inline(never)
  static func shade(
    _ air: Atmosphere, _ rays: RayRow, inverseLength: UnsafePointer<Float>,
    u: UnsafePointer<Float>, _ columns: Range<Int>, _ out: ShadeChunks
  ) {
    let (r, g, b) = (out.r, out.g, out.b)
    let start = columns.lowerBound
    for i in columns {
      let k = inverseLength[i]
      let x = rays.x(u[i]) * k
      let y = rays.y(u[i]) * k
      let z = rays.z(u[i]) * k
      var (red, green, blue) = air.sky(x, y, z)

      let facing = x * air.sunX + y * air.sunY + z * air.sunZ
      let disc = clamped((facing - 0.99965) * 6000)
      red += disc * 9 * air.glow.r
      green += disc * 9 * air.glow.g
      blue += disc * 9 * air.glow.b

      // A layer of clouds, seen ever more slantwise towards the horizon.
      let up = z > 0.001 ? z : 0.001
      let stretch = 1 / (up + 0.09)
      let px = x * stretch
      let py = y * stretch
      let wide = Noise.value(px * 0.9 + 3.1, py * 0.9 + 7.7)
      let middle = Noise.value(px * 2.3 + 11.3, py * 2.3 + 5.9)
      let fine = Noise.value(px * 5.9 + 1.7, py * 5.9 + 23.1)
      let density = wide * 0.55 + middle * 0.3 + fine * 0.15
      let thick = clamped((density - 0.47) * 3.6)
      let fade = clamped((up - 0.02) * 7)
      let cover = thick * thick * (3 - 2 * thick) * fade * 0.85
      let light = 1.18 - 0.42 * thick
      red += cover * (air.cloud.r * light - red)
      green += cover * (air.cloud.g * light - green)
      blue += cover * (air.cloud.b * light - blue)

      let o = i &- start
      r[o] = red
      g[o] = green
      b[o] = blue
    }
  }
}
