/// The moments at the ends of the last ticks, as many as the picture lags behind.
struct SnapshotHistory {
  private let depth: Int
  private var moments: [SceneSnapshot] = []
  private var next = 0

  init(depth: Int) { self.depth = max(depth, 0) }

  mutating func append(_ snapshot: SceneSnapshot) {
    if depth == 0 { return }
    if moments.count < depth {
      moments.append(snapshot)
    } else {
      moments[next] = snapshot
      next = (next + 1) % depth
    }
  }

  /// What is on the screen; nil before the first tick, or if there is no lag.
  var oldest: SceneSnapshot? { moments.isEmpty ? nil : moments[moments.count < depth ? 0 : next] }
}
