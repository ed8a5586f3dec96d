import Glibc
import UESynthCore
import UESynthWire

/// Where the plugin of today differs from what its interface promises (WIRE.md).
enum PluginQuirks {
  /// The actions that ControlStream knows.
  static func answersOnStream(_ kind: ActionKind) -> Bool {
    switch kind {
    case .setCameraTransform, .getCameraTransform, .captureRGB, .captureDepth, .captureSegmentation,
      .setObjectTransform, .getObjectTransform, .listObjects:
      true
    case .captureNormals, .captureOpticalFlow, .createCamera, .destroyCamera, .setResolution,
      .spawnObject, .destroyObject, .setMaterial, .setLighting:
      false
    }
  }

  /// What the plugin says without looking at the scene; nil for what it does carry out.
  static func shortcut(_ action: ServerAction, _ route: Route) -> ServiceAnswer? {
    if answersOnStream(action.kind) { return nil }
    if route == .stream { return .silence }
    if action.kind.modality != nil { return nil }
    return .reply(
      .command(success: true, message: "\(methodName(action.kind)) not yet implemented"))
  }

  /// Asked for 0 x 0, RGB claims Full HD, whatever the viewport is.
  static func reportedSize(_ action: ServerAction) -> (width: UInt32, height: UInt32) {
    (action.width == 0 ? 1920 : action.width, action.height == 0 ? 1080 : action.height)
  }

  /// Zeros that are called a PNG. The size was checked.
  static func placeholder(_ action: ServerAction, _ modality: Modality) -> ReplyPicture {
    let channels =
      switch modality {
      case .depth: 1
      case .segmentation, .normals: 3
      default: 2
      }
    let size = Int(action.width) * Int(action.height) * channels
    return ReplyPicture(
      bytes: UnsafeRawBufferPointer(rebasing: zeros.prefix(size)), owner: nil, width: action.width,
      height: action.height, format: "png")
  }

  /// Pages that are never written, so they all are one.
  nonisolated(unsafe) private static let zeros: UnsafeRawBufferPointer = {
    let size = 3 * SceneLimits.pixels
    let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    if memory == MAP_FAILED { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: memory, count: size)
  }()

  /// The last part of `:path`.
  private static func methodName(_ kind: ActionKind) -> String {
    let path = RPC.unary(kind).path.description
    return path.split(separator: "/").last.map(String.init) ?? path
  }
}
