import CUESynth
import Glibc
import Synchronization
import Testing
import UESynthABI
import UESynthCore
import UESynthNet
import UESynthSim

/// A client that many threads use at once, in every way that the header allows, and what it owes them.
/// Thread: any.
final class Race: @unchecked Sendable {
  let target: String
  let runtime: OpaquePointer
  let client: OpaquePointer
  let pacer: OpaquePointer
  let tickets = Tickets()
  let folder: String
  let deadline: Int64
  /// Ids that were given out lately, and frames that wander between threads.
  private let lock = Lock()
  private var ids: [UInt64] = []
  private var frames: [OpaquePointer] = []
  let refusals = Atomic<Int>(0)

  init(
    target: String, folder: String, lasting nanoseconds: Int64,
    options change: (inout uesynth_client_options) -> Void
  ) throws {
    self.target = target
    self.folder = folder
    var runtimeOptions = uesynth_runtime_options()
    runtimeOptions.struct_size = size(of: runtimeOptions)
    runtimeOptions.loop_threads = 2
    var handle: OpaquePointer?
    try expectOK(uesynth_runtime_new(&runtimeOptions, &handle))
    runtime = try #require(handle)
    var options = uesynth_client_options()
    options.struct_size = size(of: options)
    try expectOK(uesynth_client_options_preset(0, &options))
    options.runtime = handle
    change(&options)
    try expectOK(uesynth_client_new(target, &options, &handle))
    client = try #require(handle)
    // The time of the race is not for connecting, and under a sanitizer its 32 threads may leave the loop
    // none for a single answer.
    try expectOK(uesynth_client_connect(client, 10_000))
    var transform = uesynth_transform()
    try expectOK(uesynth_client_get_camera_transform(client, "", &transform))
    try expectOK(uesynth_pacer_new(2000, &handle))
    pacer = try #require(handle)
    ids.reserveCapacity(64)
    deadline = MonotonicClock.now() + nanoseconds
  }

  var isOver: Bool { MonotonicClock.now() > deadline }

  func note(_ id: UInt64) {
    lock.withLock {
      if ids.count < 64 { ids.append(id) } else { ids[Int(id >> 20) % 64] = id }
    }
  }

  func anyID(_ random: inout Seeded) -> UInt64 {
    let pick = random.next()
    return lock.withLock { ids.isEmpty ? 0 : ids[Int(pick % UInt64(ids.count))] }
  }

  /// Keeps a frame for other threads; the oldest of too many goes.
  func share(_ frame: OpaquePointer) {
    let gone: OpaquePointer? = lock.withLock {
      frames.append(frame)
      return frames.count > 16 ? frames.removeFirst() : nil
    }
    uesynth_frame_release(gone)
  }

  /// A reference of the caller's to a frame that others may have too.
  func anyFrame(_ random: inout Seeded) -> OpaquePointer? {
    let pick = random.next()
    return lock.withLock {
      frames.isEmpty ? nil : uesynth_frame_retain(frames[Int(pick % UInt64(frames.count))])
    }
  }

  func releaseFrames() {
    let all = lock.withLock {
      defer { frames = [] }
      return frames
    }
    for frame in all { uesynth_frame_release(frame) }
  }

  /// Of every refusal only those count that this load can bring about.
  func accept(_ status: uesynth_status, _ allowed: Int...) {
    guard status != 0 else { return }
    refusals.wrappingAdd(1, ordering: .relaxed)
    let expected = [
      UESYNTH_CLOSED, UESYNTH_WOULD_BLOCK, UESYNTH_CANCELLED, UESYNTH_DEADLINE_EXCEEDED,
    ]
    if !expected.contains(Int(status)), !allowed.contains(Int(status)) {
      Issue.record(
        "\(String(cString: uesynth_status_name(status))): \(String(cString: uesynth_last_error()))")
    }
  }

  /// On the delivery thread.
  func calledBack(_ event: uesynth_event) {
    var random = Seeded(event.request_id)
    if let frame = event.frame, random.chance(30) { share(uesynth_frame_retain(frame)) }
    if random.chance(10) { _ = stats() }
    if random.chance(20) { submit(&random, isInCallback: true) }
    if random.chance(5) { _ = uesynth_client_cancel(client, anyID(&random)) }
  }

  /// The counters; both laws hold at every moment.
  func stats() -> uesynth_stats {
    var s = uesynth_stats()
    s.struct_size = size(of: s)
    #expect(uesynth_client_stats(client, &s) == 0)
    let ended =
      s.completed_ok + s.completed_cancelled + s.completed_deadline_exceeded
      + s.completed_unavailable + s.completed_no_answer + s.completed_closed + s.completed_other
    #expect(s.requests_submitted == s.requests_in_flight + ended)
    let dropped =
      s.frames_dropped_superseded + s.frames_dropped_oldest + s.frames_dropped_newest
      + s.frames_dropped_latest + s.frames_dropped_expired + s.frames_dropped_abandoned
      + s.frames_dropped_settling
    #expect(s.frames_received == s.frames_delivered + s.frames_queued + dropped)
    return s
  }

  /// Takes events until none comes in time. False once the client is closed and nothing is left.
  func poll(capacity: Int, wait: Int64, _ random: inout Seeded) -> Bool {
    var events = [uesynth_event](repeating: blankEvent(), count: capacity)
    var count = 0
    let stride = MemoryLayout<uesynth_event>.size
    let status = uesynth_client_poll(client, &events, capacity, stride, wait, &count)
    guard status == 0 else { return status != uesynth_status(UESYNTH_CLOSED) }
    for index in 0..<count {
      if events[index].cookie != 0 { tickets.completed(events[index].cookie) }
      if let frame = events[index].frame, random.chance(30) {
        events[index].frame = nil
        share(frame)
      }
    }
    uesynth_events_release(&events, count, stride)
    return true
  }
}

func size<Value>(of value: Value) -> UInt32 { UInt32(MemoryLayout<Value>.size) }

func blankEvent() -> uesynth_event {
  var event = uesynth_event()
  event.struct_size = size(of: event)
  return event
}

struct Refused: Error, CustomStringConvertible {
  let status: uesynth_status
  var description: String { "\(status): \(String(cString: uesynth_last_error()))" }
}

func expectOK(_ status: uesynth_status) throws {
  if status != UESYNTH_OK { throw Refused(status: status) }
}
