#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *prefix = "";
static int failures = 0;

void check_begin(const char *name) { prefix = name; }

int check(int condition, const char *format, ...) {
  va_list arguments;

  if (condition)
    return 1;
  pthread_mutex_lock(&lock);
  failures++;
  if (failures <= SHOWN) {
    fprintf(stderr, "%s: ", prefix);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
  }
  pthread_mutex_unlock(&lock);
  return 0;
}

int check_equal(uint64_t actual, uint64_t expected, const char *what) {
  return check(actual == expected, "%s: %" PRIu64 ", should be %" PRIu64, what, actual, expected);
}

int check_ok(uesynth_status status, const char *what) {
  return check(status == UESYNTH_OK, "%s: %s: %s", what, uesynth_status_name(status),
               uesynth_last_error());
}

int check_failures(void) {
  pthread_mutex_lock(&lock);
  int count = failures;
  pthread_mutex_unlock(&lock);
  return count;
}

uint64_t frames_dropped(const uesynth_stats *stats) {
  return stats->frames_dropped_superseded + stats->frames_dropped_oldest +
         stats->frames_dropped_newest + stats->frames_dropped_latest +
         stats->frames_dropped_expired + stats->frames_dropped_abandoned +
         stats->frames_dropped_settling;
}

uint64_t requests_completed(const uesynth_stats *stats) {
  return stats->completed_ok + stats->completed_cancelled + stats->completed_deadline_exceeded +
         stats->completed_unavailable + stats->completed_no_answer + stats->completed_closed +
         stats->completed_other;
}

void check_stats(const uesynth_client *client, uesynth_stats *stats) {
  memset(stats, 0, sizeof *stats);
  stats->struct_size = sizeof *stats;
  if (!check_ok(uesynth_client_stats(client, stats), "stats"))
    return;
  check_equal(requests_completed(stats) + stats->requests_in_flight, stats->requests_submitted,
              "requests completed and in flight");
  check_equal(stats->frames_delivered + stats->frames_queued + frames_dropped(stats),
              stats->frames_received, "frames delivered, queued and dropped");
}
