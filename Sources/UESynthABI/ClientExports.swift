import CUESynth
import UESynthClient
import UESynthCore
import UESynthNet

@_cdecl("uesynth_client_options_preset") @implementation
public func uesynth_client_options_preset(
  _ preset: UInt32, _ options: UnsafeMutablePointer<uesynth_client_options>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Arguments.write(try Presets.options(preset), to: options, "options")
  }
}

@_cdecl("uesynth_client_new") @implementation
public func uesynth_client_new(
  _ target: UnsafePointer<CChar>?, _ options: UnsafePointer<uesynth_client_options>?,
  _ client: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let value =
      options == nil
      ? .initial : try Arguments.read(options, "options")
    // From here on the host hears of the end of what it gave.
    let metadata = HostMetadata(value)
    var allocator: HostAllocator?
    if let hook = value.allocator {
      let value: uesynth_allocator = try Arguments.read(hook, "options.allocator")
      allocator = try HostAllocator(value)
    }
    let client = try Arguments.output(client, "client")
    guard let target else { throw misuse("the target is NULL: say \"localhost:50051\"") }
    try Arguments.text(target, "target")
    var options = try Presets.check(value)
    options.tls = try TLSArguments.context(value.tls)
    try metadata.apply(to: &options)
    let made = try Client(
      target: String(cString: target), options: options,
      runtime: try Handles.runtime(value.runtime), allocator: allocator)
    client.pointee = Handles.make(client: made)
  }
}

@_cdecl("uesynth_client_connect") @implementation
public func uesynth_client_connect(_ client: OpaquePointer?, _ timeout_ms: Int64) -> uesynth_status
{
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    if client.isInCallback { throw misuse("uesynth_client_connect is not for callbacks: it waits") }
    try client.connect(wait: Arguments.wait(timeout_ms))
  }
}

@_cdecl("uesynth_client_state") @implementation
public func uesynth_client_state(
  _ client: OpaquePointer?, _ state: UnsafeMutablePointer<UInt32>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Arguments.output(state, "state").pointee = try Handles.client(client).state.rawValue
  }
}

@_cdecl("uesynth_client_prewarm") @implementation
public func uesynth_client_prewarm(
  _ client: OpaquePointer?, _ size: Int, _ count: UInt32
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Handles.client(client).prewarm(size: size, count: Int(count))
  }
}

@_cdecl("uesynth_client_close") @implementation
public func uesynth_client_close(_ client: OpaquePointer?) -> uesynth_status {
  // As every _close, it accepts NULL.
  client == nil
    ? 0 : status { () throws(ClientFailure) in try Handles.client(client).close() }
}

@_cdecl("uesynth_client_free") @implementation
public func uesynth_client_free(_ client: OpaquePointer?) { Handles.free(client: client) }

@_cdecl("uesynth_runtime_new") @implementation
public func uesynth_runtime_new(
  _ options: UnsafePointer<uesynth_runtime_options>?,
  _ runtime: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let value =
      options == nil
      ? .initial : try Arguments.read(options, "options")
    let made = try RuntimeOptions.make(value)
    try Arguments.output(runtime, "runtime").pointee = Handles.make(runtime: made)
  }
}

@_cdecl("uesynth_runtime_free") @implementation
public func uesynth_runtime_free(_ runtime: OpaquePointer?) { Handles.free(runtime: runtime) }
