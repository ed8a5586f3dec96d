/* Always the newest picture: a control loop that looks at what is there now and never waits for more.
 * Pictures that it has no time for are superseded and given back to the pool, so memory does not grow.
 *
 *     cc latest.c -luesynth -o latest && ./latest localhost:50051 200
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

/* Stands for what takes a loop its time. Returns the age of what it worked on, in ms. */
static double act_on(const uesynth_frame *frame) {
  struct timespec work = {0, 5000000};
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_frame_view(frame, &info);
  nanosleep(&work, NULL);
  return (double)(info.delivered_ns - info.completed_ns) / 1e6;
}

static int loop(uesynth_client *client, int rounds) {
  struct timespec pause = {0, 1000000};
  double oldest_ms = 0;
  int seen = 0, empty = 0;

  while (seen < rounds && empty < 5000) {
    uesynth_frame *frame = NULL;
    uesynth_status status = uesynth_client_latest_frame(client, UESYNTH_MODALITY_RGB, "", 0, &frame);
    if (status == UESYNTH_NO_FRAME) { /* none since the last one: do something else meanwhile */
      empty += 1;
      nanosleep(&pause, NULL);
      continue;
    }
    if (status != UESYNTH_OK)
      break;
    double age_ms = act_on(frame);
    if (age_ms > oldest_ms)
      oldest_ms = age_ms;
    uesynth_frame_release(frame);
    seen += 1;
    empty = 0;
  }
  if (seen < rounds)
    fprintf(stderr, "latest: %s\n", uesynth_last_error());
  uesynth_stats stats = UESYNTH_STATS_INIT;
  uesynth_client_stats(client, &stats);
  printf("%d pictures, at most %.1f ms old; %llu came, %llu were superseded, %.1f MB held at most\n",
         seen, oldest_ms, (unsigned long long)stats.frames_received,
         (unsigned long long)(stats.frames_dropped_superseded + stats.frames_dropped_latest),
         (double)stats.buffer_bytes_peak / 1e6);
  return seen < rounds;
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  int rounds = argc > 2 ? atoi(argv[2]) : 200, result = 1;
  uesynth_client *client = NULL;
  uesynth_subscription *subscription = NULL;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_subscription_options wanted = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;

  options.overflow = UESYNTH_OVERFLOW_LATEST; /* one of each camera and modality is kept */
  wanted.width = 256;
  wanted.height = 256;
  uesynth_status status = uesynth_client_new(target, &options, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_connect(client, 5000);
  if (status == UESYNTH_OK) /* without a callback: the pictures stay with the client */
    status = uesynth_client_subscribe(client, &wanted, &subscription, NULL, NULL, NULL);
  if (status != UESYNTH_OK)
    fprintf(stderr, "latest: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    result = loop(client, rounds);
  uesynth_subscription_close(subscription);
  uesynth_client_free(client);
  return result;
}
