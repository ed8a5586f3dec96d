import UESynthCore

/// One picture to be made: a moment of the scene, seen by one camera.
public struct CameraView: Sendable {
  public let snapshot: SceneSnapshot
  public let cameraID: UInt32
  public let pose: Transform
  /// The size of the whole view, across whose width the 90 degrees lie.
  public let viewWidth: Int
  public let viewHeight: Int
  /// The size of the picture: the top left corner of the view, and zeros beyond it.
  public let width: Int
  public let height: Int

  /// For keeping: without what was derived from the snapshot.
  func bare() -> CameraView {
    CameraView(
      snapshot: snapshot.bare(), cameraID: cameraID, pose: pose, viewWidth: viewWidth,
      viewHeight: viewHeight, width: width, height: height)
  }

  /// Whether the picture differs from the whole view.
  public var isCropped: Bool { width != viewWidth || height != viewHeight }
}
