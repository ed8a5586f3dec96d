#define _POSIX_C_SOURCE 200809L
#include "picture.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(picture *self, const char *reason) {
  snprintf(self->caption, sizeof self->caption, "%s", reason);
  picture_free(self);
  return -1;
}

static uint8_t byte(float value) {
  return value > 0 ? (value < 1 ? (uint8_t)(value * 255 + 0.5f) : 255) : 0;
}

/* Rows may lie in memory that is aligned for bytes only. */
static float float_at(const uesynth_frame_info *info, uint32_t x, uint32_t y, uint32_t channel,
                      uint32_t channels) {
  float value;
  memcpy(&value, info->data + y * info->stride + ((size_t)x * channels + channel) * sizeof value,
         sizeof value);
  return value;
}

static void draw_colours(picture *self, const uesynth_frame_info *info, uint32_t channels) {
  uint8_t *out = self->pixels;
  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++, out += 3)
      memcpy(out, info->data + y * info->stride + (size_t)x * channels, 3);
  snprintf(self->caption, sizeof self->caption, "what the camera sees");
}

static int ascending(const void *left, const void *right) {
  float a = *(const float *)left, b = *(const float *)right;
  return (a > b) - (a < b);
}

/* From yellow (0) over green to dark violet (1). */
static void ramp(float at, uint8_t *out) {
  static const float stops[6][3] = {{0.99f, 0.91f, 0.14f}, {0.48f, 0.82f, 0.32f},
                                    {0.13f, 0.66f, 0.52f}, {0.16f, 0.47f, 0.56f},
                                    {0.25f, 0.27f, 0.53f}, {0.20f, 0.02f, 0.27f}};
  float scaled = at > 0 ? (at < 1 ? at * 5 : 5) : 0;
  int stop = scaled < 5 ? (int)scaled : 4;
  float part = scaled - (float)stop;
  for (int i = 0; i < 3; i++)
    out[i] = byte(stops[stop][i] * (1 - part) + stops[stop + 1][i] * part);
}

/* Whether a surface is there: Unreal's depth ends where half floats do. */
static int is_depth(float depth) { return depth > 0 && depth < 65504; }

static int draw_depth(picture *self, const uesynth_frame_info *info) {
  size_t count = 0, total = (size_t)info->width * info->height;
  float *sorted = malloc(total * sizeof *sorted);
  uint8_t *out = self->pixels;
  float near_cm, far_cm;

  if (sorted == NULL)
    return fail(self, "out of memory");
  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++) {
      float depth = float_at(info, x, y, 0, 1);
      if (is_depth(depth))
        sorted[count++] = depth;
    }
  if (count == 0) {
    free(sorted);
    return fail(self, "no pixel has a depth");
  }
  qsort(sorted, count, sizeof *sorted, ascending);
  near_cm = sorted[0];
  far_cm = sorted[count - 1 - count / 50]; /* the horizon would take all colours */
  free(sorted);

  float range = logf(far_cm / near_cm);
  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++, out += 3) {
      float depth = float_at(info, x, y, 0, 1);
      if (is_depth(depth))
        ramp(range > 0 ? logf(depth / near_cm) / range : 0, out);
      else
        memset(out, 0, 3);
    }
  snprintf(self->caption, sizeof self->caption, "yellow %.1f m to violet %.1f m", near_cm / 100.0,
           far_cm / 100.0);
  return 0;
}

/* Successive ids lie far apart on the colour circle, by the golden section, in six strengths. */
static void colour_of(uint32_t id, uint8_t *out) {
  float hue = (float)(id * 2654435769u) / 4294967296.0f * 6.2831853f;
  float saturation = 0.45f + 0.25f * (float)(id % 3), value = 0.65f + 0.35f * (float)(id % 2);
  for (int i = 0; i < 3; i++) {
    float wave = 0.5f + 0.5f * cosf(hue - (float)i * 2.0943951f);
    out[i] = byte(value * (1 - saturation + saturation * wave));
  }
}

static void draw_segmentation(picture *self, const uesynth_frame_info *info) {
  enum { SLOTS = 4096 }; /* open addressing; more ids than half of this are drawn, not counted */
  uint32_t seen[SLOTS] = {0}, objects = 0, last = 0;
  uint8_t *out = self->pixels;

  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++, out += 3) {
      uint32_t id, slot;
      memcpy(&id, info->data + y * info->stride + (size_t)x * sizeof id, sizeof id);
      if (id == 0) {
        memset(out, 0, 3);
        continue;
      }
      if (id == last && x > 0) {
        memcpy(out, out - 3, 3);
        continue;
      }
      last = id;
      colour_of(id, out);
      slot = id % SLOTS;
      while (seen[slot] != id && seen[slot] != 0)
        slot = (slot + 1) % SLOTS;
      if (seen[slot] == 0 && objects < SLOTS / 2) {
        seen[slot] = id;
        objects += 1;
      }
    }
  snprintf(self->caption, sizeof self->caption, "%u objects, a colour for each", objects);
}

