import UESynthCore

/// The simulated level: objects, cameras and lights, and the commands that change them. The same
/// seed and the same commands give the same scene. One thread at a time; pictures are made from
/// `snapshot()`, on any thread.
///
/// A command returns what it did in words, or throws why it did not and changes nothing.
public final class Scene {
  public struct Options: Sendable {
    public var seed: UInt64 = 1
    /// Objects to begin with.
    public var objectCount = 60
    public var cameraRule = CameraRule.named
    public var viewportWidth: UInt32 = 1920
    public var viewportHeight: UInt32 = 1080

    public init() {}
  }

  public static let groundName = "Ground"

  let cameraRule: CameraRule
  let viewportWidth: UInt32
  let viewportHeight: UInt32
  var cameras: [SceneCamera]
  private var nextCameraID: UInt32 = 2
  var bodies: [Body] = []
  var names: [String] = []
  private var indexes: [String: Int] = [:]
  private var nextID: UInt32 = SceneSnapshot.groundID + 1
  /// The next number that an object without a name tries.
  private var nextNumber: [Shape: Int] = [:]
  var ground: Material
  var sun = Light.sun
  var sky = Light.sky
  private var current: SceneSnapshot?
  private var shadows = SunShadowCache()

  public init(_ options: Options = Options()) {
    cameraRule = options.cameraRule
    let limit = UInt32(SceneLimits.side / 2)
    viewportWidth = min(max(options.viewportWidth, 1), limit)
    viewportHeight = min(max(options.viewportHeight, 1), limit)
    cameras = [
      SceneCamera(
        id: 1, name: SceneCamera.defaultName, pose: SceneCamera.defaultPose,
        width: viewportWidth, height: viewportHeight)
    ]
    ground = SceneLayout.groundMaterial
    var layout = SceneLayout(seed: options.seed)
    for _ in 0..<min(max(options.objectCount, 0), SceneLimits.objects) {
      let (shape, pose, material) = layout.next()
      add(automaticName(for: shape), shape, pose, material)
    }
  }

  /// The scene as it is now; the same object until the next change.
  public func snapshot() -> SceneSnapshot {
    if let current { return current }
    let made = SceneSnapshot(
      cameraRule: cameraRule, viewportWidth: viewportWidth, viewportHeight: viewportHeight,
      cameras: cameras, bodies: bodies, objectNames: names, ground: ground, sun: sun, sky: sky,
      shadows: shadows)
    current = made
    return made
  }

  // MARK: Objects

  /// In order of creation, the ground first.
  public var objectNames: [String] { [Self.groundName] + names }

  public func objectTransform(named name: String) throws(SceneError) -> Transform {
    if name == Self.groundName { return Transform() }
    return bodies[try index(ofObject: name)].transform
  }

  /// A scale of 0, 0, 0 counts as left out: the object keeps its own.
  @discardableResult
  public func setObjectTransform(
    named name: String, to transform: Transform
  ) throws(SceneError) -> String {
    guard name != Self.groundName else { throw .invalid("the ground cannot be moved") }
    let index = try index(ofObject: name)
    let pose = try checked(transform, scale: bodies[index].transform.scale)
    change(shadows: true) { bodies[index].place(at: pose) }
    return "moved \"\(name)\""
  }

  /// An empty name is replaced by a free one, such as Cube_27, which is returned. A scale of
  /// 0, 0, 0 counts as left out: 1, 1, 1.
  public func spawnObject(
    named name: String, asset: String, at transform: Transform
  ) throws(SceneError) -> String {
    let shape = try Shape(assetPath: asset)
    let pose = try checked(transform, scale: .one)
    if !name.isEmpty { try SceneLimits.check(name: name, of: "object") }
    guard indexes[name] == nil, name != Self.groundName else { throw .exists("object", name) }
    guard bodies.count < SceneLimits.objects, nextID < .max else {
      throw .full("objects", limit: SceneLimits.objects)
    }
    let chosen = name.isEmpty ? automaticName(for: shape) : name
    add(chosen, shape, pose, SceneLayout.material(number: Int(nextID)))
    return chosen
  }

  @discardableResult
  public func destroyObject(named name: String) throws(SceneError) -> String {
    guard name != Self.groundName else { throw .invalid("the ground cannot be destroyed") }
    let index = try index(ofObject: name)
    change(shadows: true) {
      bodies.remove(at: index)
      names.remove(at: index)
      indexes[name] = nil
      for later in index..<names.count { indexes[names[later]] = later }
    }
    return "destroyed \"\(name)\""
  }

  /// Properties: `Material.properties`. The ground has a material too.
  @discardableResult
  public func setMaterial(
    object name: String, property: String, value: String
  ) throws(SceneError) -> String {
    if name == Self.groundName {
      var material = ground
      try material.set(property, to: value)
      change(shadows: false) { ground = material }
    } else {
      let index = try index(ofObject: name)
      var material = bodies[index].material
      try material.set(property, to: value)
      change(shadows: false) { bodies[index].material = material }
    }
    return "set \(property) of \"\(name)\" to \(SceneError.excerpt(value))"
  }

  // MARK: Cameras

  /// In order of creation, the default camera first.
  public var cameraNames: [String] { cameras.map(\.name) }

  public func cameraTransform(named name: String) throws(SceneError) -> Transform {
    cameras[try index(ofCamera: name)].pose
  }

