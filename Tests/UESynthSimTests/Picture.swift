import UESynthCore

@testable import UESynthSim

/// One rendered picture, drawn on the calling thread unless a pool is given.
struct Picture {
  let width: Int
  let height: Int
  let modality: Modality
  let bytes: [UInt8]

  init(
    _ view: CameraView, _ modality: Modality, previous: CameraView? = nil, pool: RenderPool? = nil
  ) throws {
    width = view.width
    height = view.height
    self.modality = modality
    let size = FramePixels.byteCount(modality, width: width, height: height)
    // 0xa5 shows what was not written.
    var bytes = [UInt8](repeating: 0xa5, count: size)
    try bytes.withUnsafeMutableBytes { buffer in
      guard
        let rendering = Rendering(
          view: view, previous: previous, targets: [RenderTarget(modality, into: buffer)])
      else { throw Refused() }
      if let pool {
        pool.render(rendering)
      } else {
        rendering.draw(rows: 0..<view.height, RowScratch())
      }
    }
    self.bytes = bytes
  }

  struct Refused: Error {}

  func float(_ x: Int, _ y: Int, _ channel: Int = 0) -> Float {
    let channels = FramePixels.bytesPerPixel(modality) / 4
    return Float(bitPattern: word(((y * width) + x) * channels + channel))
  }

  func word(_ x: Int, _ y: Int) -> UInt32 { word(y * width + x) }

  private func word(_ index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32(8 * $1) }
  }

  func rgb(_ x: Int, _ y: Int) -> (r: Int, g: Int, b: Int) {
    let pixel = word(x, y)
    return (Int(pixel & 255), Int((pixel >> 8) & 255), Int((pixel >> 16) & 255))
  }

  /// Of all red, green and blue bytes of a rectangle.
  func brightness(_ xs: Range<Int>, _ ys: Range<Int>) -> Double {
    var sum = 0
    for y in ys { for x in xs { sum += rgb(x, y).r + rgb(x, y).g + rgb(x, y).b } }
    return Double(sum) / Double(3 * xs.count * ys.count)
  }
}

extension Scene {
  /// Nothing but the ground; the camera at a height, looking along X.
  static func empty(
    height: Float = 200, pitch: Float = 0, rule: CameraRule = .named
  ) throws -> Scene {
    var options = Options()
    options.objectCount = 0
    options.cameraRule = rule
    let scene = Scene(options)
    try scene.look(from: Vector3(0, 0, height), pitch: pitch)
    return scene
  }

  func look(
    from location: Vector3, pitch: Float = 0, yaw: Float = 0, roll: Float = 0, camera: String = ""
  ) throws {
    try setCameraTransform(
      named: camera,
      to: Transform(
        location: location, rotation: Rotator(pitch: pitch, yaw: yaw, roll: roll)))
  }

  func view(_ width: UInt32, _ height: UInt32, camera: String = "") throws -> CameraView {
    try snapshot().view(camera: camera, width: width, height: height)
  }

  @discardableResult
  func put(
    _ shape: Shape, _ name: String, _ x: Float, _ y: Float, _ z: Float,
    rotation: Rotator = .zero, scale: Vector3 = .one
  ) throws -> UInt32 {
    _ = try spawnObject(
      named: name, asset: shape.assetPath,
      at: Transform(location: Vector3(x, y, z), rotation: rotation, scale: scale))
    return snapshot().instanceID(ofObject: name) ?? 0
  }
}

func isNear(_ a: Float, _ b: Float, within tolerance: Float) -> Bool { abs(a - b) <= tolerance }
