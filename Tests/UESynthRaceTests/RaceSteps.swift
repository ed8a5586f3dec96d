import CUESynth
import Glibc
import UESynthABI
import UESynthCore

/// What one of the threads does: a step of any kind, drawn by lot.
extension Race {
  private static let cameras = ["", "left", "right"]

  func run(thread: Int, seed: UInt64) {
    var random = Seeded(seed &* 1000 &+ UInt64(thread))
    var subscriptions: [OpaquePointer] = []
    while !isOver {
      switch random.below(25) {
      case 0..<6: submit(&random)
      case 6: submitBatch(&random)
      case 7: submitSet(&random)
      case 8, 9: _ = uesynth_client_cancel(client, anyID(&random))
      case 10..<13: _ = poll(capacity: 1 + random.below(16), wait: Int64(random.below(3)), &random)
      case 13: takeFrame(&random)
      case 14, 15: latest(&random)
      case 16: look(&random)
      case 17: subscribe(&subscriptions, &random)
      case 18: sequence(&random)
      case 19: call(&random)
      case 20: beat(&random)
      case 21: save(&random)
      case 22: otherClient(&random)
      case 23: watch(&random)
      default: wander(&random)
      }
    }
    for subscription in subscriptions { uesynth_subscription_close(subscription) }
  }

  private func action(_ random: inout Seeded, named name: UnsafePointer<CChar>?) -> uesynth_action {
    var action = uesynth_action()
    action.struct_size = size(of: action)
    action.transform.scale = uesynth_vector3(x: 1, y: 1, z: 1)
    action.transform.location.x = Float(random.below(100))
    action.name = name
    action.width = 16
    action.height = 12
    if random.chance(60) {
      action.kind = UInt32(UESYNTH_ACTION_CAPTURE_RGB + random.below(3))
    } else if random.chance(50) {
      action.kind = UInt32(UESYNTH_ACTION_SET_CAMERA_TRANSFORM)
      if random.chance(30) { action.transform_fields = UInt32(UESYNTH_TRANSFORM_LOCATION) }
    } else {
      action.kind = UInt32(
        random.chance(50) ? UESYNTH_ACTION_GET_CAMERA_TRANSFORM : UESYNTH_ACTION_LIST_OBJECTS)
    }
    return action
  }

  private func options(_ random: inout Seeded, cookie: UInt64) -> uesynth_submit_options {
    var options = uesynth_submit_options()
    options.struct_size = size(of: options)
    options.cookie = cookie
    options.route = UInt32(random.below(3))
    if random.chance(20) { options.timeout_ms = Int64(1 + random.below(40)) }
    if random.chance(20) { options.flags |= UInt32(UESYNTH_SUBMIT_ORDER_NONE) }
    if random.chance(20) {
      options.flags |= UInt32(UESYNTH_SUBMIT_NO_EVENT)
    } else if random.chance(30) {
      options.flags |= UInt32(UESYNTH_SUBMIT_NOTIFY_ONLY)
    }
    return options
  }

  func submit(_ random: inout Seeded, isInCallback: Bool = false) {
    guard let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = options(&random, cookie: cookie)
    let isQuiet = options.flags & UInt32(UESYNTH_SUBMIT_NO_EVENT) != 0
    let isCalledBack = isInCallback || random.chance(40)
    Self.cameras[random.below(3)].withCString { name in
      var action = action(&random, named: name)
      let isCapture =
        action.kind >= UInt32(UESYNTH_ACTION_CAPTURE_RGB)
        && action.kind <= UInt32(UESYNTH_ACTION_CAPTURE_OPTICAL_FLOW)
      if isCapture, random.chance(15) {
        options.destination = malloc(1024)
        options.destination_capacity = random.chance(80) ? 1024 : 100
        options.destination_user_data = options.destination
        options.destination_done = { free($0) }
      }
      // Completions may come before the call returns.
      if !isQuiet { ticket.pointee.owed.store(1, ordering: .relaxed) }
      var id: UInt64 = 0
      let status: uesynth_status
      if isCalledBack {
        ticket.pointee.notifiesOwed.store(1, ordering: .relaxed)
        if random.chance(50) {
          ticket.pointee.race.store(Unmanaged.passUnretained(self).toOpaque(), ordering: .relaxed)
        }
        status = uesynth_client_submit(
          client, &action, &options, &id, countEvent, ticket, countNotify)
      } else {
        status = uesynth_client_submit(client, &action, &options, &id, nil, nil, nil)
      }
      if status == 0 { note(id) } else { ticket.pointee.owed.store(0, ordering: .relaxed) }
      accept(status)
    }
  }

  private func submitBatch(_ random: inout Seeded) {
    guard let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = options(&random, cookie: cookie)
    let isQuiet = options.flags & UInt32(UESYNTH_SUBMIT_NO_EVENT) != 0
    let count = 1 + random.below(20)
    Self.cameras[random.below(3)].withCString { name in
      let actions = (0..<count).map { _ in action(&random, named: name) }
      var ids = [UInt64](repeating: 0, count: count)
      var accepted = 0
      ticket.pointee.notifiesOwed.store(1, ordering: .relaxed)
      if !isQuiet { ticket.pointee.owed.store(UInt32(count), ordering: .relaxed) }
      let status = uesynth_client_submit_batch(
        client, actions, count, MemoryLayout<uesynth_action>.size, &options, &ids, &accepted,
        countEvent, ticket, countNotify)
      if !isQuiet { ticket.pointee.owed.store(UInt32(accepted), ordering: .relaxed) }
      for id in ids.prefix(accepted) { note(id) }
      accept(status)
    }
  }

