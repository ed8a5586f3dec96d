/* A data set on the disk: from each of some poses a picture and its depth. The frames are handed to
 * the library's worker as they come, so that the next ones are under way while files are written.
 *
 *     cc save.c -luesynth -lm -o save && ./save localhost:50051 set 100
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uesynth.h>

static const char *folder;

static int failed(const char *what, const char *why) {
  fprintf(stderr, "save: %s: %s\n", what, why);
  return -1;
}

/* A step on a circle around the origin, looking at it. */
static int step(uesynth_client *client, int index, int count) {
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  double angle = 6.283185307179586 * index / count;

  pose.location.x = (float)(-800 * cos(angle));
  pose.location.y = (float)(-800 * sin(angle));
  pose.location.z = 250;
  pose.rotation.pitch = -15;
  pose.rotation.yaw = (float)(angle * 180 / 3.141592653589793);
  if (uesynth_client_set_camera_transform(client, "", &pose) != UESYNTH_OK)
    return failed("pose", uesynth_last_error());
  return 0;
}

/* Waits while the queue of files is full; the frame is let go at once, the library keeps it. */
static int shoot(uesynth_client *client, uint32_t modality, int index, const char *ending) {
  uesynth_save_options options = UESYNTH_SAVE_OPTIONS_INIT;
  uesynth_frame *frame = NULL;
  char path[4096];
  int result = 0;

  options.cookie = (uint64_t)index;
  snprintf(path, sizeof path, "%s/%06d.%s", folder, index, ending);
  if (uesynth_client_capture(client, modality, "", 640, 480, &frame) != UESYNTH_OK)
    return failed("capture", uesynth_last_error());
  if (uesynth_client_save(client, frame, path, &options, NULL, NULL, NULL) != UESYNTH_OK)
    result = failed(path, uesynth_last_error());
  uesynth_frame_release(frame);
  return result;
}

/* Takes the events of so many saves, and says how many succeeded. */
static int count_saved(uesynth_client *client, int wanted) {
  uesynth_event events[16];
  size_t count = 0;
  int saved = 0, over = 0;

  while (over < wanted &&
         uesynth_client_poll(client, events, 16, sizeof events[0], -1, &count) == UESYNTH_OK) {
    for (size_t i = 0; i < count; i++) {
      over += 1;
      if (events[i].status == UESYNTH_OK)
        saved += 1;
      else
        failed(uesynth_status_name(events[i].status), events[i].message);
    }
    uesynth_events_release(events, count, sizeof events[0]);
  }
  return saved;
}

int main(int argc, char **argv) {
  uesynth_client *client = NULL;
  int steps, handed = 0, saved = 0, index;

  if (argc != 4 || (steps = atoi(argv[3])) <= 0) {
    fprintf(stderr, "usage: save TARGET FOLDER STEPS\n");
    return 2;
  }
  folder = argv[2];
  if (uesynth_client_new(argv[1], NULL, &client) != UESYNTH_OK ||
      uesynth_client_connect(client, 5000) != UESYNTH_OK) {
    failed(argv[1], uesynth_last_error());
    uesynth_client_free(client);
    return 1;
  }
  if (mkdir(folder, 0777) < 0 && errno != EEXIST)
    failed(folder, strerror(errno));
  for (index = 0; index < steps && step(client, index, steps) == 0; index++) {
    handed += shoot(client, UESYNTH_MODALITY_RGB, index, "jpg") == 0;
    handed += shoot(client, UESYNTH_MODALITY_DEPTH, index, "npy") == 0;
  }
  saved = count_saved(client, handed);
  uesynth_client_free(client);
  printf("%d of %d files are in %s\n", saved, 2 * steps, folder);
  return saved == 2 * steps ? 0 : 1;
}
