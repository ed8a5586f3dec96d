import UESynthCore

/// A moment of the scene. Immutable; any thread. Shares its storage with the scene until that
/// changes, so keeping the last N costs little.
public final class SceneSnapshot: Sendable {
  public static let skyID: UInt32 = 0
  public static let groundID: UInt32 = 1

  let cameraRule: CameraRule
  let viewportWidth: UInt32
  let viewportHeight: UInt32
  let cameras: [SceneCamera]
  /// In order of creation, so their ids ascend.
  let bodies: [Body]
  public let objectNames: [String]
  let ground: Material
  let sun: Light
  let sky: Light

  /// Shared by the snapshots whose bodies stand alike in the same sun.
  let shadows: SunShadowCache

  init(
    cameraRule: CameraRule, viewportWidth: UInt32, viewportHeight: UInt32, cameras: [SceneCamera],
    bodies: [Body], objectNames: [String], ground: Material, sun: Light, sky: Light,
    shadows: SunShadowCache
  ) {
    self.cameraRule = cameraRule
    self.viewportWidth = viewportWidth
    self.viewportHeight = viewportHeight
    self.cameras = cameras
    self.bodies = bodies
    self.objectNames = objectNames
    self.ground = ground
    self.sun = sun
    self.sky = sky
    self.shadows = shadows
  }

  /// The same moment without what was derived from it, for keeping.
  func bare() -> SceneSnapshot {
    SceneSnapshot(
      cameraRule: cameraRule, viewportWidth: viewportWidth, viewportHeight: viewportHeight,
      cameras: cameras, bodies: bodies, objectNames: objectNames, ground: ground, sun: sun,
      sky: sky, shadows: SunShadowCache())
  }

  /// What a capture shows. A width or height of 0 is the camera's own (under the viewport rule,
  /// the viewport's).
  public func view(
    camera name: String, width: UInt32, height: UInt32
  ) throws(SceneError) -> CameraView {
    let camera = try camera(named: name)
    let whole =
      cameraRule == .viewport
      ? (width: viewportWidth, height: viewportHeight)
      : (width: camera.width, height: camera.height)
    let asked = (
      width: width == 0 ? whole.width : width, height: height == 0 ? whole.height : height
    )
    try SceneLimits.check(width: asked.width, height: asked.height)
    let view = cameraRule == .viewport ? whole : asked
    return CameraView(
      snapshot: self, cameraID: camera.id, pose: camera.pose, viewWidth: Int(view.width),
      viewHeight: Int(view.height), width: Int(asked.width), height: Int(asked.height))
  }

  /// The name that a value of the segmentation picture stands for: an object's, "Ground" or "Sky".
  public func name(ofInstance id: UInt32) -> String? {
    if id == Self.skyID { return "Sky" }
    if id == Self.groundID { return Scene.groundName }
    guard let index = index(ofInstance: id) else { return nil }
    return objectNames[index]
  }

  public func instanceID(ofObject name: String) -> UInt32? {
    if name == Scene.groundName { return Self.groundID }
    guard let index = objectNames.firstIndex(of: name) else { return nil }
    return bodies[index].id
  }

  func index(ofInstance id: UInt32) -> Int? {
    var low = 0
    var high = bodies.count
    while low < high {
      let middle = (low + high) / 2
      if bodies[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < bodies.count && bodies[low].id == id ? low : nil
  }

  func camera(named name: String) throws(SceneError) -> SceneCamera {
    if cameraRule == .viewport || name.isEmpty { return cameras[0] }
    guard let camera = cameras.first(where: { $0.name == name }) else {
      throw .unknown("camera", name, known: cameras.map(\.name))
    }
    return camera
  }
}
