/* Frames as they come: a subscription calls back with each one until it is closed. Ctrl-C ends it
 * early.
 *
 *     cc stream.c -luesynth -lpthread -o stream && ./stream localhost:50051 5
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

/* Written on the client's delivery thread, read on the main thread. */
typedef struct counts {
  pthread_mutex_t lock;
  uint64_t frames, bytes, failures;
  int64_t slowest_ns; /* the longest way from submit to the last byte */
  char last_failure[256];
} counts;

static volatile sig_atomic_t interrupted = 0;

static void on_interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
}

/* The event is borrowed: it ends with this function. uesynth_frame_retain would keep its frame. */
static void on_event(const uesynth_event *event, void *user_data) {
  counts *seen = user_data;
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  int viewed = event->frame != NULL && uesynth_frame_view(event->frame, &info) == UESYNTH_OK;

  pthread_mutex_lock(&seen->lock);
  if (viewed) {
    seen->frames += 1;
    seen->bytes += info.size;
    if (info.completed_ns - info.submitted_ns > seen->slowest_ns)
      seen->slowest_ns = info.completed_ns - info.submitted_ns;
  } else {
    seen->failures += 1;
    snprintf(seen->last_failure, sizeof seen->last_failure, "%s: %s",
             uesynth_status_name(event->status), event->message);
  }
  pthread_mutex_unlock(&seen->lock);
}

static void report(const char *when, counts *seen, double seconds) {
  pthread_mutex_lock(&seen->lock);
  printf("%s %6.1f frames/s, %7.1f MB/s, slowest %5.1f ms, %llu failed\n", when,
         (double)seen->frames / seconds, (double)seen->bytes / seconds / 1e6,
         (double)seen->slowest_ns / 1e6, (unsigned long long)seen->failures);
  if (seen->last_failure[0] != '\0')
    fprintf(stderr, "stream: %s\n", seen->last_failure);
  seen->last_failure[0] = '\0';
  pthread_mutex_unlock(&seen->lock);
  fflush(stdout);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  double seconds = argc > 2 ? strtod(argv[2], NULL) : 5;
  counts seen = {PTHREAD_MUTEX_INITIALIZER, 0, 0, 0, 0, ""};
  uesynth_client *client = NULL;
  uesynth_subscription *subscription = NULL;
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  struct sigaction action = {0};

  if (!(seconds > 0)) {
    fprintf(stderr, "usage: %s [TARGET [SECONDS]]\n", argv[0]);
    return 2;
  }
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, NULL);

  options.modality = UESYNTH_MODALITY_RGB;
  options.width = 640;
  options.height = 480;
  uesynth_status status = uesynth_client_new(target, NULL, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_connect(client, 5000);
  if (status == UESYNTH_OK)
    status = uesynth_client_subscribe(client, &options, &subscription, on_event, &seen, NULL);
  if (status != UESYNTH_OK) {
    fprintf(stderr, "stream: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
    uesynth_client_free(client);
    return 1;
  }

  double start = now(), end = start + seconds;
  while (!interrupted && now() < end) {
    double left = end - now();
    struct timespec pause = {left >= 1 ? 1 : 0, left >= 1 || left <= 0 ? 0 : (long)(left * 1e9)};
    nanosleep(&pause, NULL);
    report("so far:", &seen, now() - start);
  }
  uesynth_subscription_close(subscription); /* from here on no callback runs */
  report("total: ", &seen, now() - start);

  uesynth_client_free(client);
  pthread_mutex_destroy(&seen.lock);
  return seen.frames > 0 ? 0 : 1;
}
