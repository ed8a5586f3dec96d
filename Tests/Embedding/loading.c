/* loading TARGET LIBRARY COPY: linked without the library. Says what loading costs; uses two copies
 * of it side by side; closes it in use, after use, and opens it again: it stays resident. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uesynth.h>
#include <unistd.h>

typedef struct library {
  void *handle;
  uesynth_status (*client_new)(const char *, const uesynth_client_options *, uesynth_client **);
  uesynth_status (*capture)(uesynth_client *, uint32_t, const char *, uint32_t, uint32_t,
                            uesynth_frame **);
  uesynth_status (*view)(const uesynth_frame *, uesynth_frame_info *);
  void (*release)(uesynth_frame *);
  void (*client_free)(uesynth_client *);
  const char *(*last_error)(void);
} library;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why == NULL ? "" : why);
  _exit(1);
}

/* By its bytes: ISO C knows no way from an object's pointer to a function's. */
static void find(library *self, const char *name, void *to) {
  void *symbol = dlsym(self->handle, name);
  if (symbol == NULL)
    fail(name, dlerror());
  memcpy(to, &symbol, sizeof symbol);
}

static void load(library *self, const char *path) {
  self->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (self->handle == NULL)
    fail(path, dlerror());
  find(self, "uesynth_client_new", &self->client_new);
  find(self, "uesynth_client_capture", &self->capture);
  find(self, "uesynth_frame_view", &self->view);
  find(self, "uesynth_frame_release", &self->release);
  find(self, "uesynth_client_free", &self->client_free);
  find(self, "uesynth_last_error", &self->last_error);
}

static uesynth_client *client_of(const library *self, const char *target) {
  uesynth_client *client = NULL;
  if (self->client_new(target, NULL, &client) != UESYNTH_OK)
    fail("client", self->last_error());
  return client;
}

static void capture(const library *self, uesynth_client *client) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_frame *frame = NULL;
  if (self->capture(client, UESYNTH_MODALITY_RGB, "", 16, 16, &frame) != UESYNTH_OK ||
      self->view(frame, &info) != UESYNTH_OK)
    fail("capture", self->last_error());
  if (info.size != 16 * 16 * 4)
    fail("capture", "of another size");
  self->release(frame);
}

/* KiB of this process that nobody shares. */
static long private_memory(void) {
  char line[256];
  long sum = 0, part = 0;
  FILE *file = fopen("/proc/self/smaps_rollup", "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "Private_Clean: %ld", &part) == 1 ||
        sscanf(line, "Private_Dirty: %ld", &part) == 1)
      sum += part;
  if (file != NULL)
    fclose(file);
  return sum;
}

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  library first, copy;
  if (argc != 4)
    return 2;
  double start = now_ms();
  long before = private_memory();
  load(&first, argv[2]);
  printf("loading took %.1f ms and %ld KiB of private memory", now_ms() - start,
         private_memory() - before);
  uesynth_client *left = client_of(&first, argv[1]);
  capture(&first, left);
  printf(", with a client that has captured %ld KiB\n", private_memory() - before);

  load(&copy, argv[3]);
  if (first.last_error == copy.last_error)
    fail("the copy", "is the same library");
  uesynth_client *right = client_of(&copy, argv[1]);
  for (int i = 0; i < 20; i++) {
    capture(&first, left);
    capture(&copy, right);
  }
  copy.client_free(right);

  /* Closed in use: its threads run on in code that must stay. */
  if (dlclose(first.handle) != 0)
    fail("dlclose", dlerror());
  for (int i = 0; i < 20; i++)
    capture(&first, left);
  first.client_free(left);
  if (dlclose(copy.handle) != 0)
    fail("dlclose", dlerror());
  void *still = dlopen(argv[2], RTLD_NOW | RTLD_NOLOAD);
  if (still == NULL)
    fail("after dlclose", "the library is gone");

  load(&first, argv[2]);
  left = client_of(&first, argv[1]);
  capture(&first, left);
  first.client_free(left);
  printf("two copies side by side, closed in use, opened again\n");
  return 0;
}
