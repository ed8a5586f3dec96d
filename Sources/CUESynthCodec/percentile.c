/* Exact percentiles by a radix of two digits: the bits of floats that are not negative sort as the
 * floats do, so one pass counts their upper 16 bits and a second the lower 16 of the two groups
 * that hold the ranks. */
#include "codec.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS = 1 << 16 };

struct ranks {
  uint32_t *counts; /* GROUPS for the upper digit, then GROUPS for the lower of each rank */
  uint32_t upper[2];
  size_t left[2];
};

static inline float sample(const float *from, size_t x, int squared) {
  return squared ? from[2 * x] * from[2 * x] + from[2 * x + 1] * from[2 * x + 1] : from[x];
}

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits & 0x7fffffff; /* -0 is 0 */
}

static inline size_t count_upper(const float *from, uint32_t width, float limit, int squared,
                                 uint32_t *counts) {
  size_t count = 0;
  for (uint32_t x = 0; x < width; x++) {
    float value = sample(from, x, squared);
    if (value >= 0 && value <= limit) {
      counts[bits_of(value) >> 16]++;
      count++;
    }
  }
  return count;
}

static inline void count_lower(const float *from, uint32_t width, float limit, int squared,
                               const struct ranks *ranks) {
  for (uint32_t x = 0; x < width; x++) {
    float value = sample(from, x, squared);
    if (!(value >= 0 && value <= limit))
      continue;
    uint32_t bits = bits_of(value);
    for (int rank = 0; rank < 2; rank++)
      if (bits >> 16 == ranks->upper[rank])
        ranks->counts[GROUPS * (rank + 1) + (bits & 0xffff)]++;
  }
}

/* The group that holds the rank; `left` becomes the rank inside it. */
static uint32_t group_of(const uint32_t *counts, size_t *left) {
  uint32_t group = 0;
  while (group < GROUPS - 1 && *left >= counts[group])
    *left -= counts[group++];
  return group;
}

int32_t codec_percentiles(const codec_source *source, const struct codec_layout *layout,
                          float limit, const double fractions[2], float values[2], size_t *count,
                          char *error) {
  struct ranks ranks = {.counts = calloc((size_t)GROUPS * 3, sizeof(uint32_t))};
  if (!ranks.counts)
    return codec_fail(error, CODEC_RESOURCE_EXHAUSTED, "out of memory");
  const char *rows = source->bytes;
  int squared = source->format == CODEC_F32X2;
  size_t total = 0;
  for (uint32_t y = 0; y < source->height; y++) {
    const float *row = (const float *)(const void *)(rows + y * layout->stride);
    total += squared ? count_upper(row, source->width, limit, 1, ranks.counts)
                     : count_upper(row, source->width, limit, 0, ranks.counts);
  }
  *count = total;
  values[0] = values[1] = 0;
  if (total) {
    for (int rank = 0; rank < 2; rank++) {
      ranks.left[rank] = (size_t)(fractions[rank] * (double)(total - 1));
      ranks.upper[rank] = group_of(ranks.counts, &ranks.left[rank]);
    }
    for (uint32_t y = 0; y < source->height; y++) {
      const float *row = (const float *)(const void *)(rows + y * layout->stride);
      if (squared)
        count_lower(row, source->width, limit, 1, &ranks);
      else
        count_lower(row, source->width, limit, 0, &ranks);
    }
    for (int rank = 0; rank < 2; rank++) {
      uint32_t lower = group_of(ranks.counts + GROUPS * (rank + 1), &ranks.left[rank]);
      uint32_t bits = ranks.upper[rank] << 16 | lower;
      memcpy(&values[rank], &bits, sizeof bits);
    }
  }
  free(ranks.counts);
  return CODEC_OK;
}
