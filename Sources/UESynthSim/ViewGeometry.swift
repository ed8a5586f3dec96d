/// All that the rays of a view can meet, nearest first, and the outlines of it. Immutable once
/// made; any thread.
final class ViewGeometry: @unchecked Sendable {
  let snapshot: SceneSnapshot
  let lens: Lens
  /// What is drawn: the picture without what lies beyond the view.
  let columns: Int
  let rows: Int
  let visible: UnsafeMutablePointer<CastBody>
  let visibleCount: Int
  /// By number of the body: its index in `visible`, or -1.
  let visibleIndex: UnsafeMutablePointer<Int32>
  let ground: Point
  let hasGround: Bool
  let store: EdgeStore

  init(_ view: CameraView) {
    snapshot = view.snapshot
    lens = Lens(pose: view.pose, width: view.viewWidth, height: view.viewHeight)
    columns = min(view.width, view.viewWidth)
    rows = min(view.height, view.viewHeight)
    let bodies = snapshot.bodies
    store = EdgeStore(capacity: min(bodies.count * 16, 4096))
    var found: [CastBody] = []
    for index in bodies.indices {
      if let body = CastBody(bodies[index], index: index, lens: lens, rows: rows, store: store) {
        found.append(body)
      }
    }
    found.sort { ($0.greatestW, $1.body) > ($1.greatestW, $0.body) }
    visibleCount = found.count
    visible = .allocate(capacity: max(found.count, 1))
    visibleIndex = .allocate(capacity: max(bodies.count, 1))
    visibleIndex.initialize(repeating: -1, count: max(bodies.count, 1))
    for (index, body) in found.enumerated() {
      (visible + index).initialize(to: body)
      visibleIndex[body.body] = Int32(truncatingIfNeeded: index)
    }
    hasGround = abs(lens.origin.z) > 1e-4
    ground = hasGround ? lens.plane(Point(0, 0, 1), 0) : .zero
  }

  deinit {
    visible.deallocate()
    visibleIndex.deallocate()
  }

  /// The outward normal of a flat surface, nil for a curved one.
  func flatNormal(_ surface: Int32) -> Point? {
    if surface == 1 { return Point(0, 0, lens.origin.z > 0 ? 1 : -1) }
    let body = castBody(surface)
    let face = (surface &- 2) & 3
    switch body.kind {
    case .box:
      return face == 0
        ? body.frontNormals.0 : face == 1 ? body.frontNormals.1 : body.frontNormals.2
    case .ellipsoid: return nil
    case .capped: return face == 1 ? body.frontNormals.0 : nil
    }
  }

  /// Of a surface number of at least 2.
  @inline(__always)
  func castBody(_ surface: Int32) -> CastBody {
    visible[Int(visibleIndex[bodyIndex(surface)])]
  }

  @inline(__always)
  func bodyIndex(_ surface: Int32) -> Int { Int((surface &- 2) >> 2) }

  /// Fills `w` and `surfaces` for one row. `candidates` are indexes of `visible` in order.
  func cast(
    row: Int, candidates: UnsafePointer<Int32>, count: Int, u: UnsafePointer<Float>,
    w: UnsafeMutablePointer<Float>, surfaces: UnsafeMutablePointer<Int32>
  ) {
    let v = lens.v(row: row)
    let far = 1 / FramePixels.farDepth
    castGround(v, far, u, w, surfaces)
    for k in 0..<count {
      let body = visible + Int(candidates[k])
      // Nearest first: once the row is full of what is nearer, the rest is hidden.
      if k & 31 == 31, isCovered(w, body.pointee.greatestW) { break }
      if body.pointee.hull.firstRow > row || body.pointee.hull.lastRow < row { continue }
      var (low, high) = body.pointee.hull.span(v - 0.01, v + 0.01, margin: 1, in: store)
      switch body.pointee.kind {
      case .box:
        let range = columnRange(low, high)
        if range.isEmpty { continue }
        let line = BoxRow(body.pointee, v: v)
        switch body.pointee.fronts {
        case 1: line.cast(fronts: 1, w, surfaces, u, range)
        case 2: line.cast(fronts: 2, w, surfaces, u, range)
        default: line.cast(fronts: 3, w, surfaces, u, range)
        }
      case .ellipsoid:
        let line = QuadricRow(body.pointee, v: v, low: &low, high: &high)
        line.castEllipsoid(w, surfaces, u, columnRange(low, high))
      case .capped:
        let line = QuadricRow(body.pointee, v: v, low: &low, high: &high)
        let range = columnRange(low, high)
        if body.pointee.hasEnd {
          line.castCapped(hasEnd: true, w, surfaces, u, range)
        } else {
          line.castCapped(hasEnd: false, w, surfaces, u, range)
        }
      }
    }
  }

  private func isCovered(_ w: UnsafePointer<Float>, _ greatest: Double) -> Bool {
    var least = Float.infinity
    for i in 0..<columns { least = w[i] < least ? w[i] : least }
    return Double(least) > greatest
  }

  @inline(__always)
  func columnRange(_ low: Double, _ high: Double) -> Range<Int> {
    let first = bounded(low + lens.halfWidth - 0.5, 0, columns)
    let last = bounded(high + lens.halfWidth + 0.5, 0, columns)
    return first < last ? first..<last : 0..<0
  }

  private func castGround(
    _ v: Double, _ far: Float, _ u: UnsafePointer<Float>, _ w: UnsafeMutablePointer<Float>,
    _ surfaces: UnsafeMutablePointer<Int32>
  ) {
    guard hasGround else {
      w.update(repeating: far, count: columns)
      surfaces.update(repeating: 0, count: columns)
      return
    }
    let line = Line(ground, v)
    for i in 0..<columns {
      let new = line(u[i])
      w[i] = new > far ? new : far
      surfaces[i] = new > far ? 1 : 0
    }
  }
}
