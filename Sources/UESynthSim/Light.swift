import UESynthCore

/// The two lights of the scene. "Sun" is directional: it shines along its forward axis, and its
/// intensity is 10 to begin with. "SkyLight" is what the sky sends from everywhere, 1 to begin with.
struct Light: Equatable, Sendable {
  let name: String
  var intensity: Float
  var colour: Colour
  var transform: Transform

  static let names = ["Sun", "SkyLight"]

  static let sun = Light(
    name: "Sun", intensity: 10, colour: Colour(1, 0.93, 0.80),
    transform: Transform(
      location: Vector3(0, 0, 1000), rotation: Rotator(pitch: -38, yaw: 52, roll: 0)))

  static let sky = Light(
    name: "SkyLight", intensity: 1, colour: Colour(1, 1, 1),
    transform: Transform(location: Vector3(0, 0, 1000)))
}
