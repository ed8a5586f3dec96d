/// A linear function of u.
struct Line {
  let a: Float
  let b: Float

  /// A function of (u, v) as `Lens.plane`, at one v.
  @inline(__always)
  init(_ p: Point, _ v: Double) {
    a = Float(p.x + p.z * v)
    b = Float(p.y)
  }

  @inline(__always)
  init(_ a: Double, _ b: Double) {
    self.a = Float(a)
    self.b = Float(b)
  }

  @inline(__always)
  func callAsFunction(_ u: Float) -> Float { a + b * u }
}
