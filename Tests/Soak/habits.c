/* What programs do by habit, for thousands of pictures: wait for each of a thousand submits, read nothing but
 * the latest, submit and never fetch; and the preset for throughput on an engine of 60 ticks a second.
 *
 *     habits UESYNTHCTL wait|latest|never|ticks [TIMEOUT_MS]
 *
 * Counts are exact. Exit status 0: all checks held. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uesynth.h>

#include "../../bindings/c/examples/simulator.h"
#include "check.h"
#include "process.h"

enum { WIDTH = 1920, HEIGHT = 1080, BATCH = 1000, ROUNDS = 3 };

static const uint64_t full_hd = (uint64_t)WIDTH * HEIGHT * 4;

static uesynth_action capture_of(uint32_t width, uint32_t height) {
  uesynth_action capture = UESYNTH_ACTION_INIT;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = width;
  capture.height = height;
  return capture;
}

static uesynth_submit_options with_flags(uint32_t flags) {
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  options.flags = flags;
  return options;
}

static void check_picture(uesynth_frame *frame, uint64_t size) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  if (check_ok(uesynth_frame_view(frame, &info), "frame_view"))
    check_equal(info.size, size, "bytes of a picture");
}

/* Memory that the library holds, or that the host does, is within the cap and a few pictures. */
static void check_bounds(const uesynth_client *client, const uesynth_client_options *options,
                         uint64_t held, uesynth_stats *stats) {
  check_stats(client, stats);
  check(stats->buffer_bytes <= options->stream_buffer_bytes, "buffer_bytes %" PRIu64,
        stats->buffer_bytes);
  check(stats->host_frame_bytes <= held, "host_frame_bytes %" PRIu64, stats->host_frame_bytes);
  check(stats->pool_bytes <= options->stream_buffer_bytes + held + ((uint64_t)256 << 20) + (1 << 20),
        "pool_bytes %" PRIu64, stats->pool_bytes);
}

/* Submits a thousand, then waits for each: with no event, with an event that only tells, and with one that
 * nobody polls until the end. */
static void wait_for_each(uesynth_client *client, const uesynth_client_options *options) {
  static const uint32_t flags[ROUNDS] = {UESYNTH_SUBMIT_NO_EVENT, UESYNTH_SUBMIT_NOTIFY_ONLY, 0};
  const uesynth_action capture = capture_of(WIDTH, HEIGHT);
  static uint64_t ids[BATCH];
  uesynth_stats stats;
  size_t polled = 0;

  for (int round = 0; round < ROUNDS; round++) {
    const uesynth_submit_options wanted = with_flags(flags[round]);
    for (int i = 0; i < BATCH; i++)
      check_ok(uesynth_client_submit(client, &capture, &wanted, &ids[i], NULL, NULL, NULL),
               "submit");
    for (int i = 0; i < BATCH; i++) {
      uesynth_frame *frame = NULL;
      if (!check_ok(uesynth_client_take_frame(client, ids[i], 20000, &frame), "take_frame"))
        continue;
      check_picture(frame, full_hd);
      if (i % 50 == 0)
        check_bounds(client, options, 2 * full_hd, &stats);
      uesynth_frame_release(frame);
    }
  }
  for (;;) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (uesynth_client_poll(client, &event, 1, sizeof event, 0, &count) != UESYNTH_OK)
      break;
    polled++;
    check(event.frame == NULL, "an event shows a picture that was taken before");
    uesynth_events_release(&event, 1, sizeof event);
  }
  check_equal(polled, 2 * BATCH, "events");
  check_stats(client, &stats);
  check_equal(stats.completed_ok, ROUNDS * BATCH, "completed_ok");
  check_equal(stats.requests_submitted, ROUNDS * BATCH, "requests_submitted");
  check_equal(stats.frames_delivered, ROUNDS * BATCH, "frames_delivered");
  check_equal(stats.frames_received, ROUNDS * BATCH, "frames_received");
  check_equal(stats.host_frame_bytes, 0, "host_frame_bytes");
  printf("wait: %d pictures, every one taken\n", ROUNDS * BATCH);
}

/* Reads the latest until so many have come. Returns how many were read. */
static uint64_t read_latest(uesynth_client *client, const uesynth_client_options *options,
                            uint64_t size, uint64_t wanted) {
  const int64_t deadline = now_ns() + 60000000000;
  uint64_t count = 0, last_sequence = 0;
  uesynth_stats stats;

  do {
    uesynth_frame *frame = NULL;
    if (uesynth_client_latest_frame(client, UESYNTH_MODALITY_RGB, NULL, 0, &frame) == UESYNTH_OK) {
      uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
      check_ok(uesynth_frame_view(frame, &info), "frame_view");
      check_equal(info.size, size, "bytes of a picture");
      check(info.sequence > last_sequence, "the latest is %" PRIu64 " after %" PRIu64,
            info.sequence, last_sequence);
      last_sequence = info.sequence;
      count++;
      uesynth_frame_release(frame);
    }
    sleep_ms(1);
    check_bounds(client, options, 2 * full_hd, &stats);
    if (!check(now_ns() < deadline, "only %" PRIu64 " pictures have come", stats.frames_received))
      break;
  } while (stats.frames_received < wanted);
  return count;
}

