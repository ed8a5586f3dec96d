import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct DepthTests {
  /// The offset from the middle of the view, in focal lengths, of pixel i of n.
  func slope(_ i: Int, _ n: Int, width: Int) -> Float {
    (Float(i) + 0.5 - Float(n) / 2) / (Float(width) / 2)
  }

  @Test func sphereInTheMiddle() throws {
    let scene = try Scene.empty(height: 1000)
    try scene.put(.sphere, "s", 500, 0, 1000, scale: Vector3(2, 2, 2))
    let picture = try Picture(scene.view(101, 101), .depth)
    #expect(isNear(picture.float(50, 50), 400, within: 0.01))
  }

  @Test func boxFaceIsPlanarNotRadial() throws {
    let scene = try Scene.empty(height: 1000)
    try scene.put(.cube, "c", 550, 0, 1000, scale: Vector3(1, 8, 8))
    let picture = try Picture(scene.view(200, 200), .depth)
    for (x, y) in [(100, 100), (40, 50), (160, 30), (170, 170)] {
      #expect(isNear(picture.float(x, y), 500, within: 0.01))
    }
  }

  @Test func groundAtKnownRays() throws {
    let scene = try Scene.empty(height: 200)
    let picture = try Picture(scene.view(640, 480), .depth)
    for y in [300, 350, 479] {
      let expected = 200 / slope(y, 480, width: 640)
      for x in [0, 320, 639] {
        #expect(isNear(picture.float(x, y), expected, within: expected * 1e-4))
      }
    }
    #expect(picture.float(320, 239) == FramePixels.farDepth)
    #expect(picture.float(0, 0) == FramePixels.farDepth)
  }

  @Test func groundBeyondTheFarPlaneIsSky() throws {
    let scene = try Scene.empty(height: 70_000, pitch: -90)
    let view = try scene.view(64, 64)
    #expect(try Picture(view, .depth).float(32, 32) == FramePixels.farDepth)
    #expect(try Picture(view, .segmentation).word(32, 32) == SceneSnapshot.skyID)
    try scene.look(from: Vector3(0, 0, 60_000), pitch: -90)
    #expect(isNear(try Picture(scene.view(64, 64), .depth).float(32, 32), 60_000, within: 6))
  }

  /// Each ray of a whole picture against a direct solution in double precision.
  @Test func rotatedSphereAgainstTheQuadratic() throws {
    let scene = try Scene.empty(height: 0)
    try scene.look(from: Vector3(-300, 40, 900), pitch: -20, yaw: 15, roll: 30)
    try scene.put(.sphere, "s", 120, 100, 780, scale: Vector3(2.5, 2.5, 2.5))
    let view = try scene.view(160, 120)
    let picture = try Picture(view, .depth)
    let ids = try Picture(view, .segmentation)
    let basis = Basis(Rotator(pitch: -20, yaw: 15, roll: 30))
    let o = Point(-300, 40, 900) - Point(120, 100, 780)
    var hits = 0
    for y in 0..<120 {
      for x in 0..<160 {
        let right = Double(slope(x, 160, width: 160))
        let down = Double(slope(y, 120, width: 160))
        let d = basis.forward + basis.right * right - basis.up * down
        let b = dot(o, d)
        let disc = b * b - dot(d, d) * (dot(o, o) - 125 * 125)
        if abs(disc) < 1 { continue }
        #expect((ids.word(x, y) == 2) == (disc > 0))
        guard disc > 0 else { continue }
        hits += 1
        let z = Float((-b - disc.squareRoot()) / dot(d, d))
        #expect(isNear(picture.float(x, y), z, within: z * 2e-4))
      }
    }
    #expect(hits > 500)
  }

  @Test(arguments: [Shape.cylinder, .cone, .cube])
  func wholeSolidsAgainstMarchedRays(_ shape: Shape) throws {
    let scene = try Scene.empty(height: 0)
    try scene.look(from: Vector3(-250, 40, 900), pitch: -10, yaw: 5, roll: 10)
    try scene.put(
      shape, "s", 0, 30, 850, rotation: Rotator(pitch: 35, yaw: 60, roll: -20),
      scale: Vector3(1.2, 1.6, 1.4))
    let view = try scene.view(60, 60)
    let picture = try Picture(view, .depth)
    let ids = try Picture(view, .segmentation)
    let body = view.snapshot.bodies[0]
    func contains(_ p: Point) -> Bool {
      let q = body.local(p - body.center) / body.half
      switch shape {
      case .cylinder: return q.x * q.x + q.y * q.y < 1 && abs(q.z) < 1
      case .cone:
        let s = (1 - q.z) / 2
        return q.x * q.x + q.y * q.y < s * s && abs(q.z) < 1
      default: return abs(q.x) < 1 && abs(q.y) < 1 && abs(q.z) < 1
      }
    }
    let lens = Lens(pose: view.pose, width: 60, height: 60)
    var hits = 0
    var agreed = 0
    for y in stride(from: 0, to: 60, by: 2) {
      for x in stride(from: 0, to: 60, by: 2) {
        let ray = lens.ray(Double(x) - 29.5, Double(y) - 29.5)
        var z = 100.0
        while z < 450, !contains(lens.origin + ray * z) { z += 0.25 }
        let isHit = z < 450
        hits += isHit ? 1 : 0
        let isSame =
          isHit
          ? ids.word(x, y) == 2 && isNear(picture.float(x, y), Float(z), within: 0.3)
          : ids.word(x, y) != 2
        agreed += isSame ? 1 : 0
      }
    }
    #expect(hits > 40)
    // Rays that graze an edge may pass between two steps.
    #expect(agreed >= 900 - 4)
  }

  @Test func insideABodyItIsNotSeen() throws {
    let scene = try Scene.empty(height: 300)
    for shape in Shape.allCases where shape != .plane {
      try scene.put(shape, shape.rawValue, 0, 0, 300, scale: Vector3(3, 3, 3))
    }
    let ids = try Picture(scene.view(50, 50), .segmentation)
    #expect(ids.word(25, 5) == SceneSnapshot.skyID)
    #expect(ids.word(25, 45) == SceneSnapshot.groundID)
  }
}
