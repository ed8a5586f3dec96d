/* Written by Tests/ABI/record.py from include/uesynth.h: the types of functions and callbacks. */
#include "uesynth.h"

#ifdef __cplusplus
extern "C" {
#endif

extern uesynth_destroy_fn a_uesynth_destroy_fn;
extern void (*a_uesynth_destroy_fn)(void *);
extern uesynth_event_fn a_uesynth_event_fn;
extern void (*a_uesynth_event_fn)(const uesynth_event *, void *);
extern uesynth_metadata_fn a_uesynth_metadata_fn;
extern uesynth_status (*a_uesynth_metadata_fn)(const char *, uesynth_metadata_list *, void *);
extern uesynth_status a_uesynth_status;
extern int32_t a_uesynth_status;
extern uesynth_thread_fn a_uesynth_thread_fn;
extern void (*a_uesynth_thread_fn)(uint32_t, uint32_t, void *);
const char *uesynth_version(void);
uint32_t uesynth_version_number(void);
const char *uesynth_status_name(uesynth_status);
const char *uesynth_last_error(void);
uesynth_status uesynth_frame_view(const uesynth_frame *, uesynth_frame_info *);
uesynth_frame *uesynth_frame_retain(uesynth_frame *);
void uesynth_frame_release(uesynth_frame *);
void uesynth_events_release(uesynth_event *, size_t, size_t);
uesynth_status uesynth_runtime_new(const uesynth_runtime_options *, uesynth_runtime **);
void uesynth_runtime_free(uesynth_runtime *);
uesynth_status uesynth_metadata_list_add(uesynth_metadata_list *, const char *, const void *, size_t);
uesynth_status uesynth_client_options_preset(uint32_t, uesynth_client_options *);
uesynth_status uesynth_client_options_channel_argument(uesynth_client_options *, const char *, int64_t);
uesynth_status uesynth_client_options_environment(uesynth_client_options *, char *, size_t);
uesynth_status uesynth_client_new(const char *, const uesynth_client_options *, uesynth_client **);
uesynth_status uesynth_client_connect(uesynth_client *, int64_t);
uesynth_status uesynth_client_state(const uesynth_client *, uint32_t *);
uesynth_status uesynth_client_prewarm(uesynth_client *, size_t, uint32_t);
uesynth_status uesynth_client_close(uesynth_client *);
void uesynth_client_free(uesynth_client *);
uesynth_status uesynth_client_call(uesynth_client *, const uesynth_action *, const uesynth_submit_options *, uesynth_event *);
uesynth_status uesynth_client_capture(uesynth_client *, uint32_t, const char *, uint32_t, uint32_t, uesynth_frame **);
uesynth_status uesynth_client_set_camera_transform(uesynth_client *, const char *, const uesynth_transform *);
uesynth_status uesynth_client_get_camera_transform(uesynth_client *, const char *, uesynth_transform *);
uesynth_status uesynth_client_set_object_transform(uesynth_client *, const char *, const uesynth_transform *);
uesynth_status uesynth_client_get_object_transform(uesynth_client *, const char *, uesynth_transform *);
uesynth_status uesynth_client_submit(uesynth_client *, const uesynth_action *, const uesynth_submit_options *, uint64_t *, uesynth_event_fn, void *, uesynth_destroy_fn);
uesynth_status uesynth_client_submit_batch(uesynth_client *, const uesynth_action *, size_t, size_t, const uesynth_submit_options *, uint64_t *, size_t *, uesynth_event_fn, void *, uesynth_destroy_fn);
uesynth_status uesynth_client_cancel(uesynth_client *, uint64_t);
uesynth_status uesynth_client_capture_set(uesynth_client *, const uesynth_frameset_options *, uesynth_event *);
uesynth_status uesynth_client_submit_set(uesynth_client *, const uesynth_frameset_options *, uint64_t *, uesynth_event_fn, void *, uesynth_destroy_fn);
uesynth_status uesynth_client_poll(uesynth_client *, uesynth_event *, size_t, size_t, int64_t, size_t *);
uesynth_status uesynth_client_event_fd(uesynth_client *, int *);
uesynth_status uesynth_client_watch(uesynth_client *, const uesynth_watch_options *, uesynth_event_fn, void *, uesynth_destroy_fn);
uesynth_status uesynth_client_latest_frame(uesynth_client *, uint32_t, const char *, int, uesynth_frame **);
uesynth_status uesynth_client_take_frame(uesynth_client *, uint64_t, int64_t, uesynth_frame **);
uesynth_status uesynth_client_subscribe(uesynth_client *, const uesynth_subscription_options *, uesynth_subscription **, uesynth_event_fn, void *, uesynth_destroy_fn);
void uesynth_subscription_close(uesynth_subscription *);
uesynth_status uesynth_client_probe(uesynth_client *, uint32_t, int64_t, uesynth_probe_report *);
uesynth_status uesynth_frame_decode(const uesynth_frame *, uesynth_pixels *);
uesynth_status uesynth_frame_convert(const uesynth_frame *, uesynth_pixels *);
uesynth_status uesynth_frame_encode(const uesynth_frame *, uint32_t, const uesynth_picture_options *, uint8_t **, size_t *);
void uesynth_bytes_free(uint8_t *);
uesynth_status uesynth_frame_save(const uesynth_frame *, const char *, const uesynth_picture_options *);
uesynth_status uesynth_client_save(uesynth_client *, const uesynth_frame *, const char *, const uesynth_save_options *, uesynth_event_fn, void *, uesynth_destroy_fn);
uesynth_status uesynth_client_flush_saves(uesynth_client *, int64_t);
uesynth_status uesynth_client_stats(const uesynth_client *, uesynth_stats *);
size_t uesynth_stat_count(void);
const char *uesynth_stat_name(size_t);
uesynth_status uesynth_client_stat_values(const uesynth_client *, double *, size_t);
uesynth_status uesynth_client_stat_value(const uesynth_client *, const char *, double *);
uesynth_status uesynth_client_latency(const uesynth_client *, uint32_t, uint32_t, double, int64_t *, uint64_t *);
uesynth_status uesynth_client_stats_text(const uesynth_client *, const char *, char *, size_t, size_t *);
uesynth_status uesynth_pacer_new(double, uesynth_pacer **);
uesynth_status uesynth_pacer_wait(uesynth_pacer *, int64_t, uesynth_beat *);
uesynth_status uesynth_pacer_fd(uesynth_pacer *, int *);
uesynth_status uesynth_pacer_get_stats(uesynth_pacer *, uesynth_pacer_stats *);
uesynth_status uesynth_pacer_late(uesynth_pacer *, double, int64_t *);
void uesynth_pacer_free(uesynth_pacer *);
uesynth_status uesynth_sequence_new(uesynth_client *, const uesynth_sequence_options *, const uesynth_transform *, size_t, uesynth_sequence **);
uesynth_status uesynth_sequence_next(uesynth_sequence *, int64_t, uesynth_event *);
uesynth_status uesynth_sequence_cancel(uesynth_sequence *);
uesynth_status uesynth_sequence_get_stats(uesynth_sequence *, uesynth_sequence_stats *);
void uesynth_sequence_free(uesynth_sequence *);
uesynth_status uesynth_pose_to_matrix(const uesynth_transform *, uint32_t, uint32_t, double *);
uesynth_status uesynth_pose_to_quaternion(const uesynth_transform *, uint32_t, uint32_t, double *);
uesynth_status uesynth_camera_intrinsics(double, uint32_t, uint32_t, double *);

#ifdef __cplusplus
}
#endif