static void end_latest(uesynth_client *client, uint64_t read, const char *how) {
  uesynth_stats stats;

  for (int i = 0; i < 1000; i++) {
    check_stats(client, &stats);
    if (stats.requests_in_flight == 0)
      break;
    sleep_ms(10);
  }
  check_equal(stats.requests_in_flight, 0, "requests in flight at the end");
  check_equal(stats.frames_delivered, read, "frames_delivered");
  check_equal(stats.frames_received,
              read + stats.frames_queued + stats.frames_dropped_superseded +
                  stats.frames_dropped_abandoned,
              "frames that came, by what became of them");
  printf("latest, %s: %" PRIu64 " pictures came, %" PRIu64 " were read, %" PRIu64
         " events unread\n",
         how, stats.frames_received, read, stats.events_queued);
}

static uesynth_subscription *subscribe(uesynth_client *client, uint32_t width, uint32_t height,
                                       uint32_t depth) {
  uesynth_subscription_options wanted = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_subscription *subscription = NULL;
  wanted.width = width;
  wanted.height = height;
  wanted.depth = depth;
  check_ok(uesynth_client_subscribe(client, &wanted, &subscription, NULL, NULL, NULL), "subscribe");
  return subscription;
}

static void latest_alone(const char *target, const uesynth_client_options *options) {
  uesynth_client *client = NULL;
  uesynth_subscription *subscription;
  uint64_t read;

  /* While a subscription runs. */
  check_ok(uesynth_client_new(target, options, &client), "client_new");
  subscription = subscribe(client, WIDTH, HEIGHT, 8);
  read = read_latest(client, options, full_hd, 3000);
  uesynth_subscription_close(subscription);
  end_latest(client, read, "subscription");
  uesynth_client_free(client);

  /* For so long that the events that nobody polls are more than are kept. */
  check_ok(uesynth_client_new(target, options, &client), "client_new");
  subscription = subscribe(client, 16, 16, 256);
  read = read_latest(client, options, 16 * 16 * 4, 140000);
  uesynth_subscription_close(subscription);
  end_latest(client, read, "many events");
  uesynth_client_free(client);

  /* While submits run, whose events nobody polls. */
  check_ok(uesynth_client_new(target, options, &client), "client_new");
  read = 0;
  for (uint64_t sent = 0; sent < 2000; sent += 100) {
    const uesynth_action capture = capture_of(WIDTH, HEIGHT);
    for (int i = 0; i < 100; i++)
      check_ok(uesynth_client_submit(client, &capture, NULL, NULL, NULL, NULL, NULL), "submit");
    read += read_latest(client, options, full_hd, sent + 100);
  }
  end_latest(client, read, "submits");
  uesynth_client_free(client);
}

typedef struct fetchless {
  uint64_t commands, calls;
} fetchless;

/* Commands and unary calls go on meanwhile. */
static void do_others(uesynth_client *client, fetchless *self) {
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  uesynth_submit_options direct = with_flags(0);
  uesynth_action listing = UESYNTH_ACTION_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  const int64_t from = now_ns();

  listing.kind = UESYNTH_ACTION_LIST_OBJECTS;
  direct.route = UESYNTH_ROUTE_DIRECT;
  check_ok(uesynth_client_call(client, &listing, &direct, &event), "a unary call");
  uesynth_events_release(&event, 1, sizeof event);
  self->calls++;

  /* Commands keep ORDER with the captures unless told not to, so they would wait for all of these. */
  uesynth_action turning = UESYNTH_ACTION_INIT;
  uesynth_submit_options loose = with_flags(UESYNTH_SUBMIT_ORDER_NONE);
  turning.kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
  turning.transform = pose;
  loose.route = UESYNTH_ROUTE_DIRECT;
  event = (uesynth_event)UESYNTH_EVENT_INIT;
  check_ok(uesynth_client_call(client, &turning, &loose, &event), "a command");
  uesynth_events_release(&event, 1, sizeof event);
  self->commands++;
  check(now_ns() - from < 4000000000, "a call and a command took %.1f s",
        (double)(now_ns() - from) / 1e9);
}

