/// What the rays of one view need of one body in sight.
///
/// A surface number says what a pixel shows: 0 the sky, 1 the ground, 2 + 4 * body + face. The
/// faces of a box are its up to three planes towards the camera; 0 is the curved side of the
/// others, 1 their flat end.
struct CastBody {
  enum Kind { case box, ellipsoid, capped }

  let body: Int
  let kind: Kind
  let hull: ScreenHull
  /// Of the nearest point that it could have.
  let greatestW: Double
  var firstSurface: Int32 { 2 &+ 4 &* Int32(truncatingIfNeeded: body) }

  /// Box: six planes as `Lens.plane`, the `fronts` towards the camera first.
  private(set) var planes = Planes()
  private(set) var fronts = 0
  /// The outward normals of the fronts, or in `.0` that of the flat end.
  private(set) var frontNormals = (Point.zero, Point.zero, Point.zero)

  /// Quadric: origin and ray in the unit space of the shape, where its side is
  /// x^2 + y^2 = s^2 with s = z (ellipsoid: x^2 + y^2 + z^2 = 1, s unused).
  private(set) var o = Point.zero
  private(set) var d = Point.zero
  private(set) var du = Point.zero
  private(set) var dv = Point.zero
  /// s * w = s0 * w + sd + su * u + sv * v.
  private(set) var s0 = 0.0
  private(set) var sd = 0.0
  private(set) var su = 0.0
  private(set) var sv = 0.0
  /// The coefficient of w^2, positive outside the ellipsoid or the whole cone or cylinder.
  private(set) var c = 0.0
  private(set) var end = Point.zero
  private(set) var hasEnd = false

  struct Planes {
    var p0 = Point.zero
    var p1 = Point.zero
    var p2 = Point.zero
    var p3 = Point.zero
    var p4 = Point.zero
    var p5 = Point.zero
  }

  /// Nil if the view cannot show it: out of sight, too far, or round the camera.
  init?(_ body: Body, index: Int, lens: Lens, rows: Int, store: EdgeStore) {
    let toCamera = lens.origin - body.center
    let ahead = -dot(toCamera, lens.forward)
    guard ahead + body.radius > 0, ahead - body.radius < Double(FramePixels.farDepth) else {
      return nil
    }
    let corners = (0..<8).map(body.corner)
    hull = ScreenHull(
      corners, ScreenHull.boxEdges, lens: lens, margin: 1, rows: rows, store: store)
    guard !hull.isEmpty else { return nil }
    let nearest = corners.map { dot($0 - lens.origin, lens.forward) }.min() ?? 0
    greatestW = nearest > 0.01 ? 1 / nearest : .infinity
    self.body = index
    switch body.shape {
    case .cube, .plane:
      kind = .box
      prepareBox(body, toCamera: toCamera, lens: lens)
      guard fronts > 0 else { return nil }
    case .sphere:
      kind = .ellipsoid
      prepareUnitSpace(body, toCamera: toCamera, lens: lens)
      c = dot(o, o) - 1
      guard c > 1e-9 else { return nil }
    case .cylinder, .cone:
      kind = .capped
      prepareUnitSpace(body, toCamera: toCamera, lens: lens)
      guard prepareCapped(body, lens: lens) else { return nil }
    }
  }

  private mutating func prepareBox(_ body: Body, toCamera: Point, lens: Lens) {
    var front: [(plane: Point, normal: Point)] = []
    var back: [Point] = []
    let axes = (body.axes.forward, body.axes.right, body.axes.up)
    for (axis, half) in [(axes.0, body.half.x), (axes.1, body.half.y), (axes.2, body.half.z)] {
      for normal in [axis, -axis] {
        let c = dot(normal, body.center) + half
        let beyond = dot(normal, toCamera) - half
        if beyond > 1e-7 {
          front.append((lens.plane(normal, c), normal))
        } else if beyond < -1e-7 {
          back.append(lens.plane(normal, c))
        } else {
          // The camera lies in the plane: nothing of this side is seen, nothing is beyond it.
          back.append(lens.plane(normal, c + 1e-6))
        }
      }
    }
    fronts = front.count
    guard fronts > 0 else { return }
    let all = front.map(\.plane) + back
    planes = Planes(p0: all[0], p1: all[1], p2: all[2], p3: all[3], p4: all[4], p5: all[5])
    frontNormals = (
      front[0].normal, fronts > 1 ? front[1].normal : .zero, fronts > 2 ? front[2].normal : .zero
    )
  }

  private mutating func prepareUnitSpace(_ body: Body, toCamera: Point, lens: Lens) {
    o = body.local(toCamera) / body.half
    d = body.local(lens.forward) / body.half
    du = body.local(lens.perU) / body.half
    dv = body.local(lens.perV) / body.half
  }

  private mutating func prepareCapped(_ body: Body, lens: Lens) -> Bool {
    // Cylinder: s = 1. Cone: s = (1 - z) / 2, its tip up.
    let slope = body.shape == .cone ? -0.5 : 0
    let base = body.shape == .cone ? 0.5 : 1
    s0 = slope * o.z + base
    sd = slope * d.z
    su = slope * du.z
    sv = slope * dv.z
    c = o.x * o.x + o.y * o.y - s0 * s0
    if abs(o.z) <= 1, c <= 1e-9 { return false }
    if abs(c) < 1e-9 { c = c < 0 ? -1e-9 : 1e-9 }
    if o.z < -1 || (o.z > 1 && body.shape == .cylinder) {
      let normal = o.z > 0 ? body.axes.up : -body.axes.up
      end = lens.plane(normal, dot(normal, body.center) + body.half.z)
      hasEnd = true
      frontNormals.0 = normal
    }
    return true
  }
}
