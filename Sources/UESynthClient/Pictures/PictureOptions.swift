/// Kinds of file. Raw values are the ABI's `UESYNTH_FILE_*`.
public enum PictureFile: UInt32, Sendable {
  case png = 1
  case jpeg = 2
  case npy = 3

  /// By the ending of a path, in either case; nil for any other.
  public init?(path: String) {
    let bytes = path.utf8
    func ends(_ ending: StaticString) -> Bool {
      let count = ending.utf8CodeUnitCount
      // A name before it: ".png" is a hidden file without an ending.
      guard bytes.count > count, let before = bytes.dropLast(count).last, before != 0x2f else {
        return false
      }
      return zip(bytes.suffix(count), UnsafeBufferPointer(start: ending.utf8Start, count: count))
        .allSatisfy { byte, wanted in byte == wanted || (byte | 0x20 == wanted && byte >= 0x41) }
    }
    if ends(".png") {
      self = .png
    } else if ends(".jpg") || ends(".jpeg") {
      self = .jpeg
    } else if ends(".npy") {
      self = .npy
    } else {
      return nil
    }
  }

  var name: StaticString {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .npy: "NPY"
    }
  }
}

/// How a picture is to be written; validated at the door.
public struct PictureOptions: Sendable {
  public var isPreview = false
  public var quality: Int32 = 95
  public var hasFullChroma = false
  public var compression: Int32 = -1
  public var keepsAlpha = false
  /// Centimetres; both 0: by the frame.
  public var depthNear: Float = 0
  public var depthFar: Float = 0
  /// Pixels; 0: by the frame.
  public var flowFull: Float = 0

  public init() {}
}
