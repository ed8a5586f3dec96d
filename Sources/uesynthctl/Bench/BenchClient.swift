import CUESynth
import Glibc

/// One client and what is under way on it, through the C functions as a host uses them.
final class BenchClient {
  private static let eventCapacity = 512
  /// A host has pictures in its hands while others come.
  private static let buffersPerRequest = 2

  private let plan: BenchPlan
  private let client: OpaquePointer
  private let buffers: HostBuffers?
  private let actions: UnsafeMutablePointer<uesynth_action>
  private let names: [UnsafeMutablePointer<CChar>?]
  private let events: UnsafeMutablePointer<uesynth_event>
  private var subscription: OpaquePointer?
  private var nextAction = 0
  private var underWay = 0

  init(_ plan: BenchPlan, target: String, runtime: OpaquePointer?) throws {
    self.plan = plan
    var options = uesynth_client_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_client_options>.size)
    try Self.check(uesynth_client_options_preset(0, &options))
    options.lanes = plan.lanes
    options.max_concurrent_requests = UInt32(max(1024, plan.depth))
    options.stream_buffer_size = UInt32(max(1024, plan.depth))
    options.max_receive_message_length = 512 << 20
    // Pictures of 8K, a few at a time.
    if Int(plan.width) * Int(plan.height) > 16 << 20 { options.stream_buffer_bytes = 2 << 30 }
    options.distinct_cameras = 1
    options.busy_poll_us = plan.busyPoll
    if plan.isCompressed { options.compression = UInt32(UESYNTH_COMPRESSION_ON) }
    options.runtime = runtime
    buffers =
      plan.memory == .pool
      ? nil
      : try HostBuffers(
        count: plan.depth * Self.buffersPerRequest, size: Int(plan.width) * Int(plan.height) * 4,
        isFile: plan.memory == .mmap)
    var made: OpaquePointer?
    if plan.memory == .allocator, var allocator = buffers?.allocator {
      try withUnsafePointer(to: &allocator) {
        options.allocator = $0
        try Self.check(uesynth_client_new(target, &options, &made))
      }
    } else {
      try Self.check(uesynth_client_new(target, &options, &made))
    }
    guard let made else { throw BenchRun.Failure(message: "no client") }
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
    uesynth_subscription_close(subscription)
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
    if status != 0 { throw BenchRun.Failure(message: String(cString: uesynth_last_error())) }
  }

  // MARK: What is known

  var stats: uesynth_stats {
    var stats = uesynth_stats()
    stats.struct_size = UInt32(MemoryLayout<uesynth_stats>.size)
    uesynth_client_stats(client, &stats)
    return stats
  }

  /// Microseconds, of what is counted.
  func latency(_ percentile: Double) -> Double {
    var nanoseconds: Int64 = 0
    uesynth_client_latency(
      client, actions[0].kind, UInt32(UESYNTH_LATENCY_TOTAL), percentile, &nanoseconds, nil)
    return Double(nanoseconds) / 1e3
  }

  /// Readable while there is something for `turn`.
  func descriptor() throws -> Int32 {
    var descriptor: Int32 = -1
    try Self.check(uesynth_client_event_fd(client, &descriptor))
    return descriptor
  }

  // MARK: What is done

  /// Puts under way what a turn goes on with.
  func begin() throws {
    if plan.mode.isSubmitted { try fill(plan.depth) }
    guard plan.mode == .loadedCommand else { return }
    var options = uesynth_subscription_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_subscription_options>.size)
    options.modality = UInt32(UESYNTH_MODALITY_RGB)
    options.width = plan.width
    options.height = plan.height
    options.depth = UInt32(plan.depth)
    options.route = UInt32(UESYNTH_ROUTE_STREAM)
    // The frame goes back to the pool when the callback has returned.
    try Self.check(
      uesynth_client_subscribe(client, &options, &subscription, { _, _ in }, nil, nil))
  }

  /// Does one operation and waits for it.
  func callOnce() throws {
    switch plan.mode {
    case .syncRGB:
      var frame: OpaquePointer?
      let modality = UInt32(UESYNTH_MODALITY_RGB)
      try Self.check(
        uesynth_client_capture(client, modality, "", plan.width, plan.height, &frame))
      uesynth_frame_release(frame)
    case .loadedCommand:
      var event = uesynth_event()
      event.struct_size = UInt32(MemoryLayout<uesynth_event>.size)
      var options = submitOptions
      // The captures that follow need not wait for it.
      options.flags = UInt32(UESYNTH_SUBMIT_ORDER_NONE)
      try Self.check(uesynth_client_call(client, actions, &options, &event))
      uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
    default:
      try Self.check(
        uesynth_client_set_object_transform(client, names[0], &actions[0].transform))
    }
  }

  /// Takes what is over, waiting for it so many milliseconds, and submits as many again. Returns how many.
  func turn(wait: Int64) throws -> Int {
    let count = try take(wait: wait)
    try fill(count)
    return count
  }

  /// Waits for all that is under way.
  func drain() throws {
    while underWay > 0 { _ = try take(wait: 10_000) }
  }

  private func take(wait: Int64) throws -> Int {
    var count = 0
    let size = MemoryLayout<uesynth_event>.size
    let status = uesynth_client_poll(client, events, Self.eventCapacity, size, wait, &count)
    if status == UESYNTH_WOULD_BLOCK, wait == 0 { return 0 }
    try Self.check(status)
    var failure: String?
    for index in 0..<count where events[index].status != 0 {
      failure = failure ?? String(cString: events[index].message)
    }
    uesynth_events_release(events, count, size)
    underWay -= count
    if let failure { throw BenchRun.Failure(message: "a request failed: \(failure)") }
    return count
  }

  private var submitOptions: uesynth_submit_options {
    var options = uesynth_submit_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_submit_options>.size)
    options.route = plan.mode.route
    return options
  }

  private func fill(_ count: Int) throws {
    var options = submitOptions
    if plan.memory == .ring || plan.memory == .mmap {
      for _ in 0..<count { try submit(&options) }
      return
    }
    var left = count
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

  /// One capture into a buffer of the ring.
  private func submit(_ options: inout uesynth_submit_options) throws {
    guard let buffers else { return }
    var free = buffers.take()
    while free == nil {
      sched_yield()
      free = buffers.take()
    }
    options.destination = free?.pointee.memory
    options.destination_capacity = buffers.size
    options.destination_done = HostBuffers.done
    options.destination_user_data = free.map(UnsafeMutableRawPointer.init)
    try Self.check(uesynth_client_submit(client, actions, &options, nil, nil, nil, nil))
    underWay += 1
  }
}
