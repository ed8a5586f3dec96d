/// The rays of one row as functions of u.
struct RayRow {
  let x: Line
  let y: Line
  let z: Line

  init(_ lens: Lens, v: Double) {
    let first = lens.forward + lens.perV * v
    x = Line(first.x, lens.perU.x)
    y = Line(first.y, lens.perU.y)
    z = Line(first.z, lens.perU.z)
  }
}
