#define _GNU_SOURCE
#include "visit.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <uesynth_raw.h>

enum { WIDTH = 64, HEIGHT = 48, STREAMED = 4 };

const char *target;
static uint64_t reference; /* what every picture adds up to */
long errors;
long dead;
int wait_ms = LONG_MS;

double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int went_well(uesynth_status status) {
  if (status == UESYNTH_OK)
    return 1;
  if (strcmp(uesynth_status_name(status), "UNKNOWN_STATUS") == 0)
    wrong("status %d", status);
  /* What has failed once is known at once: only a system that goes on failing may make calls wait. */
  if (status == UESYNTH_DEADLINE_EXCEEDED && wait_ms == LONG_MS)
    wrong("a single fault became a wait: %s", uesynth_last_error());
  errors++;
  return 0;
}

static void look_at(const uesynth_frame *frame) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uint64_t sum = 0;
  if (uesynth_frame_view(frame, &info) != UESYNTH_OK || info.width != WIDTH || info.height != HEIGHT)
    wrong("a frame of %u x %u", info.width, info.height);
  for (size_t i = 0; i < info.size; i++)
    sum = sum * 31 + info.data[i];
  if (reference == 0)
    reference = sum;
  if (sum != reference)
    wrong("a frame with other pixels");
}

static void encode(const uesynth_frame *frame) {
  for (uint32_t file = UESYNTH_FILE_PNG; file <= UESYNTH_FILE_NPY; file++) {
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (went_well(uesynth_frame_encode(frame, file, NULL, &bytes, &size)))
      uesynth_bytes_free(bytes);
  }
}

static void direct(uesynth_client *client) {
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  options.route = UESYNTH_ROUTE_DIRECT;
  if (went_well(uesynth_client_call(client, &capture, &options, &event))) {
    look_at(event.frame);
    encode(event.frame);
  }
  uesynth_events_release(&event, 1, sizeof event);
}

typedef struct tally {
  atomic_int calls, ends;
} tally;

static void count_call(const uesynth_event *event, void *counted) {
  if (event->frame != NULL)
    look_at(event->frame);
  atomic_fetch_add(&((tally *)counted)->calls, 1);
}

static void count_end(void *counted) { atomic_fetch_add(&((tally *)counted)->ends, 1); }

/* The callback comes if the request was accepted, and its end in any case: each once. */
static void called_back(uesynth_client *client) {
  static tally counted;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  int descriptor = -1;
  atomic_store(&counted.calls, 0);
  atomic_store(&counted.ends, 0);
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  int accepted = went_well(
      uesynth_client_submit(client, &capture, NULL, NULL, count_call, &counted, count_end));
  double until = now_ms() + PATIENCE_MS;
  while (atomic_load(&counted.ends) < 1) {
    if (now_ms() > until)
      wrong("the end of a callback does not come");
    sleep_ms(1);
  }
  if (atomic_load(&counted.ends) != 1 || atomic_load(&counted.calls) != accepted)
    wrong("%d calls of %d, %d ends", counted.calls, accepted, counted.ends);
  went_well(uesynth_client_event_fd(client, &descriptor));
}

/* Each of them ends exactly once. */
static void streamed(uesynth_client *client) {
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uint64_t ids[STREAMED];
  int accepted = 0, ended = 0;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  options.route = UESYNTH_ROUTE_STREAM;
  for (int i = 0; i < STREAMED; i++)
    accepted += went_well(
        uesynth_client_submit(client, &capture, &options, &ids[accepted], NULL, NULL, NULL));
  double until = now_ms() + PATIENCE_MS;
  while (ended < accepted) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (uesynth_client_poll(client, &event, 1, sizeof event, 100, &count) != UESYNTH_OK) {
      if (now_ms() > until)
        wrong("%d of %d requests have no end", accepted - ended, accepted);
      continue;
    }
    int known = 0;
    for (int i = 0; i < accepted; i++) {
      if (ids[i] == event.request_id) {
        ids[i] = 0;
        known = 1;
      }
    }
    if (!known)
      wrong("request %llu ended twice, or was never made", (unsigned long long)event.request_id);
    if (went_well(event.status))
      look_at(event.frame);
    uesynth_events_release(&event, 1, sizeof event);
    ended++;
  }
}

