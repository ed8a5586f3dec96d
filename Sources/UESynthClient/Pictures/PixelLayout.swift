import CUESynthCodec
import UESynthCore

/// How pixels lie in memory.
public struct PixelLayout {
  public let format: PixelFormat
  /// Bytes of a row, of planar formats that of one plane.
  let row: Int
  public let stride: Int
  /// From the first pixel to the last.
  public let size: Int

  /// Stride 0 leaves no gaps. MISUSE for one that does not fit, RESOURCE_EXHAUSTED past the codecs'
  /// limits, within which nothing here overflows.
  init(
    _ format: PixelFormat, _ width: UInt32, _ height: UInt32, stride: Int
  ) throws(ClientFailure) {
    guard let codec = format.codec else {
      throw ClientFailure(.misuse, "\(format.name) is no format of pixels")
    }
    var size = 0
    try Codec.run { codec_image_size(codec, width, height, stride, &size, $0) }
    self.format = format
    row = Int(width) * (format.isPlanar ? 4 : format.bytesPerPixel)
    self.stride = stride == 0 ? row : stride
    self.size = size
  }

  func target(_ memory: UnsafeMutableRawPointer) -> codec_target {
    codec_target(
      bytes: memory, capacity: size, stride: stride,
      format: format.codec ?? codec_format(rawValue: 0))
  }
}
