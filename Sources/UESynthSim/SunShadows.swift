import UESynthCore

/// The sun's side of a moment: the outline of each body as the sun sees it, and which bodies can
/// throw a shadow on which. Immutable; any thread.
final class SunShadows: @unchecked Sendable {
  /// More than these are left out for one receiver.
  static let castersPerBody = 24

  let toSun: Point
  let outlines: [SunOutline]
  /// Bodies that may shade body i: `casters[starts[i]..<starts[i + 1]]`.
  let starts: [Int]
  let casters: [Int32]

  init(bodies: [Body], sun: Light) {
    let toSun = -Basis(sun.transform.rotation).forward
    self.toSun = toSun
    outlines = bodies.map { SunOutline($0, toSun: toSun) }

    // Sweep along one axis of the plane across the sun's rays: only discs that overlap there can
    // overlap.
    let (across, along) = perpendiculars(to: toSun)
    struct Disc {
      let body: Int
      let x: Double
      let y: Double
      let height: Double
      let radius: Double
    }
    var discs = bodies.indices.map { index in
      let body = bodies[index]
      return Disc(
        body: index, x: dot(body.center, across), y: dot(body.center, along),
        height: dot(body.center, toSun), radius: body.radius)
    }
    discs.sort { ($0.x - $0.radius, $0.body) < ($1.x - $1.radius, $1.body) }
    var lists = [[Int32]](repeating: [], count: bodies.count)
    func note(_ caster: Disc, on receiver: Disc) {
      guard caster.height + caster.radius > receiver.height - receiver.radius,
        lists[receiver.body].count < Self.castersPerBody
      else { return }
      lists[receiver.body].append(Int32(truncatingIfNeeded: caster.body))
    }
    for i in discs.indices {
      let a = discs[i]
      for j in (i + 1)..<max(discs.count, i + 1) {
        let b = discs[j]
        if b.x - b.radius > a.x + a.radius { break }
        let reach = (a.radius + b.radius) * 1.02
        let dx = a.x - b.x
        let dy = a.y - b.y
        guard dx * dx + dy * dy < reach * reach else { continue }
        note(a, on: b)
        note(b, on: a)
      }
    }
    var starts = [0]
    var casters: [Int32] = []
    for list in lists {
      casters += list
      starts.append(casters.count)
    }
    self.starts = starts
    self.casters = casters
  }
}

/// Two unit vectors at right angles to `direction` and each other.
func perpendiculars(to direction: Point) -> (Point, Point) {
  let helper = abs(direction.z) < 0.9 ? Point(0, 0, 1) : Point(1, 0, 0)
  let first = normalized(cross(helper, direction))
  return (first, cross(direction, first))
}

/// What is linear in a world point: n . P - c.
struct LinearForm {
  var n: Point
  var c: Double

  /// Through `center`, where it is 0.
  init(_ n: Point, through center: Point) {
    self.n = n
    c = dot(n, center)
  }
}

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

@inline(__always)
func minimum(_ p: Point) -> Double { min(p.x, min(p.y, p.z)) }
