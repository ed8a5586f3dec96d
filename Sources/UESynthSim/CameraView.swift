import UESynthCore

/// One picture to be made: a moment of the scene, seen by one camera.
package struct CameraView: Sendable {
  package let snapshot: SceneSnapshot
  package let cameraID: UInt32
  package let pose: Transform
  /// The size of the whole view, across whose width the 90 degrees lie.
  package let viewWidth: Int
  package let viewHeight: Int
  /// The size of the picture: the top left corner of the view, and zeros beyond it.
  package let width: Int
  package let height: Int

  /// For keeping: without what was derived from the snapshot.
  func bare() -> CameraView {
    CameraView(
      snapshot: snapshot.bare(), cameraID: cameraID, pose: pose, viewWidth: viewWidth,
      viewHeight: viewHeight, width: width, height: height)
  }

  /// Whether the picture differs from the whole view.
  package var isCropped: Bool { width != viewWidth || height != viewHeight }
}
