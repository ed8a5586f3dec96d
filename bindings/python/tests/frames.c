/* The C side of the comparison in python -m uesynth.bench --c-example: frames of a subscription for some
 * seconds, as one line of JSON.
 *
 *     cc frames.c -luesynth -lpthread -o frames && ./frames localhost:50051 3 1920 1080
 */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

/* Frames that come before the stream is counted, as in bench.py. */
enum { WARM_UP = 16 };

static void on_event(const uesynth_event *event, void *user_data) {
  if (event->frame != NULL)
    atomic_fetch_add((atomic_long *)user_data, 1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  uesynth_client *client = NULL;
  uesynth_subscription *subscription = NULL;
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  struct timespec pause = {0, 1000000};
  atomic_long frames = 0;

  if (argc < 5)
    return 2;
  double seconds = strtod(argv[2], NULL);
  options.width = (uint32_t)atol(argv[3]);
  options.height = (uint32_t)atol(argv[4]);
  if (uesynth_client_new(argv[1], NULL, &client) != UESYNTH_OK ||
      uesynth_client_connect(client, 5000) != UESYNTH_OK ||
      uesynth_client_subscribe(client, &options, &subscription, on_event, &frames, NULL) !=
          UESYNTH_OK) {
    fprintf(stderr, "%s\n", uesynth_last_error());
    return 1;
  }
  while (atomic_load(&frames) < WARM_UP)
    nanosleep(&pause, NULL);
  long before = atomic_load(&frames);
  double start = now();
  /* A program that woke again and again to look at the clock would take time from the library. */
  pause.tv_sec = (time_t)seconds;
  pause.tv_nsec = (long)((seconds - (double)pause.tv_sec) * 1e9);
  nanosleep(&pause, NULL);
  printf("{\"frames_per_second\": %.1f}\n", (double)(atomic_load(&frames) - before) / (now() - start));
  uesynth_subscription_close(subscription);
  uesynth_client_free(client);
  return 0;
}
