import CUESynth
import UESynthClient
import UESynthCore
import UESynthWire

@_cdecl("uesynth_client_call") @implementation
public func uesynth_client_call(
  _ client: OpaquePointer?, _ action: UnsafePointer<uesynth_action>?,
  _ options: UnsafePointer<uesynth_submit_options>?, _ event: UnsafeMutablePointer<uesynth_event>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    var (options, destination) = try Requests.options(options)
    let client = try Handles.client(client)
    let (action, fields) = try Requests.action(try Arguments.read(action, "action"))
    options.fields = fields
    try Arguments.check(output: event, "event")
    let completion = try client.call(action, options, destination: destination)
    let result = Events.owned(completion)
    try Arguments.write(result, to: event, "event")
    if completion.status != .ok {
      throw ClientFailure(completion.status, String(cString: result.message))
    }
  }
}

@_cdecl("uesynth_client_capture") @implementation
public func uesynth_client_capture(
  _ client: OpaquePointer?, _ modality: UInt32, _ camera: UnsafePointer<CChar>?, _ width: UInt32,
  _ height: UInt32, _ frame: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let kind = ActionKind(capturing: try Arguments.modality(modality))
    try Arguments.text(camera, "camera")
    try Arguments.size(width, height)
    let output = try Arguments.output(frame, "frame")
    let action = Action(kind: kind, name: camera, width: width, height: height)
    try Requests.run(client, action) { completion in
      output.pointee = completion.frame.map { Handles.give(frame: $0) }
      completion.frame = nil
    }
  }
}

@_cdecl("uesynth_client_set_camera_transform") @implementation
public func uesynth_client_set_camera_transform(
  _ client: OpaquePointer?, _ camera: UnsafePointer<CChar>?,
  _ transform: UnsafePointer<uesynth_transform>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Requests.setTransform(client, .setCameraTransform, camera, transform)
  }
}

@_cdecl("uesynth_client_get_camera_transform") @implementation
public func uesynth_client_get_camera_transform(
  _ client: OpaquePointer?, _ camera: UnsafePointer<CChar>?,
  _ transform: UnsafeMutablePointer<uesynth_transform>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Requests.getTransform(client, .getCameraTransform, camera, transform)
  }
}

@_cdecl("uesynth_client_set_object_transform") @implementation
public func uesynth_client_set_object_transform(
  _ client: OpaquePointer?, _ object: UnsafePointer<CChar>?,
  _ transform: UnsafePointer<uesynth_transform>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Requests.setTransform(client, .setObjectTransform, object, transform)
  }
}

@_cdecl("uesynth_client_get_object_transform") @implementation
public func uesynth_client_get_object_transform(
  _ client: OpaquePointer?, _ object: UnsafePointer<CChar>?,
  _ transform: UnsafeMutablePointer<uesynth_transform>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Requests.getTransform(client, .getObjectTransform, object, transform)
  }
}

@_cdecl("uesynth_client_submit") @implementation
public func uesynth_client_submit(
  _ client: OpaquePointer?, _ action: UnsafePointer<uesynth_action>?,
  _ options: UnsafePointer<uesynth_submit_options>?, _ request_id: UnsafeMutablePointer<UInt64>?,
  _ callback: uesynth_event_fn?, _ user_data: UnsafeMutableRawPointer?,
  _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  return status { () throws(ClientFailure) in
    var (options, destination) = try Requests.options(options)
    let client = try Handles.client(client)
    let (action, fields) = try Requests.action(try Arguments.read(action, "action"))
    options.fields = fields
    let id = try client.submit(action, options, destination: destination, sink: sink)
    if let request_id { request_id.pointee = id }
  }
}

