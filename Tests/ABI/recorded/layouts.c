/* Written by Tests/ABI/record.py from include/uesynth.h: sizes and offsets on 64-bit machines. */
#include "uesynth.h"

#include <stddef.h>

#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]

ASSERT(size_of_uesynth_vector3, sizeof(uesynth_vector3) == 12);
ASSERT(uesynth_vector3_x, offsetof(uesynth_vector3, x) == 0); /* float */
ASSERT(uesynth_vector3_y, offsetof(uesynth_vector3, y) == 4); /* float */
ASSERT(uesynth_vector3_z, offsetof(uesynth_vector3, z) == 8); /* float */
ASSERT(size_of_uesynth_rotator, sizeof(uesynth_rotator) == 12);
ASSERT(uesynth_rotator_pitch, offsetof(uesynth_rotator, pitch) == 0); /* float */
ASSERT(uesynth_rotator_yaw, offsetof(uesynth_rotator, yaw) == 4); /* float */
ASSERT(uesynth_rotator_roll, offsetof(uesynth_rotator, roll) == 8); /* float */
ASSERT(size_of_uesynth_transform, sizeof(uesynth_transform) == 36);
ASSERT(uesynth_transform_location, offsetof(uesynth_transform, location) == 0); /* uesynth_vector3 */
ASSERT(uesynth_transform_rotation, offsetof(uesynth_transform, rotation) == 12); /* uesynth_rotator */
ASSERT(uesynth_transform_scale, offsetof(uesynth_transform, scale) == 24); /* uesynth_vector3 */
ASSERT(size_of_uesynth_action, sizeof(uesynth_action) == 104);
ASSERT(uesynth_action_struct_size, offsetof(uesynth_action, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_action_kind, offsetof(uesynth_action, kind) == 4); /* uint32_t */
ASSERT(uesynth_action_name, offsetof(uesynth_action, name) == 8); /* const char * */
ASSERT(uesynth_action_transform, offsetof(uesynth_action, transform) == 16); /* uesynth_transform */
ASSERT(uesynth_action_transform_fields, offsetof(uesynth_action, transform_fields) == 52); /* uint32_t */
ASSERT(uesynth_action_width, offsetof(uesynth_action, width) == 56); /* uint32_t */
ASSERT(uesynth_action_height, offsetof(uesynth_action, height) == 60); /* uint32_t */
ASSERT(uesynth_action_asset_path, offsetof(uesynth_action, asset_path) == 64); /* const char * */
ASSERT(uesynth_action_material_property, offsetof(uesynth_action, material_property) == 72); /* const char * */
ASSERT(uesynth_action_material_value, offsetof(uesynth_action, material_value) == 80); /* const char * */
ASSERT(uesynth_action_intensity, offsetof(uesynth_action, intensity) == 88); /* float */
ASSERT(uesynth_action_color, offsetof(uesynth_action, color) == 92); /* uesynth_vector3 */
ASSERT(size_of_uesynth_frame_info, sizeof(uesynth_frame_info) == 176);
ASSERT(uesynth_frame_info_struct_size, offsetof(uesynth_frame_info, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_frame_info_modality, offsetof(uesynth_frame_info, modality) == 4); /* uint32_t */
ASSERT(uesynth_frame_info_data, offsetof(uesynth_frame_info, data) == 8); /* const uint8_t * */
ASSERT(uesynth_frame_info_size, offsetof(uesynth_frame_info, size) == 16); /* size_t */
ASSERT(uesynth_frame_info_width, offsetof(uesynth_frame_info, width) == 24); /* uint32_t */
ASSERT(uesynth_frame_info_height, offsetof(uesynth_frame_info, height) == 28); /* uint32_t */
ASSERT(uesynth_frame_info_stride, offsetof(uesynth_frame_info, stride) == 32); /* size_t */
ASSERT(uesynth_frame_info_format, offsetof(uesynth_frame_info, format) == 40); /* uint32_t */
ASSERT(uesynth_frame_info_flags, offsetof(uesynth_frame_info, flags) == 44); /* uint32_t */
ASSERT(uesynth_frame_info_claimed_format, offsetof(uesynth_frame_info, claimed_format) == 48); /* const char * */
ASSERT(uesynth_frame_info_camera, offsetof(uesynth_frame_info, camera) == 56); /* const char * */
ASSERT(uesynth_frame_info_sequence, offsetof(uesynth_frame_info, sequence) == 64); /* uint64_t */
ASSERT(uesynth_frame_info_request_id, offsetof(uesynth_frame_info, request_id) == 72); /* uint64_t */
ASSERT(uesynth_frame_info_cookie, offsetof(uesynth_frame_info, cookie) == 80); /* uint64_t */
ASSERT(uesynth_frame_info_dropped_before, offsetof(uesynth_frame_info, dropped_before) == 88); /* uint64_t */
ASSERT(uesynth_frame_info_submitted_ns, offsetof(uesynth_frame_info, submitted_ns) == 96); /* int64_t */
ASSERT(uesynth_frame_info_sent_ns, offsetof(uesynth_frame_info, sent_ns) == 104); /* int64_t */
ASSERT(uesynth_frame_info_first_byte_ns, offsetof(uesynth_frame_info, first_byte_ns) == 112); /* int64_t */
ASSERT(uesynth_frame_info_completed_ns, offsetof(uesynth_frame_info, completed_ns) == 120); /* int64_t */
ASSERT(uesynth_frame_info_delivered_ns, offsetof(uesynth_frame_info, delivered_ns) == 128); /* int64_t */
ASSERT(uesynth_frame_info_pose, offsetof(uesynth_frame_info, pose) == 136); /* uesynth_transform */
ASSERT(size_of_uesynth_reply, sizeof(uesynth_reply) == 72);
ASSERT(uesynth_reply_struct_size, offsetof(uesynth_reply, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_reply_flags, offsetof(uesynth_reply, flags) == 4); /* uint32_t */
ASSERT(uesynth_reply_transform, offsetof(uesynth_reply, transform) == 8); /* uesynth_transform */
ASSERT(uesynth_reply_message, offsetof(uesynth_reply, message) == 48); /* const char * */
ASSERT(uesynth_reply_name_count, offsetof(uesynth_reply, name_count) == 56); /* size_t */
ASSERT(uesynth_reply_names, offsetof(uesynth_reply, names) == 64); /* const char *const * */
ASSERT(size_of_uesynth_event, sizeof(uesynth_event) == 72);
ASSERT(uesynth_event_struct_size, offsetof(uesynth_event, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_event_type, offsetof(uesynth_event, type) == 4); /* uint32_t */
ASSERT(uesynth_event_request_id, offsetof(uesynth_event, request_id) == 8); /* uint64_t */
ASSERT(uesynth_event_cookie, offsetof(uesynth_event, cookie) == 16); /* uint64_t */
ASSERT(uesynth_event_status, offsetof(uesynth_event, status) == 24); /* uesynth_status */
ASSERT(uesynth_event_action, offsetof(uesynth_event, action) == 28); /* uint32_t */
ASSERT(uesynth_event_message, offsetof(uesynth_event, message) == 32); /* const char * */
ASSERT(uesynth_event_frame, offsetof(uesynth_event, frame) == 40); /* uesynth_frame * */
ASSERT(uesynth_event_reply, offsetof(uesynth_event, reply) == 48); /* const uesynth_reply * */
ASSERT(uesynth_event_frameset, offsetof(uesynth_event, frameset) == 56); /* const uesynth_frameset * */
ASSERT(uesynth_event_reserved, offsetof(uesynth_event, reserved) == 64); /* void * */
ASSERT(size_of_uesynth_allocator, sizeof(uesynth_allocator) == 40);
ASSERT(uesynth_allocator_struct_size, offsetof(uesynth_allocator, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_allocator_allocate, offsetof(uesynth_allocator, allocate) == 8); /* void *(*)(size_t, size_t, void *) */
ASSERT(uesynth_allocator_deallocate, offsetof(uesynth_allocator, deallocate) == 16); /* void (*)(void *, size_t, void *) */
ASSERT(uesynth_allocator_user_data, offsetof(uesynth_allocator, user_data) == 24); /* void * */
ASSERT(uesynth_allocator_destroy, offsetof(uesynth_allocator, destroy) == 32); /* uesynth_destroy_fn */
ASSERT(size_of_uesynth_runtime_options, sizeof(uesynth_runtime_options) == 48);
ASSERT(uesynth_runtime_options_struct_size, offsetof(uesynth_runtime_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_runtime_options_loop_threads, offsetof(uesynth_runtime_options, loop_threads) == 4); /* uint32_t */
ASSERT(uesynth_runtime_options_memory_bytes, offsetof(uesynth_runtime_options, memory_bytes) == 8); /* uint64_t */
ASSERT(uesynth_runtime_options_thread_started, offsetof(uesynth_runtime_options, thread_started) == 16); /* uesynth_thread_fn */
ASSERT(uesynth_runtime_options_thread_stopping, offsetof(uesynth_runtime_options, thread_stopping) == 24); /* uesynth_thread_fn */
ASSERT(uesynth_runtime_options_user_data, offsetof(uesynth_runtime_options, user_data) == 32); /* void * */
ASSERT(uesynth_runtime_options_destroy, offsetof(uesynth_runtime_options, destroy) == 40); /* uesynth_destroy_fn */
ASSERT(size_of_uesynth_tls_options, sizeof(uesynth_tls_options) == 64);
ASSERT(uesynth_tls_options_struct_size, offsetof(uesynth_tls_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_tls_options_reserved, offsetof(uesynth_tls_options, reserved) == 4); /* uint32_t */
ASSERT(uesynth_tls_options_ca_file, offsetof(uesynth_tls_options, ca_file) == 8); /* const char * */
ASSERT(uesynth_tls_options_ca_pem, offsetof(uesynth_tls_options, ca_pem) == 16); /* const char * */
ASSERT(uesynth_tls_options_certificate_file, offsetof(uesynth_tls_options, certificate_file) == 24); /* const char * */
ASSERT(uesynth_tls_options_certificate_pem, offsetof(uesynth_tls_options, certificate_pem) == 32); /* const char * */
ASSERT(uesynth_tls_options_key_file, offsetof(uesynth_tls_options, key_file) == 40); /* const char * */
ASSERT(uesynth_tls_options_key_pem, offsetof(uesynth_tls_options, key_pem) == 48); /* const char * */
ASSERT(uesynth_tls_options_server_name, offsetof(uesynth_tls_options, server_name) == 56); /* const char * */
ASSERT(size_of_uesynth_metadata, sizeof(uesynth_metadata) == 24);
ASSERT(uesynth_metadata_key, offsetof(uesynth_metadata, key) == 0); /* const char * */
ASSERT(uesynth_metadata_value, offsetof(uesynth_metadata, value) == 8); /* const void * */
ASSERT(uesynth_metadata_size, offsetof(uesynth_metadata, size) == 16); /* size_t */
ASSERT(size_of_uesynth_client_options, sizeof(uesynth_client_options) == 192);
ASSERT(uesynth_client_options_struct_size, offsetof(uesynth_client_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_client_options_lanes, offsetof(uesynth_client_options, lanes) == 4); /* uint32_t */
ASSERT(uesynth_client_options_timeout_ms, offsetof(uesynth_client_options, timeout_ms) == 8); /* int64_t */
ASSERT(uesynth_client_options_connect_timeout_ms, offsetof(uesynth_client_options, connect_timeout_ms) == 16); /* int64_t */
ASSERT(uesynth_client_options_stream_buffer_bytes, offsetof(uesynth_client_options, stream_buffer_bytes) == 24); /* uint64_t */
ASSERT(uesynth_client_options_stream_buffer_size, offsetof(uesynth_client_options, stream_buffer_size) == 32); /* uint32_t */
ASSERT(uesynth_client_options_max_concurrent_requests, offsetof(uesynth_client_options, max_concurrent_requests) == 36); /* uint32_t */
ASSERT(uesynth_client_options_max_receive_message_length, offsetof(uesynth_client_options, max_receive_message_length) == 40); /* uint64_t */
ASSERT(uesynth_client_options_overflow, offsetof(uesynth_client_options, overflow) == 48); /* uint32_t */
ASSERT(uesynth_client_options_when_full, offsetof(uesynth_client_options, when_full) == 52); /* uint32_t */
ASSERT(uesynth_client_options_distinct_cameras, offsetof(uesynth_client_options, distinct_cameras) == 56); /* uint32_t */
ASSERT(uesynth_client_options_max_retries, offsetof(uesynth_client_options, max_retries) == 60); /* uint32_t */
ASSERT(uesynth_client_options_runtime, offsetof(uesynth_client_options, runtime) == 64); /* uesynth_runtime * */
ASSERT(uesynth_client_options_allocator, offsetof(uesynth_client_options, allocator) == 72); /* const uesynth_allocator * */
ASSERT(uesynth_client_options_max_send_message_length, offsetof(uesynth_client_options, max_send_message_length) == 80); /* uint64_t */
ASSERT(uesynth_client_options_initial_backoff_ms, offsetof(uesynth_client_options, initial_backoff_ms) == 88); /* int64_t */
ASSERT(uesynth_client_options_max_backoff_ms, offsetof(uesynth_client_options, max_backoff_ms) == 96); /* int64_t */
ASSERT(uesynth_client_options_keepalive_ms, offsetof(uesynth_client_options, keepalive_ms) == 104); /* int64_t */
ASSERT(uesynth_client_options_keepalive_timeout_ms, offsetof(uesynth_client_options, keepalive_timeout_ms) == 112); /* int64_t */
ASSERT(uesynth_client_options_keepalive_without_calls, offsetof(uesynth_client_options, keepalive_without_calls) == 120); /* uint32_t */
ASSERT(uesynth_client_options_max_pings_without_data, offsetof(uesynth_client_options, max_pings_without_data) == 124); /* uint32_t */
ASSERT(uesynth_client_options_compression, offsetof(uesynth_client_options, compression) == 128); /* uint32_t */
ASSERT(uesynth_client_options_insecure_metadata, offsetof(uesynth_client_options, insecure_metadata) == 132); /* uint32_t */
ASSERT(uesynth_client_options_busy_poll_us, offsetof(uesynth_client_options, busy_poll_us) == 136); /* uint32_t */
ASSERT(uesynth_client_options_reserved, offsetof(uesynth_client_options, reserved) == 140); /* uint32_t */
ASSERT(uesynth_client_options_tls, offsetof(uesynth_client_options, tls) == 144); /* const uesynth_tls_options * */
ASSERT(uesynth_client_options_metadata, offsetof(uesynth_client_options, metadata) == 152); /* const uesynth_metadata * */
ASSERT(uesynth_client_options_metadata_count, offsetof(uesynth_client_options, metadata_count) == 160); /* size_t */
ASSERT(uesynth_client_options_metadata_callback, offsetof(uesynth_client_options, metadata_callback) == 168); /* uesynth_metadata_fn */
ASSERT(uesynth_client_options_metadata_user_data, offsetof(uesynth_client_options, metadata_user_data) == 176); /* void * */
ASSERT(uesynth_client_options_metadata_destroy, offsetof(uesynth_client_options, metadata_destroy) == 184); /* uesynth_destroy_fn */
ASSERT(size_of_uesynth_submit_options, sizeof(uesynth_submit_options) == 64);
ASSERT(uesynth_submit_options_struct_size, offsetof(uesynth_submit_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_submit_options_flags, offsetof(uesynth_submit_options, flags) == 4); /* uint32_t */
ASSERT(uesynth_submit_options_route, offsetof(uesynth_submit_options, route) == 8); /* uint32_t */
ASSERT(uesynth_submit_options_reserved, offsetof(uesynth_submit_options, reserved) == 12); /* uint32_t */
ASSERT(uesynth_submit_options_timeout_ms, offsetof(uesynth_submit_options, timeout_ms) == 16); /* int64_t */
ASSERT(uesynth_submit_options_cookie, offsetof(uesynth_submit_options, cookie) == 24); /* uint64_t */
ASSERT(uesynth_submit_options_destination, offsetof(uesynth_submit_options, destination) == 32); /* void * */
ASSERT(uesynth_submit_options_destination_capacity, offsetof(uesynth_submit_options, destination_capacity) == 40); /* size_t */
ASSERT(uesynth_submit_options_destination_done, offsetof(uesynth_submit_options, destination_done) == 48); /* uesynth_destroy_fn */
ASSERT(uesynth_submit_options_destination_user_data, offsetof(uesynth_submit_options, destination_user_data) == 56); /* void * */
ASSERT(size_of_uesynth_frameset_part, sizeof(uesynth_frameset_part) == 24);
ASSERT(uesynth_frameset_part_modality, offsetof(uesynth_frameset_part, modality) == 0); /* uint32_t */
ASSERT(uesynth_frameset_part_width, offsetof(uesynth_frameset_part, width) == 4); /* uint32_t */
ASSERT(uesynth_frameset_part_height, offsetof(uesynth_frameset_part, height) == 8); /* uint32_t */
ASSERT(uesynth_frameset_part_reserved, offsetof(uesynth_frameset_part, reserved) == 12); /* uint32_t */
ASSERT(uesynth_frameset_part_camera, offsetof(uesynth_frameset_part, camera) == 16); /* const char * */
ASSERT(size_of_uesynth_frameset_options, sizeof(uesynth_frameset_options) == 72);
ASSERT(uesynth_frameset_options_struct_size, offsetof(uesynth_frameset_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_frameset_options_route, offsetof(uesynth_frameset_options, route) == 4); /* uint32_t */
ASSERT(uesynth_frameset_options_camera, offsetof(uesynth_frameset_options, camera) == 8); /* const char * */
ASSERT(uesynth_frameset_options_transform, offsetof(uesynth_frameset_options, transform) == 16); /* const uesynth_transform * */
ASSERT(uesynth_frameset_options_parts, offsetof(uesynth_frameset_options, parts) == 24); /* const uesynth_frameset_part * */
ASSERT(uesynth_frameset_options_part_count, offsetof(uesynth_frameset_options, part_count) == 32); /* size_t */
ASSERT(uesynth_frameset_options_settle_captures, offsetof(uesynth_frameset_options, settle_captures) == 40); /* uint32_t */
ASSERT(uesynth_frameset_options_verify, offsetof(uesynth_frameset_options, verify) == 44); /* uint32_t */
ASSERT(uesynth_frameset_options_settle_ms, offsetof(uesynth_frameset_options, settle_ms) == 48); /* int64_t */
ASSERT(uesynth_frameset_options_timeout_ms, offsetof(uesynth_frameset_options, timeout_ms) == 56); /* int64_t */
ASSERT(uesynth_frameset_options_cookie, offsetof(uesynth_frameset_options, cookie) == 64); /* uint64_t */
ASSERT(size_of_uesynth_frameset_result, sizeof(uesynth_frameset_result) == 24);
ASSERT(uesynth_frameset_result_status, offsetof(uesynth_frameset_result, status) == 0); /* uesynth_status */
ASSERT(uesynth_frameset_result_modality, offsetof(uesynth_frameset_result, modality) == 4); /* uint32_t */
ASSERT(uesynth_frameset_result_message, offsetof(uesynth_frameset_result, message) == 8); /* const char * */
ASSERT(uesynth_frameset_result_frame, offsetof(uesynth_frameset_result, frame) == 16); /* uesynth_frame * */
ASSERT(size_of_uesynth_frameset, sizeof(uesynth_frameset) == 80);
ASSERT(uesynth_frameset_struct_size, offsetof(uesynth_frameset, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_frameset_flags, offsetof(uesynth_frameset, flags) == 4); /* uint32_t */
ASSERT(uesynth_frameset_pose_status, offsetof(uesynth_frameset, pose_status) == 8); /* uesynth_status */
ASSERT(uesynth_frameset_settled, offsetof(uesynth_frameset, settled) == 12); /* uint32_t */
ASSERT(uesynth_frameset_spread_ns, offsetof(uesynth_frameset, spread_ns) == 16); /* int64_t */
ASSERT(uesynth_frameset_read_back, offsetof(uesynth_frameset, read_back) == 24); /* uesynth_transform */
ASSERT(uesynth_frameset_result_count, offsetof(uesynth_frameset, result_count) == 64); /* size_t */
ASSERT(uesynth_frameset_results, offsetof(uesynth_frameset, results) == 72); /* const uesynth_frameset_result * */
ASSERT(size_of_uesynth_watch_options, sizeof(uesynth_watch_options) == 24);
ASSERT(uesynth_watch_options_struct_size, offsetof(uesynth_watch_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_watch_options_states, offsetof(uesynth_watch_options, states) == 4); /* uint32_t */
ASSERT(uesynth_watch_options_log_level, offsetof(uesynth_watch_options, log_level) == 8); /* uint32_t */
ASSERT(uesynth_watch_options_reserved, offsetof(uesynth_watch_options, reserved) == 12); /* uint32_t */
ASSERT(uesynth_watch_options_cookie, offsetof(uesynth_watch_options, cookie) == 16); /* uint64_t */
ASSERT(size_of_uesynth_subscription_options, sizeof(uesynth_subscription_options) == 48);
ASSERT(uesynth_subscription_options_struct_size, offsetof(uesynth_subscription_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_subscription_options_modality, offsetof(uesynth_subscription_options, modality) == 4); /* uint32_t */
ASSERT(uesynth_subscription_options_camera, offsetof(uesynth_subscription_options, camera) == 8); /* const char * */
ASSERT(uesynth_subscription_options_width, offsetof(uesynth_subscription_options, width) == 16); /* uint32_t */
ASSERT(uesynth_subscription_options_height, offsetof(uesynth_subscription_options, height) == 20); /* uint32_t */
ASSERT(uesynth_subscription_options_rate_hz, offsetof(uesynth_subscription_options, rate_hz) == 24); /* double */
ASSERT(uesynth_subscription_options_depth, offsetof(uesynth_subscription_options, depth) == 32); /* uint32_t */
ASSERT(uesynth_subscription_options_route, offsetof(uesynth_subscription_options, route) == 36); /* uint32_t */
ASSERT(uesynth_subscription_options_cookie, offsetof(uesynth_subscription_options, cookie) == 40); /* uint64_t */
ASSERT(size_of_uesynth_probe_report, sizeof(uesynth_probe_report) == 72);
ASSERT(uesynth_probe_report_struct_size, offsetof(uesynth_probe_report, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_probe_report_camera_names_matter, offsetof(uesynth_probe_report, camera_names_matter) == 4); /* uint8_t */
ASSERT(uesynth_probe_report_view_follows_camera, offsetof(uesynth_probe_report, view_follows_camera) == 5); /* uint8_t */
ASSERT(uesynth_probe_report_size, offsetof(uesynth_probe_report, size) == 6); /* uint8_t */
ASSERT(uesynth_probe_report_reserved, offsetof(uesynth_probe_report, reserved) == 7); /* uint8_t */
ASSERT(uesynth_probe_report_direct, offsetof(uesynth_probe_report, direct) == 8); /* uint8_t[32] */
ASSERT(uesynth_probe_report_stream, offsetof(uesynth_probe_report, stream) == 40); /* uint8_t[32] */
ASSERT(size_of_uesynth_pixels, sizeof(uesynth_pixels) == 64);
ASSERT(uesynth_pixels_struct_size, offsetof(uesynth_pixels, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_pixels_format, offsetof(uesynth_pixels, format) == 4); /* uint32_t */
ASSERT(uesynth_pixels_data, offsetof(uesynth_pixels, data) == 8); /* void * */
ASSERT(uesynth_pixels_capacity, offsetof(uesynth_pixels, capacity) == 16); /* size_t */
ASSERT(uesynth_pixels_stride, offsetof(uesynth_pixels, stride) == 24); /* size_t */
ASSERT(uesynth_pixels_width, offsetof(uesynth_pixels, width) == 32); /* uint32_t */
ASSERT(uesynth_pixels_height, offsetof(uesynth_pixels, height) == 36); /* uint32_t */
ASSERT(uesynth_pixels_made_format, offsetof(uesynth_pixels, made_format) == 40); /* uint32_t */
ASSERT(uesynth_pixels_reserved, offsetof(uesynth_pixels, reserved) == 44); /* uint32_t */
ASSERT(uesynth_pixels_made_stride, offsetof(uesynth_pixels, made_stride) == 48); /* size_t */
ASSERT(uesynth_pixels_size, offsetof(uesynth_pixels, size) == 56); /* size_t */
ASSERT(size_of_uesynth_picture_options, sizeof(uesynth_picture_options) == 36);
ASSERT(uesynth_picture_options_struct_size, offsetof(uesynth_picture_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_picture_options_kind, offsetof(uesynth_picture_options, kind) == 4); /* uint32_t */
ASSERT(uesynth_picture_options_quality, offsetof(uesynth_picture_options, quality) == 8); /* uint32_t */
ASSERT(uesynth_picture_options_full_chroma, offsetof(uesynth_picture_options, full_chroma) == 12); /* uint32_t */
ASSERT(uesynth_picture_options_compression, offsetof(uesynth_picture_options, compression) == 16); /* int32_t */
ASSERT(uesynth_picture_options_keep_alpha, offsetof(uesynth_picture_options, keep_alpha) == 20); /* uint32_t */
ASSERT(uesynth_picture_options_depth_near, offsetof(uesynth_picture_options, depth_near) == 24); /* float */
ASSERT(uesynth_picture_options_depth_far, offsetof(uesynth_picture_options, depth_far) == 28); /* float */
ASSERT(uesynth_picture_options_flow_full, offsetof(uesynth_picture_options, flow_full) == 32); /* float */
ASSERT(size_of_uesynth_save_options, sizeof(uesynth_save_options) == 32);
ASSERT(uesynth_save_options_struct_size, offsetof(uesynth_save_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_save_options_flags, offsetof(uesynth_save_options, flags) == 4); /* uint32_t */
ASSERT(uesynth_save_options_timeout_ms, offsetof(uesynth_save_options, timeout_ms) == 8); /* int64_t */
ASSERT(uesynth_save_options_cookie, offsetof(uesynth_save_options, cookie) == 16); /* uint64_t */
ASSERT(uesynth_save_options_picture, offsetof(uesynth_save_options, picture) == 24); /* const uesynth_picture_options * */
ASSERT(size_of_uesynth_stats, sizeof(uesynth_stats) == 432);
ASSERT(uesynth_stats_struct_size, offsetof(uesynth_stats, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_stats_state, offsetof(uesynth_stats, state) == 4); /* uint32_t */
ASSERT(uesynth_stats_requests_submitted, offsetof(uesynth_stats, requests_submitted) == 8); /* uint64_t */
ASSERT(uesynth_stats_requests_in_flight, offsetof(uesynth_stats, requests_in_flight) == 16); /* uint64_t */
ASSERT(uesynth_stats_completed_ok, offsetof(uesynth_stats, completed_ok) == 24); /* uint64_t */
ASSERT(uesynth_stats_completed_cancelled, offsetof(uesynth_stats, completed_cancelled) == 32); /* uint64_t */
ASSERT(uesynth_stats_completed_deadline_exceeded, offsetof(uesynth_stats, completed_deadline_exceeded) == 40); /* uint64_t */
ASSERT(uesynth_stats_completed_unavailable, offsetof(uesynth_stats, completed_unavailable) == 48); /* uint64_t */
ASSERT(uesynth_stats_completed_no_answer, offsetof(uesynth_stats, completed_no_answer) == 56); /* uint64_t */
ASSERT(uesynth_stats_completed_closed, offsetof(uesynth_stats, completed_closed) == 64); /* uint64_t */
ASSERT(uesynth_stats_completed_other, offsetof(uesynth_stats, completed_other) == 72); /* uint64_t */
ASSERT(uesynth_stats_retries, offsetof(uesynth_stats, retries) == 80); /* uint64_t */
ASSERT(uesynth_stats_late_replies, offsetof(uesynth_stats, late_replies) == 88); /* uint64_t */
ASSERT(uesynth_stats_unknown_replies, offsetof(uesynth_stats, unknown_replies) == 96); /* uint64_t */
ASSERT(uesynth_stats_frames_received, offsetof(uesynth_stats, frames_received) == 104); /* uint64_t */
ASSERT(uesynth_stats_frames_delivered, offsetof(uesynth_stats, frames_delivered) == 112); /* uint64_t */
ASSERT(uesynth_stats_frames_queued, offsetof(uesynth_stats, frames_queued) == 120); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_superseded, offsetof(uesynth_stats, frames_dropped_superseded) == 128); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_oldest, offsetof(uesynth_stats, frames_dropped_oldest) == 136); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_newest, offsetof(uesynth_stats, frames_dropped_newest) == 144); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_latest, offsetof(uesynth_stats, frames_dropped_latest) == 152); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_expired, offsetof(uesynth_stats, frames_dropped_expired) == 160); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_abandoned, offsetof(uesynth_stats, frames_dropped_abandoned) == 168); /* uint64_t */
ASSERT(uesynth_stats_frames_dropped_settling, offsetof(uesynth_stats, frames_dropped_settling) == 176); /* uint64_t */
ASSERT(uesynth_stats_bytes_sent, offsetof(uesynth_stats, bytes_sent) == 184); /* uint64_t */
ASSERT(uesynth_stats_bytes_received, offsetof(uesynth_stats, bytes_received) == 192); /* uint64_t */
ASSERT(uesynth_stats_image_bytes, offsetof(uesynth_stats, image_bytes) == 200); /* uint64_t */
ASSERT(uesynth_stats_image_bytes_copied, offsetof(uesynth_stats, image_bytes_copied) == 208); /* uint64_t */
ASSERT(uesynth_stats_buffer_bytes, offsetof(uesynth_stats, buffer_bytes) == 216); /* uint64_t */
ASSERT(uesynth_stats_buffer_bytes_peak, offsetof(uesynth_stats, buffer_bytes_peak) == 224); /* uint64_t */
ASSERT(uesynth_stats_host_frame_bytes, offsetof(uesynth_stats, host_frame_bytes) == 232); /* uint64_t */
ASSERT(uesynth_stats_pool_bytes, offsetof(uesynth_stats, pool_bytes) == 240); /* uint64_t */
ASSERT(uesynth_stats_events_queued, offsetof(uesynth_stats, events_queued) == 248); /* uint64_t */
ASSERT(uesynth_stats_connects, offsetof(uesynth_stats, connects) == 256); /* uint64_t */
ASSERT(uesynth_stats_connect_failures, offsetof(uesynth_stats, connect_failures) == 264); /* uint64_t */
ASSERT(uesynth_stats_disconnects, offsetof(uesynth_stats, disconnects) == 272); /* uint64_t */
ASSERT(uesynth_stats_subscription_beats_missed, offsetof(uesynth_stats, subscription_beats_missed) == 280); /* uint64_t */
ASSERT(uesynth_stats_frame_bytes_kept, offsetof(uesynth_stats, frame_bytes_kept) == 288); /* uint64_t */
ASSERT(uesynth_stats_loop_wakeups, offsetof(uesynth_stats, loop_wakeups) == 296); /* uint64_t */
ASSERT(uesynth_stats_pool_hits, offsetof(uesynth_stats, pool_hits) == 304); /* uint64_t */
ASSERT(uesynth_stats_pool_misses, offsetof(uesynth_stats, pool_misses) == 312); /* uint64_t */
ASSERT(uesynth_stats_connected_since_ns, offsetof(uesynth_stats, connected_since_ns) == 320); /* int64_t */
ASSERT(uesynth_stats_frames_per_second, offsetof(uesynth_stats, frames_per_second) == 328); /* double */
ASSERT(uesynth_stats_commands_per_second, offsetof(uesynth_stats, commands_per_second) == 336); /* double */
ASSERT(uesynth_stats_bytes_received_per_second, offsetof(uesynth_stats, bytes_received_per_second) == 344); /* double */
ASSERT(uesynth_stats_bytes_sent_per_second, offsetof(uesynth_stats, bytes_sent_per_second) == 352); /* double */
ASSERT(uesynth_stats_copies_per_frame, offsetof(uesynth_stats, copies_per_frame) == 360); /* double */
ASSERT(uesynth_stats_watch_events_dropped, offsetof(uesynth_stats, watch_events_dropped) == 368); /* uint64_t */
ASSERT(uesynth_stats_compressed_messages, offsetof(uesynth_stats, compressed_messages) == 376); /* uint64_t */
ASSERT(uesynth_stats_compressed_bytes, offsetof(uesynth_stats, compressed_bytes) == 384); /* uint64_t */
ASSERT(uesynth_stats_inflated_bytes, offsetof(uesynth_stats, inflated_bytes) == 392); /* uint64_t */
ASSERT(uesynth_stats_compression_offers, offsetof(uesynth_stats, compression_offers) == 400); /* uint64_t */
ASSERT(uesynth_stats_compression_offered, offsetof(uesynth_stats, compression_offered) == 408); /* uint64_t */
ASSERT(uesynth_stats_link_bytes_per_second, offsetof(uesynth_stats, link_bytes_per_second) == 416); /* double */
ASSERT(uesynth_stats_inflated_bytes_per_second, offsetof(uesynth_stats, inflated_bytes_per_second) == 424); /* double */
ASSERT(size_of_uesynth_beat, sizeof(uesynth_beat) == 40);
ASSERT(uesynth_beat_struct_size, offsetof(uesynth_beat, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_beat_reserved, offsetof(uesynth_beat, reserved) == 4); /* uint32_t */
ASSERT(uesynth_beat_number, offsetof(uesynth_beat, number) == 8); /* uint64_t */
ASSERT(uesynth_beat_missed_before, offsetof(uesynth_beat, missed_before) == 16); /* uint64_t */
ASSERT(uesynth_beat_intended_ns, offsetof(uesynth_beat, intended_ns) == 24); /* int64_t */
ASSERT(uesynth_beat_actual_ns, offsetof(uesynth_beat, actual_ns) == 32); /* int64_t */
ASSERT(size_of_uesynth_pacer_stats, sizeof(uesynth_pacer_stats) == 72);
ASSERT(uesynth_pacer_stats_struct_size, offsetof(uesynth_pacer_stats, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_pacer_stats_reserved, offsetof(uesynth_pacer_stats, reserved) == 4); /* uint32_t */
ASSERT(uesynth_pacer_stats_rate_hz, offsetof(uesynth_pacer_stats, rate_hz) == 8); /* double */
ASSERT(uesynth_pacer_stats_started_ns, offsetof(uesynth_pacer_stats, started_ns) == 16); /* int64_t */
ASSERT(uesynth_pacer_stats_beats, offsetof(uesynth_pacer_stats, beats) == 24); /* uint64_t */
ASSERT(uesynth_pacer_stats_beats_missed, offsetof(uesynth_pacer_stats, beats_missed) == 32); /* uint64_t */
ASSERT(uesynth_pacer_stats_late_p50_ns, offsetof(uesynth_pacer_stats, late_p50_ns) == 40); /* int64_t */
ASSERT(uesynth_pacer_stats_late_p90_ns, offsetof(uesynth_pacer_stats, late_p90_ns) == 48); /* int64_t */
ASSERT(uesynth_pacer_stats_late_p99_ns, offsetof(uesynth_pacer_stats, late_p99_ns) == 56); /* int64_t */
ASSERT(uesynth_pacer_stats_late_max_ns, offsetof(uesynth_pacer_stats, late_max_ns) == 64); /* int64_t */
ASSERT(size_of_uesynth_sequence_options, sizeof(uesynth_sequence_options) == 40);
ASSERT(uesynth_sequence_options_struct_size, offsetof(uesynth_sequence_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_sequence_options_modality, offsetof(uesynth_sequence_options, modality) == 4); /* uint32_t */
ASSERT(uesynth_sequence_options_camera, offsetof(uesynth_sequence_options, camera) == 8); /* const char * */
ASSERT(uesynth_sequence_options_width, offsetof(uesynth_sequence_options, width) == 16); /* uint32_t */
ASSERT(uesynth_sequence_options_height, offsetof(uesynth_sequence_options, height) == 20); /* uint32_t */
ASSERT(uesynth_sequence_options_ahead, offsetof(uesynth_sequence_options, ahead) == 24); /* uint32_t */
ASSERT(uesynth_sequence_options_route, offsetof(uesynth_sequence_options, route) == 28); /* uint32_t */
ASSERT(uesynth_sequence_options_timeout_ms, offsetof(uesynth_sequence_options, timeout_ms) == 32); /* int64_t */
ASSERT(size_of_uesynth_sequence_stats, sizeof(uesynth_sequence_stats) == 56);
ASSERT(uesynth_sequence_stats_struct_size, offsetof(uesynth_sequence_stats, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_sequence_stats_ahead, offsetof(uesynth_sequence_stats, ahead) == 4); /* uint32_t */
ASSERT(uesynth_sequence_stats_ahead_peak, offsetof(uesynth_sequence_stats, ahead_peak) == 8); /* uint32_t */
ASSERT(uesynth_sequence_stats_reserved, offsetof(uesynth_sequence_stats, reserved) == 12); /* uint32_t */
ASSERT(uesynth_sequence_stats_poses, offsetof(uesynth_sequence_stats, poses) == 16); /* uint64_t */
ASSERT(uesynth_sequence_stats_submitted, offsetof(uesynth_sequence_stats, submitted) == 24); /* uint64_t */
ASSERT(uesynth_sequence_stats_handed_out, offsetof(uesynth_sequence_stats, handed_out) == 32); /* uint64_t */
ASSERT(uesynth_sequence_stats_waits, offsetof(uesynth_sequence_stats, waits) == 40); /* uint64_t */
ASSERT(uesynth_sequence_stats_waited_ns, offsetof(uesynth_sequence_stats, waited_ns) == 48); /* int64_t */
