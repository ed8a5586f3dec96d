import Glibc
import UESynthCore

/// Where the objects of a new scene stand and how they look: scattered round the origin without
/// touching, some on top of others.
struct SceneLayout {
  private var random: SplitMix64
  private var placed: [(x: Float, y: Float, radius: Float)] = []
  /// The last cube that stands upright, for what is put on top of it.
  private var pedestal: Transform?
  private var count = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  static let groundMaterial = Material(
    colour: Colour(display: 0.62, 0.60, 0.56), roughness: 0.9, texture: .checker, textureScale: 100)

  static func material(number: Int) -> Material {
    Material(colour: palette[abs(number) % palette.count])
  }

  mutating func next() -> (Shape, Transform, Material) {
    defer { count += 1 }
    let shape = chooseShape()
    var material = Self.material(number: random.index(below: Self.palette.count))
    material.roughness = random.number(in: 0.15...0.85)
    switch random.index(below: 8) {
    case 0: material.texture = .checker
    case 1: material.texture = .stripes
    case 2, 3: material.texture = .noise
    default: break
    }
    material.textureScale = random.number(in: 12...35)
    if random.index(below: 9) == 0 {
      material.metallic = 0.9
      material.roughness = 0.3
    }
    if let base = pedestal, shape != .cone, random.index(below: 3) == 0 {
      pedestal = nil
      return (shape, onTop(of: base, shape), material)
    }
    return (shape, onGround(shape), material)
  }

  private mutating func chooseShape() -> Shape {
    switch random.index(below: 16) {
    case 0...6: .cube
    case 7...11: .sphere
    case 12...13: .cylinder
    default: .cone
    }
  }

  private mutating func onTop(of base: Transform, _ shape: Shape) -> Transform {
    let size = base.scale.x * random.number(in: 0.45...0.75)
    return Transform(
      location: Vector3(
        base.location.x, base.location.y, base.location.z + 50 * base.scale.z + 50 * size),
      rotation: Rotator(pitch: 0, yaw: random.number(in: -180...180), roll: 0),
      scale: Vector3(size, size, size))
  }

  private mutating func onGround(_ shape: Shape) -> Transform {
    var size = random.number(in: 0.5...1.3)
    if random.index(below: 7) == 0 { size *= 1.7 }
    var scale = Vector3(size, size, size)
    var rotation = Rotator(pitch: 0, yaw: random.number(in: -180...180), roll: 0)
    var tilted = false
    switch shape {
    case .cube, .plane:
      scale.y *= random.number(in: 0.6...1.4)
      scale.z *= random.number(in: 0.6...1.9)
      tilted = random.index(below: 5) == 0
      if tilted {
        rotation.pitch = random.number(in: -40...40)
        rotation.roll = random.number(in: -40...40)
      }
    case .cylinder, .cone:
      scale.z *= random.number(in: 1...2.6)
    case .sphere: break
    }
    let radius = 50 * (scale.x * scale.x + scale.y * scale.y).squareRoot()
    let (x, y) = freePlace(radius: radius)
    // A tilted cube is sunk a little, as if half buried.
    let z = 50 * scale.z * (tilted ? 0.8 : 1)
    let pose = Transform(location: Vector3(x, y, z), rotation: rotation, scale: scale)
    if shape == .cube, !tilted { pedestal = pose }
    return pose
  }

  private mutating func freePlace(radius: Float) -> (Float, Float) {
    var reach: Float = 1000
    for attempt in 0..<(placed.count < 256 ? 400 : 0) {
      if attempt % 40 == 39 { reach *= 1.12 }
      let x = random.number(in: -reach * 0.7...reach * 1.5)
      let y = random.number(in: -reach * 1.2...reach * 1.2)
      // The origin and the way to it from the default camera stay free.
      let clear = x * x + y * y > 180 * 180 && !(x < -350 && abs(y) < 120 + radius)
      let free = placed.allSatisfy {
        let dx = $0.x - x
        let dy = $0.y - y
        let gap = $0.radius + radius + 12
        return dx * dx + dy * dy > gap * gap
      }
      if clear && free {
        placed.append((x, y, radius))
        return (x, y)
      }
    }
    let far = 1500 + 2 * Float(count)
    return (random.number(in: -far...far), random.number(in: -far...far))
  }

  private static let palette: [Colour] = [
    Colour(display: 0.80, 0.33, 0.22), Colour(display: 0.16, 0.50, 0.55),
    Colour(display: 0.91, 0.71, 0.25), Colour(display: 0.33, 0.40, 0.50),
    Colour(display: 0.90, 0.87, 0.80), Colour(display: 0.91, 0.50, 0.42),
    Colour(display: 0.30, 0.52, 0.31), Colour(display: 0.20, 0.29, 0.52),
    Colour(display: 0.52, 0.31, 0.48), Colour(display: 0.70, 0.78, 0.82),
    Colour(display: 0.58, 0.41, 0.28), Colour(display: 0.85, 0.85, 0.86),
  ]
}
