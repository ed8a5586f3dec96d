import CUESynthCodec
import UESynthCore

/// Colours for what is not colour.
enum FramePreview {
  /// Centimetres: Unreal's depth ends where half floats do.
  private static let sky: Float = 65504

  static func fits(_ contents: FrameContents) -> Bool {
    switch (contents.modality, contents.format) {
    case (.depth, .f32), (.depth, .f16), (.segmentation, .u32), (.normals, .f32x3),
      (.opticalFlow, .f32x2):
      true
    default: false
    }
  }

  /// RGB8, of contents that fit.
  static func pixels(
    _ contents: FrameContents, _ options: PictureOptions
  ) throws(ClientFailure) -> Pixels {
    let values = try aligned(contents)
    var source = values.source
    let preview = try Pixels.make(.rgb8, values.width, values.height) {
      (memory, layout) throws(ClientFailure) in
      var target = layout.target(memory)
      switch values.format {
      case .u32:
        try Codec.run { codec_preview_segmentation(&source, &target, $0) }
      case .f32x3:
        try Codec.run { codec_preview_normals(&source, &target, $0) }
      case .f32x2:
        var full = options.flowFull
        try Codec.run { codec_preview_flow(&source, &full, &target, $0) }
      default:
        var range = codec_range(low: options.depthNear, high: options.depthFar)
        var depth = codec_depth_options(
          sky: options.depthFar > sky ? 0 : sky, inverse: 1)
        try Codec.run { codec_preview_depth(&source, &depth, &range, &target, $0) }
      }
    }
    withExtendedLifetime(values) {}
    return preview
  }

  /// The frame's values where 32-bit loads are in order: memory of the host's may lie anywhere.
  private static func aligned(_ contents: FrameContents) throws(ClientFailure) -> Pixels {
    if contents.format == .f16 { return try contents.decoded(.f32) }
    if let pixels = contents.pixels, UInt(bitPattern: pixels.bytes) % 4 == 0 { return pixels }
    return try contents.decoded(contents.format)
  }
}
