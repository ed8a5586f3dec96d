/// A position, scale or colour: three floats. Positions are centimetres in Unreal's left-handed,
/// Z-up world.
public struct Vector3: Equatable, Sendable {
  public var x: Float
  public var y: Float
  public var z: Float

  public init(_ x: Float, _ y: Float, _ z: Float) {
    self.x = x
    self.y = y
    self.z = z
  }

  public static let zero = Vector3(0, 0, 0)
  public static let one = Vector3(1, 1, 1)
}

/// An orientation in degrees: pitch about Y (up is positive), yaw about Z (clockwise from above),
/// roll about X.
public struct Rotator: Equatable, Sendable {
  public var pitch: Float
  public var yaw: Float
  public var roll: Float

  public init(pitch: Float, yaw: Float, roll: Float) {
    self.pitch = pitch
    self.yaw = yaw
    self.roll = roll
  }

  public static let zero = Rotator(pitch: 0, yaw: 0, roll: 0)
}

/// A whole pose. On the wire it is absolute: whatever is left out counts as zero.
public struct Transform: Equatable, Sendable {
  public var location: Vector3
  public var rotation: Rotator
  public var scale: Vector3

  public init(
    location: Vector3 = .zero, rotation: Rotator = .zero, scale: Vector3 = .one
  ) {
    self.location = location
    self.rotation = rotation
    self.scale = scale
  }
}