  private func submitSet(_ random: inout Seeded) {
    guard let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = uesynth_frameset_options()
    options.struct_size = size(of: options)
    options.cookie = cookie
    options.verify = random.chance(30) ? 1 : 0
    options.settle_captures = UInt32(random.below(2))
    options.timeout_ms = 50
    var pose = uesynth_transform()
    pose.scale = uesynth_vector3(x: 1, y: 1, z: 1)
    let parts = (1...3).map {
      uesynth_frameset_part(
        modality: UInt32($0), width: 16, height: 12, reserved: 0, camera: nil)
    }
    parts.withUnsafeBufferPointer { parts in
      options.parts = parts.baseAddress
      options.part_count = parts.count
      withUnsafePointer(to: &pose) { pose in
        options.transform = random.chance(70) ? pose : nil
        if random.chance(20) {
          var event = blankEvent()
          accept(uesynth_client_capture_set(client, &options, &event), UESYNTH_NO_FRAME)
          uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
          return
        }
        var id: UInt64 = 0
        ticket.pointee.owed.store(1, ordering: .relaxed)
        let isCalledBack = random.chance(50)
        if isCalledBack { ticket.pointee.notifiesOwed.store(1, ordering: .relaxed) }
        let status = uesynth_client_submit_set(
          client, &options, &id, isCalledBack ? countEvent : nil, isCalledBack ? ticket : nil,
          isCalledBack ? countNotify : nil)
        if status == 0 { note(id) } else { ticket.pointee.owed.store(0, ordering: .relaxed) }
        accept(status)
      }
    }
  }

  private func takeFrame(_ random: inout Seeded) {
    var frame: OpaquePointer?
    let status = uesynth_client_take_frame(
      client, anyID(&random), Int64(random.below(5)), &frame)
    if status == 0, let frame { share(frame) }
  }

  private func latest(_ random: inout Seeded) {
    var frame: OpaquePointer?
    let status = Self.cameras[random.below(3)].withCString {
      uesynth_client_latest_frame(
        client, UInt32(1 + random.below(3)), $0, random.chance(30) ? 1 : 0, &frame)
    }
    if status == 0, let frame { share(frame) }
  }

  func takeEveryLatest() {
    for camera in Self.cameras {
      for modality in 1...3 as ClosedRange<UInt32> {
        var frame: OpaquePointer?
        _ = camera.withCString {
          uesynth_client_latest_frame(client, modality, $0, 0, &frame)
        }
        uesynth_frame_release(frame)
      }
    }
  }

  private func look(_ random: inout Seeded) {
    _ = stats()
    var state: UInt32 = 0
    _ = uesynth_client_state(client, &state)
    var fd: Int32 = -1
    _ = uesynth_client_event_fd(client, &fd)
    if random.chance(5) {
      var text = [CChar](repeating: 0, count: 16 << 10)
      var length = 0
      _ = uesynth_client_stats_text(client, nil, &text, text.count, &length)
    }
    var ns: Int64 = 0
    _ = uesynth_client_latency(client, 0, UInt32(UESYNTH_LATENCY_TOTAL), 99, &ns, nil)
    if random.chance(20) { _ = uesynth_client_connect(client, 0) }
  }

  private func subscribe(_ open: inout [OpaquePointer], _ random: inout Seeded) {
    if open.count >= 2 || (!open.isEmpty && random.chance(60)) {
      uesynth_subscription_close(open.removeFirst())
      return
    }
    guard let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = uesynth_subscription_options()
    options.struct_size = size(of: options)
    options.modality = UInt32(1 + random.below(3))
    options.width = 16
    options.height = 12
    options.depth = UInt32(1 + random.below(4))
    if random.chance(50) { options.rate_hz = 200 }
    var subscription: OpaquePointer?
    let status: uesynth_status
    if random.chance(60) {
      // As many completions as will come; what counts is the notify.
      ticket.pointee.owed.store(.max, ordering: .relaxed)
      ticket.pointee.isOptional.store(true, ordering: .relaxed)
      ticket.pointee.notifiesOwed.store(1, ordering: .relaxed)
      status = uesynth_client_subscribe(
        client, &options, &subscription, countEvent, ticket, countNotify)
    } else {
      status = uesynth_client_subscribe(client, &options, &subscription, nil, nil, nil)
    }
    if status == 0, let subscription { open.append(subscription) }
    accept(status)
  }

