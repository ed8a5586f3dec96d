import CUESynth
import Glibc
import UESynthClient
import UESynthCore

/// gRPC's names for what options say, so that users can go on with the settings that they have.
enum ChannelArguments {
  private static let never: Int64 = 86_400_000

  /// They tune what works otherwise here, or is not there to be tuned: nothing is done about them.
  private static let ignored: [StaticString] = [
    "grpc.lb_policy_name", "grpc.use_local_subchannel_pool", "grpc.enable_retries",
    "grpc.http2.bdp_probe", "grpc.http2.lookahead_bytes", "grpc.http2.max_frame_size",
    "grpc.http2.write_buffer_size", "grpc.optimization_target", "grpc.so_reuseport",
    "grpc.min_reconnect_backoff_ms", "grpc.http2.min_time_between_pings_ms",
    "grpc.http2.min_ping_interval_without_data_ms", "grpc.max_concurrent_streams",
    "grpc.enable_http_proxy", "grpc.dns_min_time_between_resolutions_ms",
    "grpc.tcp_user_timeout_ms", "grpc.client_idle_timeout_ms",
  ]

  static func set(
    _ name: UnsafePointer<CChar>, _ value: Int64, in options: inout uesynth_client_options
  ) throws(ClientFailure) {
    switch name {
    case _ where equal(name, "grpc.keepalive_time_ms"):
      options.keepalive_ms = value >= Int64(Int32.max) ? 0 : try positive(value, name)
    case _ where equal(name, "grpc.keepalive_timeout_ms"):
      options.keepalive_timeout_ms = try positive(value, name)
    case _ where equal(name, "grpc.keepalive_permit_without_calls"):
      options.keepalive_without_calls = value == 0 ? 0 : 1
    case _ where equal(name, "grpc.http2.max_pings_without_data"):
      options.max_pings_without_data = UInt32(clamping: value)
    case _ where equal(name, "grpc.initial_reconnect_backoff_ms"):
      options.initial_backoff_ms = try positive(value, name)
    case _ where equal(name, "grpc.max_reconnect_backoff_ms"):
      options.max_backoff_ms = try positive(value, name)
    case _ where equal(name, "grpc.max_receive_message_length"):
      options.max_receive_message_length = try length(value, name)
    case _ where equal(name, "grpc.max_send_message_length"):
      options.max_send_message_length = try length(value, name)
    case _ where equal(name, "grpc.default_compression_algorithm"):
      // 0: none, 1: deflate, 2: gzip.
      guard (0...2).contains(value) else { throw misuse("\(String(cString: name)) is \(value)") }
      options.compression = UInt32(value == 0 ? UESYNTH_COMPRESSION_OFF : UESYNTH_COMPRESSION_ON)
    default:
      guard ignored.contains(where: { equal(name, $0) }) else {
        throw ClientFailure(
          .notFound,
          "\(String(cString: name)) is no channel argument that this library knows: see "
            + "uesynth_client_options_channel_argument")
      }
    }
  }

  private static func equal(_ name: UnsafePointer<CChar>, _ other: StaticString) -> Bool {
    strcmp(name, UnsafeRawPointer(other.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
  }

  private static func positive(
    _ value: Int64, _ name: UnsafePointer<CChar>
  ) throws(ClientFailure) -> Int64 {
    guard value > 0 else { throw misuse("\(String(cString: name)) is \(value)") }
    return min(value, never)
  }

  private static func length(
    _ value: Int64, _ name: UnsafePointer<CChar>
  ) throws(ClientFailure) -> UInt64 {
    if value == -1 { return .max }
    guard value > 0 else { throw misuse("\(String(cString: name)) is \(value)") }
    return UInt64(value)
  }
}

@_cdecl("uesynth_client_options_channel_argument") @implementation
public func uesynth_client_options_channel_argument(
  _ options: UnsafeMutablePointer<uesynth_client_options>?, _ name: UnsafePointer<CChar>?,
  _ value: Int64
) -> uesynth_status {
  status { () throws(ClientFailure) in
    var changed = try Arguments.read(UnsafePointer(options), "options")
    guard let name else { throw misuse("name is NULL") }
    try Arguments.text(name, "name")
    try ChannelArguments.set(name, value, in: &changed)
    try Arguments.write(changed, to: options, "options")
  }
}
