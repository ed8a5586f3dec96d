#define _POSIX_C_SOURCE 200809L
#include "session.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *server_certificate = NULL;

uesynth_status session_client(const char *target, uesynth_client_options options,
                              uesynth_client **client) {
  uesynth_tls_options tls = UESYNTH_TLS_OPTIONS_INIT;
  tls.ca_file = server_certificate;
  if (server_certificate != NULL)
    options.tls = &tls;
  return uesynth_client_new(target, &options, client);
}

static _Thread_local char problem[512];

static const char *wrong(const char *what) {
  snprintf(problem, sizeof problem, "%s: %s", what, uesynth_last_error());
  return problem;
}

#define TRY(call)                                                                                  \
  do {                                                                                             \
    if ((call) != UESYNTH_OK)                                                                      \
      return wrong(#call);                                                                         \
  } while (0)

static void count_event(const uesynth_event *event, void *count) {
  (void)event;
  atomic_fetch_add((atomic_int *)count, 1);
}

static const char *pictures(uesynth_client *client, const char *folder) {
  for (uint32_t modality = UESYNTH_MODALITY_RGB; modality <= UESYNTH_MODALITY_OPTICAL_FLOW;
       modality++) {
    uesynth_picture_options preview = UESYNTH_PICTURE_OPTIONS_INIT;
    uesynth_frame *frame = NULL;
    char path[600];
    preview.kind = UESYNTH_PICTURE_PREVIEW;
    TRY(uesynth_client_capture(client, modality, "", 64, 48, &frame));
    snprintf(path, sizeof path, "%s/%u.png", folder, modality);
    TRY(uesynth_frame_save(frame, path, &preview));
    snprintf(path, sizeof path, "%s/%u.npy", folder, modality);
    TRY(uesynth_client_save(client, frame, path, NULL, NULL, NULL, NULL));
    uesynth_frame_release(frame);
  }
  TRY(uesynth_client_flush_saves(client, 20000));
  return NULL;
}

static const char *events(uesynth_client *client) {
  uesynth_action actions[6];
  atomic_int called = 0;
  size_t taken = 0, count = 0;
  for (int i = 0; i < 6; i++) {
    uesynth_action capture = UESYNTH_ACTION_INIT;
    capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
    capture.width = capture.height = 16;
    actions[i] = capture;
  }
  TRY(uesynth_client_submit_batch(client, actions, 6, sizeof actions[0], NULL, NULL, NULL,
                                  count_event, &called, NULL));
  TRY(uesynth_client_submit_batch(client, actions, 6, sizeof actions[0], NULL, NULL, NULL, NULL,
                                  NULL, NULL));
  while (taken < 11) { /* these six, and five saves */
    uesynth_event some[4];
    TRY(uesynth_client_poll(client, some, 4, sizeof some[0], 20000, &count));
    taken += count;
    uesynth_events_release(some, count, sizeof some[0]);
  }
  for (int i = 0; atomic_load(&called) < 6; i++) {
    if (i == 4000)
      return "six callbacks did not come";
    sleep_ms(5);
  }
  return NULL;
}

static const char *going_on(uesynth_client *client) {
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_sequence_options along = UESYNTH_SEQUENCE_OPTIONS_INIT;
  uesynth_transform poses[5] = {UESYNTH_TRANSFORM_INIT, UESYNTH_TRANSFORM_INIT,
                                UESYNTH_TRANSFORM_INIT, UESYNTH_TRANSFORM_INIT,
                                UESYNTH_TRANSFORM_INIT};
  uesynth_subscription *subscription = NULL;
  uesynth_sequence *sequence = NULL;
  uesynth_pacer *pacer = NULL;
  atomic_int called = 0;
  options.width = options.height = along.width = along.height = 16;
  TRY(uesynth_client_subscribe(client, &options, &subscription, count_event, &called, NULL));
  for (int i = 0; atomic_load(&called) < 10; i++) {
    if (i == 4000)
      return "ten frames of a subscription did not come";
    sleep_ms(5);
  }
  uesynth_subscription_close(subscription);

  TRY(uesynth_sequence_new(client, &along, poses, 5, &sequence));
  for (int i = 0; i < 5; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    TRY(uesynth_sequence_next(sequence, 20000, &event));
    uesynth_events_release(&event, 1, sizeof event);
  }
  uesynth_sequence_free(sequence);

  TRY(uesynth_pacer_new(500, &pacer));
  for (int i = 0; i < 5; i++)
    TRY(uesynth_pacer_wait(pacer, -1, NULL));
  uesynth_pacer_free(pacer);
  return NULL;
}

static const char *facts(uesynth_client *client) {
  uesynth_probe_report report = UESYNTH_PROBE_REPORT_INIT;
  uesynth_stats stats = UESYNTH_STATS_INIT;
  uesynth_frame *frame = NULL;
  char text[1];
  size_t size = 0;
  TRY(uesynth_client_probe(client, 0, 500, &report));
  TRY(uesynth_client_stats(client, &stats));
  /* And what goes wrong, in as many ways. */
  if (uesynth_client_stats_text(client, NULL, text, 1, &size) != UESYNTH_BUFFER_TOO_SMALL ||
      uesynth_client_capture(client, 99, "", 0, 0, &frame) != UESYNTH_MISUSE ||
      uesynth_client_capture(NULL, 1, "", 0, 0, &frame) != UESYNTH_MISUSE ||
      uesynth_client_options_environment(NULL, text, 1) == UESYNTH_OK)
    return "a wrong call succeeded";
  return NULL;
}

const char *session(const char *target, const char *folder) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_watch_options watched = UESYNTH_WATCH_OPTIONS_INIT;
  uesynth_client *client = NULL;
  const char *went_wrong;
  atomic_int records = 0;
  watched.log_level = UESYNTH_LOG_DEBUG;
  TRY(session_client(target, options, &client));
  TRY(uesynth_client_watch(client, &watched, count_event, &records, NULL));
  TRY(uesynth_client_connect(client, 20000));
  went_wrong = pictures(client, folder);
  if (went_wrong == NULL)
    went_wrong = events(client);
  if (went_wrong == NULL)
    went_wrong = going_on(client);
  if (went_wrong == NULL)
    went_wrong = facts(client);
  uesynth_client_close(client);
  uesynth_client_free(client);
  if (went_wrong == NULL && atomic_load(&records) == 0)
    went_wrong = "nothing was logged";
  return went_wrong;
}

const char *one_capture(uesynth_client *client) {
  uesynth_frame *frame = NULL;
  TRY(uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 8, 8, &frame));
  uesynth_frame_release(frame);
  return NULL;
}

int thread_count(void) {
  int count = 0;
  DIR *tasks = opendir("/proc/self/task");
  for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;)
    count += task->d_name[0] != '.';
  if (tasks != NULL)
    closedir(tasks);
  return count;
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  _exit(1);
}

void sleep_ms(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}