  /// A camera's scale is ignored; it reads back as 1, 1, 1.
  @discardableResult
  public func setCameraTransform(
    named name: String, to transform: Transform
  ) throws(SceneError) -> String {
    let index = try index(ofCamera: name)
    let pose = try checkedCamera(transform)
    change(shadows: false) { cameras[index].pose = pose }
    return "moved camera \"\(cameras[index].name)\""
  }

  @discardableResult
  public func createCamera(
    named name: String, at transform: Transform
  ) throws(SceneError) -> String {
    try SceneLimits.check(name: name, of: "camera")
    let pose = try checkedCamera(transform)
    guard !cameras.contains(where: { $0.name == name }) else { throw .exists("camera", name) }
    guard cameras.count < SceneLimits.cameras, nextCameraID < .max else {
      throw .full("cameras", limit: SceneLimits.cameras)
    }
    change(shadows: false) {
      cameras.append(
        SceneCamera(
          id: nextCameraID, name: name, pose: pose, width: viewportWidth, height: viewportHeight))
      nextCameraID += 1
    }
    return "created camera \"\(name)\""
  }

  @discardableResult
  public func destroyCamera(named name: String) throws(SceneError) -> String {
    guard let index = cameras.firstIndex(where: { $0.name == name }) else {
      throw .unknown("camera", name, known: cameraNames)
    }
    guard index != 0 else { throw .invalid("the default camera cannot be destroyed") }
    change(shadows: false) { cameras.remove(at: index) }
    return "destroyed camera \"\(name)\""
  }

  /// The size of this camera's pictures when a capture asks for 0 x 0.
  @discardableResult
  public func setResolution(
    camera name: String, width: UInt32, height: UInt32
  ) throws(SceneError) -> String {
    let index = try index(ofCamera: name)
    try SceneLimits.check(width: width, height: height)
    change(shadows: false) {
      cameras[index].width = width
      cameras[index].height = height
    }
    return "set camera \"\(cameras[index].name)\" to \(width)x\(height)"
  }

  // MARK: Lights

  public var lightNames: [String] { Light.names }

  /// "" is the sun. What is nil stays as it is; of the transform only the sun's rotation shows.
  @discardableResult
  public func setLighting(
    light name: String, intensity: Float, color: Vector3?, transform: Transform?
  ) throws(SceneError) -> String {
    guard name.isEmpty || Light.names.contains(name) else {
      throw .unknown("light", name, known: Light.names)
    }
    var light = name == sky.name ? sky : sun
    guard SceneLimits.intensity.contains(intensity) else {
      throw .invalid(
        "intensity \(intensity): expected \(SceneLimits.intensity.lowerBound) to "
          + "\(SceneLimits.intensity.upperBound) (the sun begins with 10, the sky light with 1)")
    }
    light.intensity = intensity
    if let color {
      let range = SceneLimits.lightColor
      guard range.contains(color.x), range.contains(color.y), range.contains(color.z) else {
        throw .invalid(
          "color (\(color.x), \(color.y), \(color.z)): each part is \(range.lowerBound) to "
            + "\(range.upperBound), and usually at most 1")
      }
      light.colour = Colour(color.x, color.y, color.z)
    }
    if let transform {
      try SceneLimits.check(location: transform.location)
      try SceneLimits.check(rotation: transform.rotation)
      light.transform.location = transform.location
      light.transform.rotation = transform.rotation
    }
    if light.name == sky.name {
      change(shadows: false) { sky = light }
    } else {
      change(shadows: true) { sun = light }
    }
    return "set light \"\(light.name)\""
  }

  // MARK: -

  /// Every change goes through here. `shadows`: whether it can alter them.
  private func change(shadows isShadowing: Bool, _ body: () -> Void) {
    current = nil
    if isShadowing { shadows = SunShadowCache() }
    body()
  }

  private func index(ofObject name: String) throws(SceneError) -> Int {
    guard let index = indexes[name] else {
      throw .unknown("object", name, known: objectNames)
    }
    return index
  }

  private func index(ofCamera name: String) throws(SceneError) -> Int {
    if cameraRule == .viewport || name.isEmpty { return 0 }
    guard let index = cameras.firstIndex(where: { $0.name == name }) else {
      throw .unknown("camera", name, known: cameraNames)
    }
    return index
  }

  private func checked(_ pose: Transform, scale: Vector3) throws(SceneError) -> Transform {
    var pose = pose
    try SceneLimits.check(location: pose.location)
    try SceneLimits.check(rotation: pose.rotation)
    if pose.scale == .zero { pose.scale = scale }
    try SceneLimits.check(scale: pose.scale)
    return pose
  }

  private func checkedCamera(_ pose: Transform) throws(SceneError) -> Transform {
    try SceneLimits.check(location: pose.location)
    try SceneLimits.check(rotation: pose.rotation)
    return Transform(location: pose.location, rotation: pose.rotation)
  }

  private func automaticName(for shape: Shape) -> String {
    var number = nextNumber[shape] ?? 1
    while indexes["\(shape.rawValue)_\(number)"] != nil { number += 1 }
    nextNumber[shape] = number + 1
    return "\(shape.rawValue)_\(number)"
  }

  private func add(_ name: String, _ shape: Shape, _ pose: Transform, _ material: Material) {
    change(shadows: true) {
      indexes[name] = bodies.count
      names.append(name)
      bodies.append(Body(id: nextID, shape: shape, transform: pose, material: material))
      nextID += 1
    }
  }
}
