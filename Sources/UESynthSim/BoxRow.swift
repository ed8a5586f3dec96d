/// A box on one row.
///
/// Flat loops over the pixels of one row: each writes the w and the surface of a body where it is
/// nearer than what is there. `u` is the place of each column. The compiler makes vector code of
/// them, four pixels at a time: no calls, no branches, selects only.
struct BoxRow {
  let p0: Line
  let p1: Line
  let p2: Line
  let p3: Line
  let p4: Line
  let p5: Line
  let surface: Int32

  @inline(__always)
  init(_ body: CastBody, v: Double) {
    p0 = Line(body.planes.p0, v)
    p1 = Line(body.planes.p1, v)
    p2 = Line(body.planes.p2, v)
    p3 = Line(body.planes.p3, v)
    p4 = Line(body.planes.p4, v)
    p5 = Line(body.planes.p5, v)
    surface = body.firstSurface
  }

  /// The ray enters a convex solid where it has entered all half-spaces, at the least w of the
  /// planes towards the camera, unless it has left one by then.
  @inline(__always)
  func hit(_ u: Float, fronts: Int) -> (entry: Float, exit: Float, surface: Int32) {
    var entry = p0(u)
    var face = surface
    let w1 = p1(u)
    let w2 = p2(u)
    if fronts > 1 {
      face = w1 < entry ? surface &+ 1 : face
      entry = w1 < entry ? w1 : entry
    }
    if fronts > 2 {
      face = w2 < entry ? surface &+ 2 : face
      entry = w2 < entry ? w2 : entry
    }
    let w3 = p3(u)
    let w4 = p4(u)
    let w5 = p5(u)
    var exit = w3 > w4 ? w3 : w4
    exit = w5 > exit ? w5 : exit
    if fronts < 3 { exit = w2 > exit ? w2 : exit }
    if fronts < 2 { exit = w1 > exit ? w1 : exit }
    return (entry, exit, face)
  }

  @inline(__always)
  func cast(
    fronts: Int, _ w: UnsafeMutablePointer<Float>, _ surfaces: UnsafeMutablePointer<Int32>,
    _ u: UnsafePointer<Float>, _ columns: Range<Int>
  ) {
    for i in columns {
      let (entry, exit, face) = hit(u[i], fronts: fronts)
      let old = w[i]
      let limit = exit > old ? exit : old
      let seen = entry > limit
      w[i] = seen ? entry : old
      surfaces[i] = seen ? face : surfaces[i]
    }
  }
}
