/// Reads gRPC prefixes that may arrive in pieces.
struct PrefixReader {
  enum Outcome {
    /// All bytes are taken, and more are needed.
    case incomplete
    case message(length: Int, isCompressed: Bool)
    case failed(WireFailure)
  }

  private var bytes: UInt64 = 0
  private var count = 0

  var isMidPrefix: Bool { count > 0 }

  @inline(__always)
  mutating func read(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, limit: Int
  ) -> Outcome {
    let flag: UInt8
    let length: Int
    if count == 0 && end - p >= MessagePrefix.size {
      flag = p.load(as: UInt8.self)
      length = Int(UInt32(bigEndian: (p + 1).loadUnaligned(as: UInt32.self)))
      p += MessagePrefix.size
    } else {
      while count < MessagePrefix.size {
        guard p < end else { return .incomplete }
        bytes = bytes &<< 8 | UInt64(p.load(as: UInt8.self))
        count &+= 1
        p += 1
      }
      flag = UInt8(truncatingIfNeeded: bytes &>> 32)
      length = Int(UInt32(truncatingIfNeeded: bytes))
      self = PrefixReader()
    }
    if flag > 1 { return .failed(.badFlag(flag)) }
    if length > limit { return .failed(.tooLong(length: length, limit: limit)) }
    return .message(length: length, isCompressed: flag == 1)
  }
}
