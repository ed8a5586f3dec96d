/// Anti-aliasing of edges between surfaces: where a pixel's neighbours show another surface, four
/// rays within the pixel decide how much of each it holds, and the colours are those that were
/// already found next to it.
enum EdgeSmoother {
  /// A rotated grid, relative to the centre of the pixel.
  private static let offsets: [(Double, Double)] = [
    (-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125),
  ]

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
    let v = geometry.lens.v(row: row)
    var window = Window()
    for i in 0..<columns {
      let s = here[i]
      let left = i > 0 ? i &- 1 : i
      let right = i &+ 1 < columns ? i &+ 1 : i
      let same =
        (here[left] ^ s) | (here[right] ^ s) | (above[i] ^ s) | (below[i] ^ s)
      if same == 0 { continue }
      window.fill(
        (here, above, below), (pixels, pixelsAbove, pixelsBelow), left: left, middle: i,
        right: right)
      var r: UInt32 = 2
      var g: UInt32 = 2
      var b: UInt32 = 2
      for (du, dv) in offsets {
        let colour = window.colour(
          of: geometry.probe(Double(scratch.u[i]) + du, v + dv, window))
        r &+= colour & 255
        g &+= (colour >> 8) & 255
        b &+= (colour >> 16) & 255
      }
      out[i] = (r >> 2) | (g >> 2) << 8 | (b >> 2) << 16 | 0xff00_0000
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

extension ViewGeometry {
  /// The surface that one ray meets first among the ground and the bodies of a window.
  @inline(__always)
  func probe(_ u: Double, _ v: Double, _ window: EdgeSmoother.Window) -> Int32 {
    var w = 1 / Double(FramePixels.farDepth)
    var surface: Int32 = 0
    if hasGround {
      let here = ground.x + ground.y * u + ground.z * v
      if here > w {
        w = here
        surface = 1
      }
    }
    var seen: Int32 = -1
    var seen2: Int32 = -1
    var seen3: Int32 = -1
    withUnsafeBytes(of: window.surfaces) { bytes in
      let list = bytes.bindMemory(to: Int32.self)
      for k in 0..<9 {
        let candidate = list[k]
        if candidate < 2 { continue }
        let body = (candidate &- 2) >> 2
        if body == seen || body == seen2 || body == seen3 { continue }
        seen3 = seen2
        seen2 = seen
        seen = body
        probe(visible + Int(visibleIndex[Int(body)]), u, v, &w, &surface)
      }
    }
    return surface
  }

  private func probe(
    _ body: UnsafePointer<CastBody>, _ u: Double, _ v: Double, _ w: inout Double,
    _ surface: inout Int32
  ) {
    let first = body.pointee.firstSurface
    switch body.pointee.kind {
    case .box:
      let p = body.pointee.planes
      let fronts = body.pointee.fronts
      @inline(__always) func at(_ p: Point) -> Double { p.x + p.y * u + p.z * v }
      var entry = at(p.p0)
      var face = first
      var exit = max(at(p.p3), max(at(p.p4), at(p.p5)))
      let w1 = at(p.p1)
      let w2 = at(p.p2)
      if fronts > 1 {
        if w1 < entry { (entry, face) = (w1, first &+ 1) }
      } else if w1 > exit {
        exit = w1
      }
      if fronts > 2 {
        if w2 < entry { (entry, face) = (w2, first &+ 2) }
      } else if w2 > exit {
        exit = w2
      }
      if entry > exit && entry > w { (w, surface) = (entry, face) }
    case .ellipsoid, .capped:
      let d = body.pointee.d + body.pointee.du * u + body.pointee.dv * v
      let o = body.pointee.o
      let k = 1 / body.pointee.c
      if body.pointee.kind == .ellipsoid {
        let b = dot(o, d)
        let disc = b * b - body.pointee.c * dot(d, d)
        guard disc > 0 else { return }
        let entry = (disc.squareRoot() - b) * k
        if entry > w { (w, surface) = (entry, first) }
        return
      }
      let s = body.pointee.sd + body.pointee.su * u + body.pointee.sv * v
      let s0 = body.pointee.s0
      let b = o.x * d.x + o.y * d.y - s0 * s
      let disc = b * b - body.pointee.c * (d.x * d.x + d.y * d.y - s * s)
      if disc > 0 {
        let root = disc.squareRoot()
        for entry in [(root - b) * k, (-root - b) * k]
        where entry > w && abs(o.z * entry + d.z) <= entry {
          (w, surface) = (entry, first)
        }
      }
      guard body.pointee.hasEnd else { return }
      let entry = body.pointee.end.x + body.pointee.end.y * u + body.pointee.end.z * v
      let x = o.x * entry + d.x
      let y = o.y * entry + d.y
      let r = s0 * entry + s
      if entry > w && x * x + y * y <= r * r { (w, surface) = (entry, first &+ 1) }
    }
  }
}