@_cdecl("uesynth_client_submit_batch") @implementation
public func uesynth_client_submit_batch(
  _ client: OpaquePointer?, _ actions: UnsafePointer<uesynth_action>?, _ count: Int,
  _ action_size: Int, _ options: UnsafePointer<uesynth_submit_options>?,
  _ request_ids: UnsafeMutablePointer<UInt64>?, _ submitted: UnsafeMutablePointer<Int>?,
  _ callback: uesynth_event_fn?, _ user_data: UnsafeMutableRawPointer?,
  _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  submitted?.pointee = 0
  return status { () throws(ClientFailure) in
    let (options, destination) = try Requests.options(options)
    if destination != nil { throw misuse("a batch has no destination") }
    let client = try Handles.client(client)
    guard count >= 0 else { throw misuse("count is beyond all memory") }
    if count == 0 { return }
    guard let actions else { throw misuse("actions is NULL") }
    try Arguments.check(elementSize: action_size, of: uesynth_action.self, "action_size")
    let base = UnsafeRawPointer(actions)
    let size = UInt32(truncatingIfNeeded: action_size)
    // Those of this version of the header are read where they lie.
    let inPlace = Arguments.isInPlace(base, action_size, uesynth_action.self)
    func lend(
      _ index: Int, _ user: Exchange.ActionUser
    ) throws(ClientFailure) {
      let pointer = (base + index * action_size).assumingMemoryBound(to: uesynth_action.self)
      if inPlace {
        var action = Action()
        try Arguments.read(pointer, into: &action)
        try user(action, Arguments.fields(pointer.pointee.transform_fields, action.kind))
        return
      }
      let (action, fields) = try Requests.action(
        try Arguments.read(pointer, "actions", size: size))
      try user(action, fields)
    }
    // A batch that is made ready in parts is looked at as a whole first.
    if count > Client.batchPart {
      for index in 0..<count { try lend(index) { _, _ in } }
    }
    try client.submitBatch(count: count, options, sink: sink) {
      index, user throws(ClientFailure) in
      try lend(index, user)
    } accepted: { index, id in
      request_ids?[index] = id
      submitted?.pointee = index + 1
    }
  }
}

@_cdecl("uesynth_client_cancel") @implementation
public func uesynth_client_cancel(_ client: OpaquePointer?, _ request_id: UInt64) -> uesynth_status
{
  status { () throws(ClientFailure) in try Handles.client(client).cancel(request_id) }
}

/// What the request exports share.
enum Requests {
  static func action(
    _ value: uesynth_action
  ) throws(ClientFailure) -> (Action, TransformFields) {
    try withUnsafePointer(to: value) { pointer throws(ClientFailure) in
      var action = Action()
      try Arguments.read(pointer, into: &action)
      return (action, try Arguments.fields(pointer.pointee.transform_fields, action.kind))
    }
  }

  static func options(
    _ pointer: UnsafePointer<uesynth_submit_options>?
  ) throws(ClientFailure) -> (RequestOptions, HostDestination?) {
    guard let pointer else { return (RequestOptions(), nil) }
    let value = try Arguments.read(pointer, "options")
    // Made first: its end has to be told in any case.
    let destination = HostDestination.of(value)
    return (try Arguments.options(value), destination)
  }

  /// Runs a blocking call; `take` may move what it wants out of the completion.
  static func run(
    _ client: Client, _ action: borrowing Action, _ take: (inout Completion) -> Void
  ) throws(ClientFailure) {
    var completion = try client.call(action, RequestOptions())
    defer { completion.release() }
    guard completion.status == .ok else {
      let text = completion.reply.map { String(cString: $0.pointee.message.cString) }
      throw ClientFailure(completion.status, text ?? completion.status.name.description)
    }
    take(&completion)
  }

  static func setTransform(
    _ handle: OpaquePointer?, _ kind: ActionKind, _ name: UnsafePointer<CChar>?,
    _ transform: UnsafePointer<uesynth_transform>?
  ) throws(ClientFailure) {
    let client = try Handles.client(handle)
    try Arguments.text(name, "the name")
    guard let transform else { throw misuse("transform is NULL") }
    let action = Action(
      kind: kind, name: name, transform: try Arguments.transform(transform.pointee))
    try run(client, action) { _ in }
  }

  static func getTransform(
    _ handle: OpaquePointer?, _ kind: ActionKind, _ name: UnsafePointer<CChar>?,
    _ transform: UnsafeMutablePointer<uesynth_transform>?
  ) throws(ClientFailure) {
    let client = try Handles.client(handle)
    try Arguments.text(name, "the name")
    let output = try Arguments.output(transform, "transform")
    var found: Transform?
    try run(client, Action(kind: kind, name: name)) { completion in
      if let reply = completion.reply, reply.pointee.hasTransform {
        found = reply.pointee.transform
      }
    }
    guard let found else {
      throw ClientFailure(.unknown, "the server's reply has no transform: is there such a name?")
    }
    output.pointee = Events.hostForm(found)
  }
}
