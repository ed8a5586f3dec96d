/* What `make demo` runs: starts the simulator, draws its five kinds of picture into out/, streams
 * for two seconds, and measures.
 *
 *     demo [UESYNTHCTL]      else the environment variable UESYNTHCTL, else uesynthctl in PATH
 */
#define _POSIX_C_SOURCE 200809L
#include "measure.h"
#include "simulator.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uesynth.h>
#include <unistd.h>

#define OUT "out"
enum { TICK_HZ = 60, IN_FLIGHT = 16 };

static int is_terminal = 0, has_colours = 0;

static void look_at_terminal(void) {
  const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
  is_terminal = isatty(STDOUT_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
  has_colours = is_terminal && (no_colour == NULL || no_colour[0] == '\0');
}

static const char *bold(void) { return has_colours ? "\033[1m" : ""; }
static const char *green(void) { return has_colours ? "\033[32m" : ""; }
static const char *dim(void) { return has_colours ? "\033[2m" : ""; }
static const char *plain(void) { return has_colours ? "\033[0m" : ""; }

static int failed(const char *what, const char *why) {
  fprintf(stderr, "demo: %s: %s\n", what, why);
  return -1;
}

/* ---- Pictures ---------------------------------------------------------------------------------
 */

static const struct {
  uint32_t modality;
  const char *name, *caption;
} kinds[] = {{UESYNTH_MODALITY_RGB, "rgb", "what the camera sees"},
             {UESYNTH_MODALITY_DEPTH, "depth", "near is bright, far is dark"},
             {UESYNTH_MODALITY_SEGMENTATION, "segmentation", "a colour for each object"},
             {UESYNTH_MODALITY_NORMALS, "normals", "x, y, z as red, green, blue"},
             {UESYNTH_MODALITY_OPTICAL_FLOW, "optical_flow", "hue is the direction"}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int capture(uesynth_client *client, uint32_t modality, uesynth_frame **frame) {
  if (uesynth_client_capture(client, modality, "", 640, 480, frame) != UESYNTH_OK)
    return failed("capture", uesynth_last_error());
  return 0;
}

static int save(const uesynth_frame *frame, const char *name, const char *caption) {
  uesynth_picture_options options = UESYNTH_PICTURE_OPTIONS_INIT;
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  char path[64], size[32];

  options.kind = UESYNTH_PICTURE_PREVIEW; /* what is not colour is drawn in colours */
  snprintf(path, sizeof path, OUT "/%s.png", name);
  if (uesynth_frame_save(frame, path, &options) != UESYNTH_OK ||
      uesynth_frame_view(frame, &info) != UESYNTH_OK)
    return failed(path, uesynth_last_error());
  snprintf(size, sizeof size, "%u x %u", info.width, info.height);
  printf("  %s%-22s%s %10s   %s%s%s\n", green(), path, plain(), size, dim(), caption, plain());
  return 0;
}

static int draw_all(uesynth_client *client) {
  uesynth_frame *frames[KINDS] = {NULL}, *before = NULL;
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  int result = 0;

  printf("%spictures%s\n", bold(), plain());
  if (uesynth_client_get_camera_transform(client, "", &pose) != UESYNTH_OK)
    return failed("pose", uesynth_last_error());

  /* Flow is the way of each pixel since the frame before: one that is thrown away, then a step. */
  if (capture(client, UESYNTH_MODALITY_OPTICAL_FLOW, &before) < 0)
    return -1;
  uesynth_frame_release(before);
  pose.location.x += 40;
  pose.location.y += 20;
  if (uesynth_client_set_camera_transform(client, "", &pose) != UESYNTH_OK)
    return failed("pose", uesynth_last_error());

  for (size_t i = KINDS; i-- > 0 && result == 0;) /* flow first: nothing lies between the two */
    result = capture(client, kinds[i].modality, &frames[i]);
  for (size_t i = 0; i < KINDS && result == 0; i++)
    result = save(frames[i], kinds[i].name, kinds[i].caption);
  for (size_t i = 0; i < KINDS; i++)
    uesynth_frame_release(frames[i]);
  return result;
}

/* ---- A stream ---------------------------------------------------------------------------------
 */

static void progress(const measurement *so_far, void *user_data) {
  double total = *(const double *)user_data;
  char bar[21];
  int done = (int)(so_far->seconds / total * 20);

  if (!is_terminal)
    return;
  for (int i = 0; i < 20; i++)
    bar[i] = i < done ? '#' : '.';
  bar[20] = '\0';
  printf("\r  [%s%s%s] %4.1f s  %6llu frames  %6.0f /s  %6.0f MB/s", green(), bar, plain(),
         so_far->seconds, (unsigned long long)so_far->pictures,
         (double)so_far->pictures / so_far->seconds, (double)so_far->bytes / so_far->seconds / 1e6);
  fflush(stdout);
}

static int stream(uesynth_client *client) {
  measurement result;
  double seconds = 2;

  printf("\n%sstreaming 640 x 480 for 2 seconds, rendered as they are asked for%s\n", bold(),
         plain());
  fflush(stdout);
  measure_stream(client, seconds, progress, &seconds, &result);
  if (result.pictures == 0)
    return failed("stream", result.problem[0] != '\0' ? result.problem : "no frame came");
  if (is_terminal)
    printf("\r\033[K");
  printf("  %llu frames in %.1f s: %.0f frames/s, %.0f MB/s, %llu failed\n",
         (unsigned long long)result.pictures, result.seconds,
         (double)result.pictures / result.seconds, (double)result.bytes / result.seconds / 1e6,
         (unsigned long long)result.failures);
  return 0;
}

/* ---- The table --------------------------------------------------------------------------------
 */

enum { SYNC, DIRECT, STREAM, WAYS };
static const char *const way_names[WAYS] = {"sync calls", "16 direct in flight", "streaming"};

/* What a row was limited by, told from what was measured. */
static void explain(int way, int ticking, const measurement *result, char *text, size_t size) {
  double rate = (double)result->pictures / result->seconds, per_tick = rate / TICK_HZ;
  double busy = result->cpu_seconds / result->seconds * 100;

  if (ticking && way == DIRECT && per_tick < IN_FLIGHT * 0.9)
    snprintf(text, size, "the renderer: %.1f of 16 a tick", per_tick);
  else if (ticking && way == DIRECT)
    snprintf(text, size, "the tick: all 16 in each");
  else if (ticking && per_tick > 1.2)
    snprintf(text, size, "the tick: %.1f in each", per_tick);
  else if (ticking && per_tick > 0.8)
    snprintf(text, size, "the tick: one in each");
  else if (ticking)
    snprintf(text, size, "the renderer: %.0f ms a picture", 1000 / rate);
  else if (way == SYNC)
    snprintf(text, size, "the round trip: %.2f ms", 1000 / rate);
  else if (busy > 90)
    snprintf(text, size, "this program's CPU: %.0f %%", busy);
  else
    snprintf(text, size, "the simulator (our CPU: %.0f %%)", busy);
}

static int measure_row(const char *target, int way, int ticking) {
  uesynth_client *client = NULL;
  measurement result;
  char limit[64];

  if (uesynth_client_new(target, NULL, &client) != UESYNTH_OK ||
      uesynth_client_connect(client, 5000) != UESYNTH_OK) {
    failed(target, uesynth_last_error());
    uesynth_client_free(client);
    return -1;
  }
  if (way == SYNC)
    measure_sync(client, 1, &result);
  else if (way == DIRECT)
    measure_direct(client, IN_FLIGHT, 1, &result);
  else
    measure_stream(client, 1, NULL, NULL, &result);
  uesynth_client_free(client);
  if (result.pictures == 0 || result.failures > 0)
    return failed(way_names[way], result.problem[0] != '\0' ? result.problem : "no frame came");

  explain(way, ticking, &result, limit, sizeof limit);
  printf("    %-21s %s%10.0f%s %9.0f   %s%s%s\n", way_names[way], green(),
         (double)result.pictures / result.seconds, plain(),
         (double)result.bytes / result.seconds / 1e6, dim(), limit, plain());
  fflush(stdout);
  return 0;
}

static int measure_all(const char *program) {
  static const char *const replay[] = {"--replay", NULL};
  static const char *const ticking[] = {"--tick-hz", "60", NULL};
  static const char *const titles[2] = {
      "what the library can do (the simulator sends prepared pictures)",
      "what an engine allows (the simulator works on 60 ticks a second)"};
  int result = 0;

  printf("\n%s  %-23s %10s %9s   %s%s\n", bold(), "640 x 480 RGB", "pictures/s", "MB/s",
         "limited by", plain());
  for (int i = 0; i < 2 && result == 0; i++) {
    simulator server;
    printf("  %s\n", titles[i]);
    fflush(stdout);
    if (simulator_start(&server, program, i == 0 ? replay : ticking) < 0)
      return failed("simulator", server.problem);
    for (int way = 0; way < WAYS && result == 0; way++)
      result = measure_row(server.target, way, i);
    simulator_stop(&server);
  }
  return result;
}

/* ---- Main -------------------------------------------------------------------------------------
 */

static int draw_and_stream(const char *program) {
  static const char *const none[] = {NULL};
  simulator server;
  uesynth_client *client = NULL;
  int result = -1;

  if (simulator_start(&server, program, none) < 0)
    return failed("simulator", server.problem);
  printf("%slibuesynth %s%s, a simulator at %s\n\n", bold(), uesynth_version(), plain(),
         server.target);
  if (uesynth_client_new(server.target, NULL, &client) != UESYNTH_OK ||
      uesynth_client_connect(client, 5000) != UESYNTH_OK)
    failed("connect", uesynth_last_error());
  else if (draw_all(client) == 0)
    result = stream(client);
  uesynth_client_free(client);
  simulator_stop(&server);
  return result;
}

int main(int argc, char **argv) {
  const char *program = argc > 1 ? argv[1] : getenv("UESYNTHCTL");
  char folder[4096];

  if (program == NULL || program[0] == '\0')
    program = "uesynthctl";
  look_at_terminal();
  if (mkdir(OUT, 0777) < 0 && errno != EEXIST) {
    failed(OUT, strerror(errno));
    return 1;
  }
  if (draw_and_stream(program) < 0 || measure_all(program) < 0)
    return 1;
  if (getcwd(folder, sizeof folder) != NULL)
    printf("\nThe pictures are in %s/" OUT ".\n", folder);
  return 0;
}
