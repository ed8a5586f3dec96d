import CUESynth
import Testing
import UESynthABI
import UESynthCore

@testable import UESynthSim

/// Objects of the simulated scene, projected by matrices of the library, lie where its pictures show
/// them.
@Suite struct ReprojectionTests {
  private static let width = 320
  private static let height = 200

  private func hostForm(_ pose: Transform) -> uesynth_transform {
    uesynth_transform(
      location: uesynth_vector3(x: pose.location.x, y: pose.location.y, z: pose.location.z),
      rotation: uesynth_rotator(
        pitch: pose.rotation.pitch, yaw: pose.rotation.yaw, roll: pose.rotation.roll),
      scale: uesynth_vector3(x: pose.scale.x, y: pose.scale.y, z: pose.scale.z))
  }

  private func matrix(_ pose: Transform, _ axes: Int, _ flags: Int) throws -> [Double] {
    var host = hostForm(pose)
    var matrix = [Double](repeating: .nan, count: 16)
    #expect(uesynth_pose_to_matrix(&host, UInt32(axes), UInt32(flags), &matrix) == 0)
    return matrix
  }

  private func apply(_ m: [Double], _ p: [Double]) -> [Double] {
    (0..<3).map { m[4 * $0] * p[0] + m[4 * $0 + 1] * p[1] + m[4 * $0 + 2] * p[2] + m[4 * $0 + 3] }
  }

  /// (right, down, forward) of a point in a camera's axes.
  private func opticalForm(_ p: [Double], _ axes: Int) -> [Double] {
    switch axes {
    case UESYNTH_AXES_UNREAL: [p[1], -p[2], p[0]]
    case UESYNTH_AXES_ROS: [-p[1], -p[2], p[0]]
    case UESYNTH_AXES_OPENGL: [p[0], -p[1], -p[2]]
    default: p
    }
  }

  private func picture(_ view: CameraView, _ modality: Modality) throws -> [UInt32] {
    var words = [UInt32](repeating: 0, count: Self.width * Self.height)
    try words.withUnsafeMutableBytes { bytes in
      let rendering = try #require(
        Rendering(view: view, previous: nil, targets: [RenderTarget(modality, into: bytes)]))
      rendering.draw(rows: 0..<Self.height, RowScratch())
    }
    return words
  }

  @Test(
    arguments: [
      UESYNTH_AXES_UNREAL, UESYNTH_AXES_OPENCV, UESYNTH_AXES_ROS, UESYNTH_AXES_OPENGL,
    ], [0, UESYNTH_POSE_METRES])
  func objectsLieWhereTheSegmentationShowsThem(_ axes: Int, _ unit: Int) throws {
    let scene = Scene()
    let cameras = [
      Transform(
        location: Vector3(-1150, 0, 330), rotation: Rotator(pitch: -12, yaw: 0, roll: 0)),
      Transform(
        location: Vector3(900, -700, 500), rotation: Rotator(pitch: -25, yaw: 140, roll: 17)),
      Transform(
        location: Vector3(-200, 900, 250), rotation: Rotator(pitch: -8, yaw: -95, roll: -160)),
    ]
    var k = [Double](repeating: .nan, count: 9)
    #expect(uesynth_camera_intrinsics(90, UInt32(Self.width), UInt32(Self.height), &k) == 0)
    var hits = 0
    var seen = 0
    for camera in cameras {
      try scene.setCameraTransform(named: "", to: camera)
      let view = try scene.snapshot().view(
        camera: "", width: UInt32(Self.width), height: UInt32(Self.height))
      let ids = try picture(view, .segmentation)
      let depths = try picture(view, .depth)
      let extrinsics = try matrix(camera, axes, UESYNTH_POSE_INVERSE | unit)
      let centimetres = unit == 0 ? 1.0 : 100
      for body in view.snapshot.bodies {
        // Its place in the world of this convention is where its own matrix takes the origin.
        let place = apply(try matrix(body.transform, axes, unit), [0, 0, 0])
        let p = opticalForm(apply(extrinsics, place), axes)
        guard p[2] > 0 else { continue }
        let column = (k[0] * p[0] + k[2] * p[2]) / p[2]
        let row = (k[4] * p[1] + k[5] * p[2]) / p[2]
        guard column >= 0, row >= 0, column < Double(Self.width), row < Double(Self.height) else {
          continue
        }
        let index = Int(row) * Self.width + Int(column)
        seen += 1
        if ids[index] == body.id { hits += 1 }
        // A solid is convex: its middle is behind its own surface, or behind what hides it.
        let depth = Double(Float(bitPattern: depths[index]))
        #expect(depth < p[2] * centimetres)
        #expect(ids[index] != SceneSnapshot.skyID)
      }
    }
    #expect(seen > 60)
    #expect(hits > seen / 2)
  }

  /// Not only the middle: a corner of the scaled cube is where the picture has its outline.
  @Test func cornersOfAScaledCube() throws {
    var options = Scene.Options()
    options.objectCount = 0
    let scene = Scene(options)
    let camera = Transform(
      location: Vector3(0, 0, 300), rotation: Rotator(pitch: -5, yaw: 10, roll: 3))
    try scene.setCameraTransform(named: "", to: camera)
    let cube = Transform(
      location: Vector3(500, 60, 280), rotation: Rotator(pitch: 20, yaw: 30, roll: 40),
      scale: Vector3(1.5, 0.75, 1))
    _ = try scene.spawnObject(named: "c", asset: "/Engine/BasicShapes/Cube.Cube", at: cube)
    let view = try scene.snapshot().view(
      camera: "", width: UInt32(Self.width), height: UInt32(Self.height))
    let ids = try picture(view, .segmentation)
    let id = try #require(view.snapshot.instanceID(ofObject: "c"))
    let axes = UESYNTH_AXES_OPENCV
    let place = try matrix(cube, axes, UESYNTH_POSE_SCALED)
    let extrinsics = try matrix(camera, axes, UESYNTH_POSE_INVERSE)
    var k = [Double](repeating: .nan, count: 9)
    #expect(uesynth_camera_intrinsics(90, UInt32(Self.width), UInt32(Self.height), &k) == 0)
    var columns: [Double] = []
    var rows: [Double] = []
    for corner in 0..<8 {
      let local = (0..<3).map { corner >> $0 & 1 == 0 ? -50.0 : 50.0 }
      let p = apply(extrinsics, apply(place, local))
      columns.append(k[0] * p[0] / p[2] + k[2])
      rows.append(k[4] * p[1] / p[2] + k[5])
    }
    let mine = ids.indices.filter { ids[$0] == id }
    let foundColumns = mine.map { Double($0 % Self.width) + 0.5 }
    let foundRows = mine.map { Double($0 / Self.width) + 0.5 }
    // Middles of pixels are inside the outline, and come close to its corners.
    func check(_ found: [Double], _ corners: [Double]) throws {
      let least = try #require(found.min()) - (try #require(corners.min()))
      let greatest = try #require(corners.max()) - (try #require(found.max()))
      #expect(least > -1e-3 && least < 3)
      #expect(greatest > -1e-3 && greatest < 3)
    }
    try check(foundColumns, columns)
    try check(foundRows, rows)
  }
}
