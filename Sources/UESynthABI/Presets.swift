import CUESynth
import UESynthClient
import UESynthCore
import UESynthNet

/// Client options: the presets, and what is allowed.
enum Presets {
  private static let mebibyte: UInt64 = 1 << 20
  /// gRFC A8: nobody pings more often.
  private static let leastKeepalive: Int64 = 10_000

  static func options(_ preset: UInt32) throws(ClientFailure) -> uesynth_client_options {
    var options = uesynth_client_options.initial
    switch preset {
    case UInt32(UESYNTH_PRESET_DEFAULT): break
    case UInt32(UESYNTH_PRESET_DEVELOPMENT):
      options.timeout_ms = 30_000
      options.stream_buffer_bytes = 256 * mebibyte
      options.max_concurrent_requests = 50
    case UInt32(UESYNTH_PRESET_PRODUCTION):
      options.timeout_ms = 2000
      options.keepalive_ms = 30_000
      options.keepalive_timeout_ms = 5000
      options.stream_buffer_size = 4096
      options.max_concurrent_requests = 500
      options.compression = UInt32(UESYNTH_COMPRESSION_AUTO)
    case UInt32(UESYNTH_PRESET_HIGH_THROUGHPUT):
      options.timeout_ms = 1000
      options.keepalive_ms = 10_000
      options.keepalive_timeout_ms = 2000
      options.max_pings_without_data = 0
      options.max_send_message_length = 200 * mebibyte
      options.stream_buffer_bytes = 1024 * mebibyte
      options.stream_buffer_size = 8192
      options.max_concurrent_requests = 1000
      options.max_receive_message_length = 200 * mebibyte
      options.compression = UInt32(UESYNTH_COMPRESSION_AUTO)
    case UInt32(UESYNTH_PRESET_LOW_MEMORY):
      options.stream_buffer_bytes = 64 * mebibyte
      options.max_concurrent_requests = 100
      options.compression = UInt32(UESYNTH_COMPRESSION_AUTO)
    default: throw misuse("\(preset) is no UESYNTH_PRESET_")
    }
    return options
  }

  private static func inRange<Value: BinaryInteger>(
    _ value: Value, _ least: Value, _ most: Value, _ name: StaticString
  ) throws(ClientFailure) {
    guard value >= least, value <= most else {
      throw misuse("options.\(name) is \(value); it may be \(least) to \(most)")
    }
  }

