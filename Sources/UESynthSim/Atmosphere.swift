/// The light of one moment: sun, sky and haze, as single-precision constants for the shading loops.
struct Atmosphere {
  let sunX: Float
  let sunY: Float
  let sunZ: Float
  /// What a white surface that faces the sun sends back.
  let sun: Colour
  /// What reaches a surface from the sky above and from the ground below.
  let skyLight: Colour
  let groundLight: Colour
  let zenith: Colour
  let horizon: Colour
  let glow: Colour
  let cloud: Colour
  /// 1 / (distance where haze sets in)^2.
  let haze: Float = 1 / (50_000 * 50_000)

  init(sun light: Light, sky: Light, ground: Material, toSun: Point) {
    sunX = Float(toSun.x)
    sunY = Float(toSun.y)
    sunZ = Float(toSun.z)
    let elevation = Float(toSun.z)
    let day = Self.ramp(elevation, -0.12, 0.3)
    let power = light.intensity / 10
    sun = light.colour * (power * 1.9)
    let sent = sky.colour * sky.intensity
    let brightness = 0.05 + 0.95 * day
    // A low sun reddens the horizon.
    let warmth = (1 - Self.ramp(elevation, 0.05, 0.4)) * day
    zenith = sent * Colour(0.075, 0.20, 0.52) * brightness
    horizon =
      sent * Colour(0.50 + 0.35 * warmth, 0.66 - 0.08 * warmth, 0.86 - 0.40 * warmth)
      * brightness
    skyLight = sent * Colour(0.34, 0.42, 0.56) * brightness
    groundLight = (sun * (0.16 * max(elevation, 0)) + skyLight * 0.22) * Colour(1, 0.95, 0.88)
    glow = light.colour * power
    cloud = sent * Colour(0.55, 0.58, 0.62) * brightness + sun * (0.20 * day)
  }

  static func ramp(_ x: Float, _ low: Float, _ high: Float) -> Float {
    let t = min(max((x - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
  }

  /// What the sky sends from a unit direction, without clouds and without the sun's disc.
  @inline(__always)
  func sky(_ x: Float, _ y: Float, _ z: Float) -> (Float, Float, Float) {
    let up = z > 0 ? z : 0
    let low = 1 - (up < 1 ? up : 1)
    let square = low * low
    let t = square * square * (0.35 + 0.65 * low)
    let facing = x * sunX + y * sunY + z * sunZ
    let near = facing > 0 ? facing : 0
    let near2 = near * near
    let near8 = near2 * near2 * near2 * near2
    let halo = 0.10 * near8 + 0.16 * near8 * near8 * near8 * near8
    return (
      zenith.r + t * (horizon.r - zenith.r) + halo * glow.r,
      zenith.g + t * (horizon.g - zenith.g) + halo * glow.g,
      zenith.b + t * (horizon.b - zenith.b) + halo * glow.b
    )
  }
}
