/// A body as the sun sees it: how far a point is outside the outline, in centimetres.
struct SunOutline {
  enum Kind {
    /// The greatest of |form i| - reach i: box and cylinder.
    case strips
    /// The greatest of form i - reach i: cone.
    case sides
    /// (sqrt(form 0 ^2 + form 1 ^2) - 1) * radius.
    case ellipse
  }

  let kind: Kind
  let forms: [(form: LinearForm, reach: Double)]
  let radius: Double
  /// The ray to the sun leaves the bounding box after the least of: exitReach - exit.
  let exits: (LinearForm, LinearForm, LinearForm)
  let exitReach: Point

  init(_ body: Body, toSun: Point) {
    let local = body.local(toSun)
    let axes = (body.axes.forward, body.axes.right, body.axes.up)
    func steep(_ x: Double) -> Double { abs(x) > 1e-6 ? x : (x < 0 ? -1e-6 : 1e-6) }
    let l = Point(steep(local.x), steep(local.y), steep(local.z))
    exits = (
      LinearForm(axes.0 / l.x, through: body.center),
      LinearForm(axes.1 / l.y, through: body.center),
      LinearForm(axes.2 / l.z, through: body.center)
    )
    exitReach = Point(body.half.x / abs(l.x), body.half.y / abs(l.y), body.half.z / abs(l.z))
    var forms: [(form: LinearForm, reach: Double)] = []
    switch body.shape {
    case .cube, .plane:
      kind = .strips
      radius = 0
      for axis in [axes.0, axes.1, axes.2] {
        let normal = cross(toSun, axis)
        guard length(normal) > 1e-3 else { continue }
        let m = normalized(normal)
        let reach =
          body.half.x * abs(dot(m, axes.0)) + body.half.y * abs(dot(m, axes.1))
          + body.half.z * abs(dot(m, axes.2))
        forms.append((LinearForm(m, through: body.center), reach))
      }
    case .cylinder, .cone:
      let isCone = body.shape == .cone
      kind = isCone ? .sides : .strips
      radius = 0
      let side = cross(toSun, axes.2)
      let first = length(side) > 1e-3 ? normalized(side) : perpendiculars(to: toSun).0
      let second = cross(toSun, first)
      let count = isCone ? 24 : 8
      for k in 0..<count {
        let turn = (isCone ? 2.0 : 1.0) * .pi * Double(k) / Double(count)
        let m = first * cosine(turn) + second * sine(turn)
        let x = body.half.x * dot(m, axes.0)
        let y = body.half.y * dot(m, axes.1)
        let z = body.half.z * dot(m, axes.2)
        let disc = (x * x + y * y).squareRoot()
        let reach = isCone ? max(z, disc - z) : disc + abs(z)
        forms.append((LinearForm(m, through: body.center), reach))
      }
    case .sphere:
      kind = .ellipse
      radius = minimum(body.half)
      let (e1, e2) = perpendiculars(to: normalized(local / body.half))
      forms = [e1, e2].map { (LinearForm(body.world($0 / body.half), through: body.center), 0) }
    }
    self.forms = forms
  }
}
