import Glibc

/// Text that ends with NUL, in memory that is kept from use to use. Plain memory: the owner calls
/// `initialize`, `clear` and `destroy`.
public struct TextBuffer {
  /// Beyond this, memory is given back when the text is cleared.
  private static let retained = 4096
  nonisolated(unsafe) private static let nothing = UnsafePointer<CChar>(
    OpaquePointer(UnsafeRawPointer(("" as StaticString).utf8Start)))

  private var bytes: UnsafeMutablePointer<CChar>?
  private var capacity = 0
  public private(set) var count = 0

  public init() {}

  /// Never nil; "" when empty.
  public var cString: UnsafePointer<CChar> {
    if let bytes, count > 0 { return UnsafePointer(bytes) }
    return Self.nothing
  }

  public var rawBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// Makes room for `size` bytes and the NUL; false when memory has run out.
  private mutating func reserve(_ size: Int) -> Bool {
    let needed = size.addingReportingOverflow(1)
    if needed.overflow { return false }
    if needed.partialValue <= capacity { return true }
    let wanted = max(64, max(needed.partialValue, capacity &* 2))
    guard let larger = realloc(bytes, wanted) else { return false }
    bytes = larger.assumingMemoryBound(to: CChar.self)
    capacity = wanted
    return true
  }

  public mutating func set(_ text: UnsafeRawBufferPointer) {
    count = 0
    append(text)
  }

  public mutating func append(_ text: UnsafeRawBufferPointer) {
    guard let base = text.baseAddress, text.count > 0 else { return }
    let total = count.addingReportingOverflow(text.count)
    guard !total.overflow, reserve(total.partialValue), let bytes else { return }
    memcpy(bytes + count, base, text.count)
    count = total.partialValue
    bytes[count] = 0
  }

  /// One NUL inside the text: for lists of strings.
  public mutating func appendTerminator() {
    let total = count.addingReportingOverflow(1)
    guard !total.overflow, reserve(total.partialValue), let bytes else { return }
    bytes[count] = 0
    count = total.partialValue
    bytes[count] = 0
  }

  public mutating func set(_ text: UnsafePointer<CChar>?) {
    guard let text else {
      count = 0
      return
    }
    set(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  public mutating func set(_ text: String) {
    var text = text
    text.withUTF8 { set(UnsafeRawBufferPointer($0)) }
  }

  /// Empties it; large memory goes back.
  public mutating func clear() {
    count = 0
    if capacity > Self.retained { destroy() }
  }

  public mutating func destroy() {
    free(bytes)
    bytes = nil
    capacity = 0
    count = 0
  }
}
