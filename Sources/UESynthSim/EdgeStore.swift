/// The edges of all outlines of a view: x and y are the heights where the edge begins and ends,
/// z its u at the beginning, w its slope.
final class EdgeStore {
  private var edges: UnsafeMutablePointer<SIMD4<Double>>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    edges = .allocate(capacity: self.capacity)
  }

  deinit { edges.deallocate() }

  @inline(__always)
  subscript(index: Int) -> SIMD4<Double> { edges[index] }

  func append(_ a: Point, _ b: Point) {
    if count == capacity {
      let grown = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: capacity * 2)
      grown.moveInitialize(from: edges, count: count)
      edges.deallocate()
      edges = grown
      capacity *= 2
    }
    let (top, bottom) = a.y <= b.y ? (a, b) : (b, a)
    let height = bottom.y - top.y
    let slope = height > 1e-9 ? (bottom.x - top.x) / height : 0
    (edges + count).initialize(to: SIMD4(top.y, bottom.y, top.x, slope))
    count += 1
    // The other end of a level edge, whose slope says nothing.
    if height <= 1e-9, top.x != bottom.x { append(bottom, bottom) }
  }
}
