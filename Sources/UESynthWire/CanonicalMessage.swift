import CUESynthProto

/// Makes sure that protobuf-c reads a message as proto3 means it. Three things it does otherwise: it
/// rejects groups and fields of another wire type than the schema's, where they are to be skipped as
/// unknown; when a sub-message occurs twice, it forgets the numbers of the first; it takes strings
/// that are not UTF-8 or hold NUL. Messages that show any of this are rewritten first; the others,
/// which is to say all that a sane peer sends, are only looked at.
enum CanonicalMessage {
  /// How strings that no C string can hold are met.
  enum Strings {
    /// As a failure.
    case strict
    /// Singular ones, which are sentences for humans, are repaired; names in a list are not.
    case repairSentences
  }

  enum Outcome {
    case bytes(UnsafeRawBufferPointer)
    case failed(WireFailure)
  }

  /// Protobuf-c needs up to 80 bytes for a list item that takes 2 on the wire.
  static let maximumListItems = 1 << 20

  /// The message in canonical form: the very same bytes, or a copy in the arena.
  static func make(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UESynthDescriptor, _ strings: Strings,
    _ arena: UnsafeMutablePointer<Arena>
  ) -> Outcome {
    switch inspect(bytes, descriptor, strings) {
    case .clean: return .bytes(bytes)
    case .flawed(let failure): return .failed(failure)
    case .toRewrite:
      guard let copy = rewrite(bytes, descriptor, arena) else { return .failed(.outOfMemory) }
      return .bytes(copy)
    }
  }

  static func flaw(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UESynthDescriptor, _ strings: Strings
  ) -> WireFailure? {
    guard case .flawed(let failure) = inspect(bytes, descriptor, strings) else { return nil }
    return failure
  }

  // MARK: Looking

  private enum Verdict {
    case clean
    case toRewrite
    case flawed(WireFailure)
  }

  private static func inspect(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UESynthDescriptor, _ strings: Strings
  ) -> Verdict {
    var cursor = FieldCursor(bytes)
    var isClean = true
    var seen = FieldSet()
    var items = 0
    while true {
      switch cursor.next() {
      case .end: return isClean ? .clean : .toRewrite
      case .malformed(let reason): return .flawed(.malformed(reason))
      case .field:
        guard let field = known(cursor, descriptor) else {
          isClean = false
          continue
        }
        switch field.pointee.type {
        case PROTOBUF_C_TYPE_STRING:
          let isItem = field.pointee.label == PROTOBUF_C_LABEL_REPEATED
          if isItem { items &+= 1 }
          if items > maximumListItems {
            return .flawed(.malformed("a list is longer than a million names"))
          }
          if !UTF8Text.isValid(cursor.value) {
            if isItem || strings == .strict {
              return .flawed(.malformed("a name is not UTF-8, or holds NUL"))
            }
            isClean = false
          }
        case PROTOBUF_C_TYPE_MESSAGE:
          if !seen.insert(cursor.number) { isClean = false }
          guard let inner = innerDescriptor(field) else { continue }
          switch inspect(cursor.value, inner, strings) {
          case .clean: break
          case .toRewrite: isClean = false
          case .flawed(let failure): return .flawed(failure)
          }
        default: break
        }
      }
    }
  }

  // MARK: Rewriting

  /// nil without memory. The result is never longer than `bytes`, which `inspect` has found to be
  /// well-formed. Recursion ends because no message of the schema contains itself.
  private static func rewrite(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UESynthDescriptor,
    _ arena: UnsafeMutablePointer<Arena>
  ) -> UnsafeRawBufferPointer? {
    guard let memory = arena.pointee.allocate(bytes.count) else { return nil }
    var writer = ByteWriter(cursor: memory)
    let oneofStart = lastOneofStart(bytes, descriptor)
    var written = FieldSet()
    var cursor = FieldCursor(bytes)
    while case .field = cursor.next() {
      guard let field = known(cursor, descriptor) else { continue }
      if isOneof(field) && cursor.start < oneofStart { continue }
      if field.pointee.type == PROTOBUF_C_TYPE_MESSAGE {
        guard written.insert(cursor.number), let inner = innerDescriptor(field) else { continue }
        guard let joined = join(cursor, arena),
          let value = rewrite(joined, inner, arena)
        else { return nil }
        writer.header(cursor.number, length: value.count)
        if let base = value.baseAddress { writer.copy(base, value.count) }
      } else if let base = cursor.whole.baseAddress {
        writer.copy(base, cursor.whole.count)
        if field.pointee.type == PROTOBUF_C_TYPE_STRING {
          let size = cursor.value.count
          UTF8Text.repair(UnsafeMutableRawBufferPointer(start: writer.cursor - size, count: size))
        }
      }
    }
    return UnsafeRawBufferPointer(start: memory, count: writer.cursor - memory)
  }

  /// This occurrence of a sub-message and all later ones, one after the other: merged.
  private static func join(
    _ first: FieldCursor, _ arena: UnsafeMutablePointer<Arena>
  ) -> UnsafeRawBufferPointer? {
    var size = first.value.count
    var isRepeated = false
    var cursor = first
    while case .field = cursor.next() {
      if cursor.number == first.number && cursor.wireType == first.wireType {
        size &+= cursor.value.count
        isRepeated = true
      }
    }
    if !isRepeated { return first.value }
    guard let memory = arena.pointee.allocate(size) else { return nil }
    var writer = ByteWriter(cursor: memory)
    if let base = first.value.baseAddress { writer.copy(base, first.value.count) }
    cursor = first
    while case .field = cursor.next() {
      if cursor.number == first.number && cursor.wireType == first.wireType,
        let base = cursor.value.baseAddress
      {
        writer.copy(base, cursor.value.count)
      }
    }
    return UnsafeRawBufferPointer(start: memory, count: size)
  }

  /// Where the last run of one and the same oneof member begins: what came before it is overruled.
  private static func lastOneofStart(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UESynthDescriptor
  ) -> Int {
    var member: UInt32 = 0
    var start = 0
    var cursor = FieldCursor(bytes)
    while case .field = cursor.next() {
      guard let field = known(cursor, descriptor), isOneof(field) else { continue }
      if cursor.number != member {
        member = cursor.number
        start = cursor.start
      }
    }
    return start
  }

  // MARK: The schema

  /// The field's description; nil if the schema does not have it, or with another wire type.
  private static func known(
    _ cursor: FieldCursor, _ descriptor: UESynthDescriptor
  ) -> UnsafePointer<ProtobufCFieldDescriptor>? {
    guard let field = protobuf_c_message_descriptor_get_field(descriptor, cursor.number),
      wireType(field.pointee.type) == cursor.wireType
    else { return nil }
    return field
  }

  private static func wireType(_ type: ProtobufCType) -> UInt32 {
    switch type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE:
      WireType.lengthDelimited
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32:
      WireType.fixed32
    case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64:
      WireType.fixed64
    default: WireType.varint
    }
  }

  private static func isOneof(_ field: UnsafePointer<ProtobufCFieldDescriptor>) -> Bool {
    field.pointee.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
  }

  private static func innerDescriptor(
    _ field: UnsafePointer<ProtobufCFieldDescriptor>
  ) -> UESynthDescriptor? {
    field.pointee.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
  }
}

/// Field numbers below 64, as all of the schema's are.
private struct FieldSet {
  private var bits: UInt64 = 0

  /// False if it was there.
  mutating func insert(_ number: UInt32) -> Bool {
    let bit: UInt64 = 1 &<< UInt64(number)
    defer { bits |= bit }
    return bits & bit == 0
  }
}
