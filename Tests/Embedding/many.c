/* many TARGET FOLDER [CERTIFICATE]: two clients, 256 clients of one runtime and 64 of their own,
 * sixteen threads on one client, a host thread with a stack of 64 KiB, and clients that leave nothing
 * behind when they are freed. */
#define _GNU_SOURCE
#include "session.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CLIENTS = 256, OWN = 64, THREADS = 16, CAPTURES = 50, STACK = 64 << 10, LEFT = 4 << 10 };

static const char *target, *folder;

static void check(const char *went_wrong) {
  if (went_wrong != NULL)
    fail("%s", went_wrong);
}

static void check_status(uesynth_status status) {
  if (status != UESYNTH_OK)
    fail("%s: %s", uesynth_status_name(status), uesynth_last_error());
}

/* All at once: each has a capture under way before the first is looked at. */
static void clients(int count, uesynth_runtime *runtime) {
  static uesynth_client *all[CLIENTS];
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = capture.height = 8;
  options.runtime = runtime;
  options.timeout_ms = 60000;
  for (int i = 0; i < count; i++) {
    check_status(session_client(target, options, &all[i]));
    check_status(uesynth_client_submit(all[i], &capture, NULL, NULL, NULL, NULL, NULL));
  }
  for (int i = 0; i < count; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t taken = 0;
    check_status(uesynth_client_poll(all[i], &event, 1, sizeof event, 60000, &taken));
    if (event.status != UESYNTH_OK || event.frame == NULL)
      fail("client %d of %d: %s", i, count, event.message);
    uesynth_events_release(&event, 1, sizeof event);
  }
  for (int i = 0; i < count; i++)
    uesynth_client_free(all[i]);
}

static void *captures(void *client) {
  for (int i = 0; i < CAPTURES; i++)
    check(one_capture(client));
  return NULL;
}

static void *whole_session(void *unused) {
  (void)unused;
  check(session(target, folder));
  return NULL;
}

static void make_and_free(int count, uesynth_runtime *runtime) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  options.runtime = runtime;
  for (int i = 0; i < count; i++) {
    uesynth_client *client = NULL;
    check_status(session_client(target, options, &client));
    check(one_capture(client));
    uesynth_client_free(client);
  }
}

/* What a freed client leaves on the heap: LEFT bytes at most. The loops may still be putting things away. */
static void freed(uesynth_runtime *runtime) {
  long long left = 0;
  make_and_free(8, runtime);
  usleep(100000);
  size_t before = mallinfo2().uordblks;
  make_and_free(OWN, runtime);
  for (int i = 0; i < 50; i++) {
    left = ((long long)mallinfo2().uordblks - (long long)before) / OWN;
    if (left <= LEFT)
      return;
    usleep(100000);
  }
  fail("%lld bytes are left of each client that was freed", left);
}

int main(int argc, char **argv) {
  uesynth_runtime_options options = UESYNTH_RUNTIME_OPTIONS_INIT;
  uesynth_client_options plain = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_runtime *runtime = NULL;
  uesynth_client *client = NULL;
  uesynth_stats stats = UESYNTH_STATS_INIT;
  pthread_t threads[THREADS];
  pthread_attr_t small;
  if (argc < 3)
    return 2;
  server_certificate = argv[3];
  target = argv[1];
  folder = argv[2];

  clients(2, NULL);
  clients(OWN, NULL);
  options.loop_threads = 4;
  check_status(uesynth_runtime_new(&options, &runtime));
  clients(CLIENTS, runtime);
  int threads_now = thread_count();
  if (threads_now > 5)
    fail("%d threads for a runtime of 4", threads_now);
  freed(runtime);
  uesynth_runtime_free(runtime);

  check_status(session_client(target, plain, &client));
  for (int i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, captures, client);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  check_status(uesynth_client_stats(client, &stats));
  if (stats.completed_ok != THREADS * CAPTURES)
    fail("%llu captures, not %d", (unsigned long long)stats.completed_ok, THREADS * CAPTURES);
  uesynth_client_free(client);

  pthread_attr_init(&small);
  if (pthread_attr_setstacksize(&small, STACK) != 0 ||
      pthread_create(&threads[0], &small, whole_session, NULL) != 0)
    fail("no thread with a stack of 64 KiB");
  pthread_join(threads[0], NULL);
  printf("2, %d and %d clients, %d threads, a stack of 64 KiB, nothing left of the freed\n", OWN, CLIENTS, THREADS);
  return 0;
}
