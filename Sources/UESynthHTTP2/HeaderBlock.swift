import CNghttp2
import Glibc

/// A header list for one submission, reused for the next. Names and values that are static are
/// passed to nghttp2 without a copy; the others are copied here and again by nghttp2.
public final class HeaderBlock {
  private var fields: UnsafeMutablePointer<nghttp2_nv>
  private var fieldCapacity = 24
  private var count = 0
  private var copies: UnsafeMutablePointer<UInt8>
  private var copyCapacity = 2048
  private var copied = 0
  /// Offsets into `copies` per field; -1 for static memory.
  private var offsets: UnsafeMutablePointer<(name: Int, value: Int)>

  public init() {
    fields = .allocate(capacity: fieldCapacity)
    copies = .allocate(capacity: copyCapacity)
    offsets = .allocate(capacity: fieldCapacity)
  }

  deinit {
    fields.deallocate()
    copies.deallocate()
    offsets.deallocate()
  }

  public func removeAll() {
    count = 0
    copied = 0
  }

  public func append(_ name: StaticString, _ value: StaticString) {
    let flags = UInt8(
      NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    push(
      nghttp2_nv(
        name: UnsafeMutablePointer(mutating: name.utf8Start),
        value: UnsafeMutablePointer(mutating: value.utf8Start),
        namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount, flags: flags),
      (-1, -1))
  }

  public func append(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    let offset = copy(value)
    push(
      nghttp2_nv(
        name: UnsafeMutablePointer(mutating: name.utf8Start), value: nil,
        namelen: name.utf8CodeUnitCount, valuelen: value.count,
        flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)),
      (-1, offset))
  }

  public func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    let nameOffset = copy(name)
    let valueOffset = copy(value)
    push(
      nghttp2_nv(name: nil, value: nil, namelen: name.count, valuelen: value.count, flags: 0),
      (nameOffset, valueOffset))
  }

  // Of a literal the static form is meant.
  @_disfavoredOverload
  public func append(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { append(name, UnsafeRawBufferPointer($0)) }
  }

  private func push(_ field: nghttp2_nv, _ offset: (Int, Int)) {
    if count == fieldCapacity {
      let larger = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: fieldCapacity * 2)
      larger.moveInitialize(from: fields, count: count)
      fields.deallocate()
      fields = larger
      let largerOffsets = UnsafeMutablePointer<(name: Int, value: Int)>.allocate(
        capacity: fieldCapacity * 2)
      largerOffsets.moveInitialize(from: offsets, count: count)
      offsets.deallocate()
      offsets = largerOffsets
      fieldCapacity *= 2
    }
    (fields + count).initialize(to: field)
    (offsets + count).initialize(to: (offset.0, offset.1))
    count += 1
  }

  private func copy(_ bytes: UnsafeRawBufferPointer) -> Int {
    if copied + bytes.count > copyCapacity {
      let capacity = max(copyCapacity * 2, copied + bytes.count)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      larger.moveInitialize(from: copies, count: copied)
      copies.deallocate()
      copies = larger
      copyCapacity = capacity
    }
    if let base = bytes.baseAddress { memcpy(copies + copied, base, bytes.count) }
    defer { copied += bytes.count }
    return copied
  }

  /// The list as nghttp2 takes it, valid until the next change.
  func resolved() -> (UnsafeMutablePointer<nghttp2_nv>, Int) {
    for index in 0..<count {
      let offset = offsets[index]
      if offset.name >= 0 { fields[index].name = copies + offset.name }
      if offset.value >= 0 { fields[index].value = copies + offset.value }
    }
    return (fields, count)
  }
}