static void draw_normals(picture *self, const uesynth_frame_info *info) {
  uint8_t *out = self->pixels;
  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++, out += 3) {
      float normal[3] = {float_at(info, x, y, 0, 3), float_at(info, x, y, 1, 3),
                         float_at(info, x, y, 2, 3)};
      int nothing = normal[0] == 0 && normal[1] == 0 && normal[2] == 0;
      for (int i = 0; i < 3; i++)
        out[i] = nothing ? 0 : byte(normal[i] * 0.5f + 0.5f);
    }
  snprintf(self->caption, sizeof self->caption, "x, y, z as red, green, blue");
}

/* Hue is the direction, strength the length in parts of the longest. */
static void draw_flow(picture *self, const uesynth_frame_info *info) {
  uint8_t *out = self->pixels;
  float longest = 0;

  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++) {
      float length = hypotf(float_at(info, x, y, 0, 2), float_at(info, x, y, 1, 2));
      if (isfinite(length) && length > longest)
        longest = length;
    }
  for (uint32_t y = 0; y < info->height; y++)
    for (uint32_t x = 0; x < info->width; x++, out += 3) {
      float right = float_at(info, x, y, 0, 2), down = float_at(info, x, y, 1, 2);
      float length = hypotf(right, down), angle = atan2f(down, right);
      float strength = longest > 0 && isfinite(length) ? sqrtf(length / longest) : 0;
      for (int i = 0; i < 3; i++)
        out[i] = byte(strength * (0.5f + 0.5f * cosf(angle - (float)i * 2.0943951f)));
    }
  snprintf(self->caption, sizeof self->caption, "up to %.1f pixels; hue is the direction", longest);
}

int picture_draw(picture *self, const uesynth_frame_info *info) {
  size_t pixels = (size_t)info->width * info->height;

  memset(self, 0, sizeof *self);
  if (info->flags & UESYNTH_FRAME_PLACEHOLDER)
    return fail(self, "a placeholder: this server does not implement it");
  if (info->stride == 0 || pixels == 0)
    return fail(self, "no rows of pixels");
  self->width = info->width;
  self->height = info->height;
  self->pixels = calloc(pixels, 3);
  if (self->pixels == NULL)
    return fail(self, "out of memory");

  switch (info->format) {
  case UESYNTH_FORMAT_RGBA8:
    draw_colours(self, info, 4);
    return 0;
  case UESYNTH_FORMAT_RGB8:
    draw_colours(self, info, 3);
    return 0;
  case UESYNTH_FORMAT_F32:
    return draw_depth(self, info);
  case UESYNTH_FORMAT_U32:
    draw_segmentation(self, info);
    return 0;
  case UESYNTH_FORMAT_F32X3:
    draw_normals(self, info);
    return 0;
  case UESYNTH_FORMAT_F32X2:
    draw_flow(self, info);
    return 0;
  default:
    return fail(self, "in a format that this program cannot draw");
  }
}

int picture_strip(picture *self, const picture *pictures, size_t count) {
  memset(self, 0, sizeof *self);
  if (count == 0)
    return fail(self, "no pictures");
  uint32_t width = pictures[0].width / 2, height = pictures[0].height / 2;
  self->width = width * (uint32_t)count;
  self->height = height;
  self->pixels = calloc((size_t)self->width * height, 3);
  if (self->pixels == NULL)
    return fail(self, "out of memory");

  for (size_t i = 0; i < count; i++) {
    const picture *from = &pictures[i];
    if (from->width / 2 != width || from->height / 2 != height)
      return fail(self, "pictures of several sizes");
    for (uint32_t y = 0; y < height; y++)
      for (uint32_t x = 0; x < width * 3; x++) {
        size_t row = (size_t)from->width * 3, column = x / 3 * 6 + x % 3;
        const uint8_t *upper = from->pixels + 2 * y * row + column, *lower = upper + row;
        self->pixels[((size_t)y * self->width + i * width) * 3 + x] =
            (uint8_t)((upper[0] + upper[3] + lower[0] + lower[3] + 2) / 4);
      }
  }
  snprintf(self->caption, sizeof self->caption, "all of them side by side");
  return 0;
}

int picture_write(picture *self, const char *path) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = self->width;
  image.height = self->height;
  image.format = PNG_FORMAT_RGB;
  image.flags = PNG_IMAGE_FLAG_FAST;
  if (png_image_write_to_file(&image, path, 0, self->pixels, 0, NULL))
    return 0;
  snprintf(self->caption, sizeof self->caption, "%s", image.message);
  return -1;
}

void picture_free(picture *self) {
  free(self->pixels);
  self->pixels = NULL;
}
