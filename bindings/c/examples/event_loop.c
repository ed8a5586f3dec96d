/* In a loop of one's own: a timer submits a new pose and a capture from there 20 times a second,
 * and the client's event descriptor says when pictures are there. One thread, nothing blocks but
 * poll(2).
 *
 *     cc event_loop.c -luesynth -lm -o event_loop && ./event_loop localhost:50051 40
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <uesynth.h>
#include <unistd.h>

static int failed(const char *what, uesynth_status status) {
  fprintf(stderr, "%s: %s: %s\n", what, uesynth_status_name(status), uesynth_last_error());
  return 1;
}

/* A step on a circle around the origin, then a picture from there: the library keeps their order.
 */
static uesynth_status submit_step(uesynth_client *client, uint64_t step) {
  uesynth_action pose = UESYNTH_ACTION_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_submit_options quiet = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_submit_options marked = UESYNTH_SUBMIT_OPTIONS_INIT;
  double angle = (double)step * 0.05;

  pose.kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
  pose.transform.location.x = (float)(-600 * cos(angle));
  pose.transform.location.y = (float)(-600 * sin(angle));
  pose.transform.location.z = 250;
  pose.transform.rotation.yaw = (float)(angle * 57.29578); /* towards the middle */
  pose.transform.rotation.pitch = -15;
  quiet.flags = UESYNTH_SUBMIT_NO_EVENT; /* should it fail, the frame says so by a flag */

  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = 320;
  capture.height = 240;
  marked.cookie = step;

  uesynth_status status = uesynth_client_submit(client, &pose, &quiet, NULL, NULL, NULL, NULL);
  if (status == UESYNTH_OK)
    status = uesynth_client_submit(client, &capture, &marked, NULL, NULL, NULL, NULL);
  return status;
}

/* Takes every event that is there. Returns how many captures came to an end. */
static uint64_t take_events(uesynth_client *client, uint64_t *pictures) {
  uesynth_event events[16];
  uint64_t ended = 0;
  size_t count = 0;

  while (uesynth_client_poll(client, events, 16, sizeof events[0], 0, &count) == UESYNTH_OK) {
    for (size_t i = 0; i < count; i++) {
      uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
      ended += 1;
      if (events[i].frame == NULL || uesynth_frame_view(events[i].frame, &info) != UESYNTH_OK) {
        fprintf(stderr, "step %llu: %s: %s\n", (unsigned long long)events[i].cookie,
                uesynth_status_name(events[i].status), events[i].message);
        continue;
      }
      *pictures += 1;
      printf("step %llu: %u x %u after %.1f ms%s\n", (unsigned long long)info.cookie, info.width,
             info.height, (double)(info.completed_ns - info.submitted_ns) / 1e6,
             (info.flags & UESYNTH_FRAME_CHANGE_FAILED) ? ", but the pose was not set" : "");
    }
    uesynth_events_release(events, count, sizeof events[0]);
  }
  return ended;
}

static int run(uesynth_client *client, int timer, uint64_t steps) {
  uint64_t submitted = 0, ended = 0, pictures = 0;
  uesynth_status status;
  int events = -1;

  status = uesynth_client_event_fd(client, &events);
  if (status != UESYNTH_OK)
    return failed("event_fd", status);

  while (ended < steps) {
    struct pollfd sources[2] = {{timer, POLLIN, 0}, {events, POLLIN, 0}};
    uint64_t beats = 0;
    if (submitted == steps)
      sources[0].fd = -1; /* poll(2) passes over it */
    if (poll(sources, 2, -1) < 0 && errno != EINTR) {
      perror("poll");
      return 1;
    }
    if ((sources[0].revents & POLLIN) && read(timer, &beats, sizeof beats) == sizeof beats) {
      status = submit_step(client, submitted);
      if (status != UESYNTH_OK)
        return failed("submit", status);
      submitted += 1;
    }
    if (sources[1].revents & POLLIN)
      ended += take_events(client, &pictures);
  }
  printf("%llu pictures of %llu\n", (unsigned long long)pictures, (unsigned long long)steps);
  return pictures == steps ? 0 : 1;
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  uint64_t steps = argc > 2 ? strtoull(argv[2], NULL, 10) : 40;
  struct itimerspec beat = {{0, 50000000}, {0, 50000000}};
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_client *client = NULL;
  int result = 1;

  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer < 0 || timerfd_settime(timer, 0, &beat, NULL) < 0) {
    perror("timerfd");
    return 1;
  }
  options.when_full = UESYNTH_WHEN_FULL_WOULD_BLOCK; /* a loop must not wait inside a submit */
  uesynth_status status = uesynth_client_new(target, &options, &client);
  if (status != UESYNTH_OK)
    failed("client", status);
  else
    result = run(client, timer, steps);
  uesynth_client_free(client);
  close(timer);
  return result;
}
