import CUESynthProto
import UESynthCore

/// Reads requests on the server's side, through protobuf-c. Unlike a reply's sentences, every string
/// must be UTF-8 without NUL.
public enum ServerRequest {
  /// One message of ControlStream, without its prefix.
  public static func decodeStream(
    _ bytes: UnsafeRawBufferPointer
  ) throws(WireFailure) -> ServerAction {
    let result: Result<ServerAction, WireFailure> = Arena.withArena { arena, allocator in
      let descriptor = uesynth_describe_action_request()
      guard let descriptor else { return .failure(.outOfMemory) }
      switch CanonicalMessage.make(bytes, descriptor, .strict, arena) {
      case .failed(let failure): return .failure(failure)
      case .bytes(let bytes):
        guard
          let message = protobuf_c_message_unpack(
            descriptor, allocator, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        else { return .failure(.malformed("protobuf-c cannot read a request")) }
        let request = UnsafeRawPointer(message).load(as: Uesynth__ActionRequest.self)
        guard let action = action(request) else {
          return .failure(.malformed("a request holds no action that is known here"))
        }
        return .success(action)
      }
    }
    return try result.get()
  }

  /// The request message of a unary RPC, without its prefix.
  public static func decodeUnary(
    _ kind: ActionKind, _ bytes: UnsafeRawBufferPointer
  ) throws(WireFailure) -> ServerAction {
    // As the member of an ActionRequest it says the same.
    var count = ByteCount()
    count.header(kind.rawValue, length: bytes.count)
    let size = count.count &+ bytes.count
    let request = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { request.deallocate() }
    guard let base = request.baseAddress else { throw .outOfMemory }
    var writer = ByteWriter(cursor: base)
    writer.header(kind.rawValue, length: bytes.count)
    if let source = bytes.baseAddress { writer.copy(source, bytes.count) }
    return try decodeStream(UnsafeRawBufferPointer(request))
  }

  private static func action(_ request: Uesynth__ActionRequest) -> ServerAction? {
    guard let kind = ActionKind(rawValue: request.action_case.rawValue) else { return nil }
    var action = ServerAction(kind: kind)
    action.requestID = string(request.request_id)
    switch kind {
    case .setCameraTransform:
      guard let message = request.set_camera_transform?.pointee else { return nil }
      action.name = string(message.camera_name)
      action.read(message.transform)
    case .getCameraTransform:
      guard let message = request.get_camera_transform?.pointee else { return nil }
      action.name = string(message.camera_name)
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow:
      // These members of the union have one type.
      guard let message = request.capture_rgb?.pointee else { return nil }
      action.name = string(message.camera_name)
      action.width = message.width
      action.height = message.height
    case .setObjectTransform:
      guard let message = request.set_object_transform?.pointee else { return nil }
      action.name = string(message.object_name)
      action.read(message.transform)
    case .getObjectTransform:
      guard let message = request.get_object_transform?.pointee else { return nil }
      action.name = string(message.object_name)
    case .createCamera:
      guard let message = request.create_camera?.pointee else { return nil }
      action.name = string(message.camera_name)
      action.read(message.initial_transform)
    case .destroyCamera:
      guard let message = request.destroy_camera?.pointee else { return nil }
      action.name = string(message.camera_name)
    case .setResolution:
      guard let message = request.set_resolution?.pointee else { return nil }
      action.name = string(message.camera_name)
      action.width = message.width
      action.height = message.height
    case .spawnObject:
      guard let message = request.spawn_object?.pointee else { return nil }
      action.name = string(message.object_name)
      action.assetPath = string(message.asset_path)
      action.read(message.initial_transform)
    case .destroyObject:
      guard let message = request.destroy_object?.pointee else { return nil }
      action.name = string(message.object_name)
    case .setMaterial:
      guard let message = request.set_material?.pointee else { return nil }
      action.name = string(message.object_name)
      action.materialProperty = string(message.material_property)
      action.materialValue = string(message.value)
    case .listObjects:
      break
    case .setLighting:
      guard let message = request.set_lighting?.pointee else { return nil }
      action.name = string(message.light_name)
      action.intensity = message.intensity
      action.color = message.color.map { Vector3($0.pointee) } ?? .zero
      action.hasColor = message.color != nil
      action.read(message.transform)
    }
    return action
  }

  private static func string(_ text: UnsafePointer<CChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }
}

extension ServerAction {
  fileprivate mutating func read(_ message: UnsafePointer<Uesynth__Transform>?) {
    guard let message = message?.pointee else { return }
    transform = Transform(message)
    hasTransform = true
    hasLocation = message.location != nil
    hasRotation = message.rotation != nil
    hasScale = message.scale != nil
    if !hasScale { transform.scale = .zero }
  }
}
