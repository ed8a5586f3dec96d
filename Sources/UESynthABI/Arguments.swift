import CUESynth
import Glibc
import UESynthClient
import UESynthCore
import UESynthWire

/// What callers hand over, checked before anything else sees it.
enum Arguments {
  private static let longestText = 64 << 10
  /// A struct_size beyond this is no size of any struct of ours.
  private static let largestStruct = 4096
  private static let largestSide: UInt32 = 65_536
  private static let longestTimeout: Int64 = 86_400_000

  // MARK: Structs that grow

  /// A copy of a caller's struct. What a smaller one, of an older header, does not have is what the INIT
  /// macro says. A larger one, of a newer header, is taken if what this library does not know of is zero.
  static func read<Value: GrowingStruct & BitwiseCopyable>(
    _ pointer: UnsafePointer<Value>?, _ name: StaticString, size: UInt32? = nil
  ) throws(ClientFailure) -> Value {
    guard let pointer else { throw misuse("\(name) is NULL") }
    let known = MemoryLayout<Value>.size
    let raw = UnsafeRawPointer(pointer)
    let given = Int(size ?? raw.loadUnaligned(as: UInt32.self))
    if given == known { return raw.loadUnaligned(as: Value.self) }
    try check(structSize: given, of: Value.self, name)
    if given < known {
      var value = Value.initial
      withUnsafeMutableBytes(of: &value) {
        $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: given))
      }
      return value
    }
    if given > known {
      let rest = UnsafeRawBufferPointer(start: raw + known, count: given - known)
      guard rest.allSatisfy({ $0 == 0 }) else {
        throw misuse(
          "\(name) was made for a newer libuesynth (struct_size \(given), this library knows \(known))"
        )
      }
    }
    return raw.loadUnaligned(as: Value.self)
  }

  /// Writes an output struct as far as the caller's one goes, and leaves its struct_size.
  static func write<Value: GrowingStruct & BitwiseCopyable>(
    _ value: Value, to pointer: UnsafeMutablePointer<Value>?, _ name: StaticString
  ) throws(ClientFailure) {
    guard let pointer else { throw misuse("\(name) is NULL") }
    let raw = UnsafeMutableRawPointer(pointer)
    let size = Int(raw.loadUnaligned(as: UInt32.self))
    try check(structSize: size, of: Value.self, name)
    withUnsafeBytes(of: value) { bytes in
      guard let base = bytes.baseAddress else { return }
      memcpy(raw + 4, base + 4, min(size, bytes.count) - 4)
    }
  }

  /// Whether an output struct could be written, before what would go into it is taken.
  static func check<Value: GrowingStruct & BitwiseCopyable>(
    output pointer: UnsafeMutablePointer<Value>?, _ name: StaticString
  ) throws(ClientFailure) {
    let raw = UnsafeRawPointer(try output(pointer, name))
    try check(structSize: Int(raw.loadUnaligned(as: UInt32.self)), of: Value.self, name)
  }

  private static func check<Value: GrowingStruct & BitwiseCopyable>(
    structSize: Int, of type: Value.Type, _ name: StaticString
  ) throws(ClientFailure) {
    guard structSize >= type.firstSize, structSize <= largestStruct else {
      throw misuse(
        "\(name).struct_size is \(structSize), not the size of the struct (\(MemoryLayout<Value>.size)): "
          + "begin with its _INIT macro")
    }
  }

  /// The size of the elements of an array of the caller's.
  static func check<Value: GrowingStruct & BitwiseCopyable>(
    elementSize size: Int, of type: Value.Type, _ name: StaticString
  ) throws(ClientFailure) {
    guard size >= type.firstSize, size <= largestStruct,
      size % MemoryLayout<Value>.alignment == 0
    else {
      throw misuse(
        "\(name) is \(size), not the size of the struct (\(MemoryLayout<Value>.size)): pass sizeof")
    }
  }

  /// Whether the elements of an array of the caller's are as this library knows them, where it may use them.
  static func isInPlace<Value>(_ base: UnsafeRawPointer, _ size: Int, _ type: Value.Type) -> Bool {
    size == MemoryLayout<Value>.size
      && UInt(bitPattern: base) % UInt(MemoryLayout<Value>.alignment) == 0
  }

  // MARK: Values

  static func output<Value>(
    _ pointer: UnsafeMutablePointer<Value>?, _ name: StaticString
  ) throws(ClientFailure) -> UnsafeMutablePointer<Value> {
    guard let pointer else { throw misuse("\(name) is NULL") }
    return pointer
  }

  @inline(__always) @discardableResult
  static func text(
    _ text: UnsafePointer<CChar>?, _ name: StaticString
  ) throws(ClientFailure) -> BorrowedText {
    guard let text else { return BorrowedText(nil, count: 0) }
    return BorrowedText(text, count: try length(of: text, name))
  }

  private static func length(
    of text: UnsafePointer<CChar>, _ name: StaticString
  ) throws(ClientFailure) -> Int {
    let count = strnlen(text, longestText + 1)
    guard count <= longestText else { throw misuse("\(name) is longer than \(longestText) bytes") }
    guard UTF8Text.isValid(UnsafeRawBufferPointer(start: text, count: count)) else {
      throw misuse("\(name) is not valid UTF-8")
    }
    return count
  }

  /// 0 stays 0; anything else in nanoseconds.
  static func timeout(_ milliseconds: Int64, _ name: StaticString) throws(ClientFailure) -> Int64 {
    guard milliseconds >= 0, milliseconds <= longestTimeout else {
      throw misuse("\(name) is \(milliseconds); it may be 0 to \(longestTimeout)")
    }
    return milliseconds * 1_000_000
  }

  /// A wait: negative stays negative, the rest is in nanoseconds.
  static func wait(_ milliseconds: Int64) -> Int64 {
    if milliseconds < 0 { return -1 }
    return min(milliseconds, 1 << 40) * 1_000_000
  }

  static func percentile(_ value: Double) throws(ClientFailure) {
    guard value >= 0, value <= 100 else {
      throw misuse("the percentile is \(value); it may be 0 to 100")
    }
  }

  static func modality(_ value: UInt32) throws(ClientFailure) -> Modality {
    guard let modality = Modality(rawValue: value) else {
      throw misuse("\(value) is no UESYNTH_MODALITY_")
    }
    return modality
  }

  static func size(_ width: UInt32, _ height: UInt32) throws(ClientFailure) {
    guard width <= largestSide, height <= largestSide else {
      throw misuse("a size of \(width) x \(height) is over \(largestSide) x \(largestSide) pixels")
    }
  }

  @inline(__always)
  static func transform(_ value: uesynth_transform) throws(ClientFailure) -> Transform {
    let transform = Transform(
      location: Vector3(value.location.x, value.location.y, value.location.z),
      rotation: Rotator(
        pitch: value.rotation.pitch, yaw: value.rotation.yaw, roll: value.rotation.roll),
      scale: Vector3(value.scale.x, value.scale.y, value.scale.z))
    // Zero times anything finite is zero, times anything else it is not a number.
    let sum =
      0 * value.location.x + 0 * value.location.y + 0 * value.location.z
      + 0 * value.rotation.pitch + 0 * value.rotation.yaw + 0 * value.rotation.roll
      + 0 * value.scale.x + 0 * value.scale.y + 0 * value.scale.z
    guard sum == 0 else { throw misuse("the transform has a number that is not finite") }
    return transform
  }

  // MARK: Actions and options

  /// What its kind has is checked and taken, the rest is ignored. `action` is a blank one.
  @inline(__always)
  static func read(
    _ pointer: UnsafePointer<uesynth_action>, into action: inout Action
  ) throws(ClientFailure) {
    guard let kind = ActionKind(rawValue: pointer.pointee.kind) else {
      throw misuse("\(pointer.pointee.kind) is no UESYNTH_ACTION_")
    }
    action.kind = kind
    action.name = try text(pointer.pointee.name, "action.name")
    switch kind {
    case .setCameraTransform, .setObjectTransform, .createCamera:
      action.transform = try transform(pointer.pointee.transform)
    case .spawnObject:
      action.assetPath = try text(pointer.pointee.asset_path, "action.asset_path")
      action.transform = try transform(pointer.pointee.transform)
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow,
      .setResolution:
      try size(pointer.pointee.width, pointer.pointee.height)
      action.width = pointer.pointee.width
      action.height = pointer.pointee.height
    case .setMaterial:
      action.materialProperty = try text(
        pointer.pointee.material_property, "action.material_property")
      action.materialValue = try text(pointer.pointee.material_value, "action.material_value")
    case .setLighting:
      action.transform = try transform(pointer.pointee.transform)
      try light(pointer.pointee, &action)
    case .getCameraTransform, .getObjectTransform, .destroyCamera, .destroyObject, .listObjects:
      break
    }
  }

  private static func light(
    _ value: uesynth_action, _ action: inout Action
  ) throws(ClientFailure) {
    action.intensity = value.intensity
    action.color = Vector3(value.color.x, value.color.y, value.color.z)
    guard value.intensity.isFinite, value.color.x.isFinite, value.color.y.isFinite,
      value.color.z.isFinite
    else {
      throw misuse("the intensity or the colour has a number that is not finite")
    }
  }

  /// The parts of a pose that an action sets.
  @inline(__always)
  static func fields(
    _ given: UInt32, _ kind: ActionKind
  ) throws(ClientFailure) -> TransformFields {
    given == 0 ? .whole : try partialFields(given, kind)
  }

  private static func partialFields(
    _ given: UInt32, _ kind: ActionKind
  ) throws(ClientFailure) -> TransformFields {
    let fields = TransformFields(rawValue: given)
    guard fields.isSubset(of: .whole) else {
      throw misuse("action.transform_fields has bits that are no UESYNTH_TRANSFORM_")
    }
    guard kind == .setCameraTransform || kind == .setObjectTransform else {
      throw misuse("only SET_CAMERA_TRANSFORM and SET_OBJECT_TRANSFORM take transform_fields")
    }
    return fields
  }

  static func route(_ value: UInt32) throws(ClientFailure) -> Route {
    guard let route = Route(rawValue: value) else { throw misuse("\(value) is no UESYNTH_ROUTE_") }
    return route
  }

  static func options(_ value: uesynth_submit_options) throws(ClientFailure) -> RequestOptions {
    let known = UInt32(
      UESYNTH_SUBMIT_NOTIFY_ONLY | UESYNTH_SUBMIT_NO_EVENT
        | UESYNTH_SUBMIT_ORDER_NONE | UESYNTH_SUBMIT_WAIT_FOR_READY)
    guard value.flags & ~known == 0 else {
      throw misuse("options.flags has bits that are no UESYNTH_SUBMIT_")
    }
    guard value.reserved == 0 else { throw misuse("options.reserved is not 0") }
    guard value.destination == nil || value.destination_capacity > 0 else {
      throw misuse("options.destination_capacity is 0")
    }
    var options = RequestOptions()
    options.route = try route(value.route)
    options.timeout = try timeout(value.timeout_ms, "options.timeout_ms")
    options.cookie = value.cookie
    options.notifyOnly = value.flags & UInt32(UESYNTH_SUBMIT_NOTIFY_ONLY) != 0
    options.noEvent = value.flags & UInt32(UESYNTH_SUBMIT_NO_EVENT) != 0
    options.waitsForReady = value.flags & UInt32(UESYNTH_SUBMIT_WAIT_FOR_READY) != 0
    options.ordered = value.flags & UInt32(UESYNTH_SUBMIT_ORDER_NONE) == 0
    return options
  }
}
