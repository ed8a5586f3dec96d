import CUESynth
import Glibc
import UESynthClient
import UESynthCore

@_cdecl("uesynth_pose_to_matrix") @implementation
public func uesynth_pose_to_matrix(
  _ pose: UnsafePointer<uesynth_transform>?, _ axes: UInt32, _ flags: UInt32,
  _ matrix: UnsafeMutablePointer<Double>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let matrix = try Arguments.output(matrix, "matrix")
    let rows = try PoseMatrix.of(pose, axes, flags).rows
    for (index, row) in [rows.0, rows.1, rows.2, (0, 0, 0, 1)].enumerated() {
      matrix[4 * index] = row.0
      matrix[4 * index + 1] = row.1
      matrix[4 * index + 2] = row.2
      matrix[4 * index + 3] = row.3
    }
  }
}

@_cdecl("uesynth_pose_to_quaternion") @implementation
public func uesynth_pose_to_quaternion(
  _ pose: UnsafePointer<uesynth_transform>?, _ axes: UInt32, _ flags: UInt32,
  _ quaternion: UnsafeMutablePointer<Double>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let quaternion = try Arguments.output(quaternion, "quaternion")
    guard flags & ~UInt32(UESYNTH_POSE_INVERSE) == 0 else {
      throw misuse("a quaternion takes no flag but UESYNTH_POSE_INVERSE")
    }
    let (x, y, z, w) = try PoseMatrix.of(pose, axes, flags).quaternion
    quaternion[0] = x
    quaternion[1] = y
    quaternion[2] = z
    quaternion[3] = w
  }
}

@_cdecl("uesynth_camera_intrinsics") @implementation
public func uesynth_camera_intrinsics(
  _ fov: Double, _ width: UInt32, _ height: UInt32, _ matrix: UnsafeMutablePointer<Double>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let matrix = try Arguments.output(matrix, "matrix")
    guard fov > 0, fov < 180 else { throw misuse("fov is \(fov); it may be over 0 and below 180") }
    guard width > 0, height > 0 else {
      throw misuse("a picture of \(width) x \(height) has no pixels")
    }
    try Arguments.size(width, height)
    // Exactly half the width at 90 degrees, where the tangent is a rounded one.
    let focal = Double(width) / 2 / (fov == 90 ? 1 : tan(fov * .pi / 360))
    let entries = [focal, 0, Double(width) / 2, 0, focal, Double(height) / 2, 0, 0, 1]
    for (index, entry) in entries.enumerated() { matrix[index] = entry }
  }
}

extension PoseMatrix {
  fileprivate static func of(
    _ pose: UnsafePointer<uesynth_transform>?, _ axes: UInt32, _ flags: UInt32
  ) throws(ClientFailure) -> PoseMatrix {
    guard let pose else { throw misuse("pose is NULL") }
    guard let convention = AxisConvention(rawValue: axes) else {
      throw misuse("\(axes) is no UESYNTH_AXES_")
    }
    let known = UInt32(UESYNTH_POSE_INVERSE | UESYNTH_POSE_METRES | UESYNTH_POSE_SCALED)
    guard flags & ~known == 0 else { throw misuse("flags has bits that are no UESYNTH_POSE_") }
    guard
      let matrix = PoseMatrix(
        try Arguments.transform(pose.pointee), convention,
        unit: flags & UInt32(UESYNTH_POSE_METRES) != 0 ? 0.01 : 1,
        scaled: flags & UInt32(UESYNTH_POSE_SCALED) != 0,
        inverse: flags & UInt32(UESYNTH_POSE_INVERSE) != 0)
    else { throw misuse("the pose has a scale of 0, so that there is no inverse") }
    return matrix
  }
}
