#include "codec.h"

#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#define SHUFFLES 1
#include <tmmintrin.h>
#define TARGET __attribute__((target("ssse3")))
#endif

enum { RED_WEIGHT = 9798, GREEN_WEIGHT = 19235, BLUE_WEIGHT = 3735, OPAQUE = 0xff };

/* Where the channels of a target lie in a pixel of the source. */
struct swizzle {
  size_t in;        /* bytes of a source pixel */
  size_t out;       /* channels of a target pixel */
  uint8_t order[4]; /* byte offset of each, or OPAQUE */
};

static int is_eight_bit(codec_format format) {
  return format == CODEC_GRAY8 || (format >= CODEC_RGB8 && format <= CODEC_BGRA8);
}

static struct swizzle swizzle_of(codec_format source, codec_format target) {
  int three = target == CODEC_RGB8 || target == CODEC_BGR8 || target == CODEC_F32X3 ||
              target == CODEC_F32X3_PLANAR;
  struct swizzle swizzle = {.in = codec_pixel_size(source), .out = three ? 3 : 4};
  uint8_t red = source == CODEC_BGR8 || source == CODEC_BGRA8 ? 2 : 0;
  uint8_t green = source == CODEC_GRAY8 ? 0 : 1;
  uint8_t blue = source == CODEC_GRAY8 ? 0 : 2 - red;
  int reversed = target == CODEC_BGR8 || target == CODEC_BGRA8;
  swizzle.order[0] = reversed ? blue : red;
  swizzle.order[1] = green;
  swizzle.order[2] = reversed ? red : blue;
  swizzle.order[3] = swizzle.in == 4 ? 3 : OPAQUE;
  return swizzle;
}

#ifdef SHUFFLES
static int has_shuffles(void) { return __builtin_cpu_supports("ssse3") != 0; }

/* Returns the pixels done; the rest of the row is too short for whole loads and stores. */
TARGET static size_t shuffle_bytes(const uint8_t *from, uint8_t *to, size_t count,
                                   const struct swizzle *swizzle) {
  size_t in = swizzle->in, out = swizzle->out, step = 16 / (in > out ? in : out);
  uint8_t mask[16], alpha[16];
  for (size_t byte = 0; byte < 16; byte++) {
    size_t pixel = byte / out, channel = byte % out;
    int opaque = swizzle->order[channel] == OPAQUE;
    mask[byte] = opaque || pixel >= step ? 0x80 : (uint8_t)(pixel * in + swizzle->order[channel]);
    alpha[byte] = opaque ? 0xff : 0;
  }
  __m128i places = _mm_loadu_si128((const __m128i *)(const void *)mask);
  __m128i filled = _mm_loadu_si128((const __m128i *)(const void *)alpha);
  size_t done = 0;
  for (; (count - done) * in >= 16 && (count - done) * out >= 16; done += step) {
    __m128i pixels = _mm_loadu_si128((const __m128i *)(const void *)(from + done * in));
    pixels = _mm_or_si128(_mm_shuffle_epi8(pixels, places), filled);
    _mm_storeu_si128((__m128i *)(void *)(to + done * out), pixels);
  }
  return done;
}

TARGET static size_t shuffle_grey(const uint8_t *from, uint8_t *to, size_t count,
                                  const struct swizzle *swizzle) {
  size_t in = swizzle->in;
  const char *order = (const char *)swizzle->order;
  char first[16], second[16];
  memset(first, -1, 16);
  memset(second, -1, 16);
  for (char pixel = 0; pixel < 4; pixel++) {
    first[pixel * 4] = (char)(pixel * (char)in + order[0]);
    first[pixel * 4 + 2] = (char)(pixel * (char)in + order[2]);
    second[pixel * 4] = (char)(pixel * (char)in + order[1]);
  }
  __m128i red_blue = _mm_loadu_si128((const __m128i *)(const void *)first);
  __m128i green = _mm_loadu_si128((const __m128i *)(const void *)second);
  __m128i red_blue_weights = _mm_set1_epi32(BLUE_WEIGHT << 16 | RED_WEIGHT);
  __m128i green_weight = _mm_set1_epi32(GREEN_WEIGHT);
  __m128i half = _mm_set1_epi32(1 << 14);
  size_t done = 0;
  for (; (count - done) * in >= 12 * in + 16; done += 16) {
    __m128i sums[4];
    for (int part = 0; part < 4; part++) {
      const uint8_t *four = from + (done + 4 * (size_t)part) * in;
      __m128i pixels = _mm_loadu_si128((const __m128i *)(const void *)four);
      __m128i sum = _mm_madd_epi16(_mm_shuffle_epi8(pixels, red_blue), red_blue_weights);
      sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_shuffle_epi8(pixels, green), green_weight));
      sums[part] = _mm_srli_epi32(_mm_add_epi32(sum, half), 15);
    }
    __m128i low = _mm_packs_epi32(sums[0], sums[1]), high = _mm_packs_epi32(sums[2], sums[3]);
    _mm_storeu_si128((__m128i *)(void *)(to + done), _mm_packus_epi16(low, high));
  }
  return done;
}

