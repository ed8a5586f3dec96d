import UESynthCore

/// One action's arguments. Each kind reads the fields that it has and ignores the others. The C
/// strings are borrowed for the duration of the call that is given the action; nil is "". They must
/// be valid UTF-8 (`UTF8Text`): a server rejects the whole message otherwise.
public struct Action {
  public var kind: ActionKind
  /// The camera, object or light.
  public var name: UnsafePointer<CChar>?
  public var transform: Transform
  /// False leaves the transform out; servers take an absent one as zeros.
  public var hasTransform: Bool
  public var width: UInt32
  public var height: UInt32
  public var assetPath: UnsafePointer<CChar>?
  public var materialProperty: UnsafePointer<CChar>?
  public var materialValue: UnsafePointer<CChar>?
  public var intensity: Float
  public var color: Vector3

  public init(
    kind: ActionKind, name: UnsafePointer<CChar>? = nil, transform: Transform = Transform(),
    hasTransform: Bool = true, width: UInt32 = 0, height: UInt32 = 0,
    assetPath: UnsafePointer<CChar>? = nil, materialProperty: UnsafePointer<CChar>? = nil,
    materialValue: UnsafePointer<CChar>? = nil, intensity: Float = 0, color: Vector3 = .zero
  ) {
    self.kind = kind
    self.name = name
    self.transform = transform
    self.hasTransform = hasTransform
    self.width = width
    self.height = height
    self.assetPath = assetPath
    self.materialProperty = materialProperty
    self.materialValue = materialValue
    self.intensity = intensity
    self.color = color
  }
}
