import Glibc
import UESynthCore

/// World positions and directions, in centimetres.
typealias Point = SIMD3<Double>

@inline(__always)
func dot(_ a: Point, _ b: Point) -> Double { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always)
func cross(_ a: Point, _ b: Point) -> Point {
  Point(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inline(__always)
func length(_ a: Point) -> Double { dot(a, a).squareRoot() }

@inline(__always)
func normalized(_ a: Point) -> Point {
  let n = length(a)
  return n > 1e-300 ? a / n : Point(0, 0, 1)
}

extension Point {
  init(_ v: Vector3) { self.init(Double(v.x), Double(v.y), Double(v.z)) }
}

/// An orientation as three unit vectors in the world: Unreal's FRotationMatrix. Left-handed: X
/// forward, Y right, Z up.
struct Basis: Equatable, Sendable {
  var forward: Point
  var right: Point
  var up: Point

  init(_ rotation: Rotator) {
    let (sp, cp) = Self.sineCosine(rotation.pitch)
    let (sy, cy) = Self.sineCosine(rotation.yaw)
    let (sr, cr) = Self.sineCosine(rotation.roll)
    forward = Point(cp * cy, cp * sy, sp)
    right = Point(sr * sp * cy - cr * sy, sr * sp * sy + cr * cy, -sr * cp)
    up = Point(-(cr * sp * cy + sr * sy), cy * sr - cr * sp * sy, cr * cp)
  }

  /// Exact at multiples of 90 degrees, so that what is aligned with an axis stays so.
  private static func sineCosine(_ degrees: Float) -> (Double, Double) {
    let reduced = remainder(Double(degrees), 360)
    switch reduced {
    case 0: return (0, 1)
    case 90: return (1, 0)
    case -90: return (-1, 0)
    case 180, -180: return (0, -1)
    default:
      let radians = reduced * .pi / 180
      return (sin(radians), cos(radians))
    }
  }
}

func sine(_ radians: Double) -> Double { sin(radians) }
func cosine(_ radians: Double) -> Double { cos(radians) }
func cubeRoot(_ x: Double) -> Double { cbrt(x) }

/// Two unit vectors at right angles to `direction` and each other.
func perpendiculars(to direction: Point) -> (Point, Point) {
  let helper = abs(direction.z) < 0.9 ? Point(0, 0, 1) : Point(1, 0, 0)
  let first = normalized(cross(helper, direction))
  return (first, cross(direction, first))
}

@inline(__always)
func minimum(_ p: Point) -> Double { min(p.x, min(p.y, p.z)) }
