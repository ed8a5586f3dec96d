/* A data set in one go: a batch of camera poses, each followed by a picture and its depth. The
 * events tell only that pictures are there; they are taken by their request ids, in the order one
 * wants.
 *
 *     cc batch.c -luesynth -o batch && ./batch localhost:50051
 */
#include <stdio.h>
#include <uesynth.h>

enum { VIEWS = 12, PER_VIEW = 3, ACTIONS = VIEWS * PER_VIEW };

static void describe(uesynth_action *actions) {
  for (int view = 0; view < VIEWS; view++) {
    uesynth_action *pose = &actions[view * PER_VIEW], *rgb = pose + 1, *depth = pose + 2;
    uesynth_action blank = UESYNTH_ACTION_INIT;
    *pose = *rgb = *depth = blank;
    pose->kind = UESYNTH_ACTION_SET_CAMERA_TRANSFORM;
    pose->transform.location.x = -600;
    pose->transform.location.y = (float)(view - VIEWS / 2) * 50;
    pose->transform.location.z = 200;
    pose->transform.rotation.pitch = -10;
    rgb->kind = UESYNTH_ACTION_CAPTURE_RGB;
    depth->kind = UESYNTH_ACTION_CAPTURE_DEPTH;
    rgb->width = depth->width = 320;
    rgb->height = depth->height = 240;
  }
}

/* Waits until each of the requests has had its event. Returns how many of them failed. */
static int wait_for_all(uesynth_client *client, size_t count) {
  uesynth_event events[8];
  int failures = 0;

  while (count > 0) {
    size_t taken = 0;
    uesynth_status status = uesynth_client_poll(client, events, 8, sizeof events[0], 10000, &taken);
    if (status != UESYNTH_OK) {
      fprintf(stderr, "poll: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
      return failures + (int)count;
    }
    for (size_t i = 0; i < taken; i++) {
      if (events[i].status == UESYNTH_OK)
        continue;
      fprintf(stderr, "request %llu: %s: %s\n", (unsigned long long)events[i].request_id,
              uesynth_status_name(events[i].status), events[i].message);
      failures += 1;
    }
    uesynth_events_release(events, taken, sizeof events[0]);
    count -= taken < count ? taken : count;
  }
  return failures;
}

/* Writes nothing to disk: a real program would do it here. */
static int take(uesynth_client *client, uint64_t request, const char *what) {
  uesynth_frame *frame = NULL;
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_status status = uesynth_client_take_frame(client, request, 0, &frame);
  if (status == UESYNTH_OK)
    status = uesynth_frame_view(frame, &info);
  if (status != UESYNTH_OK)
    fprintf(stderr, "%s: %s: %s\n", what, uesynth_status_name(status), uesynth_last_error());
  else
    printf("  %s %u x %u, %zu bytes%s", what, info.width, info.height, info.size,
           (info.flags & UESYNTH_FRAME_CHANGE_FAILED) ? ", not from this pose" : "");
  uesynth_frame_release(frame);
  return status != UESYNTH_OK;
}

static int run(uesynth_client *client) {
  uesynth_action actions[ACTIONS];
  uint64_t requests[ACTIONS];
  size_t submitted = 0;
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  int failures;

  describe(actions);
  options.flags = UESYNTH_SUBMIT_NOTIFY_ONLY;
  uesynth_status status =
      uesynth_client_submit_batch(client, actions, ACTIONS, sizeof actions[0], &options, requests,
                                  &submitted, NULL, NULL, NULL);
  if (status != UESYNTH_OK) {
    fprintf(stderr, "batch: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
    return 1;
  }
  failures = wait_for_all(client, submitted);
  for (int view = 0; view < VIEWS; view++) {
    printf("view %2d:", view);
    failures += take(client, requests[view * PER_VIEW + 1], "picture");
    failures += take(client, requests[view * PER_VIEW + 2], "depth");
    printf("\n");
  }
  return failures > 0;
}

int main(int argc, char **argv) {
  uesynth_client *client = NULL;
  uesynth_status status = uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", NULL, &client);
  int result = 1;
  if (status != UESYNTH_OK)
    fprintf(stderr, "client: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    result = run(client);
  uesynth_client_free(client);
  return result;
}
