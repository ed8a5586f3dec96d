import UESynthCore

/// Optical flow: where the surface point of each pixel was in the previous view, taken back by the
/// motion of its body and of the camera. An object that is new stands still; the sky is infinitely
/// far, so that it moves when the camera turns. Flow is zero where the point was behind the camera.
final class FlowField: Sendable {
  private let sky: Motion?
  private let ground: Motion?
  private let bodies: [Motion?]

  init(_ geometry: ViewGeometry, view: CameraView, previous: CameraView?) {
    var bodies = [Motion?](repeating: nil, count: geometry.visibleCount)
    guard let previous else {
      sky = nil
      ground = nil
      self.bodies = bodies
      return
    }
    let old = Lens(pose: previous.pose, width: view.viewWidth, height: view.viewHeight)
    let still =
      previous.pose.location == view.pose.location
      && previous.pose.rotation == view.pose.rotation
    let rigid = still ? nil : Motion(now: geometry.lens, before: old, body: nil, was: nil)
    sky = rigid
    ground = rigid
    for index in 0..<geometry.visibleCount {
      let body = view.snapshot.bodies[geometry.visible[index].body]
      if let was = previous.snapshot.index(ofInstance: body.id).map({ previous.snapshot.bodies[$0] }
      ),
        was.transform != body.transform
      {
        bodies[index] = Motion(now: geometry.lens, before: old, body: body, was: was)
      } else {
        bodies[index] = rigid
      }
    }
    self.bodies = bodies
  }

  func write(
    _ geometry: ViewGeometry, row: Int, _ surfaces: UnsafePointer<Int32>,
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: Float.self)
    let v = geometry.lens.v(row: row)
    forEachRun(surfaces, geometry.columns) { surface, columns in
      let motion =
        surface == 0
        ? sky
        : surface == 1 ? ground : bodies[Int(geometry.visibleIndex[geometry.bodyIndex(surface)])]
      guard let motion else {
        (out + 2 &* columns.lowerBound).update(repeating: 0, count: 2 &* columns.count)
        return
      }
      let line = MotionRow(motion, v: v, isSky: surface == 0)
      for i in columns {
        let (x, y) = line.flow(w[i], u[i])
        out[2 &* i] = x
        out[2 &* i &+ 1] = y
      }
    }
  }
}

/// The map from a pixel and its w to the previous view: the previous forward, right and down parts
/// of the point times w, each `point * w + forward + perU * u + perV * v`.
struct Motion: Sendable {
  fileprivate let point: Point
  fileprivate let forward: Point
  fileprivate let perU: Point
  fileprivate let perV: Point

  init(now: Lens, before: Lens, body: Body?, was: Body?) {
    func back(_ v: Point) -> Point {
      guard let body, let was else { return v }
      return was.world(body.local(v) * was.half / body.half)
    }
    func seen(_ v: Point) -> Point {
      Point(
        dot(v, before.forward), dot(v, before.basis.right) * before.focal,
        -dot(v, before.basis.up) * before.focal)
    }
    let center = body?.center ?? .zero
    let oldCenter = was?.center ?? .zero
    point = seen(oldCenter + back(now.origin - center) - before.origin)
    forward = seen(back(now.forward))
    perU = seen(back(now.perU))
    perV = seen(back(now.perV))
  }
}

private struct MotionRow {
  private let ahead: PointLine
  private let right: PointLine
  private let down: PointLine
  private let v: Float

  @inline(__always)
  init(_ m: Motion, v: Double, isSky: Bool) {
    let point = isSky ? Point.zero : m.point
    let first = m.forward + m.perV * v
    ahead = PointLine(point.x, first.x, m.perU.x)
    right = PointLine(point.y, first.y, m.perU.y)
    down = PointLine(point.z, first.z, m.perU.z)
    self.v = Float(v)
  }

  @inline(__always)
  func flow(_ w: Float, _ u: Float) -> (Float, Float) {
    let z = ahead(w, u)
    let k = 1 / (z > 1e-9 ? z : 1)
    let x = u - right(w, u) * k
    let y = v - down(w, u) * k
    return (z > 1e-9 ? x : 0, z > 1e-9 ? y : 0)
  }
}
