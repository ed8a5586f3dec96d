/// A sphere, cylinder or cone on one row; its loops are like those of `BoxRow`.
///
/// w = (line + sqrt(disc)), disc = k0 + k1 * t + k2 * t^2 with t = u - middle.
struct QuadricRow {
  let line: Line
  let middle: Float
  let k0: Float
  let k1: Float
  let k2: Float
  // Capped shapes: z * w = z0 * w + z(u), s * w = s0 * w + s(u), x and y likewise.
  let x0: Float
  let x: Line
  let y0: Float
  let y: Line
  let z0: Float
  let z: Line
  let s0: Float
  let s: Line
  let end: Line
  let surface: Int32

  /// `low` and `high`: the u of the first and last column of interest, on return narrowed to
  /// where an ellipsoid is.
  @inline(__always)
  init(_ body: CastBody, v: Double, low: inout Double, high: inout Double) {
    let d = body.d + body.dv * v
    let du = body.du
    let isCapped = body.kind == .capped
    let weight = Point(1, 1, isCapped ? 0 : 1)
    let sd = body.sd + body.sv * v
    let ratio = isCapped ? 1.0 : 0.0
    let o = body.o * weight
    let b0 = dot(o, d) - ratio * body.s0 * sd
    let b1 = dot(o, du) - ratio * body.s0 * body.su
    let a0 = dot(d * weight, d) - ratio * sd * sd
    let a1 = dot(d * weight, du) - ratio * sd * body.su
    let a2 = dot(du * weight, du) - ratio * body.su * body.su
    let k = 1 / body.c
    line = Line(-b0 * k, -b1 * k)
    // (b^2 - c a) / c^2, as a polynomial of u.
    let q0 = (b0 * k) * (b0 * k) - a0 * k
    let q1 = 2 * ((b0 * k) * (b1 * k) - a1 * k)
    let q2 = (b1 * k) * (b1 * k) - a2 * k
    // About the middle of where it is positive, so that the edge is exact in single precision.
    var centre = (low + high) / 2
    if q2 < 0 {
      let apex = -q1 / (2 * q2)
      let reach = q0 / -q2 + apex * apex
      if apex >= low, apex <= high { centre = apex }
      if !isCapped {
        let radius = reach > 0 ? reach.squareRoot() : -2
        low = max(low, apex - radius - 1)
        high = min(high, apex + radius + 1)
      }
    }
    let m = Double(Float(centre))
    middle = Float(centre)
    k0 = Float(q0 + m * (q1 + m * q2))
    k1 = Float(q1 + 2 * m * q2)
    k2 = Float(q2)
    x0 = Float(body.o.x)
    x = Line(d.x, du.x)
    y0 = Float(body.o.y)
    y = Line(d.y, du.y)
    z0 = Float(body.o.z)
    z = Line(d.z, du.z)
    s0 = Float(body.s0)
    s = Line(sd, body.su)
    end = Line(body.end, v)
    surface = body.firstSurface
  }

  @inline(__always)
  func ellipsoid(_ u: Float) -> (w: Float, disc: Float) {
    let t = u - middle
    let disc = k0 + t * (k1 + t * k2)
    let root = (disc > 0 ? disc : 0).squareRoot()
    return (line(u) + root, disc)
  }

  @inline(__always)
  func capped(_ u: Float, hasEnd: Bool) -> (w: Float, surface: Int32) {
    let t = u - middle
    let disc = k0 + t * (k1 + t * k2)
    let root = (disc > 0 ? disc : 0).squareRoot()
    let base = line(u)
    let near = base + root
    let far = base - root
    let zu = z(u)
    let nearZ = abs(z0 * near + zu)
    let farZ = abs(z0 * far + zu)
    let seenNear = disc > 0 ? near : 0
    let seenFar = disc > 0 ? far : 0
    let wNear = nearZ <= near ? seenNear : 0
    let wFar = farZ <= far ? seenFar : 0
    let side = wNear > wFar ? wNear : wFar
    if !hasEnd { return (side, surface) }
    let we = end(u)
    let ex = x0 * we + x(u)
    let ey = y0 * we + y(u)
    let es = s0 * we + s(u)
    let wEnd = ex * ex + ey * ey <= es * es ? we : 0
    return (wEnd > side ? wEnd : side, wEnd > side ? surface &+ 1 : surface)
  }

  @inline(__always)
  func castEllipsoid(
    _ w: UnsafeMutablePointer<Float>, _ surfaces: UnsafeMutablePointer<Int32>,
    _ u: UnsafePointer<Float>, _ columns: Range<Int>
  ) {
    for i in columns {
      let (entry, disc) = ellipsoid(u[i])
      let old = w[i]
      let nearer = entry > old ? entry : old
      let new = disc > 0 ? nearer : old
      surfaces[i] = new > old ? surface : surfaces[i]
      w[i] = new
    }
  }

  @inline(__always)
  func castCapped(
    hasEnd: Bool, _ w: UnsafeMutablePointer<Float>, _ surfaces: UnsafeMutablePointer<Int32>,
    _ u: UnsafePointer<Float>, _ columns: Range<Int>
  ) {
    for i in columns {
      let (entry, face) = capped(u[i], hasEnd: hasEnd)
      let old = w[i]
      surfaces[i] = entry > old ? face : surfaces[i]
      w[i] = entry > old ? entry : old
    }
  }
}
