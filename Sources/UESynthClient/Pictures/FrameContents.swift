import CUESynthCodec
import UESynthCore

/// What a frame holds, looked at and not yet touched. BORROWED from the frame.
struct FrameContents {
  enum Form {
    case pixels
    /// `isPlain`: nothing is lost when it is written without alpha.
    case file(isPlain: Bool)
  }

  let form: Form
  let modality: Modality
  /// PNG or JPEG for files.
  let stored: PixelFormat
  /// The format that needs no conversion; for files, after decoding.
  let format: PixelFormat
  let width: UInt32
  let height: UInt32
  let bytes: UnsafeRawPointer
  let size: Int
  private let stride: Int

  /// MISUSE for what is no picture, UNIMPLEMENTED for EXR and CMYK, DATA_LOSS for a file whose header
  /// cannot be read.
  init(_ frame: FrameRef) throws(ClientFailure) {
    guard let memory = frame.pointee.memory, frame.pointee.size > 0 else {
      throw ClientFailure(.misuse, "the frame has no bytes: the server sent none")
    }
    modality = frame.pointee.modality
    stored = frame.pointee.format
    bytes = UnsafeRawPointer(memory)
    size = frame.pointee.size
    stride = frame.pointee.stride
    switch stored {
    case .png, .jpeg:
      var info = codec_info()
      let (bytes, size) = (bytes, size)
      try Codec.read {
        codec_identify(bytes.assumingMemoryBound(to: UInt8.self), size, &info, $0)
      }
      let isGrey = info.channels == 1
      if stored == .jpeg && info.channels == 4 {
        throw ClientFailure(.unimplemented, "the frame is a CMYK JPEG file, which is not decoded")
      }
      form = .file(isPlain: isGrey || info.channels == 3)
      format =
        isGrey ? (info.bits == 16 ? .gray16 : .gray8) : info.channels == 3 ? .rgb8 : .rgba8
      width = info.width
      height = info.height
    case .exr:
      throw ClientFailure(
        .unimplemented,
        "the frame is an OpenEXR file of \(size) bytes, which is handed over as it is: "
          + "uesynth_frame_view")
    case .unknown:
      let claimed = String(cString: frame.pointee.claimedFormat.cString)
      throw ClientFailure(
        .misuse,
        "the frame's \(size) bytes are no picture of \(frame.pointee.width) x "
          + "\(frame.pointee.height) pixels that is known here (the server calls it \"\(claimed)\")"
      )
    default:
      form = .pixels
      format = stored
      width = frame.pointee.width
      height = frame.pointee.height
    }
  }

  var isFile: Bool { if case .file = form { true } else { false } }

  /// The frame's own rows; nil for files.
  var pixels: Pixels? {
    if isFile { return nil }
    return Pixels(
      format: format, width: width, height: height, stride: stride, bytes: bytes, size: size)
  }

  /// Whether `write` can make this format.
  func becomes(_ wanted: PixelFormat) -> Bool {
    if wanted == format { return true }
    if format.isEightBit || (isFile && format == .gray16) {
      return wanted.isEightBit || wanted.isFloatColour
    }
    return format == .f16 && wanted == .f32
  }

  /// Writes the frame's pixels in a format that it becomes.
  func write(to memory: UnsafeMutableRawPointer, _ layout: PixelLayout) throws(ClientFailure) {
    if let pixels {
      if format.isEightBit {
        try pixels.swizzle(to: memory, layout)
      } else if format == layout.format {
        pixels.copy(to: memory, layout)
      } else {
        pixels.widen(to: memory, layout)
      }
    } else if layout.format.isFloatColour {
      try decoded(layout.format.hasAlpha ? .rgba8 : .rgb8).swizzle(to: memory, layout)
    } else {
      var target = layout.target(memory)
      try Codec.read {
        codec_decode(bytes.assumingMemoryBound(to: UInt8.self), size, &target, nil, $0)
      }
    }
  }

  /// The frame's pixels in memory of their own.
  func decoded(_ format: PixelFormat) throws(ClientFailure) -> Pixels {
    try Pixels.make(format, width, height) { (memory, layout) throws(ClientFailure) in
      try write(to: memory, layout)
    }
  }
}
