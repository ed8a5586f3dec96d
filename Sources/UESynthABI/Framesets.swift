import CUESynth
import Glibc
import UESynthClient
import UESynthCore

/// Framesets in the form of the header, and their exports' arguments.
enum Framesets {
  private static let mostParts = 256
  private static let mostSettling: UInt32 = 64
  private static let longestSettling: Int64 = 60_000

  // MARK: In

  static func request(
    _ pointer: UnsafePointer<uesynth_frameset_options>?
  ) throws(ClientFailure) -> (Frameset.Request, RequestOptions) {
    let value = try Arguments.read(pointer, "options")
    var request = Frameset.Request()
    try Arguments.text(value.camera, "options.camera")
    request.camera = value.camera
    if let transform = value.transform {
      request.pose = try Arguments.transform(transform.pointee)
    }
    guard value.part_count >= 1, value.part_count <= mostParts, let parts = value.parts else {
      throw misuse("options.part_count is \(value.part_count); a set has 1 to \(mostParts) parts")
    }
    for index in 0..<value.part_count { request.parts.append(try part(parts[index])) }
    guard value.settle_captures <= mostSettling, value.settle_ms >= 0,
      value.settle_ms <= longestSettling, value.verify <= 1
    else {
      throw misuse(
        "options.settle_captures may be 0 to \(mostSettling), settle_ms 0 to \(longestSettling), "
          + "verify 0 or 1")
    }
    request.settleCaptures = Int(value.settle_captures)
    request.settleTime = value.settle_ms * 1_000_000
    request.verifies = value.verify == 1
    var options = RequestOptions()
    options.route = try Arguments.route(value.route)
    options.timeout = try Arguments.timeout(value.timeout_ms, "options.timeout_ms")
    options.cookie = value.cookie
    return (request, options)
  }

  private static func part(
    _ value: uesynth_frameset_part
  ) throws(ClientFailure) -> Frameset.Part {
    var part = Frameset.Part()
    part.modality = try Arguments.modality(value.modality)
    try Arguments.text(value.camera, "part.camera")
    try Arguments.size(value.width, value.height)
    guard value.reserved == 0 else { throw misuse("part.reserved is not 0") }
    part.camera = value.camera
    part.width = value.width
    part.height = value.height
    return part
  }

  // MARK: Out

  /// Completes an event that shows a set. Owned events take over the frames of its parts.
  static func show(_ completion: Completion, in event: inout uesynth_event, owned: Bool) {
    guard let handle = completion.set else { return }
    let set = handle.takeUnretainedValue()
    event.type = UInt32(UESYNTH_EVENT_FRAMESET)
    event.action = 0
    event.reserved = handle.toOpaque()
    guard let host = makeHost(set, owned: owned) else { return }
    event.frameset = UnsafePointer(host.set)
    if set.status != .ok { event.message = UnsafePointer(host.text) }
  }

  private typealias Host = (
    set: UnsafeMutablePointer<uesynth_frameset>, text: UnsafeMutablePointer<CChar>
  )

  /// One block: the struct, its results, their messages.
  private static func makeHost(_ set: Frameset, owned: Bool) -> Host? {
    let count = set.results.count
    var texts = set.results.map { result in
      result.status == .ok ? "" : String(cString: Events.message(result))
    }
    texts.append(set.message)
    let structSize = MemoryLayout<uesynth_frameset>.stride
    let resultsSize = count * MemoryLayout<uesynth_frameset_result>.stride
    let textSize = texts.reduce(0) { $0 + $1.utf8.count + 1 }
    guard let block = malloc(structSize + resultsSize + textSize) else { return nil }
    free(set.host)
    set.host = block
    let host = block.bindMemory(to: uesynth_frameset.self, capacity: 1)
    let results = (block + structSize).bindMemory(
      to: uesynth_frameset_result.self, capacity: count)
    var cursor = (block + structSize + resultsSize).bindMemory(to: CChar.self, capacity: textSize)
    func store(_ text: String) -> UnsafeMutablePointer<CChar> {
      let start = cursor
      for byte in text.utf8 {
        cursor.pointee = CChar(bitPattern: byte)
        cursor += 1
      }
      cursor.pointee = 0
      cursor += 1
      return start
    }
    for index in 0..<count {
      var result = uesynth_frameset_result()
      result.status = set.results[index].status.rawValue
      result.modality = (set.results[index].kind.modality ?? .rgb).rawValue
      result.message = UnsafePointer(store(texts[index]))
      if let frame = set.results[index].frame {
        result.frame = owned ? Handles.give(frame: frame) : Handles.lend(frame: frame)
        if owned { set.results[index].frame = nil }
      }
      (results + index).initialize(to: result)
    }
    let text = store(texts[count])
    host.initialize(to: form(set, UnsafePointer(results), count))
    return (host, text)
  }

  private static func form(
    _ set: Frameset, _ results: UnsafePointer<uesynth_frameset_result>, _ count: Int
  ) -> uesynth_frameset {
    var value = uesynth_frameset()
    value.struct_size = UInt32(MemoryLayout<uesynth_frameset>.size)
    if let verified = set.isVerified {
      value.flags = UInt32(verified ? UESYNTH_FRAMESET_VERIFIED : UESYNTH_FRAMESET_DIFFERENT)
    }
    value.pose_status = set.poseStatus.rawValue
    value.settled = UInt32(clamping: set.settled)
    value.spread_ns = set.spread
    value.read_back = Events.hostForm(set.readBack ?? Transform())
    value.result_count = count
    value.results = results
    return value
  }

  /// An owned event of a set is let go.
  static func release(_ event: UnsafeMutablePointer<uesynth_event>) {
    if let set = event.pointee.frameset {
      for index in 0..<set.pointee.result_count {
        Handles.release(frame: set.pointee.results[index].frame)
      }
    }
    event.pointee.frameset = nil
    event.pointee.message = Events.noText
    if let handle = event.pointee.reserved {
      event.pointee.reserved = nil
      var completion = Completion()
      completion.set = Unmanaged<Frameset>.fromOpaque(handle)
      completion.release()
    }
  }
}

@_cdecl("uesynth_client_capture_set") @implementation
public func uesynth_client_capture_set(
  _ client: OpaquePointer?, _ options: UnsafePointer<uesynth_frameset_options>?,
  _ event: UnsafeMutablePointer<uesynth_event>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let (request, options) = try Framesets.request(options)
    try Arguments.check(output: event, "event")
    let completion = try client.capture(request, options)
    let result = Events.owned(completion)
    try Arguments.write(result, to: event, "event")
    if completion.status != .ok {
      throw ClientFailure(completion.status, String(cString: result.message))
    }
  }
}

@_cdecl("uesynth_client_submit_set") @implementation
public func uesynth_client_submit_set(
  _ client: OpaquePointer?, _ options: UnsafePointer<uesynth_frameset_options>?,
  _ request_id: UnsafeMutablePointer<UInt64>?, _ callback: uesynth_event_fn?,
  _ user_data: UnsafeMutableRawPointer?, _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  return status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let (request, options) = try Framesets.request(options)
    let id = try client.submit(request, options, sink: sink)
    if let request_id { request_id.pointee = id }
  }
}
