/// A position, scale or colour: three floats. Positions are centimetres in Unreal's left-handed,
/// Z-up world.
package struct Vector3: Equatable, Sendable {
  package var x: Float
  package var y: Float
  package var z: Float

  package init(_ x: Float, _ y: Float, _ z: Float) {
    self.x = x
    self.y = y
    self.z = z
  }

  package static let zero = Vector3(0, 0, 0)
  package static let one = Vector3(1, 1, 1)
}

/// An orientation in degrees: pitch about Y (up is positive), yaw about Z (clockwise from above),
/// roll about X.
package struct Rotator: Equatable, Sendable {
  package var pitch: Float
  package var yaw: Float
  package var roll: Float

  package init(pitch: Float, yaw: Float, roll: Float) {
    self.pitch = pitch
    self.yaw = yaw
    self.roll = roll
  }

  package static let zero = Rotator(pitch: 0, yaw: 0, roll: 0)
}

/// A whole pose. On the wire it is absolute: whatever is left out counts as zero.
package struct Transform: Equatable, Sendable {
  package var location: Vector3
  package var rotation: Rotator
  package var scale: Vector3

  package init(
    location: Vector3 = .zero, rotation: Rotator = .zero, scale: Vector3 = .one
  ) {
    self.location = location
    self.rotation = rotation
    self.scale = scale
  }
}
