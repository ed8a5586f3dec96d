import CUESynth
import UESynthClient
import UESynthCore

@_cdecl("uesynth_pacer_new") @implementation
public func uesynth_pacer_new(
  _ rate_hz: Double, _ pacer: UnsafeMutablePointer<OpaquePointer?>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let pacer = try Arguments.output(pacer, "pacer")
    guard rate_hz >= 0.001, rate_hz <= 100_000 else {
      throw misuse("rate_hz is \(rate_hz); it may be 0.001 to 100000")
    }
    pacer.pointee = Handles.make(pacer: Pacer(rate: rate_hz))
  }
}

@_cdecl("uesynth_pacer_wait") @implementation
public func uesynth_pacer_wait(
  _ pacer: OpaquePointer?, _ timeout_ms: Int64, _ beat: UnsafeMutablePointer<uesynth_beat>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let pacer = try Handles.pacer(pacer)
    if let beat {
      // Before a beat is taken, which would be lost.
      try Arguments.check(output: beat, "beat")
    }
    let (found, actual) = try pacer.wait(Arguments.wait(timeout_ms))
    if let beat {
      let value = uesynth_beat(
        struct_size: beat.pointee.struct_size, reserved: 0, number: found.number,
        missed_before: found.missed, intended_ns: found.intended, actual_ns: actual)
      try Arguments.write(value, to: beat, "beat")
    }
  }
}

@_cdecl("uesynth_pacer_fd") @implementation
public func uesynth_pacer_fd(
  _ pacer: OpaquePointer?, _ fd: UnsafeMutablePointer<Int32>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let output = try Arguments.output(fd, "fd")
    output.pointee = try Handles.pacer(pacer).descriptor()
  }
}

@_cdecl("uesynth_pacer_get_stats") @implementation
public func uesynth_pacer_get_stats(
  _ pacer: OpaquePointer?, _ stats: UnsafeMutablePointer<uesynth_pacer_stats>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let report = try Handles.pacer(pacer).report()
    var value = uesynth_pacer_stats()
    value.rate_hz = report.rate
    value.started_ns = report.started
    value.beats = report.beats
    value.beats_missed = report.missed
    (value.late_p50_ns, value.late_p90_ns, value.late_p99_ns, value.late_max_ns) = report.late
    try Arguments.write(value, to: stats, "stats")
  }
}

@_cdecl("uesynth_pacer_late") @implementation
public func uesynth_pacer_late(
  _ pacer: OpaquePointer?, _ percentile: Double, _ ns: UnsafeMutablePointer<Int64>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let pacer = try Handles.pacer(pacer)
    let ns = try Arguments.output(ns, "ns")
    try Arguments.percentile(percentile)
    ns.pointee = pacer.late(percentile)
  }
}

@_cdecl("uesynth_pacer_free") @implementation
public func uesynth_pacer_free(_ pacer: OpaquePointer?) { Handles.free(pacer: pacer) }
