/// The outline on the screen of a convex set of points: which pixels of a row it may cover.
struct ScreenHull {
  /// Rows of the view, the last one included; empty if the last is before the first.
  private(set) var firstRow = 0
  private(set) var lastRow = -1
  private var left = 0.0
  private var right = 0.0
  /// Into the store of edges; no edges: the whole rectangle.
  private var edges = 0
  private var edgeCount = 0

  static let empty = ScreenHull()

  var isEmpty: Bool { firstRow > lastRow }

  /// The twelve edges of a box whose corners are numbered as in `Body.corner`.
  static let boxEdges: [(Int, Int)] = [
    (0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7),
  ]
  static let squareEdges: [(Int, Int)] = [(0, 1), (1, 3), (3, 2), (2, 0)]

  private init() {}

  /// `margin`: pixels to add all round. `rows` of the view are what will be drawn.
  init(
    _ corners: [Point], _ joins: [(Int, Int)], lens: Lens, margin: Double, rows: Int,
    store: EdgeStore
  ) {
    // Nearer than this, and behind the camera, a corner has no useful place on the screen.
    let near = 0.01
    var points: [Point] = []
    points.reserveCapacity(corners.count)
    var isWhole = true
    for corner in corners {
      let z = dot(corner - lens.origin, lens.forward)
      if z > near { points.append(lens.project(corner)) } else { isWhole = false }
    }
    if !isWhole {
      for (a, b) in joins {
        let za = dot(corners[a] - lens.origin, lens.forward)
        let zb = dot(corners[b] - lens.origin, lens.forward)
        guard (za > near) != (zb > near) else { continue }
        let t = (near - za) / (zb - za)
        points.append(lens.project(corners[a] + (corners[b] - corners[a]) * t))
      }
    }
    guard let first = points.first else { return }
    var low = first
    var high = first
    for point in points {
      low = low.replacing(with: point, where: point .< low)
      high = high.replacing(with: point, where: point .> high)
    }
    left = low.x - margin
    right = high.x + margin
    guard left <= lens.halfWidth, right >= -lens.halfWidth else { return }
    firstRow = bounded(low.y - margin + lens.halfHeight - 0.5, 0, rows)
    lastRow = bounded(high.y + margin + lens.halfHeight + 0.5, -1, rows - 1)
    guard isWhole, !isEmpty else { return }
    edges = store.count
    for (a, b) in joins { store.append(points[a], points[b]) }
    edgeCount = store.count - edges
  }

  /// The columns that the outline covers between the heights `low` and `high`, as u; a little more
  /// than it covers, never less.
  @inline(__always)
  func span(_ low: Double, _ high: Double, margin: Double, in store: EdgeStore) -> (
    Double, Double
  ) {
    if edgeCount == 0 { return (left, right) }
    var a = Double.infinity
    var b = -Double.infinity
    for edge in edges..<(edges &+ edgeCount) {
      let e = store[edge]
      let y0 = e.x > low ? e.x : low
      let y1 = e.y < high ? e.y : high
      if y0 <= y1 {
        let x0 = e.z + e.w * (y0 - e.x)
        let x1 = e.z + e.w * (y1 - e.x)
        let lesser = x0 < x1 ? x0 : x1
        let greater = x0 < x1 ? x1 : x0
        a = lesser < a ? lesser : a
        b = greater > b ? greater : b
      }
    }
    return (a - margin, b + margin)
  }
}

/// An integer from a number that may be anything at all.
@inline(__always)
func bounded(_ x: Double, _ low: Int, _ high: Int) -> Int {
  x > Double(low) ? (x < Double(high) ? Int(x) : high) : low
}
