import UESynthCore

/// What bounds the memory and the time that a scene can cost.
public enum SceneLimits {
  public static let objects = 10_000
  public static let cameras = 64
  public static let nameBytes = 256
  public static let side = 8192
  /// Pixels of one picture.
  public static let pixels = 1 << 25
  /// Centimetres from the origin: 100 km.
  public static let coordinate: Float = 1e7
  public static let scale: ClosedRange<Float> = 1e-3...1e4
  public static let intensity: ClosedRange<Float> = 0...1e6
  public static let lightColor: ClosedRange<Float> = 0...1000

  static func check(name: String, of noun: String) throws(SceneError) {
    guard !name.isEmpty, name.utf8.count <= nameBytes else {
      throw .invalid("the name of a \(noun) has 1 to \(nameBytes) bytes, not \(name.utf8.count)")
    }
    guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw .invalid("the name of a \(noun) has no control characters")
    }
  }

  static func check(location v: Vector3) throws(SceneError) {
    guard abs(v.x) <= coordinate, abs(v.y) <= coordinate, abs(v.z) <= coordinate else {
      throw .invalid(
        "location (\(v.x), \(v.y), \(v.z)): each coordinate is finite and within \(coordinate) cm")
    }
  }

  static func check(rotation r: Rotator) throws(SceneError) {
    guard r.pitch.isFinite, r.yaw.isFinite, r.roll.isFinite else {
      throw .invalid("rotation (\(r.pitch), \(r.yaw), \(r.roll)): pitch, yaw and roll are finite")
    }
  }

  static func check(scale s: Vector3) throws(SceneError) {
    guard scale.contains(s.x), scale.contains(s.y), scale.contains(s.z) else {
      throw .invalid(
        "scale (\(s.x), \(s.y), \(s.z)): each factor is \(scale.lowerBound) to "
          + "\(scale.upperBound), or all three are 0 to leave the scale out")
    }
  }

  static func check(width: UInt32, height: UInt32) throws(SceneError) {
    guard (1...UInt32(side)).contains(width), (1...UInt32(side)).contains(height),
      Int(width) * Int(height) <= pixels
    else {
      throw .invalid(
        "size \(width)x\(height): each side is 1 to \(side) and the area at most \(pixels) pixels")
    }
  }
}
