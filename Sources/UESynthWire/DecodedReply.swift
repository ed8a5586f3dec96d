import CUESynthProto
import Glibc
import UESynthCore

/// The values of a reply that is no image. BORROWED: its pointers are valid during the visit only.
public struct DecodedReply {
  /// As the server sent it, which is not to be trusted: some never set it.
  public let success: Bool
  /// Whether the reply held a transform at all.
  public let hasTransform: Bool
  /// A location or rotation that is absent reads as zero, an absent scale as one.
  public let transform: Transform
  /// UTF-8 without NUL; what the server sent wrong reads as "?".
  public let message: UnsafeRawBufferPointer
  public let nameCount: Int

  private let names: UnsafePointer<UnsafeMutablePointer<CChar>?>?

  /// Success that is none: the plugin answers so to every command that it only knows by name (WIRE.md 5).
  public var isStub: Bool {
    success && !hasTransform && Self.ends(message, with: "not yet implemented")
  }

  private static func ends(_ text: UnsafeRawBufferPointer, with words: StaticString) -> Bool {
    let suffix = UnsafeRawBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)
    return text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
  }

  /// UTF-8 without NUL; nil if there is no such name. A NUL follows the bytes.
  public func name(at index: Int) -> UnsafeRawBufferPointer? {
    guard index >= 0, index < nameCount, let name = names?[index] else { return nil }
    return Self.text(name)
  }

  init(_ reply: Uesynth__CommandResponse) {
    self.init(success: reply.success, message: reply.message)
  }

  init(_ reply: Uesynth__GetCameraTransformResponse) {
    self.init(
      success: reply.success, message: reply.message, transform: reply.transform)
  }

  init(_ reply: Uesynth__GetObjectTransformResponse) {
    self.init(
      success: reply.success, message: reply.message, transform: reply.transform)
  }

  init(_ reply: Uesynth__ListObjectsResponse) {
    self.init(
      success: 1, nameCount: Int(truncatingIfNeeded: reply.n_object_names),
      names: UnsafePointer(reply.object_names))
  }

  /// A CommandResponse as servers write it: `success` if true, then `message` if not empty, shorter
  /// than 128 bytes. nil for any other bytes, which may well be valid, too.
  init?(plainCommand bytes: UnsafeRawBufferPointer) {
    guard var p = bytes.baseAddress else { return nil }
    let end = p + bytes.count
    var success = false
    var message = UnsafeRawBufferPointer(start: nil, count: 0)
    if end - p >= 2, p.load(as: UInt8.self) == 0x08 {
      let value = (p + 1).load(as: UInt8.self)
      guard value <= 1 else { return nil }
      success = value == 1
      p += 2
    }
    if end - p >= 2, p.load(as: UInt8.self) == 0x12 {
      let length = Int((p + 1).load(as: UInt8.self))
      p += 2
      guard length < 0x80, length == end - p else { return nil }
      message = UnsafeRawBufferPointer(start: p, count: length)
      guard UTF8Text.isValid(message) else { return nil }
      p += length
    }
    guard p == end else { return nil }
    self.success = success
    self.message = message
    hasTransform = false
    transform = Transform()
    nameCount = 0
    names = nil
  }

  private init(
    success: protobuf_c_boolean, message: UnsafePointer<CChar>? = nil,
    transform: UnsafePointer<Uesynth__Transform>? = nil, nameCount: Int = 0,
    names: UnsafePointer<UnsafeMutablePointer<CChar>?>? = nil
  ) {
    self.success = success != 0
    self.hasTransform = transform != nil
    self.transform = transform.map { Transform($0.pointee) } ?? Transform()
    self.message = Self.text(message)
    self.nameCount = nameCount
    self.names = names
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
    guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: text, count: Int(truncatingIfNeeded: strlen(text)))
  }
}

extension Transform {
  init(_ message: Uesynth__Transform) {
    self.init(
      location: message.location.map { Vector3($0.pointee) } ?? .zero,
      rotation: message.rotation.map {
        Rotator(pitch: $0.pointee.pitch, yaw: $0.pointee.yaw, roll: $0.pointee.roll)
      } ?? .zero,
      scale: message.scale.map { Vector3($0.pointee) } ?? .one)
  }
}

extension Vector3 {
  init(_ message: Uesynth__Vector3) {
    self.init(message.x, message.y, message.z)
  }
}
