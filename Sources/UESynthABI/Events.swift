import CUESynth
import UESynthClient
import UESynthCore

/// Completions in the form of the header.
enum Events {
  private static let droppedText: StaticString =
    "the frame was handed out by another way, or gave way before it was fetched (see overflow)"

  /// An event that takes over what the completion holds.
  static func owned(_ completion: Completion) -> uesynth_event {
    var event = uesynth_event()
    withUnsafePointer(to: completion) { write($0, to: &event) }
    return event
  }

  /// Makes of `event` one that takes over what the completion holds.
  @inline(__always)
  static func write(
    _ completion: UnsafePointer<Completion>, to event: UnsafeMutablePointer<uesynth_event>
  ) {
    form(completion, event)
    event.pointee.frame = completion.pointee.frame.map { Handles.give(frame: $0) }
    if completion.pointee.set != nil {
      Framesets.show(completion.pointee, in: &event.pointee, owned: true)
    }
  }

  /// An event that shows what the completion holds.
  static func borrowed(_ completion: UnsafePointer<Completion>) -> uesynth_event {
    var event = uesynth_event()
    form(completion, &event)
    event.frame = completion.pointee.frame.map { Handles.lend(frame: $0) }
    Framesets.show(completion.pointee, in: &event, owned: false)
    return event
  }

  @inline(__always)
  private static func form(
    _ completion: UnsafePointer<Completion>, _ event: UnsafeMutablePointer<uesynth_event>
  ) {
    event.pointee.struct_size = UInt32(MemoryLayout<uesynth_event>.size)
    event.pointee.type = type(completion.pointee.type)
    event.pointee.request_id = completion.pointee.requestID
    event.pointee.cookie = completion.pointee.cookie
    event.pointee.status = completion.pointee.status.rawValue
    event.pointee.frameset = nil
    var isRequest = false
    switch completion.pointee.type {
    case .request:
      isRequest = true
      event.pointee.action = completion.pointee.kind.rawValue
    case .save: event.pointee.action = completion.pointee.kind.rawValue
    case .state, .log: event.pointee.action = completion.pointee.detail
    }
    event.pointee.reply = nil
    if isRequest, completion.pointee.status.rawValue == 0 {
      event.pointee.message = noText
      if let reply = completion.pointee.reply {
        event.pointee.reply = hostForm(reply)
      } else if completion.pointee.kind.isCommand {
        event.pointee.reply = UnsafePointer(bitPattern: plainSuccess)
      }
    } else {
      event.pointee.message = message(completion.pointee)
    }
    event.pointee.reserved = completion.pointee.reply.map { UnsafeMutableRawPointer($0) }
  }

  /// What a server says that says yes and nothing else, for as long as the process lives.
  private static let plainSuccess: UInt = {
    let reply = UnsafeMutablePointer<uesynth_reply>.allocate(capacity: 1)
    var value = uesynth_reply()
    value.struct_size = UInt32(MemoryLayout<uesynth_reply>.size)
    value.flags = UInt32(UESYNTH_REPLY_SUCCESS)
    value.transform = hostForm(Transform())
    value.message = noText
    reply.initialize(to: value)
    return UInt(bitPattern: reply)
  }()

  private static func type(_ kind: Completion.Kind) -> UInt32 {
    switch kind {
    case .request: UInt32(UESYNTH_EVENT_COMPLETED)
    case .save: UInt32(UESYNTH_EVENT_SAVED)
    case .state: UInt32(UESYNTH_EVENT_STATE)
    case .log: UInt32(UESYNTH_EVENT_LOG)
    }
  }

  static var noText: UnsafePointer<CChar> {
    UnsafeRawPointer(("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
  }

  static func message(_ completion: Completion) -> UnsafePointer<CChar> {
    if case .request = completion.type, completion.status.rawValue == 0 { return noText }
    if let reply = completion.reply, reply.pointee.message.count > 0 {
      return reply.pointee.message.cString
    }
    let text = completion.status == .noFrame ? droppedText : completion.status.name
    return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// The reply as the header describes it, in memory that goes with the record.
  private static func hostForm(_ reply: ReplyRef) -> UnsafePointer<uesynth_reply>? {
    guard let memory = reply.pointee.host,
      MemoryLayout<uesynth_reply>.size <= ReplySlab.hostBytes
    else { return nil }
    let host = memory.bindMemory(to: uesynth_reply.self, capacity: 1)
    var value = uesynth_reply()
    value.struct_size = UInt32(MemoryLayout<uesynth_reply>.size)
    if reply.pointee.hasSuccess { value.flags |= UInt32(UESYNTH_REPLY_SUCCESS) }
    if reply.pointee.hasTransform { value.flags |= UInt32(UESYNTH_REPLY_TRANSFORM) }
    value.transform = hostForm(reply.pointee.transform)
    value.message = reply.pointee.message.cString
    value.name_count = reply.pointee.nameCount
    value.names = reply.pointee.nameList.map { UnsafePointer($0) }
    host.initialize(to: value)
    return UnsafePointer(host)
  }

  static func hostForm(_ transform: Transform) -> uesynth_transform {
    uesynth_transform(
      location: hostForm(transform.location),
      rotation: uesynth_rotator(
        pitch: transform.rotation.pitch, yaw: transform.rotation.yaw,
        roll: transform.rotation.roll),
      scale: hostForm(transform.scale))
  }

  private static func hostForm(_ vector: Vector3) -> uesynth_vector3 {
    uesynth_vector3(x: vector.x, y: vector.y, z: vector.z)
  }

  /// Lets go of what an event holds, and empties it.
  static func release(_ event: UnsafeMutablePointer<uesynth_event>) {
    if event.pointee.type == UInt32(UESYNTH_EVENT_FRAMESET) {
      Framesets.release(event)
      return
    }
    Handles.release(frame: event.pointee.frame)
    event.pointee.frame = nil
    event.pointee.reply = nil
    event.pointee.message = noText
    if let record = event.pointee.reserved {
      event.pointee.reserved = nil
      ReplySlab.shared.give(record.assumingMemoryBound(to: ReplyRecord.self))
    }
  }
}

/// A host's callback with its user data. When the last request that refers to it is over, it goes and
/// tells the host.
final class CallbackSink: EventSink, @unchecked Sendable {
  private let callback: uesynth_event_fn
  private let userData: UnsafeMutableRawPointer?
  private let destroy: uesynth_destroy_fn?

  init(
    _ callback: @escaping uesynth_event_fn, _ userData: UnsafeMutableRawPointer?,
    _ destroy: uesynth_destroy_fn?
  ) {
    self.callback = callback
    self.userData = userData
    self.destroy = destroy
    super.init()
  }

  deinit { destroy?(userData) }

  override func deliver(_ completion: CompletionReference) {
    var event = Events.borrowed(completion.completion)
    callback(&event, userData)
  }

  /// nil without a callback; then the destroy-notify runs at once, as it does for a sink that goes.
  static func make(
    _ callback: uesynth_event_fn?, _ userData: UnsafeMutableRawPointer?,
    _ destroy: uesynth_destroy_fn?
  ) -> CallbackSink? {
    guard let callback else {
      destroy?(userData)
      return nil
    }
    return CallbackSink(callback, userData, destroy)
  }
}
