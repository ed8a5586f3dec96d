/// Shades a stretch of one surface of a body on one row: sun with shadows, sky, a highlight, the
/// sky's reflection, haze.
struct BodyRow {
  private let air: Atmosphere
  private let rays: RayRow
  private let material: Material
  private let originZ: Float
  private let perHeight: Float
  private let footprint: Float
  private let localX: PointLine
  private let localY: PointLine
  private let localZ: PointLine
  /// 1 for the axis that the surface is square to: the pattern does not vary along it.
  private let fixed: (x: Float, y: Float, z: Float)

  init(
    _ geometry: ViewGeometry, _ air: Atmosphere, rays: RayRow, body: Body, flat: Point?, v: Double
  ) {
    let lens = geometry.lens
    self.air = air
    self.rays = rays
    material = body.material
    originZ = Float(lens.origin.z)
    perHeight = Float(1 / (0.8 * max(minimum(body.half), 1)))
    footprint = Float(1 / lens.focal) / material.textureScale
    let normal = flat.map(body.local) ?? .zero
    fixed = (
      abs(normal.x) > 0.5 ? 1 : 0, abs(normal.y) > 0.5 ? 1 : 0, abs(normal.z) > 0.5 ? 1 : 0
    )
    let cells = 1 / Double(material.textureScale)
    let from = body.local(lens.origin - body.center) * cells
    let first = body.local(lens.forward + lens.perV * v) * cells
    let perU = body.local(lens.perU) * cells
    localX = PointLine(from.x, first.x, perU.x)
    localY = PointLine(from.y, first.y, perU.y)
    localZ = PointLine(from.z, first.z, perU.z)
  }

  /// `at.nx, ny, nz, sunlight` are given; `at.texture, r, g, b` are written.
  func shade(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, inverseLength: UnsafePointer<Float>,
    _ columns: Range<Int>, _ at: ShadeChunks
  ) {
    pattern(w: w, u: u, columns, into: at.texture)
    light(w: w, u: u, inverseLength: inverseLength, columns, at)
  }

  @inline(never)
  private func light(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, inverseLength: UnsafePointer<Float>,
    _ columns: Range<Int>, _ at: ShadeChunks
  ) {
    let (nx, ny, nz) = (at.nx, at.ny, at.nz)
    let (r, g, b) = (at.r, at.g, at.b)
    let (sunlight, texture) = (at.sunlight, at.texture)
    let start = columns.lowerBound
    let colour = material.colour
    let diffuse = 1 - material.metallic
    let baseR = 0.04 + material.metallic * (colour.r - 0.04)
    let baseG = 0.04 + material.metallic * (colour.g - 0.04)
    let baseB = 0.04 + material.metallic * (colour.b - 0.04)
    let rough = 0.12 + 0.88 * material.roughness
    let a2 = rough * rough * rough * rough
    let polish = (1 - material.roughness) * (1 - material.roughness)
    let glow = material.emissive
    for i in columns {
      let o = i &- start
      let k = inverseLength[i]
      let dx = rays.x(u[i])
      let dy = rays.y(u[i])
      let dz = rays.z(u[i])
      let depth = 1 / w[i]
      let (vx, vy, vz) = (-dx * k, -dy * k, -dz * k)
      let facing = nx[o] * air.sunX + ny[o] * air.sunY + nz[o] * air.sunZ
      // The terminator is where shadows of the body itself would begin.
      let sun = (facing > 0 ? facing : 0) * sunlight[o]
      let seen = nx[o] * vx + ny[o] * vy + nz[o] * vz
      let view = clamped(seen)

      let up = nz[o] * 0.5 + 0.5
      let height = (originZ + dz * depth) * perHeight
      let lift = clamped(0.35 + 0.65 * height)
      let open = lift + (1 - lift) * clamped(nz[o])
      let ambR = air.groundLight.r + up * (air.skyLight.r - air.groundLight.r)
      let ambG = air.groundLight.g + up * (air.skyLight.g - air.groundLight.g)
      let ambB = air.groundLight.b + up * (air.skyLight.b - air.groundLight.b)

      let hx = vx + air.sunX
      let hy = vy + air.sunY
      let hz = vz + air.sunZ
      let h2 = hx * hx + hy * hy + hz * hz
      let nh = nx[o] * hx + ny[o] * hy + nz[o] * hz
      let cosine2 = clamped(nh * nh / (h2 > 1e-6 ? h2 : 1e-6))
      let lobe = cosine2 * (a2 - 1) + 1
      let highlight = (nh > 0 ? sun : 0) * a2 / (lobe * lobe * (0.35 + 2.2 * view))

      let graze = 1 - view
      let graze2 = graze * graze
      let fresnel = graze2 * graze2 * graze
      // Where the reflected ray goes decides between ground and sky.
      let reflected = 2 * seen * nz[o] - vz
      let high = clamped(reflected * 3 + 0.5)
      let t = clamped(reflected)
      let skyR = air.horizon.r + t * (air.zenith.r - air.horizon.r)
      let skyG = air.horizon.g + t * (air.zenith.g - air.horizon.g)
      let skyB = air.horizon.b + t * (air.zenith.b - air.horizon.b)
      let mirror = open * (polish + material.metallic * (1 - polish))
      let tone = texture[o]

      let specR = baseR + (1 - baseR) * fresnel * polish
      let specG = baseG + (1 - baseG) * fresnel * polish
      let specB = baseB + (1 - baseB) * fresnel * polish
      let envR = air.groundLight.r + high * (skyR - air.groundLight.r)
      let envG = air.groundLight.g + high * (skyG - air.groundLight.g)
      let envB = air.groundLight.b + high * (skyB - air.groundLight.b)
      let litR = colour.r * tone * (diffuse * (air.sun.r * sun + ambR * open) + glow)
      let litG = colour.g * tone * (diffuse * (air.sun.g * sun + ambG * open) + glow)
      let litB = colour.b * tone * (diffuse * (air.sun.b * sun + ambB * open) + glow)
      let red = litR + specR * (air.sun.r * highlight + envR * mirror)
      let green = litG + specG * (air.sun.g * highlight + envG * mirror)
      let blue = litB + specB * (air.sun.b * highlight + envB * mirror)

      let length = depth / k
      let far = 1 + length * length * air.haze
      let far2 = far * far
      let clear = 1 / (far2 * far2)
      r[o] = air.horizon.r + clear * (red - air.horizon.r)
      g[o] = air.horizon.g + clear * (green - air.horizon.g)
      b[o] = air.horizon.b + clear * (blue - air.horizon.b)
    }
  }