/* Submits 5,000 and fetches none. */
static void never_fetch(uesynth_client *client, const uesynth_client_options *options) {
  enum { COUNT = 5000 };
  const uesynth_action capture = capture_of(WIDTH, HEIGHT);
  const uesynth_submit_options wanted = with_flags(UESYNTH_SUBMIT_NO_EVENT);
  const int64_t from = now_ns(), deadline = from + 600 * (int64_t)1000000000;
  fetchless others = {0, 0};
  uesynth_stats stats;

  for (int i = 0; i < COUNT; i++) {
    if (!check_ok(uesynth_client_submit(client, &capture, &wanted, NULL, NULL, NULL, NULL),
                  "submit"))
      break;
    if (i % 250 == 0) {
      do_others(client, &others);
      check_bounds(client, options, 0, &stats);
    }
  }
  for (;;) {
    check_bounds(client, options, 0, &stats);
    if (stats.requests_in_flight == 0 || !check(now_ns() < deadline, "it has stalled"))
      break;
    do_others(client, &others);
    sleep_ms(100);
  }
  check_equal(stats.completed_ok, COUNT + others.calls + others.commands, "completed_ok");
  check_equal(stats.frames_received, COUNT, "frames_received");
  check_equal(stats.frames_dropped_expired + stats.frames_queued, COUNT, "expired and queued");
  check_equal(stats.frames_queued * full_hd, stats.frame_bytes_kept, "frame_bytes_kept");
  check(stats.frames_queued > 0, "no picture is left");
  printf("never: %d submitted, %" PRIu64 " expired, %" PRIu64 " left; %" PRIu64
         " calls and commands meanwhile; %.1f s\n",
         COUNT, stats.frames_dropped_expired, stats.frames_queued, others.calls + others.commands,
         (double)(now_ns() - from) / 1e9);
}

/* A thousand captures with a timeout of one second on an engine that needs sixteen for them. */
static void sixty_ticks(uesynth_client *client) {
  const uesynth_action capture = capture_of(640, 480);
  const int64_t from = now_ns();
  uint64_t pictures = 0;
  uesynth_stats stats;

  for (int i = 0; i < BATCH; i++)
    check_ok(uesynth_client_submit(client, &capture, NULL, NULL, NULL, NULL, NULL), "submit");
  for (int i = 0; i < BATCH; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (!check_ok(uesynth_client_poll(client, &event, 1, sizeof event, 10000, &count), "poll"))
      break;
    if (check(event.status == UESYNTH_OK, "a capture ended with %s: %s",
              uesynth_status_name(event.status), event.message) &&
        event.frame != NULL) {
      check_picture(event.frame, 640 * 480 * 4);
      pictures++;
    }
    uesynth_events_release(&event, 1, sizeof event);
  }
  check_equal(pictures, BATCH, "pictures");
  check_stats(client, &stats);
  check_equal(stats.completed_ok, BATCH, "completed_ok");
  check_equal(stats.frames_delivered, BATCH, "frames_delivered");
  printf("ticks: %" PRIu64 " pictures at 60 Hz in %.1f s\n", pictures,
         (double)(now_ns() - from) / 1e9);
}

int main(int argc, char **argv) {
  const char *const replay[] = {"--replay", NULL};
  const char *const ticks[] = {"--replay", "--tick-hz", "60", NULL};
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_client *client = NULL;
  simulator server;

  if (argc < 3) {
    fprintf(stderr, "usage: habits UESYNTHCTL wait|latest|never|ticks [TIMEOUT_MS]\n");
    return 2;
  }
  const char *habit = argv[2];
  const int is_ticks = strcmp(habit, "ticks") == 0;
  check_begin(habit);
  if (is_ticks)
    check_ok(uesynth_client_options_preset(UESYNTH_PRESET_HIGH_THROUGHPUT, &options), "preset");
  if (argc > 3)
    options.timeout_ms = atoi(argv[3]);
  if (simulator_start(&server, argv[1], is_ticks ? ticks : replay) != 0) {
    fprintf(stderr, "%s\n", server.problem);
    return 1;
  }
  const int descriptors = open_descriptors(), threads = running_threads();
  if (strcmp(habit, "latest") == 0) {
    latest_alone(server.target, &options);
  } else if (check_ok(uesynth_client_new(server.target, &options, &client), "client_new")) {
    if (strcmp(habit, "wait") == 0)
      wait_for_each(client, &options);
    else if (strcmp(habit, "never") == 0)
      never_fetch(client, &options);
    else if (is_ticks)
      sixty_ticks(client);
    else
      check(0, "no such habit");
    uesynth_client_free(client);
  }
  for (int i = 0; i < 100 && running_threads() != threads; i++)
    sleep_ms(10);
  check_equal((uint64_t)running_threads(), (uint64_t)threads, "threads after free");
  check_equal((uint64_t)open_descriptors(), (uint64_t)descriptors, "descriptors after free");
  simulator_stop(&server);
  return check_failures() == 0 ? 0 : 1;
}
