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
