import CUESynth
import Glibc
import UESynthClient
import UESynthCore

@_cdecl("uesynth_sequence_new") @implementation
public func uesynth_sequence_new(
  _ client: OpaquePointer?, _ options: UnsafePointer<uesynth_sequence_options>?,
  _ poses: UnsafePointer<uesynth_transform>?, _ count: Int,
  _ sequence: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let value = try Arguments.read(options, "options")
    let output = try Arguments.output(sequence, "sequence")
    var request = CaptureSequence.Request()
    request.modality = try Arguments.modality(value.modality)
    try Arguments.text(value.camera, "options.camera")
    try Arguments.size(value.width, value.height)
    request.width = value.width
    request.height = value.height
    guard value.ahead <= 4096 else { throw misuse("options.ahead is \(value.ahead), over 4096") }
    request.ahead = Int(value.ahead)
    request.route = try Arguments.route(value.route)
    request.timeout = try Arguments.timeout(value.timeout_ms, "options.timeout_ms")
    let copy = try Sequences.copy(poses, count)
    output.pointee = Handles.make(
      sequence: try client.sequence(request, camera: value.camera, poses: copy, count: count),
      of: client)
  }
}

@_cdecl("uesynth_sequence_next") @implementation
public func uesynth_sequence_next(
  _ sequence: OpaquePointer?, _ timeout_ms: Int64, _ event: UnsafeMutablePointer<uesynth_event>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let (client, sequence) = try Handles.sequence(sequence)
    // Before an outcome is taken, which would be lost.
    try Arguments.check(output: event, "event")
    let completion = try sequence.next(
      wait: Arguments.wait(timeout_ms), mayWait: !client.isInCallback)
    try Arguments.write(Events.owned(completion), to: event, "event")
  }
}

@_cdecl("uesynth_sequence_cancel") @implementation
public func uesynth_sequence_cancel(_ sequence: OpaquePointer?) -> uesynth_status {
  sequence == nil
    ? 0 : status { () throws(ClientFailure) in try Handles.sequence(sequence).part.cancel() }
}

@_cdecl("uesynth_sequence_get_stats") @implementation
public func uesynth_sequence_get_stats(
  _ sequence: OpaquePointer?, _ stats: UnsafeMutablePointer<uesynth_sequence_stats>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let report = try Handles.sequence(sequence).part.report()
    var value = uesynth_sequence_stats()
    value.ahead = UInt32(clamping: report.depth)
    value.ahead_peak = UInt32(clamping: report.peak)
    value.poses = report.total
    value.submitted = report.submitted
    value.handed_out = report.handedOut
    value.waits = report.waits
    value.waited_ns = report.waited
    try Arguments.write(value, to: stats, "stats")
  }
}

@_cdecl("uesynth_sequence_free") @implementation
public func uesynth_sequence_free(_ sequence: OpaquePointer?) { Handles.free(sequence: sequence) }

private enum Sequences {
  private static let longest = 10_000_000

  /// The host's poses, checked, in memory of the library's own.
  static func copy(
    _ poses: UnsafePointer<uesynth_transform>?, _ count: Int
  ) throws(ClientFailure) -> UnsafeMutablePointer<Transform> {
    guard count >= 1, count <= longest else {
      throw misuse("count is \(count); it may be 1 to \(longest)")
    }
    guard let poses else { throw misuse("poses is NULL") }
    for index in 0..<count { _ = try Arguments.transform(poses[index]) }
    guard let memory = malloc(count * MemoryLayout<Transform>.stride) else {
      throw ClientFailure(.resourceExhausted, "out of memory for \(count) poses")
    }
    let copy = memory.bindMemory(to: Transform.self, capacity: count)
    for index in 0..<count {
      // Checked above; whoever changes it meanwhile gets what is harmless.
      (copy + index).initialize(to: (try? Arguments.transform(poses[index])) ?? Transform())
    }
    return copy
  }
}
