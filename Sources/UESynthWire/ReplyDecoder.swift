import CUESynthProto
import UESynthCore

/// Reads the body of a reply that is no image, through protobuf-c (the plain CommandResponse, of
/// which there may be a million a second, directly: the same values, as a test holds). Ordinary replies allocate
/// nothing; long lists of names take heap memory until the visit ends.
public enum ReplyDecoder {
  /// A CommandResponse that says yes and nothing else, as servers write it.
  @inline(__always)
  public static func isPlainSuccess(_ body: ReplyBody, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard case .command = body, bytes.count == 2, let base = bytes.baseAddress else { return false }
    return UInt16(littleEndian: base.loadUnaligned(as: UInt16.self)) == 0x0108
  }

  /// Calls `visit` once, or returns why it could not.
  public static func decode(
    _ body: ReplyBody, _ bytes: UnsafeRawBufferPointer, _ visit: (borrowing DecodedReply) -> Void
  ) -> WireFailure? {
    if body == .command, let plain = DecodedReply(plainCommand: bytes) {
      visit(plain)
      return nil
    }
    guard let descriptor = descriptor(body) else {
      return .malformed("a reply holds nothing that its request asked for")
    }
    return decode(body, bytes, as: descriptor, visit)
  }

  /// Through protobuf-c in any case.
  static func decode(
    _ body: ReplyBody, _ bytes: UnsafeRawBufferPointer, as descriptor: UESynthDescriptor,
    _ visit: (borrowing DecodedReply) -> Void
  ) -> WireFailure? {
    Arena.withArena { arena, allocator in
      switch CanonicalMessage.make(bytes, descriptor, .repairSentences, arena) {
      case .failed(let failure): return failure
      case .bytes(let bytes):
        guard
          let message = protobuf_c_message_unpack(
            descriptor, allocator, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        else { return .malformed("protobuf-c cannot read a reply") }
        visit(decoded(body, UnsafeRawPointer(message)))
        return nil
      }
    }
  }

  /// Why `decode` would fail, nil if it would not or for an image.
  static func flaw(_ body: ReplyBody, _ bytes: UnsafeRawBufferPointer) -> WireFailure? {
    descriptor(body).flatMap { CanonicalMessage.flaw(bytes, $0, .repairSentences) }
  }

  private static func descriptor(_ body: ReplyBody) -> UESynthDescriptor? {
    switch body {
    case .command: uesynth_describe_command_response()
    case .cameraTransform: uesynth_describe_camera_transform_response()
    case .objectTransform: uesynth_describe_object_transform_response()
    case .objectsList: uesynth_describe_objects_list()
    case .none, .image: nil
    }
  }

  private static func decoded(_ body: ReplyBody, _ message: UnsafeRawPointer) -> DecodedReply {
    switch body {
    case .cameraTransform:
      DecodedReply(message.load(as: Uesynth__GetCameraTransformResponse.self))
    case .objectTransform:
      DecodedReply(message.load(as: Uesynth__GetObjectTransformResponse.self))
    case .objectsList: DecodedReply(message.load(as: Uesynth__ListObjectsResponse.self))
    case .command, .image, .none: DecodedReply(message.load(as: Uesynth__CommandResponse.self))
    }
  }
}
