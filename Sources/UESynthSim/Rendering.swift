import UESynthCore

/// Where a modality of a view is to be written: `FramePixels.byteCount` bytes, which stay valid
/// until the rendering is complete.
public struct RenderTarget: @unchecked Sendable {
  public let modality: Modality
  public let bytes: UnsafeMutableRawBufferPointer

  public init(_ modality: Modality, into bytes: UnsafeMutableRawBufferPointer) {
    self.modality = modality
    self.bytes = bytes
  }
}

/// One view being drawn, in any number of modalities that share the casting of rays. Rows are
/// independent: any thread may draw any of them in any order, and the pixels are the same. Every
/// byte of the targets is written.
public final class Rendering: Sendable {
  public let view: CameraView
  /// Only the first of several targets of one modality is drawn.
  public let targets: [RenderTarget]
  let geometry: ViewGeometry
  let flow: FlowField?
  let shading: Shading?

  /// Nil if a target is too small. `previous` is the view that optical flow is measured against;
  /// without it flow is zero.
  public init?(view: CameraView, previous: CameraView? = nil, targets: [RenderTarget]) {
    for target in targets {
      let size = FramePixels.byteCount(target.modality, width: view.width, height: view.height)
      guard target.bytes.count >= size, target.bytes.baseAddress != nil else { return nil }
    }
    self.view = view
    self.targets = targets
    geometry = ViewGeometry(view)
    flow =
      targets.contains { $0.modality == .opticalFlow }
      ? FlowField(geometry, view: view, previous: previous) : nil
    shading =
      targets.contains { $0.modality == .rgb } ? Shading(geometry, view.snapshot) : nil
  }

  /// Rows of the picture that make a reasonable piece of work.
  public var rowsPerTile: Int { min(32, max(8, view.height / 16)) }

  /// Draws these rows of every target; rows outside the picture are ignored.
  public func draw(rows asked: Range<Int>, _ scratch: RowScratch) {
    let asked = asked.clamped(to: 0..<view.height)
    let drawn = asked.clamped(to: 0..<geometry.rows)
    if !drawn.isEmpty { drawVisible(drawn, scratch) }
    for row in asked where row >= geometry.rows {
      for target in targets {
        let line = rowBytes(target, row)
        line.initializeMemory(as: UInt8.self, repeating: 0, count: lineCount(target.modality))
      }
    }
  }

  private func lineCount(_ modality: Modality) -> Int {
    view.width * FramePixels.bytesPerPixel(modality)
  }

  private func rowBytes(_ target: RenderTarget, _ row: Int) -> UnsafeMutableRawPointer {
    // Not nil: checked by init.
    let base = target.bytes.baseAddress.unsafelyUnwrapped
    return base + row * lineCount(target.modality)
  }

  private func drawVisible(_ rows: Range<Int>, _ scratch: RowScratch) {
    let geometry = geometry
    scratch.prepare(
      columns: geometry.columns, halfWidth: geometry.lens.halfWidth,
      candidates: geometry.visibleCount)
    // Smoothing of edges looks at the rows above and below.
    let apron = shading == nil ? 0 : 1
    let wide = (rows.lowerBound - apron..<rows.upperBound + apron).clamped(to: 0..<geometry.rows)
    var count = 0
    for index in 0..<geometry.visibleCount {
      let hull = geometry.visible[index].hull
      if hull.lastRow >= wide.lowerBound && hull.firstRow < wide.upperBound {
        scratch.candidates[count] = Int32(truncatingIfNeeded: index)
        count += 1
      }
    }
    for row in wide {
      let surfaces = scratch.surfaces(row: row)
      geometry.cast(
        row: row, candidates: scratch.candidates, count: count, u: scratch.u, w: scratch.w,
        surfaces: surfaces)
      if let shading {
        shading.shade(row: row, geometry, scratch)
        if row > rows.lowerBound { smooth(row: row - 1, geometry, scratch) }
      }
      if rows.contains(row) { writeExact(row: row, surfaces, scratch) }
    }
    if shading != nil, wide.upperBound == rows.upperBound {
      smooth(row: rows.upperBound - 1, geometry, scratch)
    }
  }

  private func smooth(row: Int, _ geometry: ViewGeometry, _ scratch: RowScratch) {
    for target in targets where target.modality == .rgb {
      let line = rowBytes(target, row)
      EdgeSmoother.resolve(row: row, geometry, scratch, into: line)
      clearBeyond(line, .rgb)
    }
  }

  private func writeExact(row: Int, _ surfaces: UnsafePointer<Int32>, _ scratch: RowScratch) {
    for target in targets where target.modality != .rgb {
      let line = rowBytes(target, row)
      switch target.modality {
      case .rgb: break
      case .depth: ExactRows.depth(geometry, surfaces, scratch.w, into: line)
      case .segmentation: ExactRows.segmentation(geometry, surfaces, into: line)
      case .normals:
        ExactRows.normals(geometry, row: row, surfaces, w: scratch.w, u: scratch.u, into: line)
      case .opticalFlow:
        flow?.write(geometry, row: row, surfaces, w: scratch.w, u: scratch.u, into: line)
      }
      clearBeyond(line, target.modality)
    }
  }

  private func clearBeyond(_ line: UnsafeMutableRawPointer, _ modality: Modality) {
    guard geometry.columns < view.width else { return }
    let pixel = FramePixels.bytesPerPixel(modality)
    (line + geometry.columns * pixel).initializeMemory(
      as: UInt8.self, repeating: 0, count: (view.width - geometry.columns) * pixel)
  }
}
