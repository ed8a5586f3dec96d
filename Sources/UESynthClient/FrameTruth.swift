import Glibc
import UESynthCore

/// What the bytes of a picture really are. A server's word for it is not enough: labels are wrong,
/// sizes are echoes of the request, and what is not implemented comes as zeros.
enum FrameTruth {
  /// Sets format, stride and flags of a complete frame.
  static func judge(_ frame: FrameRef) {
    let size = frame.pointee.size
    guard size > 0, let memory = frame.pointee.memory else {
      frame.pointee.format = .unknown
      frame.pointee.stride = 0
      frame.pointee.flags.insert(.empty)
      return
    }
    let bytes = UnsafeRawBufferPointer(start: memory, count: size)
    let claimed = claimedFormat(frame.pointee.claimedFormat.rawBytes)
    let pixels = Int(frame.pointee.width).multipliedReportingOverflow(by: Int(frame.pointee.height))
    let found =
      pixels.overflow || pixels.partialValue == 0
      ? nil
      : rawFormat(
        size: size, pixels: pixels.partialValue, modality: frame.pointee.modality, claimed: claimed)
    // Pixels of the right number under the right name stay pixels, whatever they begin with.
    let isAsClaimed = found != nil && claimed == found
    if !isAsClaimed, let file = fileFormat(bytes) {
      frame.pointee.format = file
      frame.pointee.stride = 0
      if claimed != file { frame.pointee.flags.insert(.formatMismatch) }
      return
    }
    if let found {
      frame.pointee.format = found
      frame.pointee.stride = size / Int(frame.pointee.height)
      // "float32" names the numbers; how many a pixel has, the modality says.
      let isLoose = claimed == .f32 && (found == .f32x2 || found == .f32x3)
      if let claimed, claimed != found, !isLoose {
        frame.pointee.flags.insert(.formatMismatch)
      }
    } else {
      frame.pointee.format = .unknown
      frame.pointee.stride = 0
      frame.pointee.flags.insert(.sizeMismatch)
      if let claimed, claimed.isFile { frame.pointee.flags.insert(.formatMismatch) }
    }
    // A file that is no file, all zeros: what stands where nothing is implemented.
    if let claimed, claimed.isFile, isAllZero(bytes) {
      frame.pointee.flags.insert(.placeholder)
    }
  }

  private static func rawFormat(
    size: Int, pixels: Int, modality: Modality, claimed: PixelFormat?
  ) -> PixelFormat? {
    let (perPixel, rest) = size.quotientAndRemainder(dividingBy: pixels)
    guard rest == 0 else { return nil }
    if let claimed, claimed.bytesPerPixel == perPixel { return claimed }
    switch (modality, perPixel) {
    case (.rgb, 4), (.normals, 4): return .rgba8
    case (.rgb, 3), (.segmentation, 3), (.normals, 3): return .rgb8
    case (.rgb, 1), (.segmentation, 1), (.depth, 1): return .gray8
    case (.depth, 4): return .f32
    case (.depth, 2): return .f16
    case (.segmentation, 4): return .u32
    case (.normals, 12): return .f32x3
    case (.opticalFlow, 8): return .f32x2
    default: return nil
    }
  }

  private static func fileFormat(_ bytes: UnsafeRawBufferPointer) -> PixelFormat? {
    func begins(_ magic: UInt64, _ count: Int) -> Bool {
      guard bytes.count >= max(count, 8) else { return false }
      let word = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
      return word >> UInt64(64 - count * 8) == magic
    }
    if begins(0x8950_4E47_0D0A_1A0A, 8) { return .png }
    if begins(0xFF_D8FF, 3) { return .jpeg }
    if begins(0x762F_3101, 4) { return .exr }
    return nil
  }

  private static func claimedFormat(_ text: UnsafeRawBufferPointer) -> PixelFormat? {
    let lowered = String(decoding: text, as: UTF8.self).lowercased()
    switch lowered {
    case "rgba", "rgba8": return .rgba8
    case "rgb", "rgb8": return .rgb8
    case "bgra", "bgra8": return .bgra8
    case "gray", "grey", "gray8", "mono8", "l8": return .gray8
    case "float32", "f32", "depth32f", "32fc1": return .f32
    case "float32x2", "f32x2", "32fc2": return .f32x2
    case "float32x3", "f32x3", "32fc3": return .f32x3
    case "uint32", "u32", "32uc1": return .u32
    case "float16", "f16", "half": return .f16
    case "png": return .png
    case "jpeg", "jpg": return .jpeg
    case "exr": return .exr
    default: return nil
    }
  }

  private static func isAllZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    // Zeros at the front, and everything equal to what lies 64 bytes before it.
    let first = bytes.prefix(64)
    guard first.allSatisfy({ $0 == 0 }) else { return false }
    return bytes.count <= 64 || memcmp(base, base + 64, bytes.count - 64) == 0
  }
}

extension PixelFormat {
  var isFile: Bool { self == .png || self == .jpeg || self == .exr }

  /// 0 for files and the unknown.
  var bytesPerPixel: Int {
    switch self {
    case .gray8: 1
    case .f16, .gray16: 2
    case .rgb8, .bgr8: 3
    case .rgba8, .bgra8, .f32, .u32: 4
    case .f32x2: 8
    case .f32x3, .f32x3Planar: 12
    case .f32x4, .f32x4Planar: 16
    case .unknown, .png, .jpeg, .exr: 0
    }
  }
}
