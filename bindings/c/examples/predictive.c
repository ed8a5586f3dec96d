/* The next pictures are captured while the present one is worked on. A sequence knows the poses that
 * are to come, keeps as many requests ahead as pay, and hands the pictures out in order.
 *
 *     cc predictive.c -luesynth -o predictive && ./predictive localhost:50051 60
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

/* A walk along a straight line, looking ahead. The caller frees it. */
static uesynth_transform *path(size_t count) {
  uesynth_transform *poses = calloc(count, sizeof *poses);
  for (size_t i = 0; poses != NULL && i < count; i++) {
    uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
    pose.location.x = -600 + 5 * (float)i;
    pose.location.z = 180;
    pose.rotation.pitch = -8;
    poses[i] = pose;
  }
  return poses;
}

static uesynth_status walk(uesynth_sequence *sequence, size_t count) {
  struct timespec work = {0, 10000000}; /* stands for what is done with a picture */
  for (size_t i = 0; i < count; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    uesynth_status status = uesynth_sequence_next(sequence, 10000, &event);
    if (status != UESYNTH_OK) {
      fprintf(stderr, "predictive: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
      return status;
    }
    status = event.status; /* event.cookie is the pose's place in the list */
    if (status != UESYNTH_OK)
      fprintf(stderr, "predictive: pose %zu: %s: %s\n", i, uesynth_status_name(status),
              event.message);
    uesynth_events_release(&event, 1, sizeof event);
    if (status != UESYNTH_OK)
      return status;
    nanosleep(&work, NULL);
  }
  return UESYNTH_OK;
}

int main(int argc, char **argv) {
  size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 60;
  uesynth_transform *poses = path(count);
  uesynth_client *client = NULL;
  uesynth_sequence *sequence = NULL;
  uesynth_sequence_options options = UESYNTH_SEQUENCE_OPTIONS_INIT;
  uesynth_sequence_stats stats = UESYNTH_SEQUENCE_STATS_INIT;

  options.width = 320;
  options.height = 240;
  options.ahead = 0; /* as many as measurement says */
  uesynth_status status = uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", NULL, &client);
  if (status == UESYNTH_OK)
    status = uesynth_sequence_new(client, &options, poses, count, &sequence);
  if (status != UESYNTH_OK)
    fprintf(stderr, "predictive: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    status = walk(sequence, count);
  if (status == UESYNTH_OK && uesynth_sequence_get_stats(sequence, &stats) == UESYNTH_OK)
    printf("%llu pictures in order, up to %u ahead; %llu had to be waited for, %.0f ms in all\n",
           (unsigned long long)stats.handed_out, (unsigned)stats.ahead_peak,
           (unsigned long long)stats.waits, (double)stats.waited_ns / 1e6);
  uesynth_sequence_free(sequence);
  uesynth_client_free(client);
  free(poses);
  return status != UESYNTH_OK;
}
