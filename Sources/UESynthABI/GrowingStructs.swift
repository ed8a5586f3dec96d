import CUESynth
import CUESynthInitial

/// A struct of the headers that begins with `struct_size` and may grow at its end.
///
/// One that grows after a release says here what it was: `static var firstSize: Int { 104 }`, the size in
/// the first release that had it. Tests/run/released.sh compares that with the released headers.
protocol GrowingStruct {
  /// What no caller's struct is smaller than.
  static var firstSize: Int { get }
  /// What its INIT macro says: what members are that a caller's struct does not have yet.
  static var initial: Self { get }
}

extension GrowingStruct {
  /// The struct has not grown.
  static var firstSize: Int { MemoryLayout<Self>.size }
}

extension uesynth_action: GrowingStruct {
  static var initial: Self { initial_uesynth_action() }
}

extension uesynth_frame_info: GrowingStruct {
  static var initial: Self { initial_uesynth_frame_info() }
}

extension uesynth_event: GrowingStruct {
  static var initial: Self { initial_uesynth_event() }
}

extension uesynth_allocator: GrowingStruct {
  static var initial: Self { initial_uesynth_allocator() }
}

extension uesynth_runtime_options: GrowingStruct {
  static var initial: Self { initial_uesynth_runtime_options() }
}

extension uesynth_tls_options: GrowingStruct {
  static var initial: Self { initial_uesynth_tls_options() }
}

extension uesynth_client_options: GrowingStruct {
  static var initial: Self { initial_uesynth_client_options() }
}

extension uesynth_submit_options: GrowingStruct {
  static var initial: Self { initial_uesynth_submit_options() }
}

extension uesynth_frameset_options: GrowingStruct {
  static var initial: Self { initial_uesynth_frameset_options() }
}

extension uesynth_watch_options: GrowingStruct {
  static var initial: Self { initial_uesynth_watch_options() }
}

extension uesynth_subscription_options: GrowingStruct {
  static var initial: Self { initial_uesynth_subscription_options() }
}

extension uesynth_probe_report: GrowingStruct {
  static var initial: Self { initial_uesynth_probe_report() }
}

extension uesynth_pixels: GrowingStruct {
  static var initial: Self { initial_uesynth_pixels() }
}

extension uesynth_picture_options: GrowingStruct {
  static var initial: Self { initial_uesynth_picture_options() }
}

extension uesynth_save_options: GrowingStruct {
  static var initial: Self { initial_uesynth_save_options() }
}

extension uesynth_stats: GrowingStruct {
  static var initial: Self { initial_uesynth_stats() }
}

extension uesynth_beat: GrowingStruct {
  static var initial: Self { initial_uesynth_beat() }
}

extension uesynth_pacer_stats: GrowingStruct {
  static var initial: Self { initial_uesynth_pacer_stats() }
}

extension uesynth_sequence_options: GrowingStruct {
  static var initial: Self { initial_uesynth_sequence_options() }
}

extension uesynth_sequence_stats: GrowingStruct {
  static var initial: Self { initial_uesynth_sequence_stats() }
}

extension uesynth_raw_options: GrowingStruct {
  static var initial: Self { initial_uesynth_raw_options() }
}
