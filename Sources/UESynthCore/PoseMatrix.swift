import Glibc

/// A pose as a 4 x 4 matrix, row by row: it takes column vectors of what stands there (camera or
/// object) to the world, or the other way round. Both sides are in the axes of one convention.
public struct PoseMatrix: Sendable {
  public typealias Row = (Double, Double, Double, Double)

  /// The upper three rows; the fourth is 0 0 0 1.
  public private(set) var rows: (Row, Row, Row)

  /// Unreal's FRotationMatrix, transposed: columns are the forward, right and up vectors.
  private static func rotation(_ rotator: Rotator) -> [[Double]] {
    let (sp, cp) = sineCosine(rotator.pitch)
    let (sy, cy) = sineCosine(rotator.yaw)
    let (sr, cr) = sineCosine(rotator.roll)
    return [
      [cp * cy, sr * sp * cy - cr * sy, -(cr * sp * cy + sr * sy)],
      [cp * sy, sr * sp * sy + cr * cy, cy * sr - cr * sp * sy],
      [sp, -sr * cp, cr * cp],
    ]
  }

  /// Exact at multiples of 90 degrees, so that what is aligned with an axis stays so.
  private static func sineCosine(_ degrees: Float) -> (sine: Double, cosine: Double) {
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

  /// nil if the inverse is asked for and a scale of 0 leaves none. `unit` is what a centimetre counts.
  public init?(
    _ pose: Transform, _ convention: AxisConvention, unit: Double, scaled: Bool, inverse: Bool
  ) {
    var turn = Self.rotation(pose.rotation)
    var place = [
      Double(pose.location.x) * unit, Double(pose.location.y) * unit,
      Double(pose.location.z) * unit,
    ]
    let scale = [Double(pose.scale.x), Double(pose.scale.y), Double(pose.scale.z)]
    if inverse {
      turn = (0..<3).map { row in (0..<3).map { turn[$0][row] } }
      place = (0..<3).map { row in
        -(turn[row][0] * place[0] + turn[row][1] * place[1] + turn[row][2] * place[2])
      }
      if scaled {
        guard scale.allSatisfy({ $0 != 0 }) else { return nil }
        for row in 0..<3 {
          for column in 0..<3 { turn[row][column] /= scale[row] }
          place[row] /= scale[row]
        }
      }
    } else if scaled {
      for row in 0..<3 {
        for column in 0..<3 { turn[row][column] *= scale[column] }
      }
    }
    let axes = [convention.axes.first, convention.axes.second, convention.axes.third]
    let rows = axes.map { row -> Row in
      // Adding 0 makes a plain zero of a negative one.
      func entry(_ column: AxisConvention.Axis) -> Double {
        row.sign * column.sign * turn[row.index][column.index] + 0
      }
      return (entry(axes[0]), entry(axes[1]), entry(axes[2]), row.sign * place[row.index] + 0)
    }
    self.rows = (rows[0], rows[1], rows[2])
  }

  /// x, y, z, w of the rotation, w not negative; for a matrix without scale.
  public var quaternion: Row {
    let (a, b, c) = rows
    // Shepperd: from the greatest of the four, so that nothing is divided by next to nothing.
    let trace = a.0 + b.1 + c.2
    var q: Row
    if trace >= a.0, trace >= b.1, trace >= c.2 {
      let w = (1 + trace).squareRoot() / 2
      q = ((c.1 - b.2) / (4 * w), (a.2 - c.0) / (4 * w), (b.0 - a.1) / (4 * w), w)
    } else if a.0 >= b.1, a.0 >= c.2 {
      let x = (1 + 2 * a.0 - trace).squareRoot() / 2
      q = (x, (a.1 + b.0) / (4 * x), (a.2 + c.0) / (4 * x), (c.1 - b.2) / (4 * x))
    } else if b.1 >= c.2 {
      let y = (1 + 2 * b.1 - trace).squareRoot() / 2
      q = ((a.1 + b.0) / (4 * y), y, (b.2 + c.1) / (4 * y), (a.2 - c.0) / (4 * y))
    } else {
      let z = (1 + 2 * c.2 - trace).squareRoot() / 2
      q = ((a.2 + c.0) / (4 * z), (b.2 + c.1) / (4 * z), z, (b.0 - a.1) / (4 * z))
    }
    let length = (q.0 * q.0 + q.1 * q.1 + q.2 * q.2 + q.3 * q.3).squareRoot()
    let sign: Double = q.3 < 0 ? -1 : 1
    return (
      q.0 / length * sign + 0, q.1 / length * sign + 0, q.2 / length * sign + 0,
      q.3 / length * sign + 0
    )
  }
}
