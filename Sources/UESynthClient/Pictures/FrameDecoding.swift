import UESynthCore

/// Pixels that a host asks for.
public struct PixelRequest {
  /// nil: the frame's own.
  public var format: PixelFormat?
  /// nil: only say what it would take.
  public var data: UnsafeMutableRawPointer?
  public var capacity = 0
  public var stride = 0

  public init() {}
}

/// What a request comes to.
public struct PixelOutcome {
  public let width: UInt32
  public let height: UInt32
  public let layout: PixelLayout
}

extension UnsafeMutablePointer where Pointee == FrameRecord {
  /// Writes the frame's pixels where they are wanted. `outcome` is set as soon as it is known, so also
  /// where this ends with BUFFER_TOO_SMALL.
  public func decode(
    _ request: PixelRequest, filesToo: Bool, outcome: inout PixelOutcome?
  ) throws(ClientFailure) {
    let contents = try FrameContents(self)
    if contents.isFile && !filesToo {
      throw ClientFailure(
        .misuse,
        "the frame is a \(contents.stored.name) file, not pixels: uesynth_frame_decode decodes it")
    }
    let wanted = request.format ?? contents.format
    guard contents.becomes(wanted) else {
      throw ClientFailure(.misuse, contents.refusal(wanted))
    }
    let layout = try PixelLayout(
      wanted, contents.width, contents.height, stride: request.stride)
    outcome = PixelOutcome(width: contents.width, height: contents.height, layout: layout)
    guard let data = request.data else { return }
    guard request.capacity >= layout.size else {
      throw ClientFailure(
        .bufferTooSmall,
        "\(contents.width) x \(contents.height) pixels of \(wanted.name) need \(layout.size) bytes, "
          + "pixels.capacity is \(request.capacity)")
    }
    guard !wanted.needsAlignment || UInt(bitPattern: data) % 4 == 0 else {
      throw ClientFailure(.misuse, "pixels.data is not aligned to 4 bytes, as \(wanted.name) needs")
    }
    try contents.write(to: data, layout)
  }
}

extension FrameContents {
  fileprivate func refusal(_ wanted: PixelFormat) -> String {
    let held = isFile ? "a \(stored.name) file of \(format.name)" : "\(format.name)"
    let cure =
      format.isEightBit
      ? "8-bit formats become each other and F32X3, F32X4 or their PLANAR forms"
      : "ask for its own, or save a UESYNTH_PICTURE_PREVIEW"
    return "the frame is \(held), which does not become \(wanted.name): \(cure)"
  }
}
