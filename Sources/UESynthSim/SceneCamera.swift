import UESynthCore

/// A camera: pinhole, 90 degrees across the width of its picture, square pixels.
struct SceneCamera: Equatable, Sendable {
  /// Never given to another camera.
  let id: UInt32
  let name: String
  var pose: Transform
  var width: UInt32
  var height: UInt32

  static let defaultName = "Camera"
  static let defaultPose = Transform(
    location: Vector3(-1150, 0, 330), rotation: Rotator(pitch: -12, yaw: 0, roll: 0))
}
