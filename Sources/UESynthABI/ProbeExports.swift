import CUESynth
import UESynthClient
import UESynthCore

@_cdecl("uesynth_client_probe") @implementation
public func uesynth_client_probe(
  _ client: OpaquePointer?, _ flags: UInt32, _ timeout_ms: Int64,
  _ report: UnsafeMutablePointer<uesynth_probe_report>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    guard flags & ~UInt32(UESYNTH_PROBE_MAY_CHANGE) == 0 else {
      throw misuse("flags has bits that are no UESYNTH_PROBE_MAY_")
    }
    guard timeout_ms >= 1 else {
      throw misuse("timeout_ms is \(timeout_ms); a probe waits at least 1")
    }
    let timeout = try Arguments.timeout(timeout_ms, "timeout_ms")
    if client.isInCallback { throw misuse("uesynth_client_probe is not for callbacks: it waits") }
    try Arguments.check(output: report, "report")
    var probe = Probe(client, timeout: timeout, changes: flags != 0)
    try Arguments.write(Probes.form(try probe.run()), to: report, "report")
  }
}

/// A report in the form of the header.
enum Probes {
  static func form(_ report: ProbeReport) -> uesynth_probe_report {
    var form = uesynth_probe_report()
    form.struct_size = UInt32(MemoryLayout<uesynth_probe_report>.size)
    form.camera_names_matter = report.cameraNamesMatter.rawValue
    form.view_follows_camera = report.viewFollowsCamera.rawValue
    form.size = report.size.rawValue
    withUnsafeMutableBytes(of: &form.direct) { copy(report.direct, to: $0) }
    withUnsafeMutableBytes(of: &form.stream) { copy(report.stream, to: $0) }
    return form
  }

  private static func copy(
    _ verdicts: [ProbeVerdict], to bytes: UnsafeMutableRawBufferPointer
  ) {
    for (index, verdict) in verdicts.enumerated() where index < bytes.count {
      bytes[index] = verdict.rawValue
    }
  }
}
