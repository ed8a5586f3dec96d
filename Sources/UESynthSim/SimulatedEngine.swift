import UESynthCore
import UESynthWire

/// Carries actions out on a scene, as an engine with the plugin would. Thread: the loop's.
final class SimulatedEngine {
  private let options: ServerOptions
  private let scene: Scene
  private var flow = FlowHistory()
  private var past: SnapshotHistory
  /// Captures that still fail, because play has only just begun.
  private var failingCaptures: Int

  init(_ options: ServerOptions) {
    self.options = options
    var layout = Scene.Options()
    layout.seed = options.seed
    layout.objectCount = options.objects
    layout.viewportWidth = options.viewportWidth
    layout.viewportHeight = options.viewportHeight
    layout.cameraRule = options.behaviour == .plugin ? .viewport : .named
    scene = Scene(layout)
    past = SnapshotHistory(depth: options.renderLag)
    failingCaptures = options.failingCaptures
  }

  /// The game thread's tick is over.
  func tickEnded() {
    if options.tickRate != nil, options.renderLag > 0 { past.append(scene.snapshot()) }
  }

  func answer(_ action: ServerAction, _ route: Route) -> ServiceAnswer {
    if options.behaviour == .plugin, let answer = PluginQuirks.shortcut(action, route) {
      return answer
    }
    do {
      switch action.kind {
      case .getCameraTransform:
        return .reply(
          .cameraTransform(
            try scene.cameraTransform(named: action.name), success: options.behaviour == .honest))
      case .getObjectTransform:
        return .reply(
          .objectTransform(
            try scene.objectTransform(named: action.name), success: options.behaviour == .honest))
      case .listObjects:
        return .reply(.objects(scene.objectNames))
      case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow:
        return try capture(action)
      case .setCameraTransform, .setObjectTransform, .createCamera, .destroyCamera, .setResolution,
        .spawnObject, .destroyObject, .setMaterial, .setLighting:
        return change(action, route)
      }
    } catch {
      return .failed(error.status, error.message)
    }
  }

  private func change(_ action: ServerAction, _ route: Route) -> ServiceAnswer {
    if options.replay, Acknowledgement.covers(action.kind) {
      return .reply(.command(success: true, message: ""))
    }
    let isTick = options.tickRate == nil && options.renderLag > 0
    let before = isTick ? scene.snapshot() : nil
    do {
      let message = try scene.apply(action)
      if let before { past.append(before) }
      return .reply(.command(success: true, message: message))
    } catch {
      if options.behaviour == .plugin, route == .stream { return .silence }
      return .reply(.command(success: false, message: error.message))
    }
  }

  // MARK: Captures

  private func capture(_ action: ServerAction) throws(SceneError) -> ServiceAnswer {
    guard let modality = action.kind.modality else { return .silence }
    if failingCaptures > 0 {
      failingCaptures -= 1
      return .failed(.internal, "Failed to capture image")
    }
    // What the scene does not have now cannot be captured, whatever it had some ticks ago.
    var view = try self.view(of: scene.snapshot(), action)
    if let past = past.oldest, let seen = try? self.view(of: past, action) { view = seen }
    if options.behaviour == .plugin {
      if modality != .rgb { return .picture(PluginQuirks.placeholder(action, modality)) }
      let size = PluginQuirks.reportedSize(action)
      return .capture(
        CapturePlan(modality: modality, view: view, width: size.width, height: size.height))
    }
    return .capture(
      CapturePlan(
        modality: modality, view: view, width: UInt32(clamping: view.width),
        height: UInt32(clamping: view.height)))
  }

  private func view(
    of snapshot: SceneSnapshot, _ action: ServerAction
  ) throws(SceneError) -> CameraView {
    try snapshot.view(camera: action.name, width: action.width, height: action.height)
  }

  /// A planned capture is begun: the view that optical flow is measured against.
  func begin(_ plan: CapturePlan) -> CameraView? {
    plan.modality == .opticalFlow ? flow.exchange(plan.view) : nil
  }

  /// The word that `ImageResponse.format` has for what is drawn.
  static func format(of modality: Modality) -> String {
    switch modality {
    case .rgb: "rgba"
    case .depth: "float32"
    case .segmentation: "uint32"
    case .normals: "float32x3"
    case .opticalFlow: "float32x2"
    }
  }
}

extension Scene {
  /// Carries out an action that changes the scene.
  fileprivate func apply(_ action: ServerAction) throws(SceneError) -> String {
    switch action.kind {
    case .setCameraTransform:
      return try setCameraTransform(named: action.name, to: action.transform)
    case .setObjectTransform:
      return try setObjectTransform(named: action.name, to: action.transform)
    case .createCamera: return try createCamera(named: action.name, at: action.transform)
    case .destroyCamera: return try destroyCamera(named: action.name)
    case .setResolution:
      return try setResolution(camera: action.name, width: action.width, height: action.height)
    case .spawnObject:
      let name = try spawnObject(
        named: action.name, asset: action.assetPath, at: action.transform)
      return "spawned \"\(name)\""
    case .destroyObject: return try destroyObject(named: action.name)
    case .setMaterial:
      return try setMaterial(
        object: action.name, property: action.materialProperty, value: action.materialValue)
    case .setLighting:
      return try setLighting(
        light: action.name, intensity: action.intensity,
        color: action.hasColor ? action.color : nil,
        transform: action.hasTransform ? action.transform : nil)
    case .getCameraTransform, .getObjectTransform, .listObjects, .captureRGB, .captureDepth,
      .captureSegmentation, .captureNormals, .captureOpticalFlow:
      return ""
    }
  }
}