  static func check(_ value: uesynth_client_options) throws(ClientFailure) -> ClientOptions {
    var options = ClientOptions()
    try inRange(value.lanes, 0, 64, "lanes")
    try inRange(value.timeout_ms, 1, 86_400_000, "timeout_ms")
    try inRange(value.connect_timeout_ms, 1, 86_400_000, "connect_timeout_ms")
    try inRange(value.stream_buffer_size, 1, .max, "stream_buffer_size")
    try inRange(value.max_concurrent_requests, 1, 1_000_000, "max_concurrent_requests")
    try inRange(value.max_receive_message_length, 1, .max, "max_receive_message_length")
    let lanes = value.lanes == 0 ? ClientOptions.mostAutomaticLanes : Int(value.lanes)
    let leastBytes = UInt64(CreditBudget.leastCap(lanes: lanes))
    try inRange(value.stream_buffer_bytes, leastBytes, .max, "stream_buffer_bytes")
    try inRange(value.distinct_cameras, 0, 1, "distinct_cameras")
    try inRange(value.max_retries, 0, 100, "max_retries")
    try inRange(
      value.when_full, 0, UInt32(UESYNTH_WHEN_FULL_WOULD_BLOCK), "when_full")
    guard let overflow = OverflowPolicy(rawValue: value.overflow) else {
      throw misuse("options.overflow is \(value.overflow), which is no UESYNTH_OVERFLOW_")
    }
    guard let compression = CompressionChoice(rawValue: value.compression) else {
      throw misuse("options.compression is \(value.compression), which is no UESYNTH_COMPRESSION_")
    }
    options.compression = compression
    options.lanes = lanes
    options.findsLanes = value.lanes == 0
    options.timeout = value.timeout_ms * 1_000_000
    options.connectTimeout = value.connect_timeout_ms * 1_000_000
    // 64 TiB stand for no cap at all; sums of such numbers do not overflow.
    options.bufferBytes = Int(clamping: min(value.stream_buffer_bytes, 1 << 46))
    options.bufferFrames = Int(value.stream_buffer_size)
    options.maximumConcurrentRequests = Int(value.max_concurrent_requests)
    options.maximumReceiveLength = Int(clamping: value.max_receive_message_length)
    options.overflow = overflow
    options.waitsWhenFull = value.when_full == UInt32(UESYNTH_WHEN_FULL_WAIT)
    options.maximumRetries = Int(value.max_retries)
    options.distinctCameras = value.distinct_cameras == 1
    try inRange(value.max_send_message_length, 1, .max, "max_send_message_length")
    try inRange(value.initial_backoff_ms, 1, 86_400_000, "initial_backoff_ms")
    try inRange(value.max_backoff_ms, 1, 86_400_000, "max_backoff_ms")
    try inRange(value.keepalive_ms, 0, .max, "keepalive_ms")
    try inRange(value.keepalive_timeout_ms, 1, 86_400_000, "keepalive_timeout_ms")
    try inRange(value.busy_poll_us, 0, 1_000_000, "busy_poll_us")
    guard value.reserved == 0 else { throw misuse("options.reserved is not 0") }
    options.busyPoll = Int64(value.busy_poll_us) * 1000
    try inRange(value.keepalive_without_calls, 0, 1, "keepalive_without_calls")
    options.maximumSendLength = Int(clamping: value.max_send_message_length)
    options.initialBackoff = value.initial_backoff_ms * 1_000_000
    options.maximumBackoff = value.max_backoff_ms * 1_000_000
    if value.keepalive_ms > 0 {
      options.keepaliveInterval =
        min(max(value.keepalive_ms, leastKeepalive), 86_400_000) * 1_000_000
    }
    options.keepaliveTimeout = value.keepalive_timeout_ms * 1_000_000
    options.keepaliveWithoutCalls = value.keepalive_without_calls == 1
    options.mostPingsWithoutData = Int(value.max_pings_without_data)
    return options
  }

  static func ownRuntime() throws(ClientFailure) -> Runtime {
    do {
      return try Runtime(loopThreads: 1, memoryBytes: 0, hooks: .none, done: {})
    } catch {
      throw ClientFailure(error.status, error.message)
    }
  }
}

/// Options of a runtime.
enum RuntimeOptions {
  /// The host's user data, told of its end by the last one who could use it.
  private final class UserData: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
    private let destroy: uesynth_destroy_fn?

    init(_ pointer: UnsafeMutableRawPointer?, _ destroy: uesynth_destroy_fn?) {
      self.pointer = pointer
      self.destroy = destroy
    }

    deinit { destroy?(pointer) }
  }

  static func make(_ value: uesynth_runtime_options) throws(ClientFailure) -> Runtime {
    let userData = UserData(value.user_data, value.destroy)
    let threads = value.loop_threads
    guard threads >= 1, threads <= 64 else {
      throw misuse("options.loop_threads is \(threads); it may be 1 to 64")
    }
    guard value.memory_bytes <= 1 << 46 else {
      throw misuse("options.memory_bytes is \(value.memory_bytes); it may be 0 to \(1 << 46)")
    }
    let hooks = ThreadHooks(
      started: hook(value.thread_started, userData), stopping: hook(value.thread_stopping, userData)
    )
    do {
      return try Runtime(
        loopThreads: Int(threads), memoryBytes: Int(clamping: value.memory_bytes), hooks: hooks,
        done: { withExtendedLifetime(userData) {} })
    } catch {
      throw ClientFailure(error.status, error.message)
    }
  }

  private static func hook(
    _ function: uesynth_thread_fn?, _ userData: UserData
  ) -> ThreadHooks.Hook? {
    guard let function else { return nil }
    return { role, index in
      function(role.rawValue, UInt32(truncatingIfNeeded: index), userData.pointer)
    }
  }
}
