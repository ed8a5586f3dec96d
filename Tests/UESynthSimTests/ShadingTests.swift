import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct ShadingTests {
  func cubeScene() throws -> Scene {
    let scene = try Scene.empty(height: 150)
    try scene.put(.cube, "c", 300, 0, 150)
    try scene.setMaterial(object: "c", property: "color", value: "gray")
    return scene
  }

  func middle(_ scene: Scene) throws -> (r: Int, g: Int, b: Int) {
    try Picture(scene.view(60, 60), .rgb).rgb(30, 30)
  }

  @Test(arguments: ["red", "#d02020", "208, 32, 32", "0.816,0.125,0.125"])
  func colours(_ text: String) throws {
    let scene = try cubeScene()
    try scene.setMaterial(object: "c", property: "color", value: text)
    let c = try middle(scene)
    #expect(c.r > 2 * c.g && c.r > 2 * c.b)
    try scene.setMaterial(object: "c", property: "base_color", value: "blue")
    let d = try middle(scene)
    #expect(d.b > 2 * d.r)
  }

  @Test func texturesRoughnessMetallicAndEmissiveShow() throws {
    let scene = try cubeScene()
    let plain = try Picture(scene.view(60, 60), .rgb).bytes
    var last = plain
    for (property, value) in [
      ("texture", "checker"), ("texture_scale", "10"), ("texture", "noise"),
      ("texture", "stripes"), ("texture", "plain"), ("roughness", "0.05"), ("metallic", "1"),
      ("emissive", "2"),
    ] {
      try scene.setMaterial(object: "c", property: property, value: value)
      let new = try Picture(scene.view(60, 60), .rgb).bytes
      #expect((new != last) as Bool, "\(property) \(value)")
      if value == "plain" { #expect((new == plain) as Bool) }
      last = new
    }
  }

  @Test func theGroundHasAMaterial() throws {
    let scene = try Scene.empty(pitch: -60)
    let before = try Picture(scene.view(40, 40), .rgb).brightness(0..<40, 0..<40)
    try scene.setMaterial(object: "Ground", property: "color", value: "black")
    #expect(try Picture(scene.view(40, 40), .rgb).brightness(0..<40, 0..<40) < before / 2)
  }

  @Test func lightsChangeBrightnessAndColour() throws {
    let scene = try Scene.empty(pitch: -60)
    func level() throws -> Double {
      try Picture(scene.view(40, 40), .rgb).brightness(0..<40, 0..<40)
    }
    let full = try level()
    try scene.setLighting(light: "Sun", intensity: 3, color: nil, transform: nil)
    let dim = try level()
    #expect(dim < full - 10)
    try scene.setLighting(light: "Sun", intensity: 0, color: nil, transform: nil)
    let off = try level()
    #expect(off < dim - 10)
    try scene.setLighting(light: "SkyLight", intensity: 0, color: nil, transform: nil)
    #expect(try level() == 0)
    try scene.setLighting(
      light: "Sun", intensity: 10, color: Vector3(1, 0, 0), transform: nil)
    let red = try Picture(scene.view(40, 40), .rgb).rgb(20, 20)
    #expect(red.r > 50 && red.g == 0 && red.b == 0)
  }

  @Test func theSunThrowsAShadowWhereTheGeometrySays() throws {
    let scene = try Scene.empty(height: 900, pitch: -90)
    try scene.setMaterial(object: "Ground", property: "texture", value: "plain")
    try scene.put(.sphere, "s", 0, 0, 300)
    // The sun shines towards +X at 45 degrees: the shadow lies 300 cm along X. Looking down with
    // the top of the picture towards +X, 900 cm are half of its width.
    try scene.setLighting(
      light: "Sun", intensity: 10, color: nil,
      transform: Transform(rotation: Rotator(pitch: -45, yaw: 0, roll: 0)))
    let picture = try Picture(scene.view(180, 180), .rgb)
    let there = picture.brightness(88..<92, 58..<62)
    let opposite = picture.brightness(88..<92, 118..<122)
    #expect(there < opposite * 0.75)
    let beside = picture.brightness(110..<114, 58..<62)
    #expect(abs(beside - opposite) < opposite * 0.1)
    // Turned round, the shadow is on the other side.
    try scene.setLighting(
      light: "Sun", intensity: 10, color: nil,
      transform: Transform(rotation: Rotator(pitch: -45, yaw: 180, roll: 0)))
    let turned = try Picture(scene.view(180, 180), .rgb)
    #expect(turned.brightness(88..<92, 118..<122) < turned.brightness(88..<92, 58..<62) * 0.75)
  }

  @Test(arguments: Shape.allCases)
  func everyShapeShadesTheGroundAndAnother(_ shape: Shape) throws {
    let scene = try Scene.empty(height: 1200, pitch: -90)
    try scene.setMaterial(object: "Ground", property: "texture", value: "plain")
    try scene.put(.cube, "table", 0, 0, 50, scale: Vector3(4, 4, 1))
    try scene.setMaterial(object: "table", property: "color", value: "white")
    let sun = Transform(rotation: Rotator(pitch: -60, yaw: 0, roll: 0))
    try scene.setLighting(light: "Sun", intensity: 10, color: nil, transform: sun)
    let free = try Picture(scene.view(240, 240), .rgb)
    try scene.put(shape, "s", -230, 0, 500)
    let shaded = try Picture(scene.view(240, 240), .rgb)
    // Its shadow falls on the top of the table at about x = 0.
    #expect(shaded.brightness(118..<122, 118..<122) < free.brightness(118..<122, 118..<122) * 0.8)
    #expect(shaded.brightness(134..<138, 118..<122) == free.brightness(134..<138, 118..<122))
  }

  @Test func edgesAreSmoothed() throws {
    let scene = try Scene.empty(height: 150)
    try scene.put(.cube, "c", 300, 0, 150, rotation: Rotator(pitch: 0, yaw: 0, roll: 7))
    try scene.setMaterial(object: "c", property: "emissive", value: "50")
    let view = try scene.view(80, 80)
    let picture = try Picture(view, .rgb)
    let ids = try Picture(view, .segmentation)
    let inside = picture.rgb(40, 40).r
    var between = 0
    for y in 5..<38 {
      for x in 5..<75 where ids.word(x, y) == 0 && ids.word(x, y + 1) == 2 {
        let r = picture.rgb(x, y).r
        if r > picture.rgb(x, 2).r + 8 && r < inside - 8 { between += 1 }
      }
    }
    #expect(between > 3)
  }
}
