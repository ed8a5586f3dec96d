import CUESynth
import Glibc

/// One measurement, through the C functions as a host uses them: a client, a warm-up, and then the time
/// that counts.
final class BenchRun {
  struct Failure: Error { let message: String }

  private static let warmUpSeconds = 0.3
  private static let eventCapacity = 512

  private let plan: BenchPlan
  private let client: OpaquePointer
  private let actions: UnsafeMutablePointer<uesynth_action>
  private let names: [UnsafeMutablePointer<CChar>?]
  private let events: UnsafeMutablePointer<uesynth_event>
  private var nextAction = 0
  private var underWay = 0
  private var failures = 0
  private var firstFailure = ""

  init(_ plan: BenchPlan, target: String) throws {
    self.plan = plan
    var options = uesynth_client_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_client_options>.size)
    try Self.check(uesynth_client_options_preset(0, &options))
    options.lanes = plan.lanes
    options.max_concurrent_requests = UInt32(max(1024, plan.depth))
    options.stream_buffer_size = UInt32(max(1024, plan.depth))
    options.max_receive_message_length = 256 << 20
    options.distinct_cameras = 1
    var made: OpaquePointer?
    try Self.check(uesynth_client_new(target, &options, &made))
    guard let made else { throw Failure(message: "no client") }
    client = made
    // Distinct objects, so that no command has to wait for another.
    let count = plan.mode.isCapture ? 1 : plan.depth
    names = (0..<count).map { strdup(plan.mode.isCapture ? "" : "bench\($0)") }
    actions = .allocate(capacity: plan.depth)
    for index in 0..<plan.depth {
      (actions + index).initialize(to: Self.action(plan, names[index % count]))
    }
    events = .allocate(capacity: Self.eventCapacity)
    events.initialize(repeating: uesynth_event(), count: Self.eventCapacity)
    try Self.check(uesynth_client_connect(client, 10_000))
  }

  deinit {
    uesynth_client_free(client)
    actions.deallocate()
    events.deallocate()
    for name in names { free(name) }
  }

  private static func action(
    _ plan: BenchPlan, _ name: UnsafeMutablePointer<CChar>?
  ) -> uesynth_action {
    var action = uesynth_action()
    action.struct_size = UInt32(MemoryLayout<uesynth_action>.size)
    let kind =
      plan.mode.isCapture ? UESYNTH_ACTION_CAPTURE_RGB : UESYNTH_ACTION_SET_OBJECT_TRANSFORM
    action.kind = UInt32(kind)
    action.name = UnsafePointer(name)
    action.width = plan.width
    action.height = plan.height
    action.transform.location = uesynth_vector3(x: 1, y: 2, z: 3)
    action.transform.scale = uesynth_vector3(x: 1, y: 1, z: 1)
    action.intensity = 1
    return action
  }

  static func check(_ status: uesynth_status) throws {
    if status != 0 { throw Failure(message: String(cString: uesynth_last_error())) }
  }

  // MARK: Measuring

  func measure() throws -> BenchRow {
    if !plan.mode.isSync { try fill(plan.depth) }
    _ = try run(seconds: Self.warmUpSeconds)
    ProcessUsage.forgetPeak()
    let statsBefore = stats
    let before = ProcessUsage.now()
    let operations = try run(seconds: plan.seconds)
    let after = ProcessUsage.now()
    let peak = ProcessUsage.peakMegabytes
    let statsAfter = stats
    if !plan.mode.isSync { try drain() }
    guard failures == 0 else {
      throw Failure(message: "\(failures) requests failed, the first one: \(firstFailure)")
    }
    var row = BenchRow()
    row.mode = plan.mode.rawValue
    row.w = plan.width
    row.h = plan.height
    row.depth = plan.depth
    row.lanes = plan.lanes
    let elapsed = after.seconds - before.seconds
    let bytes = Double(statsAfter.image_bytes &- statsBefore.image_bytes)
    row.per_s = Double(operations) / elapsed
    row.MB_s = bytes / elapsed / 1e6
    row.p50_us = latency(50)
    row.p99_us = latency(99)
    row.cpu_s = after.cpuSeconds - before.cpuSeconds
    if bytes > 0 {
      row.cpu_s_per_GB = row.cpu_s / (bytes / 1e9)
      row.copied_fraction =
        Double(statsAfter.image_bytes_copied &- statsBefore.image_bytes_copied) / bytes
    }
    row.allocs_per_op =
      Double(after.allocations &- before.allocations) / Double(max(1, operations))
    row.peak_rss_MB = peak
    row.steal = (after.stolenSeconds - before.stolenSeconds) / elapsed
    return row
  }

  private var stats: uesynth_stats {
    var stats = uesynth_stats()
    stats.struct_size = UInt32(MemoryLayout<uesynth_stats>.size)
    uesynth_client_stats(client, &stats)
    return stats
  }

  private func latency(_ percentile: Double) -> Double {
    var nanoseconds: Int64 = 0
    let stage = UInt32(UESYNTH_LATENCY_TOTAL)
    uesynth_client_latency(client, 0, stage, percentile, &nanoseconds, nil)
    return Double(nanoseconds) / 1e3
  }

  private func run(seconds: Double) throws -> Int {
    let end = ProcessUsage.monotonicSeconds + seconds
    var operations = 0
    while ProcessUsage.monotonicSeconds < end {
      operations += plan.mode.isSync ? try callOnce() : try turn()
    }
    return operations
  }

  private func callOnce() throws -> Int {
    if plan.mode.isCapture {
      var frame: OpaquePointer?
      let modality = UInt32(UESYNTH_MODALITY_RGB)
      try Self.check(
        uesynth_client_capture(client, modality, "", plan.width, plan.height, &frame))
      uesynth_frame_release(frame)
    } else {
      try Self.check(
        uesynth_client_set_object_transform(client, names[0], &actions[0].transform))
    }
    return 1
  }

  /// Takes what is over and submits as many again.
  private func turn() throws -> Int {
    var count = 0
    let size = MemoryLayout<uesynth_event>.size
    try Self.check(
      uesynth_client_poll(client, events, Self.eventCapacity, size, 10_000, &count))
    for index in 0..<count where events[index].status != 0 {
      if failures == 0 { firstFailure = String(cString: events[index].message) }
      failures += 1
    }
    uesynth_events_release(events, count, size)
    underWay -= count
    if failures > 0 {
      throw Failure(message: "a request failed: \(firstFailure)")
    }
    try fill(count)
    return count
  }

  private func fill(_ count: Int) throws {
    var left = count
    var options = uesynth_submit_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_submit_options>.size)
    options.route = plan.mode.route
    while left > 0 {
      let part = min(left, plan.depth - nextAction)
      try Self.check(
        uesynth_client_submit_batch(
          client, actions + nextAction, part, MemoryLayout<uesynth_action>.size, &options, nil, nil,
          nil, nil, nil))
      nextAction = (nextAction + part) % plan.depth
      underWay += part
      left -= part
    }
  }

  private func drain() throws {
    let size = MemoryLayout<uesynth_event>.size
    while underWay > 0 {
      var count = 0
      try Self.check(
        uesynth_client_poll(client, events, Self.eventCapacity, size, 10_000, &count))
      uesynth_events_release(events, count, size)
      underWay -= count
    }
  }
}
