/* Written by Tests/ABI/record.py from include/uesynth.h: what the INIT macros set. */
#include "uesynth.h"

#include <stdio.h>

#define CHECK(macro, condition)                                                                    \
  if (!(condition)) {                                                                              \
    printf("%s: not so: %s\n", #macro, #condition);                                                \
    wrong++;                                                                                       \
  }

int main(void) {
  int wrong = 0;
  {
    uesynth_transform it = UESYNTH_TRANSFORM_INIT;
    CHECK(UESYNTH_TRANSFORM_INIT, it.location.x == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.location.y == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.location.z == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.rotation.pitch == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.rotation.yaw == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.rotation.roll == 0);
    CHECK(UESYNTH_TRANSFORM_INIT, it.scale.x == 1);
    CHECK(UESYNTH_TRANSFORM_INIT, it.scale.y == 1);
    CHECK(UESYNTH_TRANSFORM_INIT, it.scale.z == 1);
  }
  {
    uesynth_action it = UESYNTH_ACTION_INIT;
    CHECK(UESYNTH_ACTION_INIT, it.struct_size == sizeof(uesynth_action));
    CHECK(UESYNTH_ACTION_INIT, it.kind == 0);
    CHECK(UESYNTH_ACTION_INIT, it.name == NULL);
    CHECK(UESYNTH_ACTION_INIT, it.transform.location.x == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.location.y == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.location.z == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.rotation.pitch == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.rotation.yaw == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.rotation.roll == 0);
    CHECK(UESYNTH_ACTION_INIT, it.transform.scale.x == 1);
    CHECK(UESYNTH_ACTION_INIT, it.transform.scale.y == 1);
    CHECK(UESYNTH_ACTION_INIT, it.transform.scale.z == 1);
    CHECK(UESYNTH_ACTION_INIT, it.transform_fields == 0);
    CHECK(UESYNTH_ACTION_INIT, it.width == 0);
    CHECK(UESYNTH_ACTION_INIT, it.height == 0);
    CHECK(UESYNTH_ACTION_INIT, it.asset_path == NULL);
    CHECK(UESYNTH_ACTION_INIT, it.material_property == NULL);
    CHECK(UESYNTH_ACTION_INIT, it.material_value == NULL);
    CHECK(UESYNTH_ACTION_INIT, it.intensity == 1);
    CHECK(UESYNTH_ACTION_INIT, it.color.x == 1);
    CHECK(UESYNTH_ACTION_INIT, it.color.y == 1);
    CHECK(UESYNTH_ACTION_INIT, it.color.z == 1);
  }
  {
    uesynth_frame_info it = UESYNTH_FRAME_INFO_INIT;
    CHECK(UESYNTH_FRAME_INFO_INIT, it.struct_size == sizeof(uesynth_frame_info));
    CHECK(UESYNTH_FRAME_INFO_INIT, it.modality == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.data == NULL);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.size == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.width == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.height == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.stride == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.format == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.flags == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.claimed_format == NULL);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.camera == NULL);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.sequence == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.request_id == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.cookie == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.dropped_before == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.submitted_ns == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.sent_ns == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.first_byte_ns == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.completed_ns == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.delivered_ns == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.location.x == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.location.y == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.location.z == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.rotation.pitch == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.rotation.yaw == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.rotation.roll == 0);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.scale.x == 1);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.scale.y == 1);
    CHECK(UESYNTH_FRAME_INFO_INIT, it.pose.scale.z == 1);
  }
  {
    uesynth_event it = UESYNTH_EVENT_INIT;
    CHECK(UESYNTH_EVENT_INIT, it.struct_size == sizeof(uesynth_event));
    CHECK(UESYNTH_EVENT_INIT, it.type == 0);
    CHECK(UESYNTH_EVENT_INIT, it.request_id == 0);
    CHECK(UESYNTH_EVENT_INIT, it.cookie == 0);
    CHECK(UESYNTH_EVENT_INIT, it.status == 0);
    CHECK(UESYNTH_EVENT_INIT, it.action == 0);
    CHECK(UESYNTH_EVENT_INIT, it.message == NULL);
    CHECK(UESYNTH_EVENT_INIT, it.frame == NULL);
    CHECK(UESYNTH_EVENT_INIT, it.reply == NULL);
    CHECK(UESYNTH_EVENT_INIT, it.frameset == NULL);
    CHECK(UESYNTH_EVENT_INIT, it.reserved == NULL);
  }
  {
    uesynth_allocator it = UESYNTH_ALLOCATOR_INIT;
    CHECK(UESYNTH_ALLOCATOR_INIT, it.struct_size == sizeof(uesynth_allocator));
    CHECK(UESYNTH_ALLOCATOR_INIT, it.allocate == NULL);
    CHECK(UESYNTH_ALLOCATOR_INIT, it.deallocate == NULL);
    CHECK(UESYNTH_ALLOCATOR_INIT, it.user_data == NULL);
    CHECK(UESYNTH_ALLOCATOR_INIT, it.destroy == NULL);
  }
  {
    uesynth_runtime_options it = UESYNTH_RUNTIME_OPTIONS_INIT;
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.struct_size == sizeof(uesynth_runtime_options));
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.loop_threads == 1);
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.memory_bytes == 0);
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.thread_started == NULL);
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.thread_stopping == NULL);
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.user_data == NULL);
    CHECK(UESYNTH_RUNTIME_OPTIONS_INIT, it.destroy == NULL);
  }
  {
    uesynth_tls_options it = UESYNTH_TLS_OPTIONS_INIT;
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.struct_size == sizeof(uesynth_tls_options));
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.reserved == 0);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.ca_file == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.ca_pem == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.certificate_file == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.certificate_pem == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.key_file == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.key_pem == NULL);
    CHECK(UESYNTH_TLS_OPTIONS_INIT, it.server_name == NULL);
  }
  {
    uesynth_client_options it = UESYNTH_CLIENT_OPTIONS_INIT;
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.struct_size == sizeof(uesynth_client_options));
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.lanes == 1);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.timeout_ms == 5000);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.connect_timeout_ms == 20000);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.stream_buffer_bytes == 536870912);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.stream_buffer_size == 1024);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_concurrent_requests == 1024);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_receive_message_length == 67108864);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.overflow == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.when_full == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.distinct_cameras == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_retries == 3);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.runtime == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.allocator == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_send_message_length == 4194304);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.initial_backoff_ms == 1000);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_backoff_ms == 120000);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.keepalive_ms == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.keepalive_timeout_ms == 20000);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.keepalive_without_calls == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.max_pings_without_data == 2);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.compression == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.insecure_metadata == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.busy_poll_us == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.reserved == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.tls == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.metadata == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.metadata_count == 0);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.metadata_callback == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.metadata_user_data == NULL);
    CHECK(UESYNTH_CLIENT_OPTIONS_INIT, it.metadata_destroy == NULL);
  }
  {
    uesynth_submit_options it = UESYNTH_SUBMIT_OPTIONS_INIT;
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.struct_size == sizeof(uesynth_submit_options));
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.flags == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.route == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.reserved == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.timeout_ms == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.cookie == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.destination == NULL);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.destination_capacity == 0);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.destination_done == NULL);
    CHECK(UESYNTH_SUBMIT_OPTIONS_INIT, it.destination_user_data == NULL);
  }
  {
    uesynth_frameset_options it = UESYNTH_FRAMESET_OPTIONS_INIT;
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.struct_size == sizeof(uesynth_frameset_options));
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.route == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.camera == NULL);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.transform == NULL);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.parts == NULL);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.part_count == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.settle_captures == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.verify == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.settle_ms == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.timeout_ms == 0);
    CHECK(UESYNTH_FRAMESET_OPTIONS_INIT, it.cookie == 0);
  }
  {
    uesynth_watch_options it = UESYNTH_WATCH_OPTIONS_INIT;
    CHECK(UESYNTH_WATCH_OPTIONS_INIT, it.struct_size == sizeof(uesynth_watch_options));
    CHECK(UESYNTH_WATCH_OPTIONS_INIT, it.states == 1);
    CHECK(UESYNTH_WATCH_OPTIONS_INIT, it.log_level == 2);
    CHECK(UESYNTH_WATCH_OPTIONS_INIT, it.reserved == 0);
    CHECK(UESYNTH_WATCH_OPTIONS_INIT, it.cookie == 0);
  }
  {
    uesynth_subscription_options it = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.struct_size == sizeof(uesynth_subscription_options));
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.modality == 1);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.camera == NULL);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.width == 0);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.height == 0);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.rate_hz == 0);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.depth == 0);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.route == 0);
    CHECK(UESYNTH_SUBSCRIPTION_OPTIONS_INIT, it.cookie == 0);
  }
  {
    uesynth_probe_report it = UESYNTH_PROBE_REPORT_INIT;
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.struct_size == sizeof(uesynth_probe_report));
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.camera_names_matter == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.view_follows_camera == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.size == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.reserved == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.direct[0] == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.direct[31] == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.stream[0] == 0);
    CHECK(UESYNTH_PROBE_REPORT_INIT, it.stream[31] == 0);
  }
  {
    uesynth_pixels it = UESYNTH_PIXELS_INIT;
    CHECK(UESYNTH_PIXELS_INIT, it.struct_size == sizeof(uesynth_pixels));
    CHECK(UESYNTH_PIXELS_INIT, it.format == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.data == NULL);
    CHECK(UESYNTH_PIXELS_INIT, it.capacity == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.stride == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.width == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.height == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.made_format == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.reserved == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.made_stride == 0);
    CHECK(UESYNTH_PIXELS_INIT, it.size == 0);
  }
  {
    uesynth_picture_options it = UESYNTH_PICTURE_OPTIONS_INIT;
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.struct_size == sizeof(uesynth_picture_options));
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.kind == 0);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.quality == 95);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.full_chroma == 0);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.compression == -1);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.keep_alpha == 0);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.depth_near == 0);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.depth_far == 0);
    CHECK(UESYNTH_PICTURE_OPTIONS_INIT, it.flow_full == 0);
  }
  {
    uesynth_save_options it = UESYNTH_SAVE_OPTIONS_INIT;
    CHECK(UESYNTH_SAVE_OPTIONS_INIT, it.struct_size == sizeof(uesynth_save_options));
    CHECK(UESYNTH_SAVE_OPTIONS_INIT, it.flags == 0);
    CHECK(UESYNTH_SAVE_OPTIONS_INIT, it.timeout_ms == -1);
    CHECK(UESYNTH_SAVE_OPTIONS_INIT, it.cookie == 0);
    CHECK(UESYNTH_SAVE_OPTIONS_INIT, it.picture == NULL);
  }
  {
    uesynth_stats it = UESYNTH_STATS_INIT;
    CHECK(UESYNTH_STATS_INIT, it.struct_size == sizeof(uesynth_stats));
    CHECK(UESYNTH_STATS_INIT, it.state == 0);
    CHECK(UESYNTH_STATS_INIT, it.requests_submitted == 0);
    CHECK(UESYNTH_STATS_INIT, it.requests_in_flight == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_ok == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_cancelled == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_deadline_exceeded == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_unavailable == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_no_answer == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_closed == 0);
    CHECK(UESYNTH_STATS_INIT, it.completed_other == 0);
    CHECK(UESYNTH_STATS_INIT, it.retries == 0);
    CHECK(UESYNTH_STATS_INIT, it.late_replies == 0);
    CHECK(UESYNTH_STATS_INIT, it.unknown_replies == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_received == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_delivered == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_queued == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_superseded == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_oldest == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_newest == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_latest == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_expired == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_abandoned == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_dropped_settling == 0);
    CHECK(UESYNTH_STATS_INIT, it.bytes_sent == 0);
    CHECK(UESYNTH_STATS_INIT, it.bytes_received == 0);
    CHECK(UESYNTH_STATS_INIT, it.image_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.image_bytes_copied == 0);
    CHECK(UESYNTH_STATS_INIT, it.buffer_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.buffer_bytes_peak == 0);
    CHECK(UESYNTH_STATS_INIT, it.host_frame_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.pool_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.events_queued == 0);
    CHECK(UESYNTH_STATS_INIT, it.connects == 0);
    CHECK(UESYNTH_STATS_INIT, it.connect_failures == 0);
    CHECK(UESYNTH_STATS_INIT, it.disconnects == 0);
    CHECK(UESYNTH_STATS_INIT, it.subscription_beats_missed == 0);
    CHECK(UESYNTH_STATS_INIT, it.frame_bytes_kept == 0);
    CHECK(UESYNTH_STATS_INIT, it.loop_wakeups == 0);
    CHECK(UESYNTH_STATS_INIT, it.pool_hits == 0);
    CHECK(UESYNTH_STATS_INIT, it.pool_misses == 0);
    CHECK(UESYNTH_STATS_INIT, it.connected_since_ns == 0);
    CHECK(UESYNTH_STATS_INIT, it.frames_per_second == 0);
    CHECK(UESYNTH_STATS_INIT, it.commands_per_second == 0);
    CHECK(UESYNTH_STATS_INIT, it.bytes_received_per_second == 0);
    CHECK(UESYNTH_STATS_INIT, it.bytes_sent_per_second == 0);
    CHECK(UESYNTH_STATS_INIT, it.copies_per_frame == 0);
    CHECK(UESYNTH_STATS_INIT, it.watch_events_dropped == 0);
    CHECK(UESYNTH_STATS_INIT, it.compressed_messages == 0);
    CHECK(UESYNTH_STATS_INIT, it.compressed_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.inflated_bytes == 0);
    CHECK(UESYNTH_STATS_INIT, it.compression_offers == 0);
    CHECK(UESYNTH_STATS_INIT, it.compression_offered == 0);
    CHECK(UESYNTH_STATS_INIT, it.link_bytes_per_second == 0);
    CHECK(UESYNTH_STATS_INIT, it.inflated_bytes_per_second == 0);
  }
  {
    uesynth_beat it = UESYNTH_BEAT_INIT;
    CHECK(UESYNTH_BEAT_INIT, it.struct_size == sizeof(uesynth_beat));
    CHECK(UESYNTH_BEAT_INIT, it.reserved == 0);
    CHECK(UESYNTH_BEAT_INIT, it.number == 0);
    CHECK(UESYNTH_BEAT_INIT, it.missed_before == 0);
    CHECK(UESYNTH_BEAT_INIT, it.intended_ns == 0);
    CHECK(UESYNTH_BEAT_INIT, it.actual_ns == 0);
  }
  {
    uesynth_pacer_stats it = UESYNTH_PACER_STATS_INIT;
    CHECK(UESYNTH_PACER_STATS_INIT, it.struct_size == sizeof(uesynth_pacer_stats));
    CHECK(UESYNTH_PACER_STATS_INIT, it.reserved == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.rate_hz == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.started_ns == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.beats == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.beats_missed == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.late_p50_ns == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.late_p90_ns == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.late_p99_ns == 0);
    CHECK(UESYNTH_PACER_STATS_INIT, it.late_max_ns == 0);
  }
  {
    uesynth_sequence_options it = UESYNTH_SEQUENCE_OPTIONS_INIT;
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.struct_size == sizeof(uesynth_sequence_options));
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.modality == 1);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.camera == NULL);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.width == 0);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.height == 0);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.ahead == 0);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.route == 0);
    CHECK(UESYNTH_SEQUENCE_OPTIONS_INIT, it.timeout_ms == 0);
  }
  {
    uesynth_sequence_stats it = UESYNTH_SEQUENCE_STATS_INIT;
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.struct_size == sizeof(uesynth_sequence_stats));
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.ahead == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.ahead_peak == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.reserved == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.poses == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.submitted == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.handed_out == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.waits == 0);
    CHECK(UESYNTH_SEQUENCE_STATS_INIT, it.waited_ns == 0);
  }
  return wrong != 0;
}
