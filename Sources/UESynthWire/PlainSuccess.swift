import UESynthCore

/// The commonest reply of ControlStream with its prefix, as servers write it: an id, and a CommandResponse
/// that says yes and nothing else.
///
///     00 00 00 00 length | 0A digits id... | 12 02 08 01
///
/// There may be a million a second.
struct PlainSuccess {
  let requestID: UInt64
  /// With the prefix.
  let size: Int

  /// What comes before the id and behind it.
  private static let head = MessagePrefix.size + 2
  private static let tail = 4
  /// Messages of this kind are never longer, without the prefix.
  static let longest = 2 + RequestID.maximumDigits + tail

  /// nil for anything else, and for what has not come whole.
  @inline(__always)
  init?(_ p: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    guard end - p >= Self.head &+ Self.tail &+ 1 else { return nil }
    let front = UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))
    let digits = Int(truncatingIfNeeded: front &>> 48 & 0xFF)
    guard
      front & 0x0000_FFFF_FFFF_FFFF == UInt64(truncatingIfNeeded: digits &+ 6) &<< 32
        | 0x0A00_0000_0000,
      digits > 0, digits <= RequestID.maximumDigits,
      end - p >= Self.head &+ digits &+ Self.tail,
      UInt32(
        littleEndian: (p + (Self.head &+ digits)).loadUnaligned(as: UInt32.self)) == 0x0108_0212,
      let id = RequestIDParser.read(UnsafeRawBufferPointer(start: p + Self.head, count: digits))
    else { return nil }
    requestID = id
    size = Self.head &+ digits &+ Self.tail
  }
}
