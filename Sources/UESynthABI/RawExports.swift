import CUESynth
import Glibc
import UESynthClient
import UESynthCore
import UESynthWire

/// How a raw call ended, in the form of uesynth_raw.h: one block of memory, the struct first.
enum RawResult {
  private static func textSize(_ pairs: ReceivedMetadata) -> Int {
    pairs.pairs.reduce(0) { $0 &+ $1.key.count &+ $1.value.count &+ 2 }
  }

  /// nil without memory. Takes over the message.
  static func make(
    _ outcome: RawOutcome, _ message: RawMessage?
  ) -> UnsafePointer<uesynth_raw_result>? {
    let head = (MemoryLayout<uesynth_raw_result>.size + 15) & ~15
    let entry = MemoryLayout<uesynth_metadata>.stride
    let entries = outcome.initial.pairs.count &+ outcome.trailing.pairs.count
    let words = Array(outcome.message.utf8)
    let size =
      head &+ entries &* entry &+ textSize(outcome.initial) &+ textSize(outcome.trailing)
      &+ words.count &+ 1
    guard let memory = malloc(size) else { return nil }
    var texts = memory + head + entries * entry
    func put(_ bytes: [UInt8]) -> UnsafePointer<CChar> {
      let start = texts
      bytes.withUnsafeBytes { source in
        if let base = source.baseAddress { memcpy(start, base, source.count) }
      }
      start.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      texts = start + bytes.count + 1
      return UnsafePointer(start.assumingMemoryBound(to: CChar.self))
    }
    var next = (memory + head).bindMemory(to: uesynth_metadata.self, capacity: max(1, entries))
    func put(_ pairs: ReceivedMetadata) -> UnsafePointer<uesynth_metadata> {
      let first = next
      for pair in pairs.pairs {
        let key = put(pair.key)
        let value = put(pair.value)
        next.initialize(to: uesynth_metadata(key: key, value: value, size: pair.value.count))
        next += 1
      }
      return UnsafePointer(first)
    }
    var result = uesynth_raw_result()
    result.struct_size = UInt32(MemoryLayout<uesynth_raw_result>.size)
    result.status = outcome.status.rawValue
    result.initial = put(outcome.initial)
    result.initial_count = outcome.initial.pairs.count
    result.trailing = put(outcome.trailing)
    result.trailing_count = outcome.trailing.pairs.count
    result.message = put(words)
    let nothing = UnsafeRawPointer(("" as StaticString).utf8Start)
    result.data =
      message.map { UnsafePointer($0.bytes) } ?? nothing.assumingMemoryBound(to: UInt8.self)
    result.size = message?.count ?? 0
    result.reserved = message.map { UnsafeMutableRawPointer($0.bytes) }
    let made = memory.bindMemory(to: uesynth_raw_result.self, capacity: 1)
    made.initialize(to: result)
    return UnsafePointer(made)
  }

  static func text(_ outcome: RawOutcome) -> String {
    outcome.message.isEmpty ? outcome.status.name.description : outcome.message
  }
}

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
    var value = uesynth_raw_options()
    if options != nil { value = try Arguments.read(options, "options") }
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

@_cdecl("uesynth_call_raw") @implementation
public func uesynth_call_raw(
  _ client: OpaquePointer?, _ method: UnsafePointer<CChar>?, _ request: UnsafeRawPointer?,
  _ size: Int, _ options: UnsafePointer<uesynth_raw_options>?,
  _ result: UnsafeMutablePointer<UnsafePointer<uesynth_raw_result>?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let call = try RawArguments.call(client, method, options, isStream: false)
    try call.write(try RawArguments.bytes(request, size, client), wait: 0)
    call.endWrites()
    try client.begin(call)
    // Messages are read to the end, so that a second one is not left to hold up the call.
    let first = try call.read(wait: -1)
    var extra = 0
    while first != nil, let another = try call.read(wait: -1) {
      extra += 1
      free(another.bytes)
    }
    guard var outcome = call.end(wait: -1) else { return }
    var message = first
    if outcome.status == .ok, first == nil || extra > 0 {
      outcome.status = .internal
      outcome.message =
        first == nil
        ? "the server said OK to a unary call without a reply"
        : "the server sent more than one reply to a unary call"
    }
    if outcome.status != .ok, let unwanted = message {
      free(unwanted.bytes)
      message = nil
    }
    try RawArguments.deliver(outcome, message, result)
  }
}

@_cdecl("uesynth_raw_result_free") @implementation
public func uesynth_raw_result_free(_ result: UnsafePointer<uesynth_raw_result>?) {
  guard let result else { return }
  free(result.pointee.reserved)
  free(UnsafeMutableRawPointer(mutating: result))
}

@_cdecl("uesynth_raw_stream_open") @implementation
public func uesynth_raw_stream_open(
  _ client: OpaquePointer?, _ method: UnsafePointer<CChar>?,
  _ options: UnsafePointer<uesynth_raw_options>?, _ stream: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let output = try Arguments.output(stream, "stream")
    let call = try RawArguments.call(client, method, options, isStream: true)
    try client.begin(call)
    output.pointee = Handles.make(rawStream: call, of: client)
  }
}

@_cdecl("uesynth_raw_stream_write") @implementation
public func uesynth_raw_stream_write(
  _ stream: OpaquePointer?, _ message: UnsafeRawPointer?, _ size: Int, _ timeout_ms: Int64
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let (client, call) = try Handles.rawStream(stream)
    try call.write(
      try RawArguments.bytes(message, size, client), wait: Arguments.wait(timeout_ms))
  }
}

@_cdecl("uesynth_raw_stream_writes_done") @implementation
public func uesynth_raw_stream_writes_done(_ stream: OpaquePointer?) -> uesynth_status {
  status { () throws(ClientFailure) in try Handles.rawStream(stream).call.endWrites() }
}

@_cdecl("uesynth_raw_stream_read") @implementation
public func uesynth_raw_stream_read(
  _ stream: OpaquePointer?, _ timeout_ms: Int64,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ size: UnsafeMutablePointer<Int>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let output = try Arguments.output(message, "message")
    let count = try Arguments.output(size, "size")
    let call = try Handles.rawStream(stream).call
    guard let taken = try call.read(wait: Arguments.wait(timeout_ms)) else {
      throw ClientFailure(.outOfRange, "no more messages: see uesynth_raw_stream_finish")
    }
    output.pointee = taken.bytes
    count.pointee = taken.count
  }
}

@_cdecl("uesynth_raw_stream_finish") @implementation
public func uesynth_raw_stream_finish(
  _ stream: OpaquePointer?, _ timeout_ms: Int64,
  _ result: UnsafeMutablePointer<UnsafePointer<uesynth_raw_result>?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let call = try Handles.rawStream(stream).call
    guard let outcome = call.finish(wait: Arguments.wait(timeout_ms)) else {
      throw ClientFailure(.wouldBlock, "the call has not ended in time")
    }
    try RawArguments.deliver(outcome, nil, result)
  }
}

@_cdecl("uesynth_raw_stream_cancel") @implementation
public func uesynth_raw_stream_cancel(_ stream: OpaquePointer?) -> uesynth_status {
  stream == nil
    ? 0
    : status { () throws(ClientFailure) in
      let (client, call) = try Handles.rawStream(stream)
      client.cancel(call)
    }
}

@_cdecl("uesynth_raw_stream_free") @implementation
public func uesynth_raw_stream_free(_ stream: OpaquePointer?) { Handles.free(rawStream: stream) }
