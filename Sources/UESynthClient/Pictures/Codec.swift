import CUESynthCodec
import Glibc
import UESynthCore

/// Calls of the codecs, whose statuses are the library's own numbers.
public enum Codec {
  /// Ends what an encoder returned.
  public static func free(_ bytes: UnsafeMutablePointer<UInt8>?) { codec_free(bytes) }

  static func run(
    _ call: (_ error: UnsafeMutablePointer<CChar>) -> Int32
  ) throws(ClientFailure) {
    let failure = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(CODEC_ERROR_CAPACITY)
    ) { text -> ClientFailure? in
      guard let error = text.baseAddress else { return nil }
      error.pointee = 0
      let status = call(error)
      return status == 0 ? nil : ClientFailure(Status(rawValue: status), String(cString: error))
    }
    if let failure { throw failure }
  }

  /// The same for what reads a file: what is wrong there was lost before it came here.
  static func read(
    _ call: (_ error: UnsafeMutablePointer<CChar>) -> Int32
  ) throws(ClientFailure) {
    do {
      try run(call)
    } catch {
      if error.status != .internal { throw error }
      throw ClientFailure(.dataLoss, error.message)
    }
  }
}
