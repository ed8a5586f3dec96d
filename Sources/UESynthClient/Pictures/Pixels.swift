import CUESynthCodec
import Glibc
import UESynthCore

/// Memory for the time of one call, or longer: it goes with its last reference.
final class Scratch {
  let bytes: UnsafeMutableRawPointer
  let size: Int

  init(_ size: Int) throws(ClientFailure) {
    guard let bytes = malloc(max(size, 1)) else {
      throw ClientFailure(.resourceExhausted, "out of memory for a picture of \(size) bytes")
    }
    self.bytes = bytes
    self.size = size
  }

  deinit { free(bytes) }
}

/// Rows of pixels in memory, and what keeps that memory if it is not the frame's.
struct Pixels {
  var format: PixelFormat
  var width: UInt32
  var height: UInt32
  var stride: Int
  var bytes: UnsafeRawPointer
  var size: Int
  var scratch: Scratch?

  var source: codec_source {
    codec_source(
      bytes: bytes, size: size, stride: stride, width: width, height: height,
      format: format.codec ?? codec_format(rawValue: 0))
  }

  /// Fresh pixels, filled by `fill`.
  static func make(
    _ format: PixelFormat, _ width: UInt32, _ height: UInt32,
    _ fill: (UnsafeMutableRawPointer, _ layout: PixelLayout) throws(ClientFailure) -> Void
  ) throws(ClientFailure) -> Pixels {
    let layout = try PixelLayout(format, width, height, stride: 0)
    let scratch = try Scratch(layout.size)
    try fill(scratch.bytes, layout)
    return Pixels(
      format: format, width: width, height: height, stride: layout.stride,
      bytes: UnsafeRawPointer(scratch.bytes), size: layout.size, scratch: scratch)
  }

  /// The same pixels in another format that codec_swizzle knows.
  func swizzled(_ format: PixelFormat) throws(ClientFailure) -> Pixels {
    try Pixels.make(format, width, height) { (memory, layout) throws(ClientFailure) in
      try swizzle(to: memory, layout)
    }
  }

  func swizzle(to memory: UnsafeMutableRawPointer, _ layout: PixelLayout) throws(ClientFailure) {
    var source = source
    var target = layout.target(memory)
    try Codec.run { codec_swizzle(&source, &target, $0) }
  }

  /// Rows one by one, as they are.
  func copy(to memory: UnsafeMutableRawPointer, _ layout: PixelLayout) {
    for row in 0..<Int(height) {
      memcpy(memory + row * layout.stride, bytes + row * stride, layout.row)
    }
  }

  /// Half floats as floats.
  func widen(to memory: UnsafeMutableRawPointer, _ layout: PixelLayout) {
    for row in 0..<Int(height) {
      let from = bytes + row * stride
      let to = (memory + row * layout.stride).assumingMemoryBound(to: Float.self)
      for column in 0..<Int(width) {
        to[column] = Self.widened(from.loadUnaligned(fromByteOffset: 2 * column, as: UInt16.self))
      }
    }
  }

  /// IEC 60559 binary16 to binary32: exact.
  static func widened(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let rest = UInt32(half & 0x7fff) << 13
    let isFinite = half & 0x7c00 != 0x7c00
    let scaled = (Float(bitPattern: rest) * 0x1p112).bitPattern
    return Float(bitPattern: sign | (isFinite ? scaled : rest | 0x7f80_0000))
  }
}
