import UESynthCore

/// Which parts of a transform a change sets. Raw values are the ABI's `UESYNTH_TRANSFORM_*`.
public struct TransformFields: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let location = TransformFields(rawValue: 1)
  public static let rotation = TransformFields(rawValue: 2)
  public static let scale = TransformFields(rawValue: 4)
  public static let whole: TransformFields = [.location, .rotation, .scale]
}

extension Transform {
  /// This transform with the given parts of another one.
  func merging(_ other: Transform, _ fields: TransformFields) -> Transform {
    Transform(
      location: fields.contains(.location) ? other.location : location,
      rotation: fields.contains(.rotation) ? other.rotation : rotation,
      scale: fields.contains(.scale) ? other.scale : scale)
  }
}

/// The poses that cameras and objects have after the changes that were sent: what a change of a part is
/// merged with, since on the wire a pose is whole. Kept from the first such change on.
///
/// Thread: the loop's.
struct PoseBook {
  enum Entry: Equatable {
    case unknown
    /// A read is under way; changes of parts wait for it.
    case fetching
    case known(Transform)
    /// The read failed; the next change of a part tries again.
    case failed(Status, String)
  }

  /// Beyond this, everything is forgotten and fetched again when needed.
  private static let limit = 65_536
  private var cameras: [UInt64: Entry] = [:]
  private var objects: [UInt64: Entry] = [:]
  /// Whether poses are kept at all.
  private(set) var isActive = false

  /// What is known of the camera or object with this hash of its name.
  func entry(_ key: UInt64, isCamera: Bool) -> Entry {
    (isCamera ? cameras[key] : objects[key]) ?? .unknown
  }

  mutating func activate() { isActive = true }

  mutating func set(_ key: UInt64, isCamera: Bool, _ entry: Entry) {
    if cameras.count + objects.count >= Self.limit { forgetAll() }
    if isCamera { cameras[key] = entry } else { objects[key] = entry }
  }

  mutating func forget(_ key: UInt64, isCamera: Bool) {
    if isCamera { cameras[key] = nil } else { objects[key] = nil }
  }

  /// A camera was moved, and all names may mean that camera: the other poses are unknown again.
  mutating func forgetCameras(except key: UInt64) {
    guard cameras.count > 1 else { return }
    cameras = cameras.filter { $0.key == key || $0.value == .fetching }
  }

  /// A new connection: whatever was known may not hold any more.
  mutating func forgetAll() {
    cameras.removeAll(keepingCapacity: true)
    objects.removeAll(keepingCapacity: true)
  }
}
