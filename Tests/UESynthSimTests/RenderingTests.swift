import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct RenderingTests {
  @Test(arguments: Modality.allCases)
  func theSameBytesForASeedWhateverTheThreads(_ modality: Modality) throws {
    let views = try (0..<2).map { _ in
      let scene = Scene()
      let before = try scene.view(150, 101)
      try scene.look(from: Vector3(-900, 40, 250), pitch: -14, yaw: 3)
      return (try scene.view(150, 101), before)
    }
    let alone = try Picture(views[0].0, modality, previous: views[0].1)
    #expect(Set(alone.bytes).count > 3)
    for threads in [1, 3] {
      let pool = RenderPool(threads: threads)
      defer { pool.close() }
      let other = try Picture(views[1].0, modality, previous: views[1].1, pool: pool)
      #expect(other.bytes == alone.bytes)
    }
  }

  @Test func anySplitIntoRowsGivesTheSamePicture() throws {
    let view = try Scene().view(97, 61)
    for modality in Modality.allCases {
      let whole = try Picture(view, modality)
      var bytes = [UInt8](repeating: 0xa5, count: whole.bytes.count)
      bytes.withUnsafeMutableBytes { buffer in
        let rendering = Rendering(view: view, targets: [RenderTarget(modality, into: buffer)])
        let scratch = RowScratch()
        for row in (0..<61).reversed() { rendering?.draw(rows: row..<row + 1, scratch) }
        rendering?.draw(rows: -5..<0, scratch)
        rendering?.draw(rows: 61..<1000, scratch)
      }
      #expect(bytes == whole.bytes)
    }
  }

  @Test func severalModalitiesAtOnceAreTheSameAsOneByOne() throws {
    let view = try Scene().view(64, 64)
    var buffers = Modality.allCases.map {
      [UInt8](repeating: 0xa5, count: FramePixels.byteCount($0, width: 64, height: 64))
    }
    let spaces = buffers.indices.map { index in
      let space = UnsafeMutableRawBufferPointer.allocate(
        byteCount: buffers[index].count, alignment: 16)
      return space
    }
    defer { spaces.forEach { $0.deallocate() } }
    let targets = zip(Modality.allCases, spaces).map { RenderTarget($0, into: $1) }
    let rendering = try #require(Rendering(view: view, targets: targets))
    rendering.draw(rows: 0..<64, RowScratch())
    for (index, modality) in Modality.allCases.enumerated() {
      buffers[index] = Array(spaces[index])
      #expect(try Picture(view, modality).bytes == buffers[index])
    }
  }

  @Test func aTargetThatIsTooSmallIsRefused() throws {
    let view = try Scene().view(64, 64)
    var bytes = [UInt8](repeating: 0, count: 64 * 64 * 4 - 1)
    bytes.withUnsafeMutableBytes { buffer in
      #expect(Rendering(view: view, targets: [RenderTarget(.rgb, into: buffer)]) == nil)
    }
  }

  @Test func anotherSeedIsAnotherScene() throws {
    var options = Scene.Options()
    options.seed = 2
    let first = try Picture(Scene().view(64, 48), .rgb)
    let second = try Picture(Scene(options).view(64, 48), .rgb)
    #expect(first.bytes != second.bytes)
  }

  @Test func cropIsTheCornerOfTheViewportAndZerosBeyond() throws {
    var options = Scene.Options()
    options.cameraRule = .viewport
    options.viewportWidth = 120
    options.viewportHeight = 80
    let scene = Scene(options)
    let whole = try scene.view(0, 0, camera: "whatever")
    #expect(whole.width == 120 && whole.height == 80 && !whole.isCropped)
    let corner = try scene.view(50, 100)
    #expect(corner.isCropped)
    let wide = try scene.view(150, 10)
    for modality in Modality.allCases {
      let size = FramePixels.bytesPerPixel(modality)
      let full = try Picture(whole, modality).bytes
      let cut = try Picture(corner, modality).bytes
      let long = try Picture(wide, modality).bytes
      for y in 0..<80 {
        #expect(
          cut[y * 50 * size..<y * 50 * size + 49 * size]
            .elementsEqual(full[y * 120 * size..<y * 120 * size + 49 * size]))
      }
      #expect(cut[80 * 50 * size..<100 * 50 * size].allSatisfy { $0 == 0 })
      for y in 0..<10 {
        #expect(long[(y * 150 + 120) * size..<(y + 1) * 150 * size].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func alphaIsOpaqueAndTheSkyIsBlue() throws {
    let picture = try Picture(Scene.empty(pitch: 40).view(64, 64), .rgb)
    for y in 0..<64 { for x in 0..<64 { #expect(picture.word(x, y) >> 24 == 255) } }
    var blue = 0
    for x in 0..<64 { blue += picture.rgb(x, 10).b > picture.rgb(x, 10).r ? 1 : 0 }
    #expect(blue > 32)
  }

  /// Extreme poses, sizes and crowds: every float that comes out is finite.
  @Test func nothingAbsurdCrashes() throws {
    let scene = try Scene.empty()
    try scene.put(.cube, "flat", 0, 0, 0, scale: Vector3(1e4, 1e4, 1e-3))
    try scene.put(.sphere, "needle", 10, 0, 0, scale: Vector3(1e-3, 1e4, 1e-3))
    try scene.put(.cone, "cone", 0, 0, 50, scale: Vector3(1e4, 1e-3, 1))
    try scene.put(.cylinder, "far", 1e7, -1e7, 1e7, scale: Vector3(1e4, 1e4, 1e4))
    try scene.put(.sphere, "round", 1e5, 0, 0, scale: Vector3(1e3, 1e3, 1e3))
    let poses: [(Vector3, Rotator)] = [
      (.zero, .zero), (Vector3(0, 0, 0.05), .zero), (Vector3(50, 50, 50), .zero),
      (Vector3(0, 0, -300), Rotator(pitch: 45, yaw: 0, roll: 0)),
      (Vector3(1e7, 1e7, 1e7), Rotator(pitch: -90, yaw: 1e30, roll: -1e30)),
      (Vector3(-50, 0, 50), Rotator(pitch: 90, yaw: 180, roll: 90)),
      (Vector3(0, 0, 100), Rotator(pitch: -90, yaw: 0, roll: 0)),
    ]
    var previous = try scene.view(33, 17)
    for (location, rotation) in poses {
      for pitch: Float in [-90, 0, 33] {
        try scene.setLighting(
          light: "Sun", intensity: 1e6, color: Vector3(1000, 0, 1000),
          transform: Transform(rotation: Rotator(pitch: pitch, yaw: 0, roll: 0)))
        try scene.setCameraTransform(
          named: "", to: Transform(location: location, rotation: rotation))
        for (w, h) in [(1, 1), (33, 17), (300, 1), (1, 300)] as [(UInt32, UInt32)] {
          let view = try scene.view(w, h)
          for modality in Modality.allCases {
            let picture = try Picture(view, modality, previous: previous)
            if modality == .rgb || modality == .segmentation { continue }
            let channels = FramePixels.bytesPerPixel(modality) / 4
            for y in 0..<Int(h) {
              for x in 0..<Int(w) {
                for c in 0..<channels { #expect(picture.float(x, y, c).isFinite) }
              }
            }
          }
          previous = view
        }
      }
    }
  }

  @Test func manyBodiesAreDrawn() throws {
    var options = Scene.Options()
    options.objectCount = 1500
    let scene = Scene(options)
    #expect(scene.objectNames.count == 1501)
    let ids = try Picture(scene.view(160, 120), .segmentation)
    #expect(Set((0..<160 * 120).map { ids.word($0 % 160, $0 / 160) }).count > 60)
    _ = try Picture(scene.view(80, 60), .rgb)
  }

  /// What is hidden costs nothing, however much there is of it.
  @Test func aCrowdBehindAWallIsHidden() throws {
    let scene = try Scene.empty(height: 300)
    let wall = try scene.put(.cube, "wall", 200, 0, 300, scale: Vector3(0.1, 20, 20))
    for number in 0..<200 {
      try scene.put(.cube, "c\(number)", 400 + 10 * Float(number), 0, 300, scale: Vector3(1, 9, 9))
    }
    let ids = try Picture(scene.view(40, 40), .segmentation)
    for y in 0..<40 { for x in 0..<40 { #expect(ids.word(x, y) == wall) } }
  }

  /// Shadows are shared between snapshots only while they are the same.
  @Test func aMovedObjectTakesItsShadowWithIt() throws {
    let scene = try Scene.empty(height: 900, pitch: -90)
    try scene.put(.cube, "c", 0, 0, 200)
    let first = try Picture(scene.view(60, 60), .rgb)
    try scene.look(from: Vector3(10, 0, 900), pitch: -90)
    _ = try Picture(scene.view(60, 60), .rgb)
    try scene.setObjectTransform(named: "c", to: Transform(location: Vector3(300, 300, 200)))
    try scene.look(from: Vector3(0, 0, 900), pitch: -90)
    let moved = try Picture(scene.view(60, 60), .rgb)
    let fresh = try Scene.empty(height: 900, pitch: -90)
    try fresh.put(.cube, "c", 300, 300, 200)
    #expect((try Picture(fresh.view(60, 60), .rgb).bytes == moved.bytes) as Bool)
    #expect((first.bytes != moved.bytes) as Bool)
  }
}
