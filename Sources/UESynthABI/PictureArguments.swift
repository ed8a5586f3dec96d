import CUESynth
import UESynthClient
import UESynthCore

/// What callers say about pictures, checked before anything else sees it.
extension Arguments {
  private static func isOn(_ value: UInt32, _ name: StaticString) throws(ClientFailure) -> Bool {
    guard value <= 1 else { throw misuse("\(name) is \(value); it may be 0 or 1") }
    return value == 1
  }

  static func pixels(_ value: uesynth_pixels) throws(ClientFailure) -> PixelRequest {
    var request = PixelRequest()
    guard let format = PixelFormat(rawValue: value.format) else {
      throw misuse("pixels.format is \(value.format), which is no UESYNTH_FORMAT_")
    }
    guard value.stride >= 0, value.capacity >= 0 else {
      throw misuse("pixels.stride or pixels.capacity is beyond all memory")
    }
    guard value.reserved == 0 else { throw misuse("pixels.reserved is not 0") }
    if format != .unknown { request.format = format }
    request.data = value.data
    request.capacity = value.capacity
    request.stride = value.stride
    return request
  }

  static func picture(
    _ pointer: UnsafePointer<uesynth_picture_options>?
  ) throws(ClientFailure) -> PictureOptions {
    guard let pointer else { return PictureOptions() }
    let value = try read(pointer, "the picture options")
    var options = PictureOptions()
    guard value.kind <= UInt32(UESYNTH_PICTURE_PREVIEW) else {
      throw misuse("options.kind is \(value.kind), which is no UESYNTH_PICTURE_")
    }
    guard let quality = Int32(exactly: value.quality), quality >= 1, quality <= 100 else {
      throw misuse("options.quality is \(value.quality); it may be 1 to 100")
    }
    guard value.compression >= -1, value.compression <= 9 else {
      throw misuse("options.compression is \(value.compression); it may be -1 to 9")
    }
    let isByFrame = value.depth_near == 0 && value.depth_far == 0
    let isRange =
      value.depth_near >= 0 && value.depth_far > value.depth_near && value.depth_far.isFinite
    guard isByFrame || isRange else {
      throw misuse(
        "options.depth_near and depth_far are \(value.depth_near) and \(value.depth_far); they may both "
          + "be 0, or near at least 0 and far beyond it")
    }
    guard value.flow_full >= 0, value.flow_full.isFinite else {
      throw misuse("options.flow_full is \(value.flow_full); it may be 0 or more")
    }
    options.isPreview = value.kind == UInt32(UESYNTH_PICTURE_PREVIEW)
    options.quality = quality
    options.hasFullChroma = try isOn(value.full_chroma, "options.full_chroma")
    options.compression = value.compression
    options.keepsAlpha = try isOn(value.keep_alpha, "options.keep_alpha")
    options.depthNear = value.depth_near
    options.depthFar = value.depth_far
    options.flowFull = value.flow_full
    return options
  }

  static func save(
    _ pointer: UnsafePointer<uesynth_save_options>?
  ) throws(ClientFailure) -> SaveRequest {
    guard let pointer else { return SaveRequest() }
    let value = try read(pointer, "options")
    var request = SaveRequest()
    guard value.flags & ~UInt32(UESYNTH_SAVE_NO_EVENT) == 0 else {
      throw misuse("options.flags has bits that are no UESYNTH_SAVE_")
    }
    request.picture = try picture(value.picture)
    request.wait = wait(value.timeout_ms)
    request.cookie = value.cookie
    request.hasEvent = value.flags & UInt32(UESYNTH_SAVE_NO_EVENT) == 0
    return request
  }

  /// A path and the kind of file that it ends with.
  static func path(
    _ path: UnsafePointer<CChar>?
  ) throws(ClientFailure) -> (String, PictureFile) {
    try text(path, "the path")
    let path = path.map { String(cString: $0) } ?? ""
    guard let file = PictureFile(path: path) else {
      throw misuse("the path \"\(path)\" does not end with .png, .jpg, .jpeg or .npy")
    }
    return (path, file)
  }
}
