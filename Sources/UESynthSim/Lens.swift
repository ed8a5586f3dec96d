import UESynthCore

/// The rays of one view. A pixel's place is (u, v): its centre's distance in pixels from the middle
/// of the view, right and down. Its ray is `forward + u * perU + v * perV`, whose part along the
/// forward axis is 1: a point at planar depth z lies at `origin + z * ray`.
///
/// The renderer works with w = 1 / z. For every plane of the world w is a linear function of
/// (u, v), and P * w = origin * w + ray for every point P, so that what is linear in P costs a
/// multiplication and an addition per pixel, and no division.
struct Lens {
  let origin: Point
  let basis: Basis
  /// Pixels: half the width, for 90 degrees.
  let focal: Double
  let halfWidth: Double
  let halfHeight: Double
  let perU: Point
  let perV: Point

  init(pose: Transform, width: Int, height: Int) {
    origin = Point(pose.location)
    basis = Basis(pose.rotation)
    halfWidth = Double(width) / 2
    halfHeight = Double(height) / 2
    focal = halfWidth
    perU = basis.right / focal
    perV = -basis.up / focal
  }

  var forward: Point { basis.forward }

  @inline(__always)
  func v(row: Int) -> Double { Double(row) + 0.5 - halfHeight }

  @inline(__always)
  func ray(_ u: Double, _ v: Double) -> Point { forward + perU * u + perV * v }

  /// (u, v, planar depth) of a world point; u and v mean nothing unless the depth is positive.
  @inline(__always)
  func project(_ p: Point) -> Point {
    let q = p - origin
    let z = dot(q, basis.forward)
    return Point(dot(q, basis.right) / z * focal, -dot(q, basis.up) / z * focal, z)
  }

  /// w = x + y * u + z * v of the plane n . P = c, whose distance from the origin is not 0.
  func plane(_ n: Point, _ c: Double) -> Point {
    let k = 1 / (c - dot(n, origin))
    return Point(dot(n, forward) * k, dot(n, perU) * k, dot(n, perV) * k)
  }
}
