/// Anti-aliasing of edges between surfaces: where a pixel's neighbours show another surface, four
/// rays within the pixel decide how much of each it holds, and the colours are those that were
/// already found next to it.
enum EdgeSmoother {
  /// Writes one row of pixels. The rows above and below have been shaded, if they are there.
  @inline(never)
  static func resolve(
    row: Int, _ geometry: ViewGeometry, _ scratch: RowScratch, into line: UnsafeMutableRawPointer
  ) {
    let columns = geometry.columns
    let here = UnsafePointer(scratch.surfaces(row: row))
    let above = row > 0 ? UnsafePointer(scratch.surfaces(row: row - 1)) : here
    let isLast = row + 1 == geometry.rows
    let below = isLast ? here : UnsafePointer(scratch.surfaces(row: row + 1))
    let pixels = UnsafePointer(scratch.pixels(row: row))
    let pixelsAbove = row > 0 ? UnsafePointer(scratch.pixels(row: row - 1)) : pixels
    let pixelsBelow = isLast ? pixels : UnsafePointer(scratch.pixels(row: row + 1))
    let out = line.assumingMemoryBound(to: UInt32.self)
    out.update(from: pixels, count: columns)
    let v = Float(geometry.lens.v(row: row))
    var window = Window()
    let edges = scratch.edges
    mark(edges, here, above, below, columns)
    var i = -1
    while true {
      i &+= 1
      // Two columns at a step while there is nothing.
      while i &+ 1 < columns, edges[i] | edges[i &+ 1] == 0 { i &+= 2 }
      if i >= columns { break }
      if edges[i] == 0 { continue }
      let left = i > 0 ? i &- 1 : i
      let right = i &+ 1 < columns ? i &+ 1 : i
      window.fill(
        (here, above, below), (pixels, pixelsAbove, pixelsBelow), left: left, middle: i,
        right: right)
      var r: UInt32 = 2
      var g: UInt32 = 2
      var b: UInt32 = 2
      var probe = EdgeProbe(geometry, u: scratch.u[i], v: v)
      window.forEach { probe.meet(geometry, $0) }
      for k in 0..<4 {
        let colour = window.colour(of: probe.surfaces[k])
        r &+= colour & 255
        g &+= (colour >> 8) & 255
        b &+= (colour >> 16) & 255
      }
      out[i] = (r >> 2) | (g >> 2) << 8 | (b >> 2) << 16 | 0xff00_0000
    }
  }

  /// Not 0 where a pixel's neighbour to a side, above or below shows another surface.
  @inline(never)
  private static func mark(
    _ edges: UnsafeMutablePointer<Int32>, _ here: UnsafePointer<Int32>,
    _ above: UnsafePointer<Int32>, _ below: UnsafePointer<Int32>, _ columns: Int
  ) {
    for i in 0..<columns { edges[i] = (above[i] ^ here[i]) | (below[i] ^ here[i]) }
    for i in 1..<max(columns, 1) {
      edges[i] = edges[i] | (here[i] ^ here[i &- 1])
    }
    for i in 0..<max(columns &- 1, 0) {
      edges[i] = edges[i] | (here[i] ^ here[i &+ 1])
    }
  }

  /// The pixel and its eight neighbours, those with a common edge first.
  struct Window {
    private(set) var surfaces = (
      Int32(0), Int32(0), Int32(0), Int32(0), Int32(0), Int32(0), Int32(0), Int32(0), Int32(0)
    )
    private var colours = (
      UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0), UInt32(0),
      UInt32(0)
    )

    @inline(__always)
    mutating func fill(
      _ s: (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Int32>),
      _ p: (UnsafePointer<UInt32>, UnsafePointer<UInt32>, UnsafePointer<UInt32>),
      left: Int, middle: Int, right: Int
    ) {
      surfaces = (
        s.0[middle], s.0[left], s.0[right], s.1[middle], s.2[middle], s.1[left], s.1[right],
        s.2[left], s.2[right]
      )
      colours = (
        p.0[middle], p.0[left], p.0[right], p.1[middle], p.2[middle], p.1[left], p.1[right],
        p.2[left], p.2[right]
      )
    }

    @inline(__always)
    func forEach(_ body: (Int32) -> Void) {
      body(surfaces.0)
      body(surfaces.1)
      body(surfaces.2)
      body(surfaces.3)
      body(surfaces.4)
      body(surfaces.5)
      body(surfaces.6)
      body(surfaces.7)
      body(surfaces.8)
    }

    /// The colour of the nearest pixel with that surface, the middle one's if there is none.
    @inline(__always)
    func colour(of surface: Int32) -> UInt32 {
      if surface == surfaces.0 { return colours.0 }
      if surface == surfaces.1 { return colours.1 }
      if surface == surfaces.2 { return colours.2 }
      if surface == surfaces.3 { return colours.3 }
      if surface == surfaces.4 { return colours.4 }
      if surface == surfaces.5 { return colours.5 }
      if surface == surfaces.6 { return colours.6 }
      if surface == surfaces.7 { return colours.7 }
      if surface == surfaces.8 { return colours.8 }
      return colours.0
    }
  }
}
