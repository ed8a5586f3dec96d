/* Times of the codecs at 1080p: the fastest of several runs, one thread. Swizzles are compared with
 * a memcpy that moves as many bytes (read + written). With a folder as its argument it also writes
 * the previews there. */
#include "CUESynthCodec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 1920, HEIGHT = 1080, COUNT = WIDTH * HEIGHT };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

#define FASTEST(result, rounds, work)                                                              \
  do {                                                                                             \
    result = 1e9;                                                                                  \
    for (int round = 0; round < (rounds); round++) {                                               \
      double start = now();                                                                        \
      work;                                                                                        \
      double taken = now() - start;                                                                \
      result = taken < result ? taken : result;                                                    \
    }                                                                                              \
  } while (0)

static char error[CODEC_ERROR_CAPACITY];

static void must(int32_t status) {
  if (status) {
    printf("status %d: %s\n", status, error);
    exit(1);
  }
}

/* A room: floor, far wall, a window with sky, three balls that move. Depth in centimetres. */
struct scene {
  uint8_t rgba[COUNT][4];
  float depth[COUNT];
  uint32_t ids[COUNT];
  float normals[COUNT][3];
  float flow[COUNT][2];
};

static void shade(struct scene *scene, int at, const float *colour, float light) {
  static uint32_t noise = 1;
  for (int channel = 0; channel < 3; channel++) {
    noise = noise * 1664525 + 1013904223;
    float value = colour[channel] * light * 255 + (float)(noise >> 30);
    scene->rgba[at][channel] = (uint8_t)(value > 255 ? 255 : value);
  }
  scene->rgba[at][3] = 0;
}

static void render(struct scene *scene) {
  static const float balls[3][4] = {{-150, 20, 420, 100}, {60, 60, 300, 60}, {260, -60, 900, 160}};
  static const float moves[3][2] = {{14, 0}, {-6, -9}, {0, 12}};
  static const float colours[5][3] = {{0.5f, 0.5f, 0.45f},
                                      {0.7f, 0.75f, 0.8f},
                                      {0.9f, 0.2f, 0.15f},
                                      {0.2f, 0.8f, 0.3f},
                                      {0.2f, 0.4f, 0.9f}};
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int at = y * WIDTH + x;
      float ray[3] = {(float)(x - WIDTH / 2) / 960, (float)(y - HEIGHT / 2) / 960, 1};
      float depth = 2000, normal[3] = {0, 0, -1};
      uint32_t id = 2;
      if (ray[1] > 0.07f) {
        depth = 140 / ray[1];
        id = 1;
        normal[1] = -1;
        normal[2] = 0;
      } else if (fabsf(ray[0]) < 0.5f && ray[1] > -0.4f && ray[1] < -0.1f) {
        id = 0;
        depth = 65504;
      }
      float move[2] = {4 * ray[0], 4 * ray[1]};
      for (int ball = 0; ball < 3; ball++) {
        const float *b = balls[ball];
        float rr = ray[0] * ray[0] + ray[1] * ray[1] + 1;
        float rc = ray[0] * b[0] + ray[1] * b[1] + b[2];
        float inside = rc * rc - rr * (b[0] * b[0] + b[1] * b[1] + b[2] * b[2] - b[3] * b[3]);
        if (inside < 0)
          continue;
        float t = (rc - sqrtf(inside)) / rr;
        if (t < 0 || t >= depth)
          continue;
        depth = t;
        id = (uint32_t)ball + 3;
        for (int axis = 0; axis < 3; axis++)
          normal[axis] = (ray[axis] * t - b[axis]) / b[3];
        memcpy(move, moves[ball], sizeof move);
      }
      scene->depth[at] = depth;
      scene->ids[at] = id;
      memcpy(scene->normals[at], normal, sizeof normal);
      memcpy(scene->flow[at], move, sizeof move);
      float light =
          0.35f + 0.65f * fmaxf(0, -0.6f * normal[1] - 0.5f * normal[2] - 0.3f * normal[0]);
      float sky[3] = {0.6f, 0.8f, 1};
      shade(scene, at, id ? colours[id - 1] : sky, id ? light : 1);
    }
}

