/// The outward normal of a curved side, times w and not of unit length, is
/// `atOrigin * w + forward + perU * u + perV * v`.
struct NormalField {
  private let atOrigin: Point
  private let forward: Point
  private let perU: Point
  private let perV: Point

  init(_ geometry: ViewGeometry, _ surface: Int32) {
    let body = geometry.snapshot.bodies[geometry.bodyIndex(surface)]
    let cast = geometry.castBody(surface)
    // The gradient of the quadric in the unit space, brought to the world.
    let slope = body.shape == .cone ? 0.5 : 0.0
    func gradient(_ p: Point, _ s: Double) -> Point {
      let z = cast.kind == .ellipsoid ? p.z : slope * s
      return body.world(Point(p.x, p.y, z) / body.half)
    }
    let scale = minimum(body.half)
    atOrigin = gradient(cast.o, cast.s0) * scale
    forward = gradient(cast.d, cast.sd) * scale
    perU = gradient(cast.du, cast.su) * scale
    perV = gradient(cast.dv, cast.sv) * scale
  }

  func x(_ v: Double) -> PointLine { PointLine(atOrigin.x, forward.x + perV.x * v, perU.x) }
  func y(_ v: Double) -> PointLine { PointLine(atOrigin.y, forward.y + perV.y * v, perU.y) }
  func z(_ v: Double) -> PointLine { PointLine(atOrigin.z, forward.z + perV.z * v, perU.z) }
}

@inline(__always)
func unit(_ x: Float, _ y: Float, _ z: Float) -> (Float, Float, Float) {
  let square = x * x + y * y + z * z
  let k = 1 / (square > 1e-30 ? square : 1e-30).squareRoot()
  return (x * k, y * k, z * k)
}