  private func sequence(_ random: inout Seeded) {
    var options = uesynth_sequence_options()
    options.struct_size = size(of: options)
    options.modality = 1
    options.width = 16
    options.height = 12
    options.ahead = UInt32(random.below(5))
    options.timeout_ms = 50
    var pose = uesynth_transform()
    pose.scale = uesynth_vector3(x: 1, y: 1, z: 1)
    let poses = [uesynth_transform](repeating: pose, count: 1 + random.below(12))
    var sequence: OpaquePointer?
    let status = uesynth_sequence_new(client, &options, poses, poses.count, &sequence)
    accept(status)
    guard status == 0 else { return }
    for index in 0..<random.below(poses.count + 2) {
      var event = blankEvent()
      guard uesynth_sequence_next(sequence, Int64(random.below(5)), &event) == 0 else { break }
      if event.cookie > UInt64(index) { accept(uesynth_status(UESYNTH_INTERNAL)) }
      uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
    }
    if random.chance(30) { _ = uesynth_sequence_cancel(sequence) }
    uesynth_sequence_free(sequence)
  }

  private func call(_ random: inout Seeded) {
    var options = options(&random, cookie: 0)
    options.timeout_ms = Int64(1 + random.below(30))
    Self.cameras[random.below(3)].withCString { name in
      var action = action(&random, named: name)
      var event = blankEvent()
      _ = uesynth_client_call(client, &action, &options, &event)
      uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
    }
  }

  private func beat(_ random: inout Seeded) {
    var beat = uesynth_beat()
    beat.struct_size = size(of: beat)
    _ = uesynth_pacer_wait(pacer, Int64(random.below(3)), &beat)
    var stats = uesynth_pacer_stats()
    stats.struct_size = size(of: stats)
    _ = uesynth_pacer_get_stats(pacer, &stats)
    var ns: Int64 = 0
    _ = uesynth_pacer_late(pacer, 90, &ns)
  }

  private func save(_ random: inout Seeded) {
    guard let frame = anyFrame(&random) else { return }
    defer { uesynth_frame_release(frame) }
    guard random.chance(30), let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = uesynth_save_options()
    options.struct_size = size(of: options)
    options.cookie = cookie
    options.timeout_ms = 0
    ticket.pointee.owed.store(1, ordering: .relaxed)
    let isCalledBack = random.chance(50)
    if isCalledBack { ticket.pointee.notifiesOwed.store(1, ordering: .relaxed) }
    let status = "\(folder)/\(cookie % 64).npy".withCString {
      uesynth_client_save(
        client, frame, $0, &options, isCalledBack ? countEvent : nil, isCalledBack ? ticket : nil,
        isCalledBack ? countNotify : nil)
    }
    if status != 0 { ticket.pointee.owed.store(0, ordering: .relaxed) }
    accept(status)
    if random.chance(20) { _ = uesynth_client_flush_saves(client, 5) }
  }

  /// A client of one's own in the shared runtime, which goes while its requests are under way.
  private func otherClient(_ random: inout Seeded) {
    guard random.chance(10) else { return }
    var options = uesynth_client_options()
    options.struct_size = size(of: options)
    _ = uesynth_client_options_preset(0, &options)
    options.runtime = runtime
    var other: OpaquePointer?
    guard uesynth_client_new(target, &options, &other) == 0 else { return }
    for _ in 0..<random.below(12) {
      guard let cookie = tickets.take() else { break }
      let ticket = tickets[cookie]
      ticket.pointee.owed.store(1, ordering: .relaxed)
      ticket.pointee.isOptional.store(true, ordering: .relaxed)
      ticket.pointee.notifiesOwed.store(1, ordering: .relaxed)
      var action = action(&random, named: nil)
      _ = uesynth_client_submit(other, &action, nil, nil, countEvent, ticket, countNotify)
    }
    if random.chance(50) { usleep(UInt32(random.below(3000))) }
    if random.chance(30) { _ = uesynth_client_close(other) }
    uesynth_client_free(other)
  }

  /// States and log records, for a callback or the queue.
  private func watch(_ random: inout Seeded) {
    guard random.chance(20), let cookie = tickets.take() else { return }
    let ticket = tickets[cookie]
    var options = uesynth_watch_options()
    options.struct_size = size(of: options)
    options.states = 1
    options.log_level = UInt32(random.below(UESYNTH_LOG_DEBUG + 1))
    let isCalledBack = random.chance(60)
    if isCalledBack {
      ticket.pointee.owed.store(.max, ordering: .relaxed)
      ticket.pointee.isOptional.store(true, ordering: .relaxed)
      ticket.pointee.notifiesOwed.store(1, ordering: .relaxed)
    }
    accept(
      uesynth_client_watch(
        client, &options, isCalledBack ? countEvent : nil, isCalledBack ? ticket : nil,
        isCalledBack ? countNotify : nil))
  }

  /// A frame that others hold, looked at and held once more.
  private func wander(_ random: inout Seeded) {
    guard let frame = anyFrame(&random) else { return }
    var info = uesynth_frame_info()
    info.struct_size = size(of: info)
    if uesynth_frame_view(frame, &info) == 0, info.size > 0 {
      accept(info.data?[info.size - 1] == nil ? uesynth_status(UESYNTH_INTERNAL) : 0)
    }
    _ = uesynth_frame_retain(frame)
    uesynth_frame_release(frame)
    uesynth_frame_release(frame)
  }
}
