/* A soak: pictures at full rate, hosts that are slower, one overflow policy. Checks that memory stays flat and
 * under its caps, that every counter adds up to the last picture, and that nothing is left behind.
 *
 *     soak UESYNTHCTL block|drop-oldest|drop-newest|latest SECONDS [WIDTH HEIGHT [MIB]]
 *
 * Prints one row of a table (soak --head: its head). Exit status 0: all checks held. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uesynth.h>

#include "../../bindings/c/examples/simulator.h"
#include "check.h"
#include "process.h"
#include "stream.h"

enum {
  LANES = 4,
  SAMPLE_MS = 100,
  MOST_SAMPLES = 1 << 16,
  FLAT_KIB = 2048,
  POOL_DEPTH = 64, /* buffers of a size that the pool keeps for reuse, at most */
  PAGE = 4096
};

static const char *const policies[] = {"block", "drop-oldest", "drop-newest", "latest"};

typedef struct samples {
  long resident[MOST_SAMPLES], server[MOST_SAMPLES];
  size_t count;
} samples;

typedef struct outcome {
  uint64_t pool_peak, buffer_peak, held_pictures;
  uint64_t others; /* requests that went on while pictures were withheld */
  long pauses;
} outcome;

static stream pictures;
static samples memory;

static int ascending(const void *a, const void *b) {
  const long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

/* The median of one quarter, 0 to 3. */
static long quarter(const long *values, size_t count, int number) {
  static long sorted[MOST_SAMPLES];
  size_t from = count * (size_t)number / 4, to = count * (size_t)(number + 1) / 4;

  if (to <= from)
    return 0;
  memcpy(sorted, values + from, (to - from) * sizeof *values);
  qsort(sorted, to - from, sizeof *sorted, ascending);
  return sorted[(to - from) / 2];
}

static uint64_t padded(uint64_t bytes) { return (bytes + PAGE - 1) / PAGE * PAGE; }

/* What has to be true of every snapshot while only this soak's pictures are under way. */
static void check_snapshot(const uesynth_client *client, const uesynth_client_options *options,
                           outcome *found, uesynth_stats *stats) {
  const uint64_t size = pictures.frame_bytes;

  check_stats(client, stats);
  check(stats->buffer_bytes <= options->stream_buffer_bytes,
        "buffer_bytes %" PRIu64 " is over its cap of %" PRIu64, stats->buffer_bytes,
        options->stream_buffer_bytes);
  check(stats->buffer_bytes >= stats->frame_bytes_kept,
        "buffer_bytes %" PRIu64 " leaves out frames of %" PRIu64, stats->buffer_bytes,
        stats->frame_bytes_kept);
  /* What waits, and at most the latest of each modality after it was handed out. */
  check(stats->frame_bytes_kept >= stats->frames_queued * size &&
            stats->frame_bytes_kept <= (stats->frames_queued + 2) * size &&
            stats->frame_bytes_kept % size == 0,
        "frame_bytes_kept %" PRIu64 " with %" PRIu64 " frames of %" PRIu64 " queued",
        stats->frame_bytes_kept, stats->frames_queued, size);
  check(stats->frames_queued <= options->stream_buffer_size, "%" PRIu64 " frames are queued",
        stats->frames_queued);
  check_equal(stats->pool_bytes % padded(size), 0, "pool_bytes modulo a picture");
  /* Pictures that wait, on their way, of the host, and free. */
  check(stats->pool_bytes <= options->stream_buffer_bytes +
                                 (STREAM_KEPT + 2 + POOL_DEPTH) * padded(size),
        "pool_bytes %" PRIu64, stats->pool_bytes);
  check(stats->host_frame_bytes <= (STREAM_KEPT + 3) * size, "host_frame_bytes %" PRIu64,
        stats->host_frame_bytes);
  if (stats->pool_bytes > found->pool_peak)
    found->pool_peak = stats->pool_bytes;
}

/* BLOCK, and no host takes anything: the server is held back, and everything else goes on. */
static void pause_hosts(uesynth_client *client, const uesynth_client_options *options, pid_t server,
                        outcome *found) {
  uesynth_action listing = UESYNTH_ACTION_INIT, reading = UESYNTH_ACTION_INIT;
  uesynth_action turning = UESYNTH_ACTION_INIT, capture = UESYNTH_ACTION_INIT;
  uesynth_submit_options direct = UESYNTH_SUBMIT_OPTIONS_INIT, streamed = direct, short_ = direct;
  uesynth_stats before, after;
  /* What fits when not one picture more does: the windows of the lanes that wait are theirs and not yet
   * given, and that of one direct call keeps its place. */
  const uint64_t cap = options->stream_buffer_bytes;
  const uint64_t full = cap - cap / 16 - cap / 64 - pictures.frame_bytes;
  uesynth_event event;
  long server_before;
  int64_t from;

  listing.kind = UESYNTH_ACTION_LIST_OBJECTS;
  reading.kind = UESYNTH_ACTION_GET_CAMERA_TRANSFORM;
  turning.kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = pictures.options.width;
  capture.height = pictures.options.height;
  direct.route = UESYNTH_ROUTE_DIRECT;
  streamed.route = UESYNTH_ROUTE_STREAM;
  streamed.flags = UESYNTH_SUBMIT_ORDER_NONE;
  short_.route = UESYNTH_ROUTE_DIRECT;
  short_.timeout_ms = 60;

  atomic_store(&pictures.pauses, 1);
  /* Until what fits has come; a busy machine may be slow to send it. The first two of these also bring the
   * pool to its full size. */
  from = now_ns();
  do {
    check_snapshot(client, options, found, &before);
    sleep_ms(250);
    check_snapshot(client, options, found, &after);
  } while (after.frames_received != before.frames_received ||
           (after.buffer_bytes < full && now_ns() - from < 20000000000));
  before = after;
  server_before = resident_kib(server);
  check(before.requests_in_flight >= 2, "only %" PRIu64 " captures are held back",
        before.requests_in_flight);
  check(before.buffer_bytes >= full, "held back at %" PRIu64 " of %" PRIu64 " bytes",
        before.buffer_bytes, cap);

  from = now_ns();
  while (now_ns() - from < 400000000) {
    const struct {
      const uesynth_action *action;
      const uesynth_submit_options *options;
      const char *name;
    } others[] = {{&listing, &direct, "a unary call"},
                  {&reading, &streamed, "a read on another lane"},
                  {&turning, &streamed, "a command on another lane"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
      event = (uesynth_event)UESYNTH_EVENT_INIT;
      check_ok(uesynth_client_call(client, others[i].action, others[i].options, &event),
               others[i].name);
      uesynth_events_release(&event, 1, sizeof event);
      found->others++;
    }
  }
  event = (uesynth_event)UESYNTH_EVENT_INIT;
  from = now_ns();
  uesynth_status status = uesynth_client_call(client, &capture, &short_, &event);
  check(status == UESYNTH_DEADLINE_EXCEEDED, "a capture with no room ended with %s",
        uesynth_status_name(status));
  check(now_ns() - from < 3000000000, "a deadline of 60 ms took %.3f s",
        (double)(now_ns() - from) / 1e9);
  uesynth_events_release(&event, 1, sizeof event);
  found->others++;

  check_snapshot(client, options, found, &after);
  check_equal(after.frames_received, before.frames_received, "pictures that came while held back");
  check_equal(after.image_bytes, before.image_bytes, "their bytes");
  check(after.bytes_received - before.bytes_received < 2 * pictures.frame_bytes + (4 << 20),
        "%" PRIu64 " bytes came while held back", after.bytes_received - before.bytes_received);
  check(labs(resident_kib(server) - server_before) <= FLAT_KIB,
        "the server grew by %ld KiB while held back", resident_kib(server) - server_before);
  found->pauses++;
  atomic_store(&pictures.pauses, 0);
}

static void sample(pid_t server) {
  if (memory.count == MOST_SAMPLES)
    return;
  memory.resident[memory.count] = resident_kib(0);
  memory.server[memory.count] = resident_kib(server);
  memory.count++;
}

/* Runs the streams for so long. */
static void soak(uesynth_client *client, const uesynth_client_options *options, pid_t server,
                 double seconds, outcome *found) {
  const int64_t start = now_ns(), length = (int64_t)(seconds * 1e9);
  const int64_t between = length / 8;
  int64_t next = start, next_pause = start + between / 2;
  uesynth_stats stats;

  while (now_ns() - start < length) {
    check_snapshot(client, options, found, &stats);
    sample(server);
    if (options->overflow == UESYNTH_OVERFLOW_BLOCK && now_ns() >= next_pause) {
      pause_hosts(client, options, server, found);
      next_pause += between;
    }
    next += SAMPLE_MS * 1000000;
    if (next > now_ns())
      sleep_ms((next - now_ns()) / 1000000);
    else
      next = now_ns();
  }
}

/* After the end of the streams nothing waits, and the books are closed. */
static void check_end(uesynth_client *client, const outcome *found, uesynth_stats *stats) {
  uint64_t kept = 0;

  check_stats(client, stats);
  check_equal(stats->requests_in_flight, 0, "requests in flight at the end");
  check_equal(stats->frames_queued, 0, "frames queued at the end");
  check_equal(stats->events_queued, 0, "events queued at the end");
  check_equal(stats->host_frame_bytes, 0, "host_frame_bytes at the end");
  check_equal(pictures.completed, pictures.submitted, "events of submits");
  check_equal(pictures.taken + pictures.gone + pictures.failed, pictures.completed,
              "pictures taken and gone");
  check_equal(stats->frames_delivered, pictures.taken + pictures.called_back,
              "frames_delivered, by what the hosts have counted");
  check_equal(stats->completed_ok + stats->completed_cancelled + stats->completed_other,
              stats->requests_submitted - (uint64_t)found->pauses, "requests ended as they should");
  check_equal(stats->completed_deadline_exceeded, (uint64_t)found->pauses, "deadlines that passed");
  check_equal(stats->late_replies + stats->unknown_replies <= stats->completed_cancelled, 1,
              "late replies are of cancelled requests");
  for (uint32_t modality = UESYNTH_MODALITY_RGB; modality <= UESYNTH_MODALITY_DEPTH; modality++) {
    uesynth_frame *frame = NULL;
    if (uesynth_client_latest_frame(client, modality, NULL, 1, &frame) == UESYNTH_OK)
      kept += pictures.frame_bytes;
    uesynth_frame_release(frame);
  }
  check_equal(stats->frame_bytes_kept, kept, "frame_bytes_kept at the end");
}

int main(int argc, char **argv) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  stream_options wanted = {640, 480, 48, 16, 0};
  const char *const replay[] = {"--replay", NULL};
  uesynth_runtime *runtime = NULL;
  uesynth_client *client = NULL;
  uesynth_stats stats = UESYNTH_STATS_INIT, last;
  outcome found;
  simulator server;
  double seconds;
  char name[64];

  if (argc == 2 && strcmp(argv[1], "--head") == 0) {
    printf("%-24s %7s %9s %9s %9s %8s %8s %8s %8s %7s %7s\n", "policy", "seconds", "received",
           "delivered", "dropped", "rss q2", "rss q4", "buffer", "pool", "server", "others");
    printf("%-24s %7s %9s %9s %9s %8s %8s %8s %8s %7s %7s\n", "", "", "", "", "", "MiB", "MiB",
           "MiB", "MiB", "+KiB", "");
    return 0;
  }
  if (argc < 4) {
    fprintf(stderr, "usage: soak UESYNTHCTL POLICY SECONDS [WIDTH HEIGHT [MIB]]\n");
    return 2;
  }
  options.overflow = UINT32_MAX;
  for (uint32_t i = 0; i < 4; i++)
    if (strcmp(argv[2], policies[i]) == 0)
      options.overflow = i;
  seconds = atof(argv[3]);
  if (argc > 5) {
    wanted.width = (uint32_t)atoi(argv[4]);
    wanted.height = (uint32_t)atoi(argv[5]);
  }
  options.stream_buffer_bytes = (uint64_t)(argc > 6 ? atoi(argv[6]) : 48) << 20;
  options.lanes = LANES;
  snprintf(name, sizeof name, "%s %ux%u", argv[2], wanted.width, wanted.height);
  check_begin(name);
  wanted.work_ms = (int64_t)wanted.width * wanted.height / 80000 + 1;
  if (options.overflow == UESYNTH_OVERFLOW_BLOCK) {
    /* One lane stays free of captures: each of the others holds one that is withheld. */
    wanted.submits_ahead = 2;
    wanted.subscription_depth = 1;
  }

  if (simulator_start(&server, argv[1], replay) != 0) {
    fprintf(stderr, "%s\n", server.problem);
    return 1;
  }
  memset(&found, 0, sizeof found);
  const int descriptors = open_descriptors(), threads = running_threads();

  check_ok(uesynth_runtime_new(NULL, &runtime), "runtime_new");
  options.runtime = runtime;
  if (!check_ok(uesynth_client_new(server.target, &options, &client), "client_new") ||
      !check_ok(uesynth_client_connect(client, 20000), "connect") ||
      stream_start(&pictures, client, &wanted) != 0)
    return 1;
  soak(client, &options, server.pid, seconds, &found);
  stream_stop(&pictures);
  check_end(client, &found, &stats);
  uesynth_client_close(client);
  sleep_ms(50);
  check_stats(client, &last);
  check_equal(last.buffer_bytes, last.frame_bytes_kept, "buffer_bytes after close");
  uesynth_client_free(client);

  /* Every picture's memory is back in the pool: nothing is mapped for one at a time. */
  if (check_ok(uesynth_client_new(server.target, &options, &client), "a second client")) {
    check_stats(client, &last);
    check(last.pool_bytes <= POOL_DEPTH * padded(pictures.frame_bytes) &&
              last.pool_bytes % padded(pictures.frame_bytes) == 0,
          "pool_bytes %" PRIu64 " after the client", last.pool_bytes);
    for (int i = 0; i < 20; i++) {
      uesynth_frame *frame = NULL;
      check_ok(uesynth_client_capture(client, UESYNTH_MODALITY_RGB, NULL, wanted.width,
                                      wanted.height, &frame),
               "capture");
      uesynth_frame_release(frame);
    }
    uint64_t misses = last.pool_misses, bytes = last.pool_bytes;
    check_stats(client, &last);
    check_equal(last.pool_misses, misses, "pool_misses of a second client");
    check_equal(last.pool_bytes, bytes, "pool_bytes of a second client");
    uesynth_client_free(client);
  }
  uesynth_runtime_free(runtime);
  for (int i = 0; i < 100 && running_threads() != threads; i++)
    sleep_ms(10);
  check_equal((uint64_t)running_threads(), (uint64_t)threads, "threads after free");
  check_equal((uint64_t)open_descriptors(), (uint64_t)descriptors, "descriptors after free");
  simulator_stop(&server);

  const long second = quarter(memory.resident, memory.count, 1);
  const long fourth = quarter(memory.resident, memory.count, 3);
  const long grown =
      quarter(memory.server, memory.count, 3) - quarter(memory.server, memory.count, 1);
  check(labs(fourth - second) <= FLAT_KIB, "resident memory went from %ld to %ld KiB", second,
        fourth);
  check(stats.buffer_bytes_peak <= options.stream_buffer_bytes, "buffer_bytes_peak %" PRIu64,
        stats.buffer_bytes_peak);
  if (options.overflow == UESYNTH_OVERFLOW_BLOCK) {
    check_equal(frames_dropped(&stats) <= stats.completed_cancelled + stats.frames_dropped_abandoned,
                1, "BLOCK drops nothing by itself");
    check_equal(stats.frames_dropped_expired, 0, "frames that expired");
    check(found.pauses >= 2, "held back only %ld times", found.pauses);
    check(grown <= FLAT_KIB, "the server went up by %ld KiB", grown);
  } else {
    check(frames_dropped(&stats) * 4 > stats.frames_delivered, "the hosts were not slower");
  }
  printf("%-24s %7.0f %9" PRIu64 " %9" PRIu64 " %9" PRIu64
         " %8.1f %8.1f %8.1f %8.1f %7ld %7" PRIu64 "\n",
         name, seconds, stats.frames_received, stats.frames_delivered, frames_dropped(&stats),
         (double)second / 1024, (double)fourth / 1024,
         (double)stats.buffer_bytes_peak / (1 << 20), (double)found.pool_peak / (1 << 20), grown,
         found.others);
  return check_failures() == 0 ? 0 : 1;
}
