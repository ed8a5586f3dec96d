/* What an engine's ticks allow, as a table: commands to objects of different names, and pictures of one
 * camera that is moved before each, on one lane and on sixteen. `make ticks` runs it against the
 * simulator with 60 ticks a second.
 *
 *     cc ticks.c -luesynth -o ticks && ./ticks localhost:50051 2
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

enum { MOST = 4096, OBJECTS = 48, TICKS = 60 };

static uesynth_action actions[MOST];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Runs the first count actions. Returns the seconds that they took, or -1 and says why. */
static double run(uesynth_client *client, size_t count) {
  double start = now();
  size_t submitted = 0, ended = 0, taken = 0;
  uesynth_status status = uesynth_client_submit_batch(client, actions, count, sizeof actions[0], NULL,
                                                      NULL, &submitted, NULL, NULL, NULL);
  while (status == UESYNTH_OK && ended < count) {
    uesynth_event events[64];
    status = uesynth_client_poll(client, events, 64, sizeof events[0], 10000, &taken);
    for (size_t i = 0; status == UESYNTH_OK && i < taken; i++)
      if (events[i].status != UESYNTH_OK) {
        fprintf(stderr, "ticks: %s\n", events[i].message);
        return -1;
      }
    if (status == UESYNTH_OK)
      uesynth_events_release(events, taken, sizeof events[0]);
    ended += taken;
  }
  if (status != UESYNTH_OK)
    fprintf(stderr, "ticks: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  return status == UESYNTH_OK ? now() - start : -1;
}

static double commands_per_second(uesynth_client *client, const uesynth_reply *objects,
                                  size_t count) {
  uesynth_action blank = UESYNTH_ACTION_INIT;
  for (size_t i = 0; i < count; i++) {
    actions[i] = blank;
    actions[i].kind = UESYNTH_ACTION_SET_OBJECT_TRANSFORM;
    actions[i].name = objects->names[1 + i % OBJECTS]; /* the first one is the ground */
  }
  double seconds = run(client, count);
  return seconds > 0 ? (double)count / seconds : -1;
}

static double images_per_second(uesynth_client *client, size_t count) {
  uesynth_action blank = UESYNTH_ACTION_INIT;
  for (size_t i = 0; i < count; i++) {
    uesynth_action *move = &actions[2 * i], *capture = move + 1;
    *move = *capture = blank;
    move->kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
    move->transform.location.x = (float)i;
    capture->kind = UESYNTH_ACTION_CAPTURE_RGB;
    capture->width = capture->height = 64;
  }
  double seconds = run(client, 2 * count);
  return seconds > 0 ? (double)count / seconds : -1;
}

/* Asks for as much as should take so many seconds. */
static int row(const char *target, uint32_t lanes, size_t seconds) {
  uesynth_client *client = NULL;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_action list = UESYNTH_ACTION_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  double commands = -1, images = -1;

  list.kind = UESYNTH_ACTION_LIST_OBJECTS;
  options.lanes = lanes;
  options.max_concurrent_requests = MOST;
  uesynth_status status = uesynth_client_new(target, &options, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_call(client, &list, NULL, &event);
  if (status != UESYNTH_OK)
    fprintf(stderr, "ticks: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else if (event.reply->name_count <= OBJECTS)
    fprintf(stderr, "ticks: the scene has too few objects\n");
  else if ((commands = commands_per_second(client, event.reply, seconds * TICKS * lanes)) > 0)
    images = images_per_second(client, seconds * TICKS / 2);
  if (images > 0)
    printf("| %5u | %21.0f | %19.0f |\n", (unsigned)lanes, commands, images);
  uesynth_events_release(&event, 1, sizeof event);
  uesynth_client_free(client);
  return images > 0;
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  size_t seconds = argc > 2 ? strtoul(argv[2], NULL, 10) : 2;
  if (seconds < 1 || seconds > 4) {
    fprintf(stderr, "usage: %s [TARGET [SECONDS, 1 to 4]]\n", argv[0]);
    return 2;
  }
  printf("| lanes | commands a second     | images a second     |\n");
  printf("|------:|----------------------:|--------------------:|\n");
  return row(target, 1, seconds) && row(target, 16, seconds) ? 0 : 1;
}
