import CUESynth
import UESynthClient
import UESynthCore

@_cdecl("uesynth_client_poll") @implementation
public func uesynth_client_poll(
  _ client: OpaquePointer?, _ events: UnsafeMutablePointer<uesynth_event>?, _ capacity: Int,
  _ event_size: Int, _ timeout_ms: Int64, _ count: UnsafeMutablePointer<Int>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let base = UnsafeMutableRawPointer(try Arguments.output(events, "events"))
    let count = try Arguments.output(count, "count")
    guard capacity > 0 else { throw misuse("capacity is 0") }
    try Arguments.check(elementSize: event_size, of: uesynth_event.self, "event_size")
    // Those of this version of the header are written where they lie.
    let inPlace = Arguments.isInPlace(base, event_size, uesynth_event.self)
    count.pointee = try client.poll(
      capacity: capacity, wait: Arguments.wait(timeout_ms)
    ) { index, completion in
      let place = base + index * event_size
      if inPlace {
        Events.write(completion, to: place.assumingMemoryBound(to: uesynth_event.self))
        return
      }
      var event = uesynth_event()
      Events.write(completion, to: &event)
      let length = min(event_size, MemoryLayout<uesynth_event>.size)
      event.struct_size = UInt32(truncatingIfNeeded: length)
      withUnsafeBytes(of: &event) {
        if let event = $0.baseAddress { place.copyMemory(from: event, byteCount: length) }
      }
    }
  }
}

@_cdecl("uesynth_client_event_fd") @implementation
public func uesynth_client_event_fd(
  _ client: OpaquePointer?, _ fd: UnsafeMutablePointer<Int32>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let output = try Arguments.output(fd, "fd")
    output.pointee = try Handles.client(client).eventDescriptor()
  }
}

@_cdecl("uesynth_client_latest_frame") @implementation
public func uesynth_client_latest_frame(
  _ client: OpaquePointer?, _ modality: UInt32, _ camera: UnsafePointer<CChar>?, _ peek: Int32,
  _ frame: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let modality = try Arguments.modality(modality)
    try Arguments.text(camera, "camera")
    let output = try Arguments.output(frame, "frame")
    output.pointee = Handles.give(
      frame: try client.latestFrame(modality, camera: camera, peek: peek != 0))
  }
}

@_cdecl("uesynth_client_take_frame") @implementation
public func uesynth_client_take_frame(
  _ client: OpaquePointer?, _ request_id: UInt64, _ timeout_ms: Int64,
  _ frame: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let output = try Arguments.output(frame, "frame")
    output.pointee = Handles.give(
      frame: try client.takeFrame(request_id, wait: Arguments.wait(timeout_ms)))
  }
}

@_cdecl("uesynth_client_subscribe") @implementation
public func uesynth_client_subscribe(
  _ client: OpaquePointer?, _ options: UnsafePointer<uesynth_subscription_options>?,
  _ subscription: UnsafeMutablePointer<OpaquePointer?>?, _ callback: uesynth_event_fn?,
  _ user_data: UnsafeMutableRawPointer?, _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  return status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let value = try Arguments.read(options, "options")
    let output = try Arguments.output(subscription, "subscription")
    var request = Subscription.Request()
    request.modality = try Arguments.modality(value.modality)
    try Arguments.text(value.camera, "options.camera")
    try Arguments.size(value.width, value.height)
    request.width = value.width
    request.height = value.height
    request.route = try Arguments.route(value.route)
    request.cookie = value.cookie
    guard value.rate_hz == 0 || (value.rate_hz >= 0.001 && value.rate_hz <= 100_000) else {
      throw misuse("options.rate_hz is \(value.rate_hz); it may be 0, or 0.001 to 100000")
    }
    request.interval = value.rate_hz == 0 ? 0 : Int64(1e9 / value.rate_hz)
    guard value.depth <= 4096 else { throw misuse("options.depth is \(value.depth), over 4096") }
    if value.depth > 0 { request.depth = Int(value.depth) }
    output.pointee = Handles.make(
      subscription: try client.subscribe(request, camera: value.camera, sink: sink), of: client)
  }
}

@_cdecl("uesynth_subscription_close") @implementation
public func uesynth_subscription_close(_ subscription: OpaquePointer?) {
  Handles.close(subscription: subscription)
}
