#include "codec.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define UNKNOWN 1e9f /* Middlebury's flow files: larger components are unknown */

static inline uint8_t level(float value) {
  value = value < 0 ? 0 : value > 255 ? 255 : value;
  return (uint8_t)(value + 0.5f);
}

struct canvas {
  struct codec_layout from;
  struct codec_layout to;
};

static int32_t prepare(const codec_source *source, codec_format format, const codec_target *target,
                       struct canvas *canvas, char *error) {
  int32_t status = codec_source_layout(source, &canvas->from, error);
  if (status)
    return status;
  if (source->format != format)
    return codec_fail(error, CODEC_MISUSE, "this preview is of pixel format %d, not %d",
                      (int)format, (int)source->format);
  if (target && target->format != CODEC_RGB8)
    return codec_fail(error, CODEC_MISUSE, "previews are RGB8");
  return codec_target_layout(target, source->width, source->height, &canvas->to, error);
}

static inline const void *source_row(const codec_source *source, const struct canvas *canvas,
                                     uint32_t y) {
  return (const char *)source->bytes + y * canvas->from.stride;
}

static inline uint8_t *target_row(const codec_target *target, const struct canvas *canvas,
                                  uint32_t y) {
  return (uint8_t *)target->bytes + y * canvas->to.stride;
}

/* t = (value - origin) * scale, 0 at `far` and 1 at `near`; a scale of 0 makes all of it 1/2. */
struct ramp {
  float low;
  float limit;
  double origin;
  double scale;
};

static struct ramp ramp_of(codec_range range, float limit, int inverse) {
  double near = range.low, far = range.high;
  if (inverse) {
    near = near > far / 1000 ? near : far / 1000;
    near = near > 0 ? 1 / near : 0;
    far = far > 0 ? 1 / far : 0;
  }
  struct ramp ramp = {.low = 0, .limit = limit, .origin = far};
  if (near != far)
    ramp.scale = 1 / (near - far);
  return ramp;
}

static void paint_depth(const float *from, uint8_t *to, uint32_t width, const struct ramp *ramp,
                        int inverse, uint8_t colours[256][3]) {
  for (uint32_t x = 0; x < width; x++, to += 3) {
    float depth = from[x];
    if (!(depth >= 0 && depth <= ramp->limit)) {
      to[0] = to[1] = to[2] = 0;
      continue;
    }
    double value = inverse ? 1.0 / (depth > FLT_MIN ? depth : FLT_MIN) : depth;
    double t = ramp->scale != 0 ? (value - ramp->origin) * ramp->scale : 0.5;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    memcpy(to, colours[(int)(t * 255 + 0.5)], 3);
  }
}

int32_t codec_preview_depth(const codec_source *source, const codec_depth_options *options,
                            codec_range *range, const codec_target *target, char *error) {
  codec_depth_options chosen = {.sky = 0};
  if (options)
    chosen = *options;
  struct canvas canvas;
  int32_t status = prepare(source, CODEC_F32, target, &canvas, error);
  if (status)
    return status;
  /* The largest float below the sky. */
  float limit = chosen.sky > 0 ? nextafterf(chosen.sky, 0) : FLT_MAX;
  codec_range used = range ? *range : (codec_range){0, 0};
  if (!(used.high > used.low && used.low >= 0 && used.high <= FLT_MAX)) {
    static const double fractions[2] = {0.01, 0.99};
    float values[2];
    size_t count;
    status = codec_percentiles(source, &canvas.from, limit, fractions, values, &count, error);
    if (status)
      return status;
    used = (codec_range){values[0], values[1]};
    if (range)
      *range = used;
  }
  uint8_t colours[256][3];
  codec_fill_map(colours);
  struct ramp ramp = ramp_of(used, limit, chosen.inverse);
  for (uint32_t y = 0; y < source->height; y++)
    paint_depth(source_row(source, &canvas, y), target_row(target, &canvas, y), source->width,
                &ramp, chosen.inverse, colours);
  return CODEC_OK;
}

/* Hue by multiplication with the golden ratio (Knuth, TAOCP 6.4), which keeps neighbours apart;
 * saturation and value by a hash, which separates the few ids that share a hue. */
static void colour_of(uint32_t id, uint8_t colour[3]) {
  uint32_t hash = id;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  hash ^= hash >> 16;
  uint32_t hue = (id * 2654435769u >> 16) * 6;
  uint32_t saturation = 150 + hash % 106;
  uint32_t value = 160 + (hash >> 8) % 96;
  uint32_t part = hue & 0xffff;
  uint8_t high = (uint8_t)value;
  uint8_t low = (uint8_t)(value * (255 - saturation) / 255);
  uint8_t falling = (uint8_t)(value * (255 * 65536 - saturation * part) / (255 * 65536));
  uint8_t rising = (uint8_t)(value * (255 * 65536 - saturation * (65536 - part)) / (255 * 65536));
  uint8_t sectors[6][3] = {{high, rising, low},  {falling, high, low}, {low, high, rising},
                           {low, falling, high}, {rising, low, high},  {high, low, falling}};
  memcpy(colour, sectors[hue >> 16], 3);
}

