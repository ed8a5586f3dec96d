/* What a program of 0.1.0 does: every group of the API once, by its own header's words. Compiled against
 * the oldest released header and run with today's library, so it must not use what came later.
 *
 * first_contact TARGET FOLDER: against the simulator. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uesynth.h>
#include <uesynth_raw.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, uesynth_last_error());    \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)
#define OK(call) CHECK((call) == UESYNTH_OK)

static void count_call(const uesynth_event *event, void *count) {
  if (event->type == UESYNTH_EVENT_COMPLETED && event->status == UESYNTH_OK)
    __atomic_fetch_add((int *)count, 1, __ATOMIC_SEQ_CST);
}

static void count_end(void *count) { __atomic_fetch_add((int *)count, 1000, __ATOMIC_SEQ_CST); }

static void wait_for(const int *count, int wanted) {
  struct timespec pause = {0, 2000000};
  for (int i = 0; i < 10000 && __atomic_load_n(count, __ATOMIC_SEQ_CST) < wanted; i++)
    nanosleep(&pause, NULL);
  CHECK(__atomic_load_n(count, __ATOMIC_SEQ_CST) >= wanted);
}

static uesynth_client *open_client(const char *target) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_runtime_options shared = UESYNTH_RUNTIME_OPTIONS_INIT;
  uesynth_runtime *runtime = NULL;
  uesynth_client *client = NULL;
  uint32_t state = 99;
  CHECK(strlen(uesynth_version()) >= 5 && uesynth_version_number() >= 1000);
  CHECK(strcmp(uesynth_status_name(UESYNTH_NO_FRAME), "NO_FRAME") == 0);
  CHECK(uesynth_client_new(NULL, NULL, &client) == UESYNTH_MISUSE && *uesynth_last_error() != 0);
  OK(uesynth_runtime_new(&shared, &runtime));
  OK(uesynth_client_options_preset(UESYNTH_PRESET_DEVELOPMENT, &options));
  OK(uesynth_client_options_channel_argument(&options, "grpc.keepalive_time_ms", 60000));
  CHECK(options.timeout_ms == 30000 && options.keepalive_ms == 60000);
  options.runtime = runtime;
  OK(uesynth_client_new(target, &options, &client));
  uesynth_runtime_free(runtime);
  OK(uesynth_client_connect(client, 20000));
  OK(uesynth_client_state(client, &state));
  CHECK(state == UESYNTH_STATE_READY);
  OK(uesynth_client_prewarm(client, 64 * 48 * 4, 4));
  return client;
}

static void look_at(uesynth_frame *frame, const char *folder) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_pixels pixels = UESYNTH_PIXELS_INIT;
  uint8_t grey[64 * 48], *bytes = NULL;
  size_t size = 0;
  char path[4096];
  OK(uesynth_frame_view(frame, &info));
  CHECK(info.width == 64 && info.height == 48 && info.format == UESYNTH_FORMAT_RGBA8);
  CHECK(info.size == info.stride * 48 && info.data != NULL && info.completed_ns >= info.sent_ns);
  CHECK(info.flags & UESYNTH_FRAME_HAS_POSE && info.pose.location.z == 200);
  pixels.format = UESYNTH_FORMAT_GRAY8;
  pixels.data = grey;
  pixels.capacity = sizeof grey;
  OK(uesynth_frame_decode(frame, &pixels));
  CHECK(pixels.width == 64 && pixels.made_format == UESYNTH_FORMAT_GRAY8);
  OK(uesynth_frame_encode(frame, UESYNTH_FILE_NPY, NULL, &bytes, &size));
  CHECK(size > 64 * 48 * 3 && memcmp(bytes, "\x93NUMPY", 6) == 0);
  uesynth_bytes_free(bytes);
  snprintf(path, sizeof path, "%s/one.npy", folder);
  OK(uesynth_frame_save(frame, path, NULL));
}

static void calls_that_wait(uesynth_client *client, const char *folder) {
  uesynth_transform pose = {{-300, 0, 200}, {-15, 0, 0}, {1, 1, 1}}, back;
  uesynth_action list = UESYNTH_ACTION_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  uesynth_frame *frame = NULL;
  OK(uesynth_client_set_camera_transform(client, "", &pose));
  OK(uesynth_client_get_camera_transform(client, "", &back));
  CHECK(fabsf(back.location.x - pose.location.x) < 0.01f);
  OK(uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 64, 48, &frame));
  CHECK(uesynth_frame_retain(frame) == frame);
  uesynth_frame_release(frame);
  look_at(frame, folder);
  uesynth_frame_release(frame);
  list.kind = UESYNTH_ACTION_LIST_OBJECTS;
  OK(uesynth_client_call(client, &list, NULL, &event));
  CHECK(event.reply != NULL && event.reply->name_count > 0 && event.reply->names[0][0] != 0);
  uesynth_events_release(&event, 1, sizeof event);
}

static void requests_that_do_not_wait(uesynth_client *client) {
  uesynth_action actions[4];
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_event events[4];
  uesynth_frame *frame = NULL;
  uint64_t id = 0, ids[4];
  size_t taken = 0, count = 0, submitted = 0;
  int called = 0, fd = -1;
  for (int i = 0; i < 4; i++) {
    uesynth_action capture = UESYNTH_ACTION_INIT;
    capture.kind = UESYNTH_ACTION_CAPTURE_DEPTH;
    capture.width = capture.height = 16;
    actions[i] = capture;
  }
  OK(uesynth_client_submit(client, actions, NULL, NULL, count_call, &called, count_end));
  wait_for(&called, 1001);

  options.cookie = 77;
  OK(uesynth_client_submit_batch(client, actions, 4, sizeof actions[0], &options, ids, &submitted, NULL,
                                 NULL, NULL));
  CHECK(submitted == 4 && ids[3] > ids[0]);
  OK(uesynth_client_event_fd(client, &fd));
  while (taken < 4) {
    OK(uesynth_client_poll(client, events, 4, sizeof events[0], 20000, &count));
    for (size_t i = 0; i < count; i++)
      CHECK(events[i].status == UESYNTH_OK && events[i].cookie == 77 && events[i].frame != NULL);
    uesynth_events_release(events, count, sizeof events[0]);
    taken += count;
  }
  options.flags = UESYNTH_SUBMIT_NO_EVENT;
  OK(uesynth_client_submit(client, actions, &options, &id, NULL, NULL, NULL));
  OK(uesynth_client_take_frame(client, id, 20000, &frame));
  uesynth_frame_release(frame);
  CHECK(uesynth_client_cancel(client, id) == UESYNTH_ALREADY_COMPLETED);
  OK(uesynth_client_latest_frame(client, UESYNTH_MODALITY_DEPTH, "", 1, &frame));
  uesynth_frame_release(frame);
}

static void many_pictures(uesynth_client *client) {
  uesynth_subscription_options wanted = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_sequence_options along = UESYNTH_SEQUENCE_OPTIONS_INIT;
  uesynth_sequence_stats progress = UESYNTH_SEQUENCE_STATS_INIT;
  uesynth_frameset_options set = UESYNTH_FRAMESET_OPTIONS_INIT;
  uesynth_frameset_part parts[2] = {{UESYNTH_MODALITY_RGB, 16, 16, 0, ""},
                                    {UESYNTH_MODALITY_SEGMENTATION, 16, 16, 0, ""}};
  uesynth_transform poses[3] = {UESYNTH_TRANSFORM_INIT, UESYNTH_TRANSFORM_INIT,
                                UESYNTH_TRANSFORM_INIT};
  uesynth_event event = UESYNTH_EVENT_INIT;
  uesynth_subscription *subscription = NULL;
  uesynth_sequence *sequence = NULL;
  int called = 0;
  wanted.width = wanted.height = along.width = along.height = 16;
  OK(uesynth_client_subscribe(client, &wanted, &subscription, count_call, &called, NULL));
  wait_for(&called, 5);
  uesynth_subscription_close(subscription);

  set.transform = poses;
  set.parts = parts;
  set.part_count = 2;
  OK(uesynth_client_capture_set(client, &set, &event));
  CHECK(event.frameset->result_count == 2 && event.frameset->results[1].frame != NULL);
  uesynth_events_release(&event, 1, sizeof event);

  OK(uesynth_sequence_new(client, &along, poses, 3, &sequence));
  for (uint64_t i = 0; i < 3; i++) {
    uesynth_event next = UESYNTH_EVENT_INIT;
    OK(uesynth_sequence_next(sequence, 20000, &next));
    CHECK(next.cookie == i && next.frame != NULL);
    uesynth_events_release(&next, 1, sizeof next);
  }
  OK(uesynth_sequence_get_stats(sequence, &progress));
  CHECK(progress.handed_out == 3);
  uesynth_sequence_free(sequence);
}

static void facts(uesynth_client *client) {
  uesynth_stats stats = UESYNTH_STATS_INIT;
  uesynth_probe_report report = UESYNTH_PROBE_REPORT_INIT;
  uesynth_pacer_stats pacing = UESYNTH_PACER_STATS_INIT;
  uesynth_beat beat = UESYNTH_BEAT_INIT;
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  uesynth_pacer *pacer = NULL;
  double matrix[16], value = 0;
  int64_t ns = 0;
  char text[65536];
  size_t size = 0;
  OK(uesynth_client_probe(client, 0, 2000, &report));
  CHECK(report.direct[UESYNTH_ACTION_CAPTURE_RGB] == UESYNTH_PROBE_WORKS);
  OK(uesynth_client_stats(client, &stats));
  CHECK(stats.completed_ok > 10 && stats.frames_received >= stats.frames_delivered);
  CHECK(stats.state == UESYNTH_STATE_READY && stats.pool_hits > 0);
  OK(uesynth_client_stat_value(client, "connects", &value));
  CHECK(value == 1 && uesynth_stat_count() > 40 && uesynth_stat_name(0) != NULL);
  OK(uesynth_client_latency(client, 0, UESYNTH_LATENCY_TOTAL, 50, &ns, NULL));
  OK(uesynth_client_stats_text(client, NULL, text, sizeof text, &size));
  CHECK(ns > 0 && size == strlen(text) && size > 1000);
  OK(uesynth_pacer_new(500, &pacer));
  OK(uesynth_pacer_wait(pacer, -1, &beat));
  OK(uesynth_pacer_get_stats(pacer, &pacing));
  CHECK(pacing.beats == 1 && pacing.rate_hz == 500 && beat.actual_ns >= beat.intended_ns);
  uesynth_pacer_free(pacer);
  OK(uesynth_pose_to_matrix(&pose, UESYNTH_AXES_OPENCV, UESYNTH_POSE_METRES, matrix));
  CHECK(matrix[0] == 1 && matrix[15] == 1);
}

static void any_method(uesynth_client *client) {
  uesynth_raw_options options = UESYNTH_RAW_OPTIONS_INIT;
  const uesynth_raw_result *result = NULL;
  OK(uesynth_call_raw(client, "/uesynth.UESynthService/ListObjects", NULL, 0, &options, &result));
  CHECK(result->size > 0 && result->status == UESYNTH_OK);
  uesynth_raw_result_free(result);
}

static void saves(uesynth_client *client, const char *folder) {
  uesynth_save_options options = UESYNTH_SAVE_OPTIONS_INIT;
  uesynth_frame *frame = NULL;
  char path[4096];
  options.flags = UESYNTH_SAVE_NO_EVENT;
  OK(uesynth_client_capture(client, UESYNTH_MODALITY_DEPTH, "", 16, 16, &frame));
  snprintf(path, sizeof path, "%s/two.npy", folder);
  OK(uesynth_client_save(client, frame, path, &options, NULL, NULL, NULL));
  uesynth_frame_release(frame);
  OK(uesynth_client_flush_saves(client, 20000));
}

int main(int count, char **arguments) {
  uesynth_client *client;
  CHECK(count == 3);
  client = open_client(arguments[1]);
  calls_that_wait(client, arguments[2]);
  requests_that_do_not_wait(client);
  many_pictures(client);
  facts(client);
  any_method(client);
  saves(client, arguments[2]);
  OK(uesynth_client_close(client));
  uesynth_client_free(client);
  printf("header %d.%d.%d with library %s\n", UESYNTH_VERSION_MAJOR, UESYNTH_VERSION_MINOR,
         UESYNTH_VERSION_PATCH, uesynth_version());
  return 0;
}
