import UESynthCore

/// An action as a server receives it. Fields that the kind does not have keep their defaults.
package struct ServerAction: Equatable {
  /// As the client wrote it; empty for a unary call.
  package var requestID = ""
  package var kind: ActionKind
  /// The camera, object or light.
  package var name = ""
  package var assetPath = ""
  package var materialProperty = ""
  package var materialValue = ""
  /// Parts that are absent are zero, the scale too: see `hasScale`.
  package var transform = Transform(scale: .zero)
  package var hasTransform = false
  package var hasLocation = false
  package var hasRotation = false
  package var hasScale = false
  package var width: UInt32 = 0
  package var height: UInt32 = 0
  package var intensity: Float = 0
  package var color = Vector3.zero
  package var hasColor = false

  package init(kind: ActionKind) {
    self.kind = kind
  }
}