static codec_source source_of(const void *bytes, codec_format format, size_t pixel) {
  return (codec_source){bytes, COUNT * pixel, 0, WIDTH, HEIGHT, format};
}

static void swizzles(const struct scene *scene, uint8_t *result) {
  static const struct {
    const char *name;
    codec_format from, to;
    size_t in, out;
  } pairs[] = {
      {"RGBA8 -> RGB8", CODEC_RGBA8, CODEC_RGB8, 4, 3},
      {"RGBA8 -> BGR8", CODEC_RGBA8, CODEC_BGR8, 4, 3},
      {"RGBA8 -> BGRA8", CODEC_RGBA8, CODEC_BGRA8, 4, 4},
      {"RGBA8 -> GRAY8", CODEC_RGBA8, CODEC_GRAY8, 4, 1},
      {"BGRA8 -> RGB8", CODEC_BGRA8, CODEC_RGB8, 4, 3},
      {"RGB8 -> BGR8", CODEC_RGB8, CODEC_BGR8, 3, 3},
      {"RGB8 -> RGBA8", CODEC_RGB8, CODEC_RGBA8, 3, 4},
      {"RGB8 -> GRAY8", CODEC_RGB8, CODEC_GRAY8, 3, 1},
      {"RGBA8 -> F32X3", CODEC_RGBA8, CODEC_F32X3, 4, 12},
      {"RGBA8 -> F32X3_PLANAR", CODEC_RGBA8, CODEC_F32X3_PLANAR, 4, 12},
      {"RGBA8 -> F32X4", CODEC_RGBA8, CODEC_F32X4, 4, 16},
      {"BGRA8 -> F32X4_PLANAR", CODEC_BGRA8, CODEC_F32X4_PLANAR, 4, 16},
  };
  printf("%-24s %8s %8s %8s %8s\n", "swizzle", "ms", "GB/s", "memcpy", "ratio");
  for (size_t index = 0; index < sizeof pairs / sizeof *pairs; index++) {
    codec_source source = source_of(scene->rgba, pairs[index].from, pairs[index].in);
    codec_target target = {result, COUNT * 16, 0, pairs[index].to};
    double bytes = (double)COUNT * (double)(pairs[index].in + pairs[index].out);
    double took, copy;
    FASTEST(took, 15, must(codec_swizzle(&source, &target, error)));
    FASTEST(copy, 15, memcpy(result, scene->rgba, (size_t)bytes / 2));
    printf("%-24s %8.2f %8.2f %8.2f %8.2f\n", pairs[index].name, took * 1e3, bytes / took * 1e-9,
           bytes / copy * 1e-9, copy / took);
  }
}

static void files(const struct scene *scene, uint8_t *result) {
  codec_source source = source_of(scene->rgba, CODEC_RGBA8, 4);
  uint8_t *bytes = NULL;
  size_t size = 0;
  double took;
  printf("\n%-24s %8s %8s\n", "file", "ms", "MB");
  for (int level = -1; level <= 6; level += level < 1 ? 1 : 5) {
    codec_png_options options = {level, 0};
    FASTEST(took, level < 2 ? 3 : 1, codec_free(bytes);
            must(codec_encode_png(&source, &options, &bytes, &size, error)));
    printf("PNG write, level %-7d %8.1f %8.2f\n", level, took * 1e3, (double)size * 1e-6);
    codec_target target = {result, COUNT * 4, 0, CODEC_RGBA8};
    FASTEST(took, 3, must(codec_decode(bytes, size, &target, NULL, error)));
    printf("PNG read                 %8.1f\n", took * 1e3);
  }
  for (int chroma = 420; chroma <= 444; chroma += 24) {
    codec_jpeg_options options = {95, chroma};
    FASTEST(took, 5, codec_free(bytes);
            must(codec_encode_jpeg(&source, &options, &bytes, &size, error)));
    printf("JPEG write, q95 %d      %8.1f %8.2f\n", chroma, took * 1e3, (double)size * 1e-6);
    codec_target target = {result, COUNT * 4, 0, CODEC_RGBA8};
    FASTEST(took, 5, must(codec_decode(bytes, size, &target, NULL, error)));
    printf("JPEG read                %8.1f\n", took * 1e3);
  }
  codec_free(bytes);
}

