import CUESynth
import Glibc
import UESynthClient
import UESynthCore

/// What the raw exports share.
enum RawArguments {
  private static let longestMethod = 1024

  static func call(
    _ client: Client, _ method: UnsafePointer<CChar>?,
    _ options: UnsafePointer<uesynth_raw_options>?, isStream: Bool
  ) throws(ClientFailure) -> RawCall {
    guard let method else { throw misuse("method is NULL") }
    try Arguments.text(method, "method")
    let path = String(cString: method)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.utf8.count <= longestMethod, parts.count == 3, parts[0].isEmpty, !parts[1].isEmpty,
      !parts[2].isEmpty, path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw misuse("method is \"\(path.prefix(80))\": it is like \"/package.Service/Method\"")
    }
    let value: uesynth_raw_options =
      options == nil ? .initial : try Arguments.read(options, "options")
    let known = UInt32(UESYNTH_RAW_WAIT_FOR_READY) | UInt32(UESYNTH_RAW_COMPRESS)
    guard value.flags & ~known == 0 else {
      throw misuse("options.flags has bits that are no UESYNTH_RAW_")
    }
    var timeout = try Arguments.timeout(value.timeout_ms, "options.timeout_ms")
    if timeout == 0, !isStream { timeout = client.options.timeout }
    return RawCall(
      method: path, metadata: try metadata(client, value),
      waitsForReady: value.flags & UInt32(UESYNTH_RAW_WAIT_FOR_READY) != 0,
      compresses: value.flags & UInt32(UESYNTH_RAW_COMPRESS) != 0,
      deadline: Client.deadline(in: timeout), timeout: timeout)
  }

  private static func metadata(
    _ client: Client, _ value: uesynth_raw_options
  ) throws(ClientFailure) -> CallMetadata {
    let metadata = CallMetadata(base: client.options.metadata)
    guard value.metadata_count >= 0, value.metadata_count <= 256 else {
      throw misuse("options.metadata_count is over 256")
    }
    guard value.metadata_count > 0 else { return metadata }
    try HostMetadata.checkSecrecy(client.options)
    guard let pairs = value.metadata else { throw misuse("options.metadata is NULL") }
    for index in 0..<value.metadata_count { try HostMetadata.add(pairs[index], to: metadata) }
    return metadata
  }

  static func bytes(
    _ memory: UnsafeRawPointer?, _ size: Int, _ client: Client
  ) throws(ClientFailure) -> UnsafeRawBufferPointer {
    guard size >= 0 else { throw misuse("size is beyond all memory") }
    guard memory != nil || size == 0 else { throw misuse("the message is NULL") }
    let limit = client.options.maximumSendLength
    guard size <= limit else {
      throw ClientFailure(
        .resourceExhausted,
        "a message of \(size) bytes is longer than max_send_message_length (\(limit))")
    }
    return UnsafeRawBufferPointer(start: memory, count: size)
  }

  /// Hands over a result and turns its status into the call's.
  static func deliver(
    _ outcome: RawOutcome, _ message: RawMessage?,
    _ result: UnsafeMutablePointer<UnsafePointer<uesynth_raw_result>?>?
  ) throws(ClientFailure) {
    if let result {
      guard let made = RawResult.make(outcome, message) else {
        if let message { free(message.bytes) }
        throw ClientFailure(.resourceExhausted, "out of memory for the result")
      }
      result.pointee = made
    } else if let message {
      free(message.bytes)
    }
    if outcome.status != .ok { throw ClientFailure(outcome.status, RawResult.text(outcome)) }
  }
}
