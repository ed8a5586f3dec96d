import CUESynth
import Glibc
import UESynthClient
import UESynthCore

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
    // No wait without a limit ends before the call does.
    guard var outcome = call.end(wait: -1) else {
      throw ClientFailure(.internal, "the call has no outcome")
    }
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
  status { () throws(ClientFailure) in try Handles.rawStream(stream).part.endWrites() }
}

@_cdecl("uesynth_raw_stream_read") @implementation
public func uesynth_raw_stream_read(
  _ stream: OpaquePointer?, _ timeout_ms: Int64,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ size: UnsafeMutablePointer<Int>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let output = try Arguments.output(message, "message")
    let count = try Arguments.output(size, "size")
    let call = try Handles.rawStream(stream).part
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
    let call = try Handles.rawStream(stream).part
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
