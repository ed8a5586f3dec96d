/// How much of the sun reaches the points of a row, past one body.
struct SunlightPass {
  /// Half of the sun's width, as a ratio; wider than the real one's, for softer edges.
  static let softness = 0.012

  private let outline: SunOutline
  private let lens: Lens
  private let v: Double
  private let pixel: Float
  private let exit0: PointLine
  private let exit1: PointLine
  private let exit2: PointLine
  private let reach0: Float
  private let reach1: Float
  private let reach2: Float

  init(_ outline: SunOutline, _ lens: Lens, v: Double) {
    self.outline = outline
    self.lens = lens
    self.v = v
    // Shadows are at least as soft as a pixel is wide, which is z / focal; here times w = 1 / z.
    pixel = Float(0.9 / lens.focal)
    exit0 = Self.line(outline.exits.0, lens, v)
    exit1 = Self.line(outline.exits.1, lens, v)
    exit2 = Self.line(outline.exits.2, lens, v)
    reach0 = Float(outline.exitReach.x)
    reach1 = Float(outline.exitReach.y)
    reach2 = Float(outline.exitReach.z)
  }

  private static func line(_ form: LinearForm, _ lens: Lens, _ v: Double) -> PointLine {
    PointLine(
      dot(form.n, lens.origin) - form.c, dot(form.n, lens.forward) + dot(form.n, lens.perV) * v,
      dot(form.n, lens.perU))
  }

  /// Lowers `sunlight[i - shift]` for the pixels of `columns`. `outside` is room for as many.
  @inline(never)
  func darken(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, _ columns: Range<Int>, shift: Int,
    outside: UnsafeMutablePointer<Float>, sunlight: UnsafeMutablePointer<Float>
  ) {
    measure(w: w, u: u, columns, outside)
    let start = columns.lowerBound
    let soft = Float(Self.softness)
    for i in columns {
      let wi = w[i]
      let t0 = reach0 * wi - exit0(wi, u[i])
      let t1 = reach1 * wi - exit1(wi, u[i])
      let t2 = reach2 * wi - exit2(wi, u[i])
      let t01 = t0 < t1 ? t0 : t1
      let ahead = t01 < t2 ? t01 : t2
      let width = pixel + soft * (ahead > 0 ? ahead : 0)
      let edge = clamped(0.5 + 0.5 * outside[i &- start] / width)
      let lit = edge * edge * (3 - 2 * edge)
      // What the ray to the sun has already left casts nothing here.
      let passed = ahead > 0.02 * wi ? lit : 1
      let old = sunlight[i &- shift]
      sunlight[i &- shift] = passed < old ? passed : old
    }
  }

  /// Distance outside the outline, times w.
  @inline(never)
  private func measure(
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, _ columns: Range<Int>,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let start = columns.lowerBound
    switch outline.kind {
    case .strips:
      for k in 0..<outline.forms.count {
        let line = Self.line(outline.forms[k].form, lens, v)
        let reach = Float(outline.forms[k].reach)
        if k == 0 {
          for i in columns { out[i &- start] = abs(line(w[i], u[i])) - reach * w[i] }
        } else {
          for i in columns {
            let d = abs(line(w[i], u[i])) - reach * w[i]
            out[i &- start] = d > out[i &- start] ? d : out[i &- start]
          }
        }
      }
    case .sides:
      for k in 0..<outline.forms.count {
        let line = Self.line(outline.forms[k].form, lens, v)
        let reach = Float(outline.forms[k].reach)
        if k == 0 {
          for i in columns { out[i &- start] = line(w[i], u[i]) - reach * w[i] }
        } else {
          for i in columns {
            let d = line(w[i], u[i]) - reach * w[i]
            out[i &- start] = d > out[i &- start] ? d : out[i &- start]
          }
        }
      }
    case .ellipse:
      let first = Self.line(outline.forms[0].form, lens, v)
      let second = Self.line(outline.forms[1].form, lens, v)
      let radius = Float(outline.radius)
      for i in columns {
        let x = first(w[i], u[i])
        let y = second(w[i], u[i])
        out[i &- start] = ((x * x + y * y).squareRoot() - w[i]) * radius
      }
    }
  }
}
