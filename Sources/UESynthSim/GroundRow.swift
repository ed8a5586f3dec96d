/// Shades the ground: tiles whose pattern is averaged over the footprint of the pixel, noise that
/// fades out before it would flicker, sun and sky as the shadow pass left them, haze.
struct GroundRow {
  let air: Atmosphere
  let rays: RayRow
  private let light: Colour
  private let ambient: Colour
  private let emitted: Colour
  private let originX: Float
  private let originY: Float
  private let texture: Material.Texture
  private let perCell: Float
  /// w of the ground on this row grows by this with u and with v.
  private let wu: Float
  private let wv: Float
  private let ux: Float
  private let uy: Float
  private let vx: Float
  private let vy: Float

  init(_ geometry: ViewGeometry, _ air: Atmosphere, material: Material, v: Double) {
    self.air = air
    let lens = geometry.lens
    rays = RayRow(lens, v: v)
    // The underside, for a camera below the ground, gets only what the ground sends.
    let above = lens.origin.z > 0
    let facing = above ? max(air.sunZ, 0) : 0
    light = material.colour * air.sun * (facing * 0.8)
    ambient = material.colour * (above ? air.skyLight : air.groundLight) * 0.95
    emitted = material.colour * material.emissive
    originX = Float(lens.origin.x)
    originY = Float(lens.origin.y)
    texture = material.texture
    perCell = 1 / material.textureScale
    wu = Float(geometry.ground.y)
    wv = Float(geometry.ground.z)
    ux = Float(lens.perU.x)
    uy = Float(lens.perU.y)
    vx = Float(lens.perV.x)
    vy = Float(lens.perV.y)
  }

  @inline(never)
  func shade(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, inverseLength: UnsafePointer<Float>,
    sunlight: UnsafePointer<Float>, openness: UnsafePointer<Float>, _ columns: Range<Int>,
    _ out: ShadeChunks
  ) {
    pattern(w: w, u: u, columns, out)
    let (r, g, b, tone) = (out.r, out.g, out.b, out.texture)
    let start = columns.lowerBound
    for i in columns {
      let o = i &- start
      let depth = 1 / w[i]
      let k = inverseLength[i]
      let length = depth / k
      let t = tone[o]
      let sun = sunlight[i] * t
      let open = openness[i] * t
      let red = light.r * sun + ambient.r * open + emitted.r
      let green = light.g * sun + ambient.g * open + emitted.g
      let blue = light.b * sun + ambient.b * open + emitted.b
      let far = 1 + length * length * air.haze
      let far2 = far * far
      let clear = 1 / (far2 * far2)
      let (hr, hg, hb) = air.sky(rays.x(u[i]) * k, rays.y(u[i]) * k, 0)
      r[o] = hr + clear * (red - hr)
      g[o] = hg + clear * (green - hg)
      b[o] = hb + clear * (blue - hb)
    }
  }

  /// Writes `out.texture`; uses the rest of `out` as room.
  private func pattern(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, _ columns: Range<Int>, _ out: ShadeChunks
  ) {
    tiles(w: w, u: u, columns, out)
    var least = Float.infinity
    for i in 0..<columns.count { least = out.distance[i] < least ? out.distance[i] : least }
    let grain: Float = texture == .plain ? 0.35 : texture == .noise ? 1.9 : 1
    // Most of a picture is too far away for the finer grains.
    for octave in Self.octaves where least < octave.cell * 1.5 {
      Self.add(octave, strength: grain, count: columns.count, out)
    }
  }

  /// `cell`: the size in centimetres of what vanishes when a pixel's footprint covers it.
  private static let octaves: [(frequency: Float, cell: Float, strength: Float)] = [
    (0.0071, 90, 0.22), (0.083, 12, 0.15), (0.61, 1.6, 0.16),
  ]

  @inline(never)
  private static func add(
    _ octave: (frequency: Float, cell: Float, strength: Float), strength: Float, count: Int,
    _ out: ShadeChunks
  ) {
    let (x, y, foot, tone) = (out.nx, out.ny, out.distance, out.texture)
    let perCell = 1 / octave.cell
    let frequency = octave.frequency
    let amount = octave.strength * strength
    for i in 0..<count {
      let n = Noise.value(x[i] * frequency, y[i] * frequency) - 0.5
      tone[i] = tone[i] + clamped(1.5 - foot[i] * perCell) * amount * n
    }
  }

  /// The place on the ground in `nx` and `ny`, the footprint in `distance`, the tiles in `texture`.
  @inline(never)
  private func tiles(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, _ columns: Range<Int>, _ out: ShadeChunks
  ) {
    let (x, y, foot, tone) = (out.nx, out.ny, out.distance, out.texture)
    let start = columns.lowerBound
    let checker: Float = texture == .checker ? 0.17 : 0
    let stripes: Float = texture == .stripes ? 0.3 : 0
    let depthOfJoints: Float = texture == .checker ? 0.55 : 0
    for i in columns {
      let o = i &- start
      let depth = 1 / w[i]
      let dx = rays.x(u[i])
      let dy = rays.y(u[i])
      let px = originX + dx * depth
      let py = originY + dy * depth
      // How the point moves from one pixel to the next.
      let fx = (abs(ux - dx * wu * depth) + abs(vx - dx * wv * depth)) * depth
      let fy = (abs(uy - dy * wu * depth) + abs(vy - dy * wv * depth)) * depth
      x[o] = px
      y[o] = py
      foot[o] = fx > fy ? fx : fy
      let cx = px * perCell
      let cy = py * perCell
      let widthX = fx * perCell
      let widthY = fy * perCell
      let limitX = (widthX < 512 ? widthX : 512) + 0.001
      let limitY = (widthY < 512 ? widthY : 512) + 0.001
      let sx = Noise.square(cx, width: limitX)
      let sy = Noise.square(cy, width: limitY)
      let jointX = clamped(1 - (Noise.triangle(cx) / (0.006 + limitX * 0.7)))
      let jointY = clamped(1 - (Noise.triangle(cy) / (0.006 + limitY * 0.7)))
      let joint = jointX * (0.012 / (0.012 + limitX)) + jointY * (0.012 / (0.012 + limitY))
      tone[o] = 1 + checker * sx * sy + stripes * sx - depthOfJoints * joint
    }
  }
}
