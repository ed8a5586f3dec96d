/// What is linear in a world point: n . P - c.
struct LinearForm {
  var n: Point
  var c: Double

  /// Through `center`, where it is 0.
  init(_ n: Point, through center: Point) {
    self.n = n
    c = dot(n, center)
  }
}
