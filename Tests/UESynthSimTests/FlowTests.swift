import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct FlowTests {
  @Test func withoutAPreviousFrameItIsZero() throws {
    let view = try Scene().view(64, 48)
    let flow = try Picture(view, .opticalFlow)
    #expect(flow.bytes.allSatisfy { $0 == 0 })
    let again = try Picture(view, .opticalFlow, previous: view)
    #expect(again.bytes.allSatisfy { $0 == 0 })
  }

  /// The point that a pixel shows, by its depth, projected into the previous view.
  @Test func cameraMotionAgainstReprojection() throws {
    let scene = Scene()
    try scene.look(from: Vector3(-1100, 30, 300), pitch: -10, yaw: 4, roll: 1)
    let before = try scene.view(160, 120)
    try scene.look(from: Vector3(-1120, 60, 310), pitch: -13, yaw: 1, roll: -2)
    let now = try scene.view(160, 120)
    let depth = try Picture(now, .depth)
    let flow = try Picture(now, .opticalFlow, previous: before)
    let lens = Lens(pose: now.pose, width: 160, height: 120)
    let old = Lens(pose: before.pose, width: 160, height: 120)
    var moved = 0
    for y in 0..<120 {
      for x in 0..<160 where depth.float(x, y) < FramePixels.farDepth {
        let u = Double(x) - 79.5
        let v = Double(y) - 59.5
        let point = lens.origin + lens.ray(u, v) * Double(depth.float(x, y))
        let was = old.project(point)
        guard was.z > 1 else { continue }
        let expected = (Float(u - was.x), Float(v - was.y))
        #expect(isNear(flow.float(x, y, 0), expected.0, within: 0.02))
        #expect(isNear(flow.float(x, y, 1), expected.1, within: 0.02))
        moved += abs(expected.0) > 1 ? 1 : 0
      }
    }
    #expect(moved > 1000)
  }

  @Test func theSkyMovesWhenTheCameraTurns() throws {
    let scene = try Scene.empty(pitch: 30)
    let before = try scene.view(100, 100)
    try scene.look(from: Vector3(500, 0, 200), pitch: 30)
    let pushed = try Picture(scene.view(100, 100), .opticalFlow, previous: before)
    #expect(abs(pushed.float(50, 20, 0)) < 1e-4 && abs(pushed.float(50, 20, 1)) < 1e-4)
    try scene.look(from: Vector3(500, 0, 200), pitch: 30, yaw: 5)
    // Turning right moves what is seen to the left.
    let turned = try Picture(scene.view(100, 100), .opticalFlow, previous: before)
    #expect(turned.float(50, 20, 0) < -2)
  }

  @Test func objectMotionAgainstItsOwnPoints() throws {
    let scene = try Scene.empty(height: 300)
    try scene.put(.cube, "c", 400, 0, 300, rotation: Rotator(pitch: 0, yaw: 20, roll: 10))
    try scene.put(.sphere, "s", 400, 200, 300)
    let before = try scene.view(120, 90)
    try scene.setObjectTransform(
      named: "c",
      to: Transform(
        location: Vector3(420, -30, 320), rotation: Rotator(pitch: 5, yaw: 35, roll: 0),
        scale: Vector3(1.1, 1, 0.9)))
    let now = try scene.view(120, 90)
    let depth = try Picture(now, .depth)
    let ids = try Picture(now, .segmentation)
    let flow = try Picture(now, .opticalFlow, previous: before)
    let body = now.snapshot.bodies[0]
    let was = before.snapshot.bodies[0]
    let lens = Lens(pose: now.pose, width: 120, height: 90)
    var seen = 0
    for y in 0..<90 {
      for x in 0..<120 {
        if ids.word(x, y) != body.id {
          #expect(flow.float(x, y, 0) == 0 && flow.float(x, y, 1) == 0)
          continue
        }
        let (u, v) = (Double(x) - 59.5, Double(y) - 44.5)
        let point = lens.origin + lens.ray(u, v) * Double(depth.float(x, y))
        let unit = body.local(point - body.center) / body.half
        let old = lens.project(was.center + was.world(unit * was.half))
        #expect(isNear(flow.float(x, y, 0), Float(u - old.x), within: 0.02))
        #expect(isNear(flow.float(x, y, 1), Float(v - old.y), within: 0.02))
        seen += 1
      }
    }
    #expect(seen > 200)
  }

  @Test func historyIsPerCamera() throws {
    let scene = Scene()
    try scene.createCamera(named: "side", at: Transform(location: Vector3(0, 0, 200)))
    var history = FlowHistory()
    let main = try scene.view(32, 32)
    #expect(history.exchange(main)?.cameraID == nil)
    #expect(history.exchange(try scene.view(32, 32, camera: "side"))?.cameraID == nil)
    #expect(history.exchange(try scene.view(32, 32))?.cameraID == main.cameraID)
    for number in 0..<200 {
      try scene.createCamera(named: "c\(number)", at: Transform())
      _ = history.exchange(try scene.view(8, 8, camera: "c\(number)"))
      try scene.destroyCamera(named: "c\(number)")
    }
    #expect(history.count <= SceneLimits.cameras + 1)
  }
}
