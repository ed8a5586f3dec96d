import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct IdentityTests {
  @Test func idsSayWhichObjectIsHit() throws {
    let scene = try Scene.empty(height: 300)
    let left = try scene.put(.cube, "left", 400, -150, 300)
    let right = try scene.put(.sphere, "right", 400, 150, 300)
    let behind = try scene.put(.cube, "behind", 800, 0, 300, scale: Vector3(1, 3, 1))
    let view = try scene.view(200, 100)
    let ids = try Picture(view, .segmentation)
    #expect(ids.word(100 - 38, 50) == left)
    #expect(ids.word(100 + 38, 50) == right)
    #expect(ids.word(100, 50) == behind)
    #expect(ids.word(100, 5) == SceneSnapshot.skyID)
    #expect(ids.word(100, 95) == SceneSnapshot.groundID)
    #expect(view.snapshot.name(ofInstance: left) == "left")
    #expect(view.snapshot.name(ofInstance: 0) == "Sky")
    #expect(view.snapshot.name(ofInstance: 1) == "Ground")
    #expect(view.snapshot.name(ofInstance: 999) == nil)
  }

  @Test func idsAreNeverUsedAgain() throws {
    let scene = try Scene.empty()
    let first = try scene.put(.cube, "a", 400, 0, 100)
    try scene.destroyObject(named: "a")
    let second = try scene.put(.cube, "a", 400, 0, 100)
    #expect(second > first)
    #expect(scene.snapshot().name(ofInstance: first) == nil)
  }

  @Test func normalsOfBoxSphereGroundAndSky() throws {
    let scene = try Scene.empty(height: 300)
    try scene.put(.cube, "c", 400, -150, 300)
    try scene.put(.sphere, "s", 400, 150, 300, scale: Vector3(1.5, 1, 1))
    let view = try scene.view(200, 100)
    let normals = try Picture(view, .normals)
    let ids = try Picture(view, .segmentation)
    let depth = try Picture(view, .depth)
    func normal(_ x: Int, _ y: Int) -> Point {
      Point(
        Double(normals.float(x, y, 0)), Double(normals.float(x, y, 1)),
        Double(normals.float(x, y, 2)))
    }
    #expect(normal(62, 50) == Point(-1, 0, 0))
    #expect(normal(100, 95) == Point(0, 0, 1))
    #expect(normal(100, 5) == Point(0, 0, 0))
    let lens = Lens(pose: view.pose, width: 200, height: 100)
    let sphere = view.snapshot.bodies[1]
    var seen = 0
    for y in 0..<100 {
      for x in 0..<200 where ids.word(x, y) == sphere.id {
        let point =
          lens.origin
          + lens.ray(Double(x) - 99.5, Double(y) - 49.5) * Double(depth.float(x, y))
        let q = sphere.local(point - sphere.center) / (sphere.half * sphere.half)
        #expect(length(normal(x, y) - normalized(sphere.world(q))) < 2e-3)
        seen += 1
      }
    }
    #expect(seen > 100)
  }

  @Test func coneAndCylinderNormalsAreUnitAndFaceTheCamera() throws {
    let scene = try Scene.empty(height: 500)
    try scene.put(.cone, "cone", 300, -90, 480, rotation: Rotator(pitch: 30, yaw: 10, roll: 5))
    try scene.put(.cylinder, "cyl", 300, 90, 480, rotation: Rotator(pitch: -40, yaw: 30, roll: 5))
    let view = try scene.view(120, 80)
    let normals = try Picture(view, .normals)
    let ids = try Picture(view, .segmentation)
    let lens = Lens(pose: view.pose, width: 120, height: 80)
    var seen: [UInt32: Int] = [:]
    for y in 0..<80 {
      for x in 0..<120 where ids.word(x, y) >= 2 {
        let n = Point(
          Double(normals.float(x, y, 0)), Double(normals.float(x, y, 1)),
          Double(normals.float(x, y, 2)))
        #expect(abs(length(n) - 1) < 1e-3)
        #expect(dot(n, lens.ray(Double(x) - 59.5, Double(y) - 39.5)) < 0.02)
        seen[ids.word(x, y), default: 0] += 1
      }
    }
    #expect(seen.count == 2)
    #expect(seen.values.allSatisfy { $0 > 100 })
  }
}
