import UESynthCore

/// The methods of `uesynth.UESynthService`.
public enum RPC: Equatable, Sendable {
  case unary(ActionKind)
  case controlStream

  /// nil if the service has no such method.
  public init?(path: UnsafeRawBufferPointer) {
    if Self.equal(path, RPC.controlStream.path) {
      self = .controlStream
      return
    }
    for kind in ActionKind.allCases where Self.equal(path, RPC.unary(kind).path) {
      self = .unary(kind)
      return
    }
    return nil
  }

  /// The value of `:path`.
  public var path: StaticString {
    switch self {
    case .controlStream: "/uesynth.UESynthService/ControlStream"
    case .unary(.setCameraTransform): "/uesynth.UESynthService/SetCameraTransform"
    case .unary(.getCameraTransform): "/uesynth.UESynthService/GetCameraTransform"
    case .unary(.captureRGB): "/uesynth.UESynthService/CaptureRgbImage"
    case .unary(.captureDepth): "/uesynth.UESynthService/CaptureDepthMap"
    case .unary(.captureSegmentation): "/uesynth.UESynthService/CaptureSegmentationMask"
    case .unary(.captureNormals): "/uesynth.UESynthService/CaptureNormals"
    case .unary(.captureOpticalFlow): "/uesynth.UESynthService/CaptureOpticalFlow"
    case .unary(.setObjectTransform): "/uesynth.UESynthService/SetObjectTransform"
    case .unary(.getObjectTransform): "/uesynth.UESynthService/GetObjectTransform"
    case .unary(.createCamera): "/uesynth.UESynthService/CreateCamera"
    case .unary(.destroyCamera): "/uesynth.UESynthService/DestroyCamera"
    case .unary(.setResolution): "/uesynth.UESynthService/SetResolution"
    case .unary(.spawnObject): "/uesynth.UESynthService/SpawnObject"
    case .unary(.destroyObject): "/uesynth.UESynthService/DestroyObject"
    case .unary(.setMaterial): "/uesynth.UESynthService/SetMaterial"
    case .unary(.listObjects): "/uesynth.UESynthService/ListObjects"
    case .unary(.setLighting): "/uesynth.UESynthService/SetLighting"
    }
  }

  private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
