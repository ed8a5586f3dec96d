/// What stands in front of every gRPC message: a flag (1 = compressed) and the length, 32-bit
/// big-endian (gRPC PROTOCOL-HTTP2, Length-Prefixed-Message).
package enum MessagePrefix {
  package static let size = 5
  package static let compressed: UInt8 = 1

  /// Writes the 5 bytes.
  package static func write(
    length: Int, isCompressed: Bool = false, into memory: UnsafeMutableRawPointer
  ) {
    memory.storeBytes(of: isCompressed ? compressed : 0, as: UInt8.self)
    let bigEndian = UInt32(truncatingIfNeeded: length).bigEndian
    memory.storeBytes(of: bigEndian, toByteOffset: 1, as: UInt32.self)
  }
}
