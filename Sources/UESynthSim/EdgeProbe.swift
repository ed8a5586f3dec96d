/// Four rays within one pixel, cast together.
struct EdgeProbe {
  private typealias Four = SIMD4<Float>

  /// A rotated grid, relative to the centre of the pixel.
  private static let offsetU = Four(-0.125, 0.375, 0.125, -0.375)
  private static let offsetV = Four(-0.375, -0.125, 0.375, 0.125)

  private let u: SIMD4<Float>
  private let v: SIMD4<Float>
  private var w = SIMD4<Float>(repeating: 1 / FramePixels.farDepth)
  private(set) var surfaces = SIMD4<Int32>.zero
  private var last = Int32(-1)
  private var lastButOne = Int32(-1)

  /// Begins with the sky and the ground.
  @inline(__always)
  init(_ geometry: ViewGeometry, u: Float, v: Float) {
    self.u = Four(repeating: u) + Self.offsetU
    self.v = Four(repeating: v) + Self.offsetV
    if geometry.hasGround { keep(plane(geometry.ground), 1) }
  }

  /// Adds the body that `surface` belongs to.
  @inline(__always)
  mutating func meet(_ geometry: ViewGeometry, _ surface: Int32) {
    if surface < 2 { return }
    let body = (surface &- 2) >> 2
    if body == last || body == lastButOne { return }
    lastButOne = last
    last = body
    let cast = geometry.visible + Int(geometry.visibleIndex[Int(body)])
    switch cast.pointee.kind {
    case .box: meetBox(cast)
    case .ellipsoid: meetEllipsoid(cast)
    case .capped: meetCapped(cast)
    }
  }

  @inline(__always)
  private mutating func keep(_ entry: SIMD4<Float>, _ surface: Int32) {
    keep(entry, SIMD4(repeating: surface))
  }

  @inline(__always)
  private mutating func keep(_ entry: SIMD4<Float>, _ surface: SIMD4<Int32>) {
    let nearer = entry .> w
    w.replace(with: entry, where: nearer)
    surfaces.replace(with: surface, where: nearer)
  }

  @inline(__always)
  private func plane(_ p: Point) -> SIMD4<Float> { linear(p.x, p.y, p.z) }

  @inline(__always)
  private func linear(_ a: Double, _ perU: Double, _ perV: Double) -> SIMD4<Float> {
    Four(repeating: Float(a)) + u * Float(perU) + v * Float(perV)
  }

  @inline(__always)
  private func least(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: b .< a)
  }

  @inline(__always)
  private func greatest(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: b .> a)
  }

  private mutating func meetBox(_ body: UnsafePointer<CastBody>) {
    let first = body.pointee.firstSurface
    let fronts = body.pointee.fronts
    var entry = plane(body.pointee.planes.p0)
    var exit = greatest(plane(body.pointee.planes.p3), plane(body.pointee.planes.p4))
    exit = greatest(exit, plane(body.pointee.planes.p5))
    var face = SIMD4<Int32>(repeating: first)
    let w1 = plane(body.pointee.planes.p1)
    let w2 = plane(body.pointee.planes.p2)
    if fronts > 1 {
      face.replace(with: first &+ 1, where: w1 .< entry)
      entry = least(entry, w1)
    } else {
      exit = greatest(exit, w1)
    }
    if fronts > 2 {
      face.replace(with: first &+ 2, where: w2 .< entry)
      entry = least(entry, w2)
    } else {
      exit = greatest(exit, w2)
    }
    entry.replace(with: 0, where: exit .>= entry)
    keep(entry, face)
  }

  private mutating func meetEllipsoid(_ body: UnsafePointer<CastBody>) {
    let (o, d, du, dv) = (body.pointee.o, body.pointee.d, body.pointee.du, body.pointee.dv)
    let k = 1 / body.pointee.c
    let b = linear(dot(o, d) * k, dot(o, du) * k, dot(o, dv) * k)
    let x = linear(d.x, du.x, dv.x)
    let y = linear(d.y, du.y, dv.y)
    let z = linear(d.z, du.z, dv.z)
    let disc = b * b - (x * x + y * y + z * z) * Float(k)
    var entry = greatest(disc, .zero).squareRoot() - b
    entry.replace(with: 0, where: disc .<= 0)
    keep(entry, body.pointee.firstSurface)
  }

  /// One of the two points where a ray meets the side, if that is between the ends.
  @inline(__always)
  private mutating func keepSide(
    _ entry: SIMD4<Float>, _ disc: SIMD4<Float>, _ z: SIMD4<Float>, _ originZ: Float,
    _ surface: Int32
  ) {
    var entry = entry
    let height = entry * originZ + z
    entry.replace(with: 0, where: (disc .<= 0) .| (height .> entry) .| (-height .> entry))
    keep(entry, surface)
  }

  private mutating func meetCapped(_ body: UnsafePointer<CastBody>) {
    let (o, d, du, dv) = (body.pointee.o, body.pointee.d, body.pointee.du, body.pointee.dv)
    let first = body.pointee.firstSurface
    let k = 1 / body.pointee.c
    let s0 = body.pointee.s0
    let x = linear(d.x, du.x, dv.x)
    let y = linear(d.y, du.y, dv.y)
    let z = linear(d.z, du.z, dv.z)
    let s = linear(body.pointee.sd, body.pointee.su, body.pointee.sv)
    let b = x * Float(o.x * k) + y * Float(o.y * k) - s * Float(s0 * k)
    let disc = b * b - (x * x + y * y - s * s) * Float(k)
    let root = greatest(disc, .zero).squareRoot()
    keepSide(root - b, disc, z, Float(o.z), first)
    keepSide(-root - b, disc, z, Float(o.z), first)
    guard body.pointee.hasEnd else { return }
    var entry = plane(body.pointee.end)
    let ex = entry * Float(o.x) + x
    let ey = entry * Float(o.y) + y
    let es = entry * Float(s0) + s
    entry.replace(with: 0, where: ex * ex + ey * ey .> es * es)
    keep(entry, first &+ 1)
  }
}