  @inline(never)
  private func pattern(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, _ columns: Range<Int>,
    into tone: UnsafeMutablePointer<Float>
  ) {
    let start = columns.lowerBound
    switch material.texture {
    case .plain:
      tone.update(repeating: 1, count: columns.count)
    case .checker:
      for i in columns {
        let depth = 1 / w[i]
        let width = footprint * depth * 1.4
        let limit = (width < 512 ? width : 512) + 0.001
        let x = Noise.square(countable(localX(w[i], u[i]) * depth), width: limit)
        let y = Noise.square(countable(localY(w[i], u[i]) * depth), width: limit)
        let z = Noise.square(countable(localZ(w[i], u[i]) * depth), width: limit)
        let product =
          (fixed.x + (1 - fixed.x) * x) * (fixed.y + (1 - fixed.y) * y)
          * (fixed.z + (1 - fixed.z) * z)
        tone[i &- start] = 0.68 + 0.32 * product
      }
    case .stripes:
      for i in columns {
        let depth = 1 / w[i]
        let width = footprint * depth * 1.4
        let limit = (width < 512 ? width : 512) + 0.001
        let z = Noise.square(countable(localZ(w[i], u[i]) * depth), width: limit)
        tone[i &- start] = 0.7 + 0.3 * (fixed.z + (1 - fixed.z) * z)
      }
    case .noise:
      // Two planes of noise multiplied: solid enough, at two thirds of the cost.
      for i in columns {
        let depth = 1 / w[i]
        let width = footprint * depth
        let x = countable(localX(w[i], u[i]) * depth)
        let y = countable(localY(w[i], u[i]) * depth)
        let z = countable(localZ(w[i], u[i]) * depth)
        let coarse = Noise.value(x * 1.7 + z * 0.6, y * 1.7 - z * 1.1)
        let fine = Noise.value(x * 7.3 - z * 4.1, y * 7.3 + z * 5.2 + 9.5)
        let sharp = clamped(1.4 - width * 7)
        tone[i &- start] = 0.72 + 0.42 * (coarse - 0.4) + 0.24 * sharp * (fine - 0.5)
      }
    }
  }

  /// Within what the patterns can count.
  @inline(__always)
  private func countable(_ x: Float) -> Float {
    let low = x > -200_000 ? x : -200_000
    return low < 200_000 ? low : 200_000
  }
}