static void save(const char *folder, const char *name, const void *rgb) {
  char path[512];
  if (!folder)
    return;
  snprintf(path, sizeof path, "%s/%s.png", folder, name);
  codec_source source = source_of(rgb, CODEC_RGB8, 3);
  must(codec_save_png(path, &source, NULL, error));
}

static void previews(const struct scene *scene, uint8_t *rgb, const char *folder) {
  codec_target target = {rgb, COUNT * 3, 0, CODEC_RGB8};
  codec_source source = source_of(scene->depth, CODEC_F32, 4);
  double took;
  printf("\n%-24s %8s\n", "preview", "ms");
  for (int kind = 0; kind < 2; kind++) {
    static const char *names[] = {"depth", "depth-inverse"};
    codec_depth_options options = {65504, kind};
    codec_range range;
    FASTEST(took, 3, range.low = range.high = 0;
            must(codec_preview_depth(&source, &options, &range, &target, error)));
    printf("%-24s %8.1f  %g..%g\n", names[kind], took * 1e3, (double)range.low, (double)range.high);
    save(folder, names[kind], rgb);
  }
  source = source_of(scene->ids, CODEC_U32, 4);
  FASTEST(took, 3, must(codec_preview_segmentation(&source, &target, error)));
  printf("%-24s %8.1f\n", "segmentation", took * 1e3);
  save(folder, "segmentation", rgb);
  source = source_of(scene->normals, CODEC_F32X3, 12);
  FASTEST(took, 3, must(codec_preview_normals(&source, &target, error)));
  printf("%-24s %8.1f\n", "normals", took * 1e3);
  save(folder, "normals", rgb);
  source = source_of(scene->flow, CODEC_F32X2, 8);
  FASTEST(took, 3, must(codec_preview_flow(&source, NULL, &target, error)));
  printf("%-24s %8.1f\n", "flow", took * 1e3);
  save(folder, "flow", rgb);
}

/* The two wheels that a reader wants to see: directions, and the colours of the ids 0 to 1023. */
static void wheels(uint8_t *rgb, const char *folder) {
  static float flow[COUNT][2];
  static uint32_t ids[COUNT];
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      flow[y * WIDTH + x][0] = (float)(x - WIDTH / 2);
      flow[y * WIDTH + x][1] = (float)(y - HEIGHT / 2);
      ids[y * WIDTH + x] = (uint32_t)(x / 60 + y / 34 * 32);
    }
  codec_target target = {rgb, COUNT * 3, 0, CODEC_RGB8};
  codec_source source = source_of(flow, CODEC_F32X2, 8);
  must(codec_preview_flow(&source, &(float){540}, &target, error));
  save(folder, "wheel", rgb);
  source = source_of(ids, CODEC_U32, 4);
  must(codec_preview_segmentation(&source, &target, error));
  save(folder, "ids", rgb);
}

int main(int count, char **arguments) {
  const char *folder = count > 1 ? arguments[1] : NULL;
  struct scene *scene = malloc(sizeof *scene);
  uint8_t *result = calloc(COUNT, 16);
  render(scene);
  swizzles(scene, result);
  files(scene, result);
  previews(scene, result, folder);
  for (int pixel = 0; pixel < COUNT; pixel++)
    memcpy(result + 3 * pixel, scene->rgba[pixel], 3);
  save(folder, "rgb", result);
  if (folder)
    wheels(result, folder);
  free(result);
  free(scene);
  return 0;
}
