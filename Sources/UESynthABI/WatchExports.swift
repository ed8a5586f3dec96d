import CUESynth
import UESynthClient

@_cdecl("uesynth_client_watch") @implementation
public func uesynth_client_watch(
  _ client: OpaquePointer?, _ options: UnsafePointer<uesynth_watch_options>?,
  _ callback: uesynth_event_fn?, _ user_data: UnsafeMutableRawPointer?,
  _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  return status { () throws(ClientFailure) in
    let value: uesynth_watch_options =
      options == nil ? .initial : try Arguments.read(options, "options")
    guard value.states <= 1 else {
      throw misuse("options.states is \(value.states); it may be 0 or 1")
    }
    guard let level = LogLevel(rawValue: value.log_level) else {
      throw misuse("options.log_level is \(value.log_level), which is no UESYNTH_LOG_")
    }
    guard value.reserved == 0 else { throw misuse("options.reserved is not 0") }
    var request = WatchRequest()
    request.states = value.states == 1
    request.level = level
    request.cookie = value.cookie
    try Handles.client(client).watch(request, sink: sink)
  }
}
