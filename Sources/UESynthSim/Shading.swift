/// Colours of one view, row by row. Immutable once made; any thread, each with its own scratch.
final class Shading: @unchecked Sendable {
  private let snapshot: SceneSnapshot
  private let air: Atmosphere
  private let sun: SunShadows
  private let shadows: [(body: Int, hull: ScreenHull)]
  private let hollows: [GroundHollow]
  private let store: EdgeStore

  init(_ geometry: ViewGeometry, _ snapshot: SceneSnapshot) {
    self.snapshot = snapshot
    sun = snapshot.shadows.shadows(of: snapshot.bodies, in: snapshot.sun)
    air = Atmosphere(
      sun: snapshot.sun, sky: snapshot.sky, ground: snapshot.ground, toSun: sun.toSun)
    let lens = geometry.lens
    store = EdgeStore(capacity: min(snapshot.bodies.count * 16, 4096))
    var shadows: [(body: Int, hull: ScreenHull)] = []
    var hollows: [GroundHollow] = []
    if geometry.hasGround, lens.origin.z > 0 {
      for (index, body) in snapshot.bodies.enumerated() {
        if let hull = Self.groundShadow(body, sun.toSun, lens, geometry.rows, store) {
          shadows.append((index, hull))
        }
        if let hollow = GroundHollow(body, lens, rows: geometry.rows, store: store) {
          hollows.append(hollow)
        }
      }
    }
    self.shadows = shadows
    self.hollows = hollows
  }

  private static func groundShadow(
    _ body: Body, _ toSun: Point, _ lens: Lens, _ rows: Int, _ store: EdgeStore
  ) -> ScreenHull? {
    guard toSun.z > 0.02 else { return nil }
    let top = (0..<8).map { body.corner($0).z }.max() ?? 0
    guard top > 0 else { return nil }
    let soft = SunlightPass.softness * top / toSun.z + 1
    var grown = body
    grown.grow(by: soft)
    let corners = (0..<8).map { index in
      let p = grown.corner(index)
      return p - toSun * (p.z / toSun.z)
    }
    let hull = ScreenHull(
      corners, ScreenHull.boxEdges, lens: lens, margin: 2, rows: rows, store: store)
    return hull.isEmpty ? nil : hull
  }

  func shade(row: Int, _ geometry: ViewGeometry, _ scratch: RowScratch) {
    let lens = geometry.lens
    let v = lens.v(row: row)
    let rays = RayRow(lens, v: v)
    let u = scratch.u
    let inverseLength = scratch.inverseLength
    for i in 0..<geometry.columns {
      let x = rays.x(u[i])
      let y = rays.y(u[i])
      let z = rays.z(u[i])
      inverseLength[i] = 1 / (x * x + y * y + z * z).squareRoot()
    }
    let surfaces = scratch.surfaces(row: row)
    let pixels = scratch.pixels(row: row)
    prepareGround(row: row, v: v, geometry, scratch)
    let ground = GroundRow(geometry, air, material: snapshot.ground, v: v)
    snapshot.bodies.withUnsafeBufferPointer { bodies in
      forEachRun(surfaces, geometry.columns) { surface, columns in
        if surface < 2 {
          forEachChunk(columns) { part in
            if surface == 0 {
              SkyRow.shade(air, rays, inverseLength: inverseLength, u: u, part, scratch.chunks)
            } else {
              ground.shade(
                w: scratch.w, u: u, inverseLength: inverseLength, sunlight: scratch.sunlight,
                openness: scratch.openness, part, scratch.chunks)
            }
            Display.encode(
              scratch.chunks, u: u + part.lowerBound, v: v, into: pixels + part.lowerBound,
              count: part.count)
          }
          return
        }
        let index = geometry.bodyIndex(surface)
        let flat = geometry.flatNormal(surface)
        let row = BodyRow(geometry, air, rays: rays, body: bodies[index], flat: flat, v: v)
        forEachChunk(columns) { part in
          prepareBody(surface, index, flat, v: v, part, geometry, scratch)
          row.shade(w: scratch.w, u: u, inverseLength: inverseLength, part, scratch.chunks)
          Display.encode(
            scratch.chunks, u: u + part.lowerBound, v: v, into: pixels + part.lowerBound,
            count: part.count)
        }
      }
    }
  }