/* Four pixels make `out` vectors of floats: a pixel's channels side by side, or a plane each. */
TARGET static inline __attribute__((always_inline)) size_t
shuffle_floats(const uint8_t *from, float *to, size_t count, size_t out, size_t plane,
               const struct swizzle *swizzle) {
  __m128i masks[4], filled[4];
  for (size_t vector = 0; vector < out; vector++) {
    uint8_t mask[16];
    uint32_t alpha[4];
    memset(mask, 0x80, 16);
    for (size_t lane = 0; lane < 4; lane++) {
      size_t pixel = plane ? lane : (vector * 4 + lane) / out;
      size_t channel = plane ? vector : (vector * 4 + lane) % out;
      int opaque = swizzle->order[channel] == OPAQUE;
      alpha[lane] = opaque ? 255 : 0;
      if (!opaque)
        mask[lane * 4] = (uint8_t)(pixel * swizzle->in + swizzle->order[channel]);
    }
    masks[vector] = _mm_loadu_si128((const __m128i *)(const void *)mask);
    filled[vector] = _mm_loadu_si128((const __m128i *)(const void *)alpha);
  }
  size_t step = plane ? 4 : 4 * out, apart = plane ? plane : 4;
  __m128 scale = _mm_set1_ps(255);
  size_t done = 0;
  for (; (count - done) * swizzle->in >= 16; done += 4, to += step) {
    __m128i pixels = _mm_loadu_si128((const __m128i *)(const void *)(from + done * swizzle->in));
    for (size_t vector = 0; vector < out; vector++) {
      __m128i levels = _mm_or_si128(_mm_shuffle_epi8(pixels, masks[vector]), filled[vector]);
      _mm_storeu_ps(to + vector * apart, _mm_div_ps(_mm_cvtepi32_ps(levels), scale));
    }
  }
  return done;
}

TARGET static size_t shuffle_three_floats(const uint8_t *from, float *to, size_t count,
                                          size_t plane, const struct swizzle *swizzle) {
  return plane ? shuffle_floats(from, to, count, 3, plane, swizzle)
               : shuffle_floats(from, to, count, 3, 0, swizzle);
}

TARGET static size_t shuffle_four_floats(const uint8_t *from, float *to, size_t count, size_t plane,
                                         const struct swizzle *swizzle) {
  return plane ? shuffle_floats(from, to, count, 4, plane, swizzle)
               : shuffle_floats(from, to, count, 4, 0, swizzle);
}
#endif

static void byte_row(const uint8_t *from, uint8_t *to, size_t count,
                     const struct swizzle *swizzle) {
  size_t done = 0;
#ifdef SHUFFLES
  if (has_shuffles())
    done = shuffle_bytes(from, to, count, swizzle);
#endif
  for (; done < count; done++)
    for (size_t channel = 0; channel < swizzle->out; channel++) {
      uint8_t place = swizzle->order[channel];
      to[done * swizzle->out + channel] = place == OPAQUE ? 0xff : from[done * swizzle->in + place];
    }
}

static void grey_row(const uint8_t *from, uint8_t *to, size_t count,
                     const struct swizzle *swizzle) {
  size_t done = 0;
#ifdef SHUFFLES
  if (has_shuffles())
    done = shuffle_grey(from, to, count, swizzle);
#endif
  for (; done < count; done++) {
    const uint8_t *pixel = from + done * swizzle->in;
    uint32_t sum = pixel[swizzle->order[0]] * RED_WEIGHT + pixel[swizzle->order[1]] * GREEN_WEIGHT +
                   pixel[swizzle->order[2]] * BLUE_WEIGHT + (1u << 14);
    to[done] = (uint8_t)(sum >> 15);
  }
}

/* `plane` is the distance between planes in floats, 0 for channels side by side. */
static void float_row(const uint8_t *from, float *to, size_t count, size_t plane,
                      const struct swizzle *swizzle) {
  size_t done = 0;
#ifdef SHUFFLES
  if (has_shuffles())
    done = swizzle->out == 3 ? shuffle_three_floats(from, to, count, plane, swizzle)
                             : shuffle_four_floats(from, to, count, plane, swizzle);
#endif
  for (; done < count; done++)
    for (size_t channel = 0; channel < swizzle->out; channel++) {
      uint8_t place = swizzle->order[channel];
      uint8_t value = place == OPAQUE ? 0xff : from[done * swizzle->in + place];
      to[plane ? channel * plane + done : done * swizzle->out + channel] = (float)value / 255;
    }
}

void codec_swizzle_row(const uint8_t *from, codec_format source, uint8_t *to, codec_format target,
                       size_t count) {
  struct swizzle swizzle = swizzle_of(source, target == CODEC_GRAY8 ? CODEC_RGB8 : target);
  if (source == target)
    memcpy(to, from, count * swizzle.in);
  else if (target == CODEC_GRAY8)
    grey_row(from, to, count, &swizzle);
  else
    byte_row(from, to, count, &swizzle);
}

int32_t codec_swizzle(const codec_source *source, const codec_target *target, char *error) {
  struct codec_layout read, write;
  int32_t status = codec_source_layout(source, &read, error);
  if (status)
    return status;
  status = codec_target_layout(target, source->width, source->height, &write, error);
  if (status)
    return status;
  int floats = target->format >= CODEC_F32X3 && target->format <= CODEC_F32X4_PLANAR;
  int planar = target->format == CODEC_F32X3_PLANAR || target->format == CODEC_F32X4_PLANAR;
  if (!is_eight_bit(source->format) || !(floats || is_eight_bit(target->format)))
    return codec_fail(error, CODEC_MISUSE, "pixel format %d is not converted to %d",
                      (int)source->format, (int)target->format);
  struct swizzle swizzle = swizzle_of(source->format, target->format);
  size_t plane = planar ? write.stride / sizeof(float) * source->height : 0;
  for (uint32_t y = 0; y < source->height; y++) {
    const uint8_t *from = (const uint8_t *)source->bytes + y * read.stride;
    uint8_t *to = (uint8_t *)target->bytes + y * write.stride;
    if (floats)
      float_row(from, (float *)(void *)to, source->width, plane, &swizzle);
    else
      codec_swizzle_row(from, source->format, to, target->format, source->width);
  }
  return CODEC_OK;
}
