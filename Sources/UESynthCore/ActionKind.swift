/// The 17 things that a UESynth server can be asked to do. Raw values are the field numbers of
/// `ActionRequest.action` in uesynth.proto and the ABI's `UESYNTH_ACTION_*`.
public enum ActionKind: UInt32, CaseIterable, Sendable {
  case setCameraTransform = 2
  case getCameraTransform = 3
  case captureRGB = 4
  case captureDepth = 5
  case captureSegmentation = 6
  case captureNormals = 7
  case captureOpticalFlow = 8
  case setObjectTransform = 9
  case getObjectTransform = 10
  case createCamera = 11
  case destroyCamera = 12
  case setResolution = 13
  case spawnObject = 14
  case destroyObject = 15
  case setMaterial = 16
  case listObjects = 17
  case setLighting = 18

  /// The modality of a capture, nil for every other action.
  public var modality: Modality? {
    switch self {
    case .captureRGB: .rgb
    case .captureDepth: .depth
    case .captureSegmentation: .segmentation
    case .captureNormals: .normals
    case .captureOpticalFlow: .opticalFlow
    default: nil
    }
  }

  /// The name of the constant without its prefix, in small letters.
  public var name: StaticString {
    switch self {
    case .setCameraTransform: "set_camera_transform"
    case .getCameraTransform: "get_camera_transform"
    case .captureRGB: "capture_rgb"
    case .captureDepth: "capture_depth"
    case .captureSegmentation: "capture_segmentation"
    case .captureNormals: "capture_normals"
    case .captureOpticalFlow: "capture_optical_flow"
    case .setObjectTransform: "set_object_transform"
    case .getObjectTransform: "get_object_transform"
    case .createCamera: "create_camera"
    case .destroyCamera: "destroy_camera"
    case .setResolution: "set_resolution"
    case .spawnObject: "spawn_object"
    case .destroyObject: "destroy_object"
    case .setMaterial: "set_material"
    case .listObjects: "list_objects"
    case .setLighting: "set_lighting"
    }
  }

  public init(capturing modality: Modality) {
    switch modality {
    case .rgb: self = .captureRGB
    case .depth: self = .captureDepth
    case .segmentation: self = .captureSegmentation
    case .normals: self = .captureNormals
    case .opticalFlow: self = .captureOpticalFlow
    }
  }
}
