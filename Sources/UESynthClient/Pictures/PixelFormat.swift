import CUESynthCodec
import UESynthCore

extension PixelFormat {
  /// As the codecs call it; nil for files and the unknown. Half floats are so many bytes to them.
  var codec: codec_format? {
    switch self {
    case .gray8: CODEC_GRAY8
    case .gray16, .f16: CODEC_GRAY16
    case .rgb8: CODEC_RGB8
    case .bgr8: CODEC_BGR8
    case .rgba8: CODEC_RGBA8
    case .bgra8: CODEC_BGRA8
    case .u32: CODEC_U32
    case .f32: CODEC_F32
    case .f32x2: CODEC_F32X2
    case .f32x3: CODEC_F32X3
    case .f32x4: CODEC_F32X4
    case .f32x3Planar: CODEC_F32X3_PLANAR
    case .f32x4Planar: CODEC_F32X4_PLANAR
    case .unknown, .png, .jpeg, .exr: nil
    }
  }

  /// Colours or grey of 8 bits, which are turned into each other.
  var isEightBit: Bool {
    switch self {
    case .gray8, .rgb8, .bgr8, .rgba8, .bgra8: true
    default: false
    }
  }

  /// What colours of 8 bits are turned into besides.
  var isFloatColour: Bool {
    switch self {
    case .f32x3, .f32x4, .f32x3Planar, .f32x4Planar: true
    default: false
    }
  }

  var isPlanar: Bool { self == .f32x3Planar || self == .f32x4Planar }

  var hasAlpha: Bool {
    switch self {
    case .rgba8, .bgra8, .f32x4, .f32x4Planar: true
    default: false
    }
  }

  /// Elements that are loaded and stored as 32 bits.
  var needsAlignment: Bool {
    switch self {
    case .u32, .f32, .f32x2: true
    default: isFloatColour
    }
  }

  /// The name of the constant without its prefix.
  var name: StaticString {
    switch self {
    case .unknown: "UNKNOWN"
    case .rgba8: "RGBA8"
    case .rgb8: "RGB8"
    case .bgra8: "BGRA8"
    case .gray8: "GRAY8"
    case .f32: "F32"
    case .f32x2: "F32X2"
    case .f32x3: "F32X3"
    case .u32: "U32"
    case .f16: "F16"
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .exr: "EXR"
    case .bgr8: "BGR8"
    case .gray16: "GRAY16"
    case .f32x4: "F32X4"
    case .f32x3Planar: "F32X3_PLANAR"
    case .f32x4Planar: "F32X4_PLANAR"
    }
  }
}
