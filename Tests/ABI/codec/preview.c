#include "test.h"

#include <math.h>

static codec_target rgb8(void *bytes, size_t count) {
  return (codec_target){.bytes = bytes, .capacity = count * 3, .format = CODEC_RGB8};
}

static int dark(const uint8_t *pixel) { return pixel[0] + pixel[1] + pixel[2] == 0; }

static int ascending(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

/* Against a sort, with values of every size, ties, sky and what is not a depth. */
static void percentiles(void) {
  enum { COUNT = 97 * 31 };
  static float depth[COUNT], kept[COUNT];
  static uint8_t rgb[COUNT * 3];
  for (int round = 0; round < 200; round++) {
    int valid = 0;
    for (int index = 0; index < COUNT; index++) {
      float value = ldexpf((float)(random_word() % 1000), (int)(random_word() % 30) - 15);
      switch (random_word() % 12) {
      case 0:
        value = INFINITY;
        break;
      case 1:
        value = NAN;
        break;
      case 2:
        value = 65504;
        break;
      case 3:
        value = -value - 1;
        break;
      }
      depth[index] = round == 0 ? 65504 : value;
      if (depth[index] >= 0 && depth[index] < 65504)
        kept[valid++] = depth[index];
    }
    qsort(kept, (size_t)valid, sizeof(float), ascending);
    codec_source source = tight(depth, 97, 31, CODEC_F32);
    codec_target target = rgb8(rgb, COUNT);
    codec_depth_options options = {.sky = 65504, .inverse = round & 1};
    codec_range range = {0, 0};
    STATUS(codec_preview_depth(&source, &options, &range, &target, error), CODEC_OK);
    float low = valid ? kept[(int)(0.01 * (valid - 1))] : 0;
    float high = valid ? kept[(int)(0.99 * (valid - 1))] : 0;
    CHECK(range.low == low && range.high == high, "%g..%g, not %g..%g", range.low, range.high, low,
          high);
    long wrong = 0;
    for (int index = 0; index < COUNT; index++)
      wrong += dark(rgb + 3 * index) != !(depth[index] >= 0 && depth[index] < 65504);
    CHECK(wrong == 0, "%ld of the dark pixels", wrong);
  }
}

static void depth_colours(void) {
  float depth[6] = {100, 200, 300, 400, 500, 700};
  uint8_t rgb[18], map[256][3];
  codec_source source = tight(depth, 6, 1, CODEC_F32);
  codec_target target = rgb8(rgb, 6);
  codec_fill_map(map);
  for (int inverse = 0; inverse < 2; inverse++) {
    codec_depth_options options = {.inverse = inverse};
    codec_range range = {100, 500};
    STATUS(codec_preview_depth(&source, &options, &range, &target, error), CODEC_OK);
    CHECK(range.low == 100 && range.high == 500, "the range changed");
    CHECK(memcmp(rgb, map[255], 3) == 0, "near");
    CHECK(memcmp(rgb + 12, map[0], 3) == 0 && memcmp(rgb + 15, map[0], 3) == 0, "far");
    double t = inverse ? (1 / 300. - 1 / 500.) / (1 / 100. - 1 / 500.) : 0.5;
    CHECK(memcmp(rgb + 6, map[(int)(t * 255 + 0.5)], 3) == 0, "middle");
  }
  /* Near 0 counts as far / 1000, or everything else would look equally far. */
  depth[0] = 0.5f;
  depth[1] = 2;
  codec_depth_options inverse_options = {.inverse = 1};
  STATUS(codec_preview_depth(&source, &inverse_options, &(codec_range){0, 1000}, &target, error),
         CODEC_OK);
  CHECK(memcmp(rgb, map[255], 3) == 0 && memcmp(rgb + 3, map[127], 3) == 0, "near 0");
  for (int index = 0; index < 6; index++)
    depth[index] = 0;
  for (int inverse = 0; inverse < 2; inverse++) {
    codec_depth_options options = {.inverse = inverse};
    STATUS(codec_preview_depth(&source, &options, NULL, &target, error), CODEC_OK);
    CHECK(!dark(rgb) && memcmp(rgb, rgb + 3, 15) == 0, "a picture of zeros is one colour");
  }
  target.format = CODEC_BGR8;
  STATUS(codec_preview_depth(&source, NULL, NULL, &target, error), CODEC_MISUSE);
  source.format = CODEC_U32;
  STATUS(codec_preview_depth(&source, NULL, NULL, &target, error), CODEC_MISUSE);
}

/* CIE 1976 L* of an sRGB colour, 0 to 100. */
static double lightness(const uint8_t *rgb) {
  static const double weights[3] = {0.2126, 0.7152, 0.0722};
  double luminance = 0;
  for (int channel = 0; channel < 3; channel++) {
    double value = rgb[channel] / 255.0;
    value = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
    luminance += weights[channel] * value;
  }
  return 116 * cbrt(luminance) - 16;
}

/* By another measure than the one that the map was drawn in. */
static void depth_map(void) {
  uint8_t map[256][3];
  codec_fill_map(map);
  for (int index = 1; index < 256; index++) {
    double step = lightness(map[index]) - lightness(map[index - 1]);
    CHECK(step > -0.15 && step < 0.9, "lightness goes by %g at %d", step, index);
    if (index >= 4)
      CHECK(lightness(map[index]) > lightness(map[index - 4]), "darker at %d", index);
    for (int channel = 0; channel < 3; channel++)
      CHECK(abs(map[index][channel] - map[index - 1][channel]) <= 6, "a leap at %d", index);
  }
  const uint8_t *far = map[0], *near = map[255];
  CHECK(lightness(far) > 8 && lightness(far) < 20 && far[2] > far[0], "far is dark and cold");
  CHECK(lightness(near) > 88 && near[0] > near[1] && near[1] > near[2], "near is bright and warm");
}

static void segmentation(void) {
  enum { COUNT = 256 };
  uint32_t ids[COUNT];
  uint8_t rgb[COUNT * 3], again[COUNT * 3];
  for (uint32_t index = 0; index < COUNT; index++)
    ids[index] = index;
  codec_source source = tight(ids, 16, 16, CODEC_U32);
  codec_target target = rgb8(rgb, COUNT);
  STATUS(codec_preview_segmentation(&source, &target, error), CODEC_OK);
  CHECK(dark(rgb), "0 is black");
  int closest = 1000, next = 1000;
  for (int one = 1; one < COUNT; one++)
    for (int other = one + 1; other < COUNT; other++) {
      int apart = 0;
      for (int channel = 0; channel < 3; channel++)
        apart += abs(rgb[3 * one + channel] - rgb[3 * other + channel]);
      closest = apart < closest ? apart : closest;
      if (other == one + 1)
        next = apart < next ? apart : next;
    }
  CHECK(closest >= 1, "two ids of 255 share a colour");
  CHECK(next > 120, "neighbours are only %d apart", next);
  for (uint32_t index = 0; index < COUNT; index++)
    ids[index] = COUNT - 1 - index;
  target.bytes = again;
  STATUS(codec_preview_segmentation(&source, &target, error), CODEC_OK);
  for (int index = 0; index < COUNT; index++)
    CHECK(memcmp(again + 3 * index, rgb + 3 * (COUNT - 1 - index), 3) == 0, "id %d", index);
}

static void normals(void) {
  static const float values[6][3] = {
      {0, 0, 1}, {-1, 1, 0}, {-7, 7, INFINITY}, {NAN, 0, 0}, {0.5f, -0.5f, 0.25f}, {0, -0.0f, 0}};
  static const uint8_t wanted[18] = {128, 128, 255, 0,   255, 128, 0, 255, 255,
                                     0,   0,   0,   191, 64,  159, 0, 0,   0};
  uint8_t rgb[18];
  codec_source source = tight(values, 6, 1, CODEC_F32X3);
  codec_target target = rgb8(rgb, 6);
  STATUS(codec_preview_normals(&source, &target, error), CODEC_OK);
  for (int index = 0; index < 18; index++)
    CHECK(rgb[index] == wanted[index], "%d is %d, not %d", index, rgb[index], wanted[index]);
}

static void flow(void) {
  static const float values[9][2] = {{4, 0}, {0, 0},         {-4, 0}, {NAN, 1}, {2e9f, 0},
                                     {8, 0}, {0, -INFINITY}, {0, 4},  {0, -4}};
  uint8_t rgb[27];
  codec_source source = tight(values, 9, 1, CODEC_F32X2);
  codec_target target = rgb8(rgb, 9);
  float maximum = 4;
  STATUS(codec_preview_flow(&source, &maximum, &target, error), CODEC_OK);
  static const uint8_t wanted[27] = {255, 0,   0, 255, 255, 255, 0, 255, 255, 0, 0,   0, 0,  0,
                                     0,   255, 0, 0,   0,   0,   0, 128, 255, 0, 128, 0, 255};
  for (int index = 0; index < 27; index++)
    CHECK(abs(rgb[index] - wanted[index]) <= 1, "%d is %d, not %d", index, rgb[index],
          wanted[index]);
  float many[200][2];
  for (int index = 0; index < 200; index++) {
    many[index][0] = index % 2 ? 0.3f * (float)index : 0;
    many[index][1] = index % 2 ? 0 : -0.3f * (float)index;
  }
  many[199][0] = 1e6f;
  uint8_t colours[600];
  source = tight(many, 20, 10, CODEC_F32X2);
  target = rgb8(colours, 200);
  maximum = 0;
  STATUS(codec_preview_flow(&source, &maximum, &target, error), CODEC_OK);
  CHECK(fabsf(maximum - 0.3f * 197) < 1e-3f, "maximum %g", maximum);
  memset(many, 0, sizeof many);
  maximum = NAN;
  STATUS(codec_preview_flow(&source, &maximum, &target, error), CODEC_OK);
  CHECK(maximum == 0 && colours[0] == 255 && colours[299] == 255, "at rest");
}

void test_preview(void) {
  percentiles();
  depth_colours();
  depth_map();
  segmentation();
  normals();
  flow();
}
