/// What stands in front of every gRPC message: a flag (1 = compressed) and the length, 32-bit
/// big-endian (gRPC PROTOCOL-HTTP2, Length-Prefixed-Message).
public enum MessagePrefix {
  public static let size = 5
  public static let compressed: UInt8 = 1

  /// Writes the 5 bytes.
  public static func write(
    length: Int, isCompressed: Bool = false, into memory: UnsafeMutableRawPointer
  ) {
    memory.storeBytes(of: isCompressed ? compressed : 0, as: UInt8.self)
    let bigEndian = UInt32(truncatingIfNeeded: length).bigEndian
    memory.storeBytes(of: bigEndian, toByteOffset: 1, as: UInt32.self)
  }
}