int32_t codec_preview_segmentation(const codec_source *source, const codec_target *target,
                                   char *error) {
  struct canvas canvas;
  int32_t status = prepare(source, CODEC_U32, target, &canvas, error);
  if (status)
    return status;
  uint32_t last = 0;
  uint8_t colour[3] = {0, 0, 0};
  for (uint32_t y = 0; y < source->height; y++) {
    const uint32_t *from = source_row(source, &canvas, y);
    uint8_t *to = target_row(target, &canvas, y);
    for (uint32_t x = 0; x < source->width; x++) {
      if (from[x] != last) {
        last = from[x];
        if (last)
          colour_of(last, colour);
        else
          memset(colour, 0, 3);
      }
      memcpy(to + 3 * (size_t)x, colour, 3);
    }
  }
  return CODEC_OK;
}

int32_t codec_preview_normals(const codec_source *source, const codec_target *target, char *error) {
  struct canvas canvas;
  int32_t status = prepare(source, CODEC_F32X3, target, &canvas, error);
  if (status)
    return status;
  for (uint32_t y = 0; y < source->height; y++) {
    const float *from = source_row(source, &canvas, y);
    uint8_t *to = target_row(target, &canvas, y);
    for (uint32_t x = 0; x < source->width; x++, from += 3, to += 3) {
      int known = from[0] == from[0] && from[1] == from[1] && from[2] == from[2] &&
                  (from[0] != 0 || from[1] != 0 || from[2] != 0);
      for (int axis = 0; axis < 3; axis++)
        to[axis] = known ? level((from[axis] + 1) * 127.5f) : 0;
    }
  }
  return CODEC_OK;
}

static inline float wheel_of(float turn, float offset, float saturation) {
  float place = turn + offset;
  place = place >= 1 ? place - 1 : place;
  float wheel = fabsf(place * 6 - 3) - 1;
  wheel = wheel < 0 ? 0 : wheel;
  wheel = wheel > 1 ? 1 : wheel;
  return (1 - saturation * (1 - wheel)) * 255 + 0.5f;
}

enum { BLOCK = 128 };

/* Direction and length by polynomials of the smaller component over the larger: the loop
 * vectorises, and the colours are the same on every machine, which libm's atan2f does not promise.
 * Errors: 3e-7 of a turn, 2e-6 of the length. */
static void colours_of_flow(const float *from, size_t count, float scale, float levels[3][BLOCK]) {
  for (size_t index = 0; index < count; index++) {
    float right = from[2 * index], down = from[2 * index + 1];
    float across = fabsf(right), along = fabsf(down);
    float larger = across > along ? across : along;
    float smaller = across > along ? along : across;
    float ratio = smaller / (larger > FLT_MIN ? larger : 1);
    float square = ratio * ratio;
    float angle = -0.01172120f;
    angle = angle * square + 0.05265332f;
    angle = angle * square - 0.11643287f;
    angle = angle * square + 0.19354346f;
    angle = angle * square - 0.33262347f;
    angle = (angle * square + 0.99997726f) * ratio * 0.15915494f;
    angle = along > across ? 0.25f - angle : angle;
    angle = right < 0 ? 0.5f - angle : angle;
    angle = down < 0 ? 1 - angle : angle;
    float length = 0.00520881f;
    length = length * square - 0.02340395f;
    length = length * square + 0.05632632f;
    length = length * square - 0.12384314f;
    length = length * square + 0.49992697f;
    length = (length * square + 1) * larger;
    float saturation = length * scale;
    saturation = saturation > 1 ? 1 : saturation;
    float known = across <= UNKNOWN && along <= UNKNOWN ? 1 : 0;
    for (int channel = 0; channel < 3; channel++) {
      float level = wheel_of(angle, (float)((3 - channel) % 3) / 3, saturation);
      levels[channel][index] = known > 0 ? level : 0;
    }
  }
}

int32_t codec_preview_flow(const codec_source *source, float *maximum, const codec_target *target,
                           char *error) {
  struct canvas canvas;
  int32_t status = prepare(source, CODEC_F32X2, target, &canvas, error);
  if (status)
    return status;
  float full = maximum ? *maximum : 0;
  if (!(full > 0 && full <= FLT_MAX)) {
    static const double fractions[2] = {0.99, 0.99};
    float values[2];
    size_t count;
    status = codec_percentiles(source, &canvas.from, 2 * UNKNOWN * UNKNOWN, fractions, values,
                               &count, error);
    if (status)
      return status;
    full = sqrtf(values[1]);
    if (maximum)
      *maximum = full;
  }
  float scale = full > 0 ? 1 / full : 0;
  float levels[3][BLOCK];
  for (uint32_t y = 0; y < source->height; y++) {
    const float *from = source_row(source, &canvas, y);
    uint8_t *to = target_row(target, &canvas, y);
    for (uint32_t x = 0; x < source->width; x += BLOCK) {
      size_t count = source->width - x < BLOCK ? source->width - x : BLOCK;
      colours_of_flow(from + 2 * (size_t)x, count, scale, levels);
      for (size_t index = 0; index < count; index++)
        for (int channel = 0; channel < 3; channel++)
          to[3 * (x + index) + (size_t)channel] = (uint8_t)levels[channel][index];
    }
  }
  return CODEC_OK;
}