  @inline(__always)
  private func forEachChunk(_ columns: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = columns.lowerBound
    while start < columns.upperBound {
      let end = min(start + RowScratch.chunk, columns.upperBound)
      body(start..<end)
      start = end
    }
  }

  /// Fills `sunlight` and `openness` where the row shows the ground.
  private func prepareGround(
    row: Int, v: Double, _ geometry: ViewGeometry, _ scratch: RowScratch
  ) {
    let surfaces = scratch.surfaces(row: row)
    var first = 0
    var end = geometry.columns
    while first < end, surfaces[first] != 1 { first &+= 1 }
    while end > first, surfaces[end &- 1] != 1 { end &-= 1 }
    if first == end { return }
    let seen = first..<end
    scratch.sunlight.update(repeating: 1, count: geometry.columns)
    scratch.openness.update(repeating: 1, count: geometry.columns)
    let line = Line(geometry.ground, v)
    let chunks = scratch.chunks
    for hollow in hollows where hollow.hull.firstRow <= row && hollow.hull.lastRow >= row {
      let (low, high) = hollow.hull.span(v - 0.01, v + 0.01, margin: 1, in: store)
      hollow.close(
        scratch.openness, line, u: scratch.u, geometry.columnRange(low, high).clamped(to: seen),
        geometry.lens, v: v)
    }
    for (body, hull) in shadows where hull.firstRow <= row && hull.lastRow >= row {
      let (low, high) = hull.span(v - 1, v + 1, margin: 2, in: store)
      let pass = SunlightPass(sun.outlines[body], geometry.lens, v: v)
      forEachChunk(geometry.columnRange(low, high).clamped(to: seen)) { part in
        // The ground's own w, also where something hides it.
        for i in part { chunks.distance[i &- part.lowerBound] = line(scratch.u[i]) }
        let shifted = chunks.distance - part.lowerBound
        pass.darken(
          w: shifted, u: scratch.u, part, shift: 0, outside: chunks.texture,
          sunlight: scratch.sunlight)
      }
    }
  }

  private func prepareBody(
    _ surface: Int32, _ index: Int, _ flat: Point?, v: Double, _ columns: Range<Int>,
    _ geometry: ViewGeometry, _ scratch: RowScratch
  ) {
    let at = scratch.chunks
    let start = columns.lowerBound
    var turnedAway = false
    if let flat {
      at.nx.update(repeating: Float(flat.x), count: columns.count)
      at.ny.update(repeating: Float(flat.y), count: columns.count)
      at.nz.update(repeating: Float(flat.z), count: columns.count)
      turnedAway = dot(flat, sun.toSun) <= 0
    } else {
      let field = NormalField(geometry, surface)
      let (x, y, z) = (field.x(v), field.y(v), field.z(v))
      let (w, u) = (scratch.w, scratch.u)
      for i in columns {
        let (nx, ny, nz) = unit(x(w[i], u[i]), y(w[i], u[i]), z(w[i], u[i]))
        at.nx[i &- start] = nx
        at.ny[i &- start] = ny
        at.nz[i &- start] = nz
      }
    }
    at.sunlight.update(repeating: 1, count: columns.count)
    if turnedAway { return }
    for k in sun.starts[index]..<sun.starts[index + 1] {
      let caster = Int(sun.casters[k])
      SunlightPass(sun.outlines[caster], geometry.lens, v: v).darken(
        w: scratch.w, u: scratch.u, columns, shift: start, outside: at.texture,
        sunlight: at.sunlight)
    }
  }
}
