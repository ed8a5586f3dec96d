import UESynthCore

/// An object of the scene: a convex solid in the world. Plain values, so that an array of them is
/// a snapshot.
struct Body: Sendable {
  /// Never given to another object: 0 is the sky, 1 the ground, objects begin at 2.
  let id: UInt32
  let shape: Shape
  private(set) var transform: Transform
  var material: Material

  private(set) var center: Point
  private(set) var axes: Basis
  /// Half the size along each axis, in centimetres, scale included.
  private(set) var half: Point

  init(id: UInt32, shape: Shape, transform: Transform, material: Material) {
    self.id = id
    self.shape = shape
    self.transform = transform
    self.material = material
    center = Point(transform.location)
    axes = Basis(transform.rotation)
    half = shape.half * Point(transform.scale)
  }

  mutating func place(at pose: Transform) {
    self = Body(id: id, shape: shape, transform: pose, material: material)
  }

  /// Adds to half the size along each axis.
  mutating func grow(by margin: Double) { half += Point(repeating: margin) }

  /// A world direction in the object's axes.
  @inline(__always)
  func local(_ v: Point) -> Point {
    Point(dot(v, axes.forward), dot(v, axes.right), dot(v, axes.up))
  }

  /// The inverse of `local`.
  @inline(__always)
  func world(_ v: Point) -> Point { axes.forward * v.x + axes.right * v.y + axes.up * v.z }

  /// A corner of the bounding box, 0...7: one bit for the sign of each axis.
  func corner(_ index: Int) -> Point {
    center
      + world(
        Point(
          index & 1 == 0 ? -half.x : half.x, index & 2 == 0 ? -half.y : half.y,
          index & 4 == 0 ? -half.z : half.z))
  }

  /// Of a sphere round the bounding box; for a sphere, the sphere itself.
  var radius: Double { shape == .sphere ? max(half.x, half.y, half.z) : length(half) }
}
