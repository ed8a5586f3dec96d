/// The last optical flow picture of each camera: what the next one measures motion against.
/// One thread at a time.
public struct FlowHistory {
  private var last: [UInt32: CameraView] = [:]

  var count: Int { last.count }

  public init() {}

  /// The view of this camera's previous flow picture, nil for its first one; from now on `view`
  /// is the previous one.
  public mutating func exchange(_ view: CameraView) -> CameraView? {
    let previous = last.updateValue(view.bare(), forKey: view.cameraID)
    if last.count > SceneLimits.cameras {
      let alive = Set(view.snapshot.cameras.map(\.id))
      last = last.filter { alive.contains($0.key) }
    }
    return previous
  }
}