static void raw(uesynth_client *client) {
  const uesynth_raw_result *result = NULL;
  uesynth_raw_options options = UESYNTH_RAW_OPTIONS_INIT;
  uesynth_raw_stream *stream = NULL;
  const char *method = "/uesynth.UESynthService/GetCameraTransform";
  went_well(uesynth_call_raw(client, method, NULL, 0, NULL, &result));
  uesynth_raw_result_free(result);
  options.timeout_ms = wait_ms;
  if (!went_well(uesynth_raw_stream_open(client, method, &options, &stream)))
    return;
  result = NULL;
  went_well(uesynth_raw_stream_write(stream, NULL, 0, wait_ms));
  went_well(uesynth_raw_stream_writes_done(stream));
  if (uesynth_raw_stream_finish(stream, PATIENCE_MS, &result) == UESYNTH_WOULD_BLOCK)
    wrong("a raw call has no end");
  uesynth_raw_result_free(result);
  uesynth_raw_stream_free(stream);
}

uesynth_status make(uesynth_client **client) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  options.timeout_ms = options.connect_timeout_ms = wait_ms;
  options.initial_backoff_ms = options.max_backoff_ms = 1;
  options.compression = UESYNTH_COMPRESSION_ON;
  return session_client(target, options, client);
}

void use(uesynth_client *client) {
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  pose.location.x = 100;
  went_well(uesynth_client_connect(client, wait_ms));
  went_well(uesynth_client_set_camera_transform(client, "", &pose));
  streamed(client);
  direct(client);
  called_back(client);
  raw(client);
}

/* Whether a client works, after at most so many tries. */
static int recovers(uesynth_client *client, int tries) {
  for (int i = 0; i < tries; i++) {
    long before = errors;
    use(client);
    if (errors == before)
      return 1;
    sleep_ms(5);
  }
  return 0;
}

void expect_recovery(uesynth_client *client, int may_be_dead) {
  uesynth_stats stats = UESYNTH_STATS_INIT;
  if (!recovers(client, may_be_dead ? 5 : 300)) {
    uesynth_client *other = NULL;
    if (!may_be_dead || make(&other) != UESYNTH_OK || !recovers(other, 5))
      wrong("the client does not work again: %s", uesynth_last_error());
    uesynth_client_free(other);
    dead++;
  }
  if (uesynth_client_stats(client, &stats) != UESYNTH_OK || stats.requests_in_flight != 0)
    wrong("%llu requests are under way for ever", (unsigned long long)stats.requests_in_flight);
}

int descriptor_count(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL)
    return -1;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

void build_up(void) {
  enum { MANY = 512 };
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_client *client = NULL;
  const char *real = target;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  target = "127.0.0.1:1";
  if (!went_well(make(&client)))
    wrong("%s", uesynth_last_error());
  for (int i = 0; i < MANY; i++)
    went_well(uesynth_client_submit(client, &capture, NULL, NULL, NULL, NULL, NULL));
  for (int i = 0; i < MANY; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (uesynth_client_poll(client, &event, 1, sizeof event, PATIENCE_MS, &count) != UESYNTH_OK)
      wrong("%s", uesynth_last_error());
    uesynth_events_release(&event, 1, sizeof event);
  }
  uesynth_client_free(client);
  target = real;
}

long session_with(fault kind, long n, int error, int lasting) {
  uesynth_client *client = NULL;
  int descriptors = descriptor_count();
  errors = 0;
  fault_arm(kind, n, error, lasting);
  if (went_well(make(&client)))
    use(client);
  long count = fault_disarm();
  if (client == NULL && uesynth_last_error()[0] == '\0')
    wrong("no client, and nothing is said about it");
  if (client != NULL)
    expect_recovery(client, kind == FAULT_MALLOC && server_certificate != NULL);
  uesynth_client_free(client);
  for (int i = 0; thread_count() > 1; i++) {
    if (i == 2000)
      wrong("%d threads are left", thread_count() - 1);
    sleep_ms(1);
  }
  if (descriptor_count() != descriptors)
    wrong("%d descriptors, and %d before", descriptor_count(), descriptors);
  return count;
}
