import CUESynth
import UESynthClient
import UESynthCore

@_cdecl("uesynth_frame_view") @implementation
public func uesynth_frame_view(
  _ frame: OpaquePointer?, _ info: UnsafeMutablePointer<uesynth_frame_info>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let frame = try Handles.frame(frame)
    try Arguments.write(FrameInfo.of(frame), to: info, "info")
  }
}

@_cdecl("uesynth_frame_retain") @implementation
public func uesynth_frame_retain(_ frame: OpaquePointer?) -> OpaquePointer? {
  Handles.retain(frame: frame)
  return frame
}

@_cdecl("uesynth_frame_release") @implementation
public func uesynth_frame_release(_ frame: OpaquePointer?) { Handles.release(frame: frame) }

@_cdecl("uesynth_events_release") @implementation
public func uesynth_events_release(
  _ events: UnsafeMutablePointer<uesynth_event>?, _ count: Int, _ event_size: Int
) {
  guard let events, count > 0, event_size >= uesynth_event.firstSize else { return }
  let length = min(event_size, MemoryLayout<uesynth_event>.size)
  var cursor = UnsafeMutableRawPointer(events)
  if length == MemoryLayout<uesynth_event>.size, event_size == MemoryLayout<uesynth_event>.stride {
    for index in 0..<count { Events.release(events + index) }
    return
  }
  for _ in 0..<count {
    var event = uesynth_event.initial
    withUnsafeMutableBytes(of: &event) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: cursor, count: length))
    }
    Events.release(&event)
    withUnsafeBytes(of: &event) {
      if let base = $0.baseAddress { cursor.copyMemory(from: base, byteCount: length) }
    }
    cursor += event_size
  }
}

/// A frame in the form of the header.
enum FrameInfo {
  /// What `data` points to when a picture has no bytes.
  private static let nothing: StaticString = ""

  static func of(_ frame: FrameRef) -> uesynth_frame_info {
    var info = uesynth_frame_info()
    info.struct_size = UInt32(MemoryLayout<uesynth_frame_info>.size)
    info.modality = frame.pointee.modality.rawValue
    info.data =
      frame.pointee.memory.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) }
      ?? nothing.utf8Start
    info.size = frame.pointee.size
    info.width = frame.pointee.width
    info.height = frame.pointee.height
    info.stride = frame.pointee.stride
    info.format = frame.pointee.format.rawValue
    info.flags = frame.pointee.flags.rawValue
    info.claimed_format = frame.pointee.claimedFormat.cString
    info.camera = frame.pointee.camera.cString
    info.sequence = frame.pointee.sequence
    info.request_id = frame.pointee.requestID
    info.cookie = frame.pointee.cookie
    info.dropped_before = frame.pointee.droppedBefore
    info.submitted_ns = frame.pointee.submitted
    info.sent_ns = frame.pointee.sent
    info.first_byte_ns = frame.pointee.firstByte
    info.completed_ns = frame.pointee.completed
    info.delivered_ns = frame.pointee.delivered
    info.pose = Events.hostForm(frame.pointee.pose)
    return info
  }
}
