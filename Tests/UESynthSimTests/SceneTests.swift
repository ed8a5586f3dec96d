import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct SceneTests {
  func message(_ body: () throws -> Void) -> SceneError? {
    do {
      try body()
      return nil
    } catch { return error as? SceneError }
  }

  @Test func namesAreThoseOfUnreal() throws {
    let scene = Scene()
    let names = scene.objectNames
    #expect(names.count == 61)
    #expect(names[0] == "Ground")
    #expect(names.contains("Cube_1") && names.contains("Sphere_1"))
    #expect(Set(names).count == names.count)
    #expect(names == Scene().objectNames)
    #expect(scene.cameraNames == ["Camera"])
    #expect(scene.lightNames == ["Sun", "SkyLight"])
  }

  @Test func unknownNamesAreListed() throws {
    let scene = Scene()
    let object = message { _ = try scene.objectTransform(named: "Cube_999") }
    #expect(object?.status == .notFound)
    #expect(object?.message.contains("unknown object \"Cube_999\": known are Ground") == true)
    let camera = message { _ = try scene.cameraTransform(named: "nobody") }
    #expect(camera?.message == "unknown camera \"nobody\": known are Camera")
    #expect(message { _ = try scene.view(8, 8, camera: "nobody") }?.status == .notFound)
    #expect(message { try scene.destroyCamera(named: "nobody") }?.status == .notFound)
    #expect(
      message { try scene.setLighting(light: "Lamp", intensity: 1, color: nil, transform: nil) }?
        .message == "unknown light \"Lamp\": known are Sun, SkyLight")
    // One character, as Swift counts.
    let long = "x" + String(repeating: "\u{301}", count: 100_000)
    #expect(message { _ = try scene.objectTransform(named: long) }?.message.utf8.count ?? 0 < 1000)
  }

  @Test func posesReadBackAsTheyWereSet() throws {
    let scene = Scene()
    let pose = Transform(
      location: Vector3(1.5, -2, 1e6), rotation: Rotator(pitch: 400, yaw: -720, roll: 3),
      scale: Vector3(2, 3, 4))
    try scene.setObjectTransform(named: "Cube_1", to: pose)
    #expect(try scene.objectTransform(named: "Cube_1") == pose)
    try scene.setObjectTransform(
      named: "Cube_1", to: Transform(location: .zero, rotation: .zero, scale: .zero))
    #expect(try scene.objectTransform(named: "Cube_1").scale == Vector3(2, 3, 4))
    try scene.setCameraTransform(named: "", to: pose)
    #expect(try scene.cameraTransform(named: "Camera").rotation == pose.rotation)
    #expect(try scene.cameraTransform(named: "Camera").scale == .one)
  }

  @Test func spawnAndDestroy() throws {
    let scene = Scene()
    #expect(
      try scene.spawnObject(named: "Box", asset: "/Engine/BasicShapes/Cube.Cube", at: Transform())
        == "Box")
    #expect(scene.objectNames.last == "Box")
    let twice = message { _ = try scene.spawnObject(named: "Box", asset: "Cube", at: Transform()) }
    #expect(twice?.status == .alreadyExists)
    let given = try scene.spawnObject(
      named: "", asset: "StaticMesh'/Engine/BasicShapes/Cone.Cone'", at: Transform())
    #expect(given.hasPrefix("Cone_"))
    let asset = message { _ = try scene.spawnObject(named: "b", asset: "/Game/X", at: Transform()) }
    #expect(asset?.message.contains("/Engine/BasicShapes/Sphere.Sphere") == true)
    for name in ["Cube_1", "Box", given] { try scene.destroyObject(named: name) }
    #expect(scene.objectNames.count == 60)
    // The index of what came after a destroyed object is still right.
    let last = try #require(scene.objectNames.last)
    try scene.setObjectTransform(named: last, to: Transform(location: Vector3(7, 7, 7)))
    #expect(try scene.objectTransform(named: last).location == Vector3(7, 7, 7))
    #expect(message { try scene.destroyObject(named: "Ground") } != nil)
    #expect(message { try scene.destroyCamera(named: "Camera") } != nil)
  }

  @Test(arguments: [
    Transform(location: Vector3(.nan, 0, 0)), Transform(location: Vector3(0, .infinity, 0)),
    Transform(location: Vector3(0, 0, 1e30)),
    Transform(rotation: Rotator(pitch: .nan, yaw: 0, roll: 0)),
    Transform(rotation: Rotator(pitch: 0, yaw: -.infinity, roll: 0)),
    Transform(scale: Vector3(-1, 1, 1)), Transform(scale: Vector3(1, 0, 1)),
    Transform(scale: Vector3(.nan, 1, 1)), Transform(scale: Vector3(1, 1, 1e20)),
  ])
  func absurdPosesAreRefused(_ pose: Transform) throws {
    let scene = Scene()
    let before = scene.snapshot()
    #expect(
      message { try scene.setObjectTransform(named: "Cube_1", to: pose) }?.status
        == .invalidArgument)
    #expect(message { _ = try scene.spawnObject(named: "x", asset: "Cube", at: pose) } != nil)
    if pose.scale == .one {
      #expect(message { try scene.setCameraTransform(named: "", to: pose) } != nil)
      #expect(message { try scene.createCamera(named: "x", at: pose) } != nil)
    }
    #expect(scene.snapshot() === before)
  }

  @Test func absurdLightsSizesNamesAndMaterialsAreRefused() throws {
    let scene = Scene()
    for intensity: Float in [.nan, -1, .infinity, 1e9] {
      #expect(
        message {
          try scene.setLighting(light: "Sun", intensity: intensity, color: nil, transform: nil)
        } != nil)
    }
    #expect(
      message {
        try scene.setLighting(
          light: "", intensity: 1, color: Vector3(0, .nan, 0), transform: nil)
      } != nil)
    for (w, h) in [(0, 5), (8193, 8), (8192, 8192), (.max, .max)] as [(UInt32, UInt32)] {
      #expect(message { try scene.setResolution(camera: "", width: w, height: h) } != nil)
    }
    #expect(message { _ = try scene.view(9000, 10) } != nil)
    #expect(message { _ = try scene.view(8192, 8192) } != nil)
    #expect(message { try scene.createCamera(named: "", at: Transform()) } != nil)
    for name in [String(repeating: "n", count: 257), "a\nb"] {
      #expect(message { try scene.createCamera(named: name, at: Transform()) } != nil)
      #expect(
        message { _ = try scene.spawnObject(named: name, asset: "Cube", at: Transform()) } != nil)
    }
    for (property, value) in [
      ("color", "1,2"), ("color", "nan,0,0"), ("color", "#12345"), ("color", "#+12345"),
      ("color", ""), ("roughness", "2"), ("roughness", "nan"), ("texture", "marble"),
      ("texture_scale", "0"), ("weight", "1"), ("metallic", "-1"), ("emissive", "inf"),
    ] {
      let error = message {
        try scene.setMaterial(object: "Cube_1", property: property, value: value)
      }
      #expect(error != nil, "\(property) \(value)")
    }
  }

  @Test func limitsHold() throws {
    let scene = try Scene.empty()
    for number in 1..<SceneLimits.cameras {
      try scene.createCamera(named: "c\(number)", at: Transform())
    }
    #expect(
      message { try scene.createCamera(named: "more", at: Transform()) }?.status
        == .resourceExhausted)
    for number in 0..<SceneLimits.objects {
      _ = try scene.spawnObject(named: "o\(number)", asset: "Cube", at: Transform())
    }
    #expect(
      message { _ = try scene.spawnObject(named: "more", asset: "Cube", at: Transform()) }?.status
        == .resourceExhausted)
  }

  @Test func namesMatterUnderTheNamedRuleOnly() throws {
    let named = try Scene.empty()
    try named.createCamera(named: "b", at: Transform(location: Vector3(0, 0, 900)))
    #expect(try named.cameraTransform(named: "").location.z == 200)
    #expect(try named.cameraTransform(named: "b").location.z == 900)
    try named.setResolution(camera: "b", width: 64, height: 32)
    #expect(try named.view(0, 0, camera: "b").width == 64)
    #expect(try named.view(0, 0).width == 1920)
    #expect(try named.view(10, 0, camera: "b").height == 32)

    let plugin = try Scene.empty(rule: .viewport)
    try plugin.createCamera(named: "b", at: Transform(location: Vector3(0, 0, 900)))
    #expect(try plugin.cameraTransform(named: "b").location.z == 200)
    try plugin.look(from: Vector3(1, 2, 3), camera: "nobody")
    #expect(try plugin.cameraTransform(named: "").location == Vector3(1, 2, 3))
    #expect(try plugin.view(64, 64, camera: "b").pose.location == Vector3(1, 2, 3))
    #expect(try plugin.view(64, 64, camera: "b").viewWidth == 1920)
  }

  @Test func snapshotsDoNotChange() throws {
    let scene = Scene()
    let old = scene.snapshot()
    #expect(scene.snapshot() === old)
    let view = try old.view(camera: "", width: 32, height: 32)
    let before = try Picture(view, .rgb)
    try scene.look(from: Vector3(0, 0, 500))
    try scene.destroyObject(named: "Cube_1")
    #expect(scene.snapshot() !== old)
    #expect(old.objectNames.count == 60)
    #expect(try Picture(view, .rgb).bytes == before.bytes)
    #expect(try Picture(scene.view(32, 32), .rgb).bytes != before.bytes)
  }
}
