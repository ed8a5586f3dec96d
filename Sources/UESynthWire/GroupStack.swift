/// The open groups of a message that is being skipped through (protobuf's wire types 3 and 4), up to
/// a bounded depth.
struct GroupStack {
  static let maximumDepth = 32

  private var fields = InlineArray<32, UInt32>(repeating: 0)
  private(set) var depth = 0

  /// False when nested too deeply.
  mutating func push(_ field: UInt32) -> Bool {
    guard depth < Self.maximumDepth else { return false }
    fields[unchecked: depth] = field
    depth &+= 1
    return true
  }

  /// False when no group, or another one, is open.
  mutating func pop(_ field: UInt32) -> Bool {
    guard depth > 0, fields[unchecked: depth &- 1] == field else { return false }
    depth &-= 1
    return true
  }

  mutating func clear() { depth = 0 }
}
