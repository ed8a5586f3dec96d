/// What a body near the ground takes from the sky's light on the ground round it: the share of a
/// sphere of about its size.
struct GroundHollow {
  let hull: ScreenHull
  private let center: Point
  private let strength: Float
  private let threshold: Float

  /// Nil if it is too high above the ground, below it, or out of sight.
  init?(_ body: Body, _ lens: Lens, rows: Int, store: EdgeStore) {
    let size = body.half
    let radius = cubeRoot(size.x * size.y * size.z) * (body.shape == .cone ? 0.8 : 1.1)
    let height = max(body.center.z, radius * 0.5)
    guard body.center.z > -radius, height < 3 * radius, radius > 0.5 else { return nil }
    let reach = 2.4 * max(radius, height * 0.8)
    let flat = Point(body.center.x, body.center.y, 0)
    let corners = [
      flat + Point(-reach, -reach, 0), flat + Point(reach, -reach, 0),
      flat + Point(-reach, reach, 0), flat + Point(reach, reach, 0),
    ]
    hull = ScreenHull(
      corners, ScreenHull.squareEdges, lens: lens, margin: 1, rows: rows, store: store)
    guard !hull.isEmpty else { return nil }
    center = Point(body.center.x, body.center.y, height)
    strength = Float(0.75 * height * radius * radius)
    let edge = reach * reach + height * height
    threshold = strength / Float(edge * edge.squareRoot())
  }

  @inline(never)
  func close(
    _ openness: UnsafeMutablePointer<Float>, _ ground: Line, u: UnsafePointer<Float>,
    _ columns: Range<Int>, _ lens: Lens, v: Double
  ) {
    let from = lens.origin - center
    let first = lens.forward + lens.perV * v
    let x = PointLine(from.x, first.x, lens.perU.x)
    let y = PointLine(from.y, first.y, lens.perU.y)
    let z = PointLine(from.z, first.z, lens.perU.z)
    for i in columns {
      let w = ground(u[i])
      let dx = x(w, u[i])
      let dy = y(w, u[i])
      let dz = z(w, u[i])
      let t = w * w / (dx * dx + dy * dy + dz * dz)
      let hidden = strength * t * t.squareRoot() - threshold
      let open = 1 - (hidden > 0 ? (hidden < 0.8 ? hidden : 0.8) : 0)
      openness[i] = openness[i] * open
    }
  }
}
