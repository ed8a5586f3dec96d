/// Rows of the modalities that are exact per pixel, from what the rays met.
enum ExactRows {
  static func depth(
    _ geometry: ViewGeometry, _ surfaces: UnsafePointer<Int32>, _ w: UnsafePointer<Float>,
    into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: Float.self)
    let far = FramePixels.farDepth
    for i in 0..<geometry.columns {
      let z = 1 / w[i]
      out[i] = surfaces[i] == 0 ? far : z
    }
  }

  static func segmentation(
    _ geometry: ViewGeometry, _ surfaces: UnsafePointer<Int32>,
    into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: UInt32.self)
    geometry.snapshot.bodies.withUnsafeBufferPointer { bodies in
      forEachRun(surfaces, geometry.columns) { surface, columns in
        let id =
          surface < 2 ? UInt32(truncatingIfNeeded: surface) : bodies[geometry.bodyIndex(surface)].id
        (out + columns.lowerBound).update(repeating: id, count: columns.count)
      }
    }
  }

  static func normals(
    _ geometry: ViewGeometry, row: Int, _ surfaces: UnsafePointer<Int32>,
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: Float.self)
    let v = geometry.lens.v(row: row)
    forEachRun(surfaces, geometry.columns) { surface, columns in
      let flat = surface == 0 ? Point.zero : geometry.flatNormal(surface)
      if let flat {
        let x = Float(flat.x)
        let y = Float(flat.y)
        let z = Float(flat.z)
        for i in columns {
          out[3 &* i] = x
          out[3 &* i &+ 1] = y
          out[3 &* i &+ 2] = z
        }
      } else {
        let field = NormalField(geometry, surface)
        let (x, y, z) = (field.x(v), field.y(v), field.z(v))
        for i in columns {
          let (nx, ny, nz) = unit(x(w[i], u[i]), y(w[i], u[i]), z(w[i], u[i]))
          out[3 &* i] = nx
          out[3 &* i &+ 1] = ny
          out[3 &* i &+ 2] = nz
        }
      }
    }
  }
}

/// Calls `body` with each stretch of columns that shows one surface.
@inline(__always)
func forEachRun(
  _ surfaces: UnsafePointer<Int32>, _ columns: Int, _ body: (Int32, Range<Int>) -> Void
) {
  var start = 0
  while start < columns {
    let surface = surfaces[start]
    var end = start &+ 1
    while end < columns && surfaces[end] == surface { end &+= 1 }
    body(surface, start..<end)
    start = end
  }
}

@inline(__always)
func unit(_ x: Float, _ y: Float, _ z: Float) -> (Float, Float, Float) {
  let square = x * x + y * y + z * z
  let k = 1 / (square > 1e-30 ? square : 1e-30).squareRoot()
  return (x * k, y * k, z * k)
}

/// On one row, what is linear in the point that a pixel shows, times w.
struct PointLine {
  let k: Float
  let a: Float
  let b: Float

  @inline(__always)
  init(_ k: Double, _ a: Double, _ b: Double) {
    self.k = Float(k)
    self.a = Float(a)
    self.b = Float(b)
  }

  @inline(__always)
  func callAsFunction(_ w: Float, _ u: Float) -> Float { k * w + (a + b * u) }
}

/// The outward normal of a curved side, times w and not of unit length, is
/// `atOrigin * w + forward + perU * u + perV * v`.
struct NormalField {
  private let atOrigin: Point
  private let forward: Point
  private let perU: Point
  private let perV: Point

  init(_ geometry: ViewGeometry, _ surface: Int32) {
    let body = geometry.snapshot.bodies[geometry.bodyIndex(surface)]
    let cast = geometry.castBody(surface)
    // The gradient of the quadric in the unit space, brought to the world.
    let slope = body.shape == .cone ? 0.5 : 0.0
    func gradient(_ p: Point, _ s: Double) -> Point {
      let z = cast.kind == .ellipsoid ? p.z : slope * s
      return body.world(Point(p.x, p.y, z) / body.half)
    }
    let scale = minimum(body.half)
    atOrigin = gradient(cast.o, cast.s0) * scale
    forward = gradient(cast.d, cast.sd) * scale
    perU = gradient(cast.du, cast.su) * scale
    perV = gradient(cast.dv, cast.sv) * scale
  }

  func x(_ v: Double) -> PointLine { PointLine(atOrigin.x, forward.x + perV.x * v, perU.x) }
  func y(_ v: Double) -> PointLine { PointLine(atOrigin.y, forward.y + perV.y * v, perU.y) }
  func z(_ v: Double) -> PointLine { PointLine(atOrigin.z, forward.z + perV.z * v, perU.z) }
}
