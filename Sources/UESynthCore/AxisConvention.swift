/// Which way the axes of a world, and of what stands in it, point. Raw values are the ABI's
/// `UESYNTH_AXES_*`.
public enum AxisConvention: UInt32, CaseIterable, Sendable {
  /// Left-handed: x forward, y right, z up.
  case unreal = 0
  /// x right, y down, z forward.
  case openCV = 1
  /// x forward, y left, z up (REP 103).
  case ros = 2
  /// x right, y up, z backward.
  case openGL = 3

  /// For each axis of this convention, the axis of Unreal's that it lies along (0 x, 1 y, 2 z) and
  /// whether it points the same way (1) or the other (-1).
  public var axes: (first: Axis, second: Axis, third: Axis) {
    switch self {
    case .unreal: (Axis(0, 1), Axis(1, 1), Axis(2, 1))
    case .openCV: (Axis(1, 1), Axis(2, -1), Axis(0, 1))
    case .ros: (Axis(0, 1), Axis(1, -1), Axis(2, 1))
    case .openGL: (Axis(1, 1), Axis(2, 1), Axis(0, -1))
    }
  }

  public struct Axis: Sendable {
    public let index: Int
    public let sign: Double

    init(_ index: Int, _ sign: Double) {
      self.index = index
      self.sign = sign
    }
  }
}
