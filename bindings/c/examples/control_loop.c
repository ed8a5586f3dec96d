/* A loop that closes around the engine: at each beat the newest picture is looked at and the next pose sent,
 * without waiting for either. Memory for the pictures is there before the first one, and the library's
 * threads say who they are (and would be given their processor and their priority here).
 *
 *     cc control_loop.c -luesynth -o control_loop && ./control_loop localhost:50051 60 600
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uesynth.h>

enum { WIDTH = 640, HEIGHT = 480 };

static void name_thread(uint32_t role, uint32_t index, void *user_data) {
  char name[16];
  (void)user_data;
  snprintf(name, sizeof name, "%s-%u", role == UESYNTH_THREAD_LOOP ? "io" : "other", index);
  pthread_setname_np(pthread_self(), name);
}

static uesynth_status open_client(const char *target, uesynth_client **client) {
  uesynth_runtime_options threads = UESYNTH_RUNTIME_OPTIONS_INIT;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_runtime *runtime = NULL;
  uesynth_status status;
  threads.thread_started = name_thread;
  options.overflow = UESYNTH_OVERFLOW_LATEST;
  options.max_concurrent_requests = 4; /* two beats: an engine that is behind is not asked for more, */
  options.when_full = UESYNTH_WHEN_FULL_WOULD_BLOCK; /* since old pictures are of no use here */
  status = uesynth_runtime_new(&threads, &runtime);
  options.runtime = runtime;
  if (status == UESYNTH_OK)
    status = uesynth_client_new(target, &options, client);
  uesynth_runtime_free(runtime); /* the client keeps it */
  if (status == UESYNTH_OK)
    status = uesynth_client_prewarm(*client, (size_t)WIDTH * HEIGHT * 4, 8);
  if (status == UESYNTH_OK)
    status = uesynth_client_connect(*client, 5000); /* not within the first beat */
  return status;
}

/* What the next beat is to find: a step further along, and its picture. */
static uesynth_status ask(uesynth_client *client, float x) {
  uesynth_action actions[2] = {UESYNTH_ACTION_INIT, UESYNTH_ACTION_INIT};
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  options.flags = UESYNTH_SUBMIT_NO_EVENT;
  actions[0].kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
  actions[0].transform.location.x = x;
  actions[0].transform.location.z = 200;
  actions[1].kind = UESYNTH_ACTION_CAPTURE_RGB;
  actions[1].width = WIDTH;
  actions[1].height = HEIGHT;
  return uesynth_client_submit_batch(client, actions, 2, sizeof actions[0], &options, NULL, NULL, NULL,
                                     NULL, NULL);
}

struct tally {
  int pictures, skipped;
};

static uesynth_status loop(uesynth_client *client, uesynth_pacer *pacer, int beats,
                           struct tally *tally) {
  float x = -900;
  for (int i = 0; i < beats; i++) {
    uesynth_frame *frame = NULL;
    uesynth_status status = uesynth_pacer_wait(pacer, -1, NULL);
    if (status != UESYNTH_OK)
      return status;
    status = uesynth_client_latest_frame(client, UESYNTH_MODALITY_RGB, "", 0, &frame);
    if (status == UESYNTH_OK) {
      tally->pictures++;
      x += 1; /* Here the picture would decide. */
      uesynth_frame_release(frame);
    } else if (status != UESYNTH_NO_FRAME) {
      return status;
    }
    status = ask(client, x);
    if (status == UESYNTH_WOULD_BLOCK)
      tally->skipped++;
    else if (status != UESYNTH_OK)
      return status;
  }
  return UESYNTH_OK;
}

static void report(uesynth_client *client, uesynth_pacer *pacer, struct tally tally) {
  uesynth_pacer_stats beats = UESYNTH_PACER_STATS_INIT;
  uesynth_stats stats = UESYNTH_STATS_INIT;
  int64_t late = 0, taken = 0;
  uint64_t count = 0;
  uesynth_pacer_get_stats(pacer, &beats);
  uesynth_pacer_late(pacer, 99.9, &late);
  uesynth_client_latency(client, UESYNTH_ACTION_CAPTURE_RGB, UESYNTH_LATENCY_TOTAL, 99.9, &taken,
                         &count);
  uesynth_client_stats(client, &stats);
  printf("%llu beats at %.1f a second, %llu missed; late by %.3f ms (median), %.3f ms (99.9 of 100), "
         "%.3f ms at most\n",
         (unsigned long long)beats.beats, beats.rate_hz, (unsigned long long)beats.beats_missed,
         (double)beats.late_p50_ns / 1e6, (double)late / 1e6, (double)beats.late_max_ns / 1e6);
  printf("%d pictures, from request to hand in %.3f ms (99.9 of 100), with %llu buffers mapped after the "
         "start; %d beats found the engine behind\n",
         tally.pictures, (double)taken / 1e6, (unsigned long long)stats.pool_misses, tally.skipped);
}

int main(int argc, char **argv) {
  double rate = argc > 2 ? strtod(argv[2], NULL) : 60;
  int beats = argc > 3 ? atoi(argv[3]) : 600;
  uesynth_client *client = NULL;
  uesynth_pacer *pacer = NULL;
  struct tally tally = {0, 0};

  uesynth_status status = open_client(argc > 1 ? argv[1] : "localhost:50051", &client);
  if (status == UESYNTH_OK)
    status = uesynth_pacer_new(rate, &pacer);
  if (status == UESYNTH_OK)
    status = loop(client, pacer, beats, &tally);
  if (status != UESYNTH_OK)
    fprintf(stderr, "control_loop: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    report(client, pacer, tally);
  uesynth_pacer_free(pacer);
  uesynth_client_free(client);
  return status != UESYNTH_OK;
}
