/// Rows of the modalities that are exact per pixel, from what the rays met.
enum ExactRows {
  static func depth(
    _ geometry: ViewGeometry, _ surfaces: UnsafePointer<Int32>, _ w: UnsafePointer<Float>,
    into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: Float.self)
    let far = FramePixels.farDepth
    for i in 0..<geometry.columns {
      let z = 1 / w[i]
      out[i] = surfaces[i] == 0 ? far : z
    }
  }

  static func segmentation(
    _ geometry: ViewGeometry, _ surfaces: UnsafePointer<Int32>,
    into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: UInt32.self)
    geometry.snapshot.bodies.withUnsafeBufferPointer { bodies in
      forEachRun(surfaces, geometry.columns) { surface, columns in
        let id =
          surface < 2 ? UInt32(truncatingIfNeeded: surface) : bodies[geometry.bodyIndex(surface)].id
        (out + columns.lowerBound).update(repeating: id, count: columns.count)
      }
    }
  }

  static func normals(
    _ geometry: ViewGeometry, row: Int, _ surfaces: UnsafePointer<Int32>,
    w: UnsafePointer<Float>, u: UnsafePointer<Float>, into line: UnsafeMutableRawPointer
  ) {
    let out = line.assumingMemoryBound(to: Float.self)
    let v = geometry.lens.v(row: row)
    forEachRun(surfaces, geometry.columns) { surface, columns in
      let flat = surface == 0 ? Point.zero : geometry.flatNormal(surface)
      if let flat {
        let x = Float(flat.x)
        let y = Float(flat.y)
        let z = Float(flat.z)
        for i in columns {
          out[3 &* i] = x
          out[3 &* i &+ 1] = y
          out[3 &* i &+ 2] = z
        }
      } else {
        let field = NormalField(geometry, surface)
        let (x, y, z) = (field.x(v), field.y(v), field.z(v))
        for i in columns {
          let (nx, ny, nz) = unit(x(w[i], u[i]), y(w[i], u[i]), z(w[i], u[i]))
          out[3 &* i] = nx
          out[3 &* i &+ 1] = ny
          out[3 &* i &+ 2] = nz
        }
      }
    }
  }
}
