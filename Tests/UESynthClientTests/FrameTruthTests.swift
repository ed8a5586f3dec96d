import Testing
import UESynthCore

@testable import UESynthClient

/// A frame with these bytes and this label, judged.
private func judged(
  _ bytes: [UInt8], _ width: UInt32, _ height: UInt32, _ claim: String, _ modality: Modality = .rgb
) -> (PixelFormat, FrameFlags, Int) {
  let pool = BufferPool(retainedLimit: 0)
  let frame = FrameSlab.shared.take()
  defer { frame.release() }
  if let memory = pool.take(bytes.count), !bytes.isEmpty {
    memory.copyMemory(from: bytes, byteCount: bytes.count)
    frame.pointee.memory = memory
    frame.pointee.capacity = bytes.count
    frame.pointee.source = Unmanaged.passRetained(pool)
  }
  frame.pointee.size = bytes.count
  frame.pointee.width = width
  frame.pointee.height = height
  frame.pointee.modality = modality
  frame.pointee.claimedFormat.set(claim)
  FrameTruth.judge(frame)
  return (frame.pointee.format, frame.pointee.flags, frame.pointee.stride)
}

@Suite struct FrameTruthTests {
  private static func noise(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7 % 251) + 1 } }

  @Test func rawPixelsByTheirNumber() {
    #expect(judged(Self.noise(64), 4, 4, "rgba") == (.rgba8, [], 16))
    #expect(judged(Self.noise(48), 4, 4, "rgb") == (.rgb8, [], 12))
    #expect(judged(Self.noise(64), 4, 4, "bgra") == (.bgra8, [], 16))
    #expect(judged(Self.noise(64), 4, 4, "float32", .depth) == (.f32, [], 16))
    #expect(judged(Self.noise(32), 4, 4, "float16", .depth) == (.f16, [], 8))
    #expect(judged(Self.noise(64), 4, 4, "uint32", .segmentation) == (.u32, [], 16))
    #expect(judged(Self.noise(192), 4, 4, "float32x3", .normals) == (.f32x3, [], 48))
    #expect(judged(Self.noise(128), 4, 4, "float32x2", .opticalFlow) == (.f32x2, [], 32))
    #expect(judged(Self.noise(192), 4, 4, "float32", .normals) == (.f32x3, [], 48))
    // Without a word that helps, the modality decides.
    #expect(judged(Self.noise(64), 4, 4, "", .depth) == (.f32, [], 16))
    #expect(judged(Self.noise(64), 4, 4, "whatever") == (.rgba8, [], 16))
  }

  @Test func aWrongLabel() {
    #expect(judged(Self.noise(64), 4, 4, "rgb") == (.rgba8, [.formatMismatch], 16))
    #expect(judged(Self.noise(64), 4, 4, "png") == (.rgba8, [.formatMismatch], 16))
  }

  @Test func aWrongSize() {
    #expect(judged(Self.noise(63), 4, 4, "rgba") == (.unknown, [.sizeMismatch], 0))
    #expect(judged(Self.noise(64), 0, 0, "rgba") == (.unknown, [.sizeMismatch], 0))
    #expect(judged(Self.noise(64), .max, .max, "rgba") == (.unknown, [.sizeMismatch], 0))
    #expect(judged([], 4, 4, "rgba") == (.unknown, [.empty], 0))
  }

  @Test func files() {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
    #expect(judged(png, 4, 4, "png") == (.png, [], 0))
    #expect(judged(png, 4, 4, "rgba") == (.png, [.formatMismatch], 0))
    #expect(judged([0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0], 4, 4, "jpeg") == (.jpeg, [], 0))
    #expect(judged([0x76, 0x2F, 0x31, 0x01, 0, 0, 0, 0, 0], 4, 4, "exr", .depth) == (.exr, [], 0))
    // As many pixels as were claimed, of the format that was claimed, are no file.
    #expect(judged(png + Self.noise(53), 4, 4, "rgba") == (.rgba8, [], 16))
  }

  @Test func placeholders() {
    let (_, flags, _) = judged([UInt8](repeating: 0, count: 16), 4, 4, "png", .depth)
    #expect(flags.contains(.placeholder))
    // A black picture under its right name is a picture.
    let (_, black, _) = judged([UInt8](repeating: 0, count: 64), 4, 4, "rgba")
    #expect(black.isEmpty)
    var almost = [UInt8](repeating: 0, count: 1600)
    almost[1599] = 1
    let (_, flagsOfAlmost, _) = judged(almost, 20, 20, "png", .depth)
    #expect(!flagsOfAlmost.contains(.placeholder))
  }
}
