#define _POSIX_C_SOURCE 200809L
#include "measure.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct stopwatch {
  double wall, cpu;
} stopwatch;

static stopwatch read_stopwatch(void) {
  struct timespec wall;
  struct rusage usage;
  stopwatch now;
  clock_gettime(CLOCK_MONOTONIC, &wall);
  getrusage(RUSAGE_SELF, &usage);
  now.wall = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
  now.cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
            (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  return now;
}

static void add_time(measurement *result, stopwatch start) {
  stopwatch now = read_stopwatch();
  result->seconds = now.wall - start.wall;
  result->cpu_seconds = now.cpu - start.cpu;
}

static void count_failure(measurement *result, uesynth_status status, const char *message) {
  result->failures += 1;
  snprintf(result->problem, sizeof result->problem, "%s: %s", uesynth_status_name(status), message);
}

static void count_frame(measurement *result, const uesynth_frame *frame) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_status status = uesynth_frame_view(frame, &info);
  if (status != UESYNTH_OK) {
    count_failure(result, status, uesynth_last_error());
    return;
  }
  result->pictures += 1;
  result->bytes += info.size;
}

static uesynth_status capture(uesynth_client *client, measurement *result) {
  uesynth_frame *frame = NULL;
  uesynth_status status = uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", MEASURE_WIDTH,
                                                 MEASURE_HEIGHT, &frame);
  if (status == UESYNTH_OK)
    count_frame(result, frame);
  else
    count_failure(result, status, uesynth_last_error());
  uesynth_frame_release(frame);
  return status;
}

/* Connections, caches and memory pools are made by the first pictures: they don't count. */
static uesynth_status warm_up(uesynth_client *client, measurement *result) {
  uesynth_status status = UESYNTH_OK;
  memset(result, 0, sizeof *result);
  for (int i = 0; i < 3 && status == UESYNTH_OK; i++)
    status = capture(client, result);
  if (status == UESYNTH_OK)
    memset(result, 0, sizeof *result);
  return status;
}

void measure_sync(uesynth_client *client, double seconds, measurement *result) {
  if (warm_up(client, result) != UESYNTH_OK)
    return;
  stopwatch start = read_stopwatch();
  while (read_stopwatch().wall < start.wall + seconds && capture(client, result) == UESYNTH_OK)
    continue;
  add_time(result, start);
}

static uesynth_status submit(uesynth_client *client, measurement *result) {
  uesynth_action action = UESYNTH_ACTION_INIT;
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  action.kind = UESYNTH_ACTION_CAPTURE_RGB;
  action.width = MEASURE_WIDTH;
  action.height = MEASURE_HEIGHT;
  options.route = UESYNTH_ROUTE_DIRECT;
  uesynth_status status = uesynth_client_submit(client, &action, &options, NULL, NULL, NULL, NULL);
  if (status != UESYNTH_OK)
    count_failure(result, status, uesynth_last_error());
  return status;
}

/* Returns how many requests came to an end, 0 if none will. */
static uint32_t take_events(uesynth_client *client, measurement *result) {
  uesynth_event events[32];
  size_t count = 0;
  uesynth_status status = uesynth_client_poll(client, events, 32, sizeof events[0], 10000, &count);
  if (status != UESYNTH_OK) {
    count_failure(result, status, uesynth_last_error());
    return 0;
  }
  for (size_t i = 0; i < count; i++) {
    if (events[i].frame != NULL)
      count_frame(result, events[i].frame);
    else
      count_failure(result, events[i].status, events[i].message);
  }
  uesynth_events_release(events, count, sizeof events[0]);
  return (uint32_t)count;
}

void measure_direct(uesynth_client *client, uint32_t in_flight, double seconds,
                    measurement *result) {
  uint32_t waiting = 0;
  if (warm_up(client, result) != UESYNTH_OK)
    return;
  stopwatch start = read_stopwatch();
  for (;;) {
    int more = result->failures == 0 && read_stopwatch().wall < start.wall + seconds;
    while (more && waiting < in_flight && submit(client, result) == UESYNTH_OK)
      waiting += 1;
    if (waiting == 0)
      break;
    uint32_t ended = take_events(client, result);
    if (ended == 0)
      break;
    waiting -= ended < waiting ? ended : waiting;
  }
  add_time(result, start);
}

/* Written on the delivery thread, read on the one that measures. */
typedef struct stream {
  pthread_mutex_t lock;
  measurement seen;
} stream;

static void on_event(const uesynth_event *event, void *user_data) {
  stream *self = user_data;
  pthread_mutex_lock(&self->lock);
  if (event->frame != NULL)
    count_frame(&self->seen, event->frame);
  else
    count_failure(&self->seen, event->status, event->message);
  pthread_mutex_unlock(&self->lock);
}

static void snapshot(stream *self, stopwatch start, measurement *result) {
  pthread_mutex_lock(&self->lock);
  *result = self->seen;
  pthread_mutex_unlock(&self->lock);
  add_time(result, start);
}

void measure_stream(uesynth_client *client, double seconds, measure_progress progress,
                    void *user_data, measurement *result) {
  stream self = {.lock = PTHREAD_MUTEX_INITIALIZER};
  uesynth_subscription *subscription = NULL;
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  struct timespec pause = {0, 100000000};

  options.width = MEASURE_WIDTH;
  options.height = MEASURE_HEIGHT;
  if (warm_up(client, result) != UESYNTH_OK)
    return;
  stopwatch start = read_stopwatch();
  uesynth_status status =
      uesynth_client_subscribe(client, &options, &subscription, on_event, &self, NULL);
  if (status != UESYNTH_OK) {
    count_failure(result, status, uesynth_last_error());
    return;
  }
  do {
    nanosleep(&pause, NULL);
    snapshot(&self, start, result);
    if (progress != NULL)
      progress(result, user_data);
  } while (result->seconds < seconds);
  snapshot(&self, start, result);
  uesynth_subscription_close(subscription); /* no callback touches self after this */
  pthread_mutex_destroy(&self.lock);
}
