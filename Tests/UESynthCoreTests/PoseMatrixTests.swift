import Glibc
import Testing
import UESynthCore

@Suite struct PoseMatrixTests {
  private func matrix(
    _ pose: Transform, _ convention: AxisConvention = .unreal, unit: Double = 1,
    scaled: Bool = false, inverse: Bool = false
  ) throws -> [[Double]] {
    let made = try #require(
      PoseMatrix(pose, convention, unit: unit, scaled: scaled, inverse: inverse))
    let rows = made.rows
    return [rows.0, rows.1, rows.2].map { [$0.0, $0.1, $0.2, $0.3] } + [[0, 0, 0, 1]]
  }

  private func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    (0..<4).map { row in
      (0..<4).map { column in (0..<4).reduce(0) { $0 + a[row][$1] * b[$1][column] } }
    }
  }

  private func isNear(_ a: [[Double]], _ b: [[Double]], _ tolerance: Double = 1e-12) -> Bool {
    zip(a.joined(), b.joined()).allSatisfy { abs($0 - $1) <= tolerance }
  }

  private let unit: [[Double]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]

  private func pose(
    _ location: Vector3 = .zero, _ pitch: Float = 0, _ yaw: Float = 0, _ roll: Float = 0,
    scale: Vector3 = .one
  ) -> Transform {
    Transform(
      location: location, rotation: Rotator(pitch: pitch, yaw: yaw, roll: roll), scale: scale)
  }

  @Test(arguments: AxisConvention.allCases)
  func aPoseOfZerosIsTheIdentity(_ convention: AxisConvention) throws {
    #expect(try matrix(pose(), convention) == unit)
    let made = try #require(
      PoseMatrix(pose(), convention, unit: 1, scaled: false, inverse: false))
    #expect(made.quaternion == (0, 0, 0, 1))
  }

  /// 10 cm forward, 20 right, 30 up.
  @Test func placesInEachConvention() throws {
    let there = pose(Vector3(10, 20, 30))
    func column(_ convention: AxisConvention, unit: Double = 1) throws -> [Double] {
      try matrix(there, convention, unit: unit).prefix(3).map { $0[3] }
    }
    #expect(try column(.unreal) == [10, 20, 30])
    #expect(try column(.openCV) == [20, -30, 10])
    #expect(try column(.ros) == [10, -20, 30])
    #expect(try column(.openGL) == [20, 30, -10])
    #expect(try column(.openCV, unit: 0.01) == [0.2, -0.3, 0.1])
  }

  /// A quarter turn to the right: forward becomes what was right.
  @Test func yawByHand() throws {
    let turned = pose(.zero, 0, 90)
    #expect(
      try matrix(turned) == [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    // OpenCV: z (forward) goes to x (right), x to -z (backward).
    #expect(
      try matrix(turned, .openCV) == [[0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1]])
    // ROS: x (forward) goes to -y (right), a turn by -90 degrees about z (up).
    #expect(
      try matrix(turned, .ros) == [[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    // OpenGL: -z (forward) goes to x (right).
    #expect(
      try matrix(turned, .openGL) == [[0, 0, -1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
  }

  @Test func pitchAndRollByHand() throws {
    // Up: forward becomes up, up becomes backward.
    #expect(
      try matrix(pose(.zero, 90)) == [[0, 0, -1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    // Clockwise seen from behind: up becomes right, right becomes down.
    #expect(
      try matrix(pose(.zero, 0, 0, 90))
        == [[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
  }

  private var poses: [Transform] {
    var poses: [Transform] = []
    for pitch in stride(from: Float(-90), through: 90, by: 22.5) {
      for yaw in stride(from: Float(-180), through: 180, by: 37) {
        for roll in [Float(-170), -90, 0, 45, 180] {
          poses.append(
            pose(
              Vector3(pitch * 3, yaw - 20, roll + 7), pitch, yaw, roll,
              scale: Vector3(2, 0.5, 1.25)))
        }
      }
    }
    return poses
  }

  @Test(arguments: AxisConvention.allCases)
  func theInverseIsTheInverse(_ convention: AxisConvention) throws {
    for pose in poses {
      for scaled in [false, true] {
        let there = try matrix(pose, convention, unit: 0.01, scaled: scaled)
        let back = try matrix(pose, convention, unit: 0.01, scaled: scaled, inverse: true)
        #expect(isNear(product(there, back), unit))
      }
    }
    #expect(
      PoseMatrix(
        pose(scale: Vector3(1, 0, 1)), convention, unit: 1, scaled: true, inverse: true) == nil)
  }

  /// Rotations stay rotations: no convention mirrors.
  @Test(arguments: AxisConvention.allCases)
  func determinantsAreOne(_ convention: AxisConvention) throws {
    for pose in poses {
      let m = try matrix(pose, convention)
      let determinant =
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
      #expect(abs(determinant - 1) < 1e-12)
    }
  }

  @Test(arguments: AxisConvention.allCases)
  func quaternionsTurnAsTheirMatrices(_ convention: AxisConvention) throws {
    for pose in poses {
      for inverse in [false, true] {
        let made = try #require(
          PoseMatrix(pose, convention, unit: 1, scaled: false, inverse: inverse))
        let (x, y, z, w) = made.quaternion
        #expect(w >= 0)
        #expect(abs(x * x + y * y + z * z + w * w - 1) < 1e-12)
        let turn = [
          [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
          [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
          [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
        let rows = made.rows
        let wanted = [rows.0, rows.1, rows.2].map { [$0.0, $0.1, $0.2] }
        for (a, b) in zip(turn.joined(), wanted.joined()) { #expect(abs(a - b) < 1e-12) }
      }
    }
  }

  /// FRotator::Quaternion of Unreal Engine (UnrealMath.cpp), up to the sign.
  @Test func unrealsOwnQuaternion() throws {
    for pose in poses {
      func half(_ degrees: Float) -> (Double, Double) {
        let radians = Double(degrees) * .pi / 360
        return (sin(radians), cos(radians))
      }
      let (sp, cp) = half(pose.rotation.pitch)
      let (sy, cy) = half(pose.rotation.yaw)
      let (sr, cr) = half(pose.rotation.roll)
      let theirs = [
        cr * sp * sy - sr * cp * cy, -cr * sp * cy - sr * cp * sy, cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
      ]
      let made = try #require(
        PoseMatrix(pose, .unreal, unit: 1, scaled: false, inverse: false))
      let (x, y, z, w) = made.quaternion
      // Half turns have w = 0 and either sign.
      let alike = zip([x, y, z, w], theirs).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(abs(alike) - 1) < 1e-9)
    }
  }
}
