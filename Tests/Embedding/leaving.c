/* leaving TARGET return|exit|thread|quick [CERTIFICATE]: ends with a client left open and a stream
 * under way, in the middle of its callbacks: by return from main, by exit, by exit on another
 * thread, by _Exit.
 */
#define _GNU_SOURCE
#include "session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int frames;

static void on_event(const uesynth_event *event, void *user_data) {
  (void)user_data;
  if (event->frame != NULL)
    atomic_fetch_add(&frames, 1);
}

static void *leave(void *unused) {
  (void)unused;
  exit(0);
}

int main(int argc, char **argv) {
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_subscription *subscription = NULL;
  uesynth_client_options plain = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_client *client = NULL, *idle = NULL;
  if (argc < 3)
    return 2;
  server_certificate = argv[3];
  options.width = options.height = 32;
  if (session_client(argv[1], plain, &idle) || session_client(argv[1], plain, &client) ||
      uesynth_client_subscribe(client, &options, &subscription, on_event, NULL, NULL))
    fail("%s", uesynth_last_error());
  for (int i = 0; atomic_load(&frames) < 20; i++) {
    if (i == 4000)
      fail("20 frames did not come");
    sleep_ms(5);
  }
  if (strcmp(argv[2], "exit") == 0)
    exit(0);
  if (strcmp(argv[2], "quick") == 0)
    _Exit(0);
  if (strcmp(argv[2], "thread") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, leave, NULL);
    pthread_join(thread, NULL);
  }
  return 0;
}
