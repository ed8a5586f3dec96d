import CUESynthCodec
import Glibc
import UESynthCore

/// A frame made ready for one kind of file: what the encoder reads.
struct Picture {
  private enum Contents {
    /// A file as it came.
    case bytes(UnsafeRawPointer, Int)
    case pixels(Pixels)
  }

  private let file: PictureFile
  private let options: PictureOptions
  private let contents: Contents

  /// MISUSE, before anything is done, for what does not fit such a file.
  static func check(
    _ contents: FrameContents, _ file: PictureFile, _ options: PictureOptions
  ) throws(ClientFailure) {
    guard !contents.isFile, !contents.format.isEightBit else { return }
    if options.isPreview {
      guard FramePreview.fits(contents) else {
        throw ClientFailure(
          .misuse,
          "there is no preview of \(contents.format.name) in a picture of modality "
            + "\(contents.modality.rawValue): save it AS_IS to .npy")
      }
    } else if file != .npy {
      throw ClientFailure(
        .misuse,
        "the frame is \(contents.format.name), which fits no \(file.name): save it to .npy, or as "
          + "UESYNTH_PICTURE_PREVIEW")
    }
  }

  init(
    _ frame: FrameRef, _ file: PictureFile, _ options: PictureOptions
  ) throws(ClientFailure) {
    let frame = try FrameContents(frame)
    try Self.check(frame, file, options)
    self.file = file
    self.options = options
    if case .file(let isPlain) = frame.form {
      let isSame =
        (file == .jpeg && frame.stored == .jpeg)
        || (file == .png && frame.stored == .png && (isPlain || options.keepsAlpha))
      contents =
        isSame
        ? .bytes(frame.bytes, frame.size)
        : .pixels(try frame.decoded(Self.decodedFormat(frame.format, file, options)))
    } else if let pixels = frame.pixels {
      if !pixels.format.isEightBit && options.isPreview {
        contents = .pixels(try FramePreview.pixels(frame, options))
      } else if file == .npy && pixels.format.isEightBit {
        // In an array the order of colours is red, green, blue.
        let format = Self.decodedFormat(pixels.format, file, options)
        contents = .pixels(format == pixels.format ? pixels : try pixels.swizzled(format))
      } else {
        contents = .pixels(pixels)
      }
    } else {
      throw ClientFailure(.internal, "the frame holds neither pixels nor a file")
    }
  }

  private static func decodedFormat(
    _ format: PixelFormat, _ file: PictureFile, _ options: PictureOptions
  ) -> PixelFormat {
    switch format {
    case .gray8: .gray8
    case .gray16: file == .jpeg ? .gray8 : .gray16
    case .rgba8, .bgra8: options.keepsAlpha && file != .jpeg ? .rgba8 : .rgb8
    default: .rgb8
    }
  }

  // MARK: Writing

  private var png: codec_png_options {
    codec_png_options(level: options.compression, keep_alpha: options.keepsAlpha ? 1 : 0)
  }

  private var jpeg: codec_jpeg_options {
    codec_jpeg_options(quality: options.quality, chroma: options.hasFullChroma ? 444 : 420)
  }

  private static func array(_ pixels: Pixels) -> codec_array {
    let (channels, type): (UInt32, codec_dtype) =
      switch pixels.format {
      case .gray8: (0, CODEC_DTYPE_U1)
      case .gray16: (0, CODEC_DTYPE_U2)
      case .rgba8, .bgra8: (4, CODEC_DTYPE_U1)
      case .u32: (0, CODEC_DTYPE_U4)
      case .f16: (0, CODEC_DTYPE_F2)
      case .f32: (0, CODEC_DTYPE_F4)
      case .f32x2: (2, CODEC_DTYPE_F4)
      case .f32x3: (3, CODEC_DTYPE_F4)
      default: (3, CODEC_DTYPE_U1)
      }
    return codec_array(
      bytes: pixels.bytes, size: pixels.size, stride: pixels.stride, width: pixels.width,
      height: pixels.height, channels: channels, dtype: type)
  }

  /// The file in memory; `Codec.free` ends it.
  func encode() throws(ClientFailure) -> UnsafeMutableBufferPointer<UInt8> {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    switch contents {
    case .bytes(let start, let size):
      bytes = malloc(size)?.assumingMemoryBound(to: UInt8.self)
      if let bytes { memcpy(bytes, start, size) }
      count = size
    case .pixels(let pixels):
      var source = pixels.source
      switch file {
      case .png:
        var options = png
        try Codec.run { codec_encode_png(&source, &options, &bytes, &count, $0) }
      case .jpeg:
        var options = jpeg
        try Codec.run { codec_encode_jpeg(&source, &options, &bytes, &count, $0) }
      case .npy:
        var array = Self.array(pixels)
        try Codec.run { codec_encode_npy(&array, &bytes, &count, $0) }
      }
      withExtendedLifetime(pixels) {}
    }
    guard let bytes else {
      throw ClientFailure(.resourceExhausted, "out of memory for a file of \(count) bytes")
    }
    return UnsafeMutableBufferPointer(start: bytes, count: count)
  }

  func save(to path: String) throws(ClientFailure) {
    switch contents {
    case .bytes(let start, let size):
      try Codec.run { codec_save_bytes(path, start, size, $0) }
    case .pixels(let pixels):
      var source = pixels.source
      switch file {
      case .png:
        var options = png
        try Codec.run { codec_save_png(path, &source, &options, $0) }
      case .jpeg:
        var options = jpeg
        try Codec.run { codec_save_jpeg(path, &source, &options, $0) }
      case .npy:
        var array = Self.array(pixels)
        try Codec.run { codec_save_npy(path, &array, $0) }
      }
      withExtendedLifetime(pixels) {}
    }
  }
}

extension UnsafeMutablePointer where Pointee == FrameRecord {
  /// A file in memory; `Codec.free` ends it.
  public func encode(
    _ file: PictureFile, _ options: PictureOptions
  ) throws(ClientFailure) -> UnsafeMutableBufferPointer<UInt8> {
    try Picture(self, file, options).encode()
  }

  public func save(
    to path: String, _ file: PictureFile, _ options: PictureOptions
  ) throws(ClientFailure) {
    try Picture(self, file, options).save(to: path)
  }
}
