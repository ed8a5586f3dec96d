import UESynthCore

/// An action as a server receives it. Fields that the kind does not have keep their defaults.
public struct ServerAction: Equatable, Sendable {
  /// As the client wrote it; empty for a unary call.
  public var requestID = ""
  public var kind: ActionKind
  /// The camera, object or light.
  public var name = ""
  public var assetPath = ""
  public var materialProperty = ""
  public var materialValue = ""
  /// Parts that are absent are zero, the scale too: see `hasScale`.
  public var transform = Transform(scale: .zero)
  public var hasTransform = false
  public var hasLocation = false
  public var hasRotation = false
  public var hasScale = false
  public var width: UInt32 = 0
  public var height: UInt32 = 0
  public var intensity: Float = 0
  public var color = Vector3.zero
  public var hasColor = false

  public init(kind: ActionKind) {
    self.kind = kind
  }
}
