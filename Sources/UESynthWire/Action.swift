import UESynthCore

/// One action's arguments. Each kind reads the fields that it has and ignores the others. The
/// strings are borrowed for the duration of the call that is given the action. They must be valid UTF-8
/// (`UTF8Text`): a server rejects the whole message otherwise.
public struct Action {
  public var kind: ActionKind
  /// The camera, object or light.
  public var name: BorrowedText
  public var transform: Transform
  public var width: UInt32
  public var height: UInt32
  public var assetPath: BorrowedText
  public var materialProperty: BorrowedText
  public var materialValue: BorrowedText
  public var intensity: Float
  public var color: Vector3

  @inlinable @inline(__always)
  public init() {
    kind = .listObjects
    name = BorrowedText(nil, count: 0)
    transform = Transform()
    width = 0
    height = 0
    assetPath = BorrowedText(nil, count: 0)
    materialProperty = BorrowedText(nil, count: 0)
    materialValue = BorrowedText(nil, count: 0)
    intensity = 0
    color = Vector3(0, 0, 0)
  }

  public init(
    kind: ActionKind, name: UnsafePointer<CChar>? = nil, transform: Transform = Transform(),
    width: UInt32 = 0, height: UInt32 = 0
  ) {
    self.init()
    self.kind = kind
    self.name = BorrowedText(name)
    self.transform = transform
    self.width = width
    self.height = height
  }
}
