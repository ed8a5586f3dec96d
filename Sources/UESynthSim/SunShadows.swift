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
