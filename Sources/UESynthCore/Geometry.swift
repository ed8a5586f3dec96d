/// A position, scale or colour: three floats. Positions are centimetres in Unreal's left-handed,
/// Z-up world.
public struct Vector3: Equatable, Sendable {
  public var x: Float
  public var y: Float
  public var z: Float

  @inlinable @inline(__always)
  public init(_ x: Float, _ y: Float, _ z: Float) {
    self.x = x
    self.y = y
    self.z = z
  }

  @inlinable public static var zero: Vector3 { Vector3(0, 0, 0) }
  @inlinable public static var one: Vector3 { Vector3(1, 1, 1) }
}

/// An orientation in degrees: pitch about Y (up is positive), yaw about Z (clockwise from above),
/// roll about X.
public struct Rotator: Equatable, Sendable {
  public var pitch: Float
  public var yaw: Float
  public var roll: Float

  @inlinable @inline(__always)
  public init(pitch: Float, yaw: Float, roll: Float) {
    self.pitch = pitch
    self.yaw = yaw
    self.roll = roll
  }

  @inlinable public static var zero: Rotator { Rotator(pitch: 0, yaw: 0, roll: 0) }
}

/// A whole pose. On the wire it is absolute: whatever is left out counts as zero.
public struct Transform: Equatable, Sendable {
  public var location: Vector3
  public var rotation: Rotator
  public var scale: Vector3

  @inlinable @inline(__always)
  public init(
    location: Vector3 = .zero, rotation: Rotator = .zero, scale: Vector3 = .one
  ) {
    self.location = location
    self.rotation = rotation
    self.scale = scale
  }
}
