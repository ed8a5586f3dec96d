/* The frame of the codec's test program: checks, test pictures, files made without the codec. */
#ifndef CODEC_TEST_H
#define CODEC_TEST_H

#include "../../../Sources/CUESynthCodec/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern long checks, failures;

#define CHECK(condition, ...)                                                                      \
  do {                                                                                             \
    checks++;                                                                                      \
    if (!(condition)) {                                                                            \
      failures++;                                                                                  \
      if (failures < 40) {                                                                         \
        printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                                     \
        printf(__VA_ARGS__);                                                                       \
        printf("\n");                                                                              \
      }                                                                                            \
    }                                                                                              \
  } while (0)

/* Status and, on a mismatch, the error text. */
#define STATUS(call, wanted)                                                                       \
  do {                                                                                             \
    char error[CODEC_ERROR_CAPACITY] = "";                                                         \
    int32_t got = (call);                                                                          \
    CHECK(got == (wanted), "%d, not %d: %s", got, (int)(wanted), error);                           \
    CHECK(got == CODEC_OK || strlen(error) > 5, "no error text for status %d", got);               \
  } while (0)

uint32_t random_word(void);

/* Smooth colours with some noise, RGBA, tight rows; ends with free. */
uint8_t *picture(uint32_t width, uint32_t height);

/* The pixels of an RGBA picture in another 8-bit format, tight rows, by the plainest loop. */
uint8_t *plain_swizzle(const uint8_t *rgba, size_t count, codec_format format);

codec_source tight(const void *bytes, uint32_t width, uint32_t height, codec_format format);

/* A growing byte string. */
struct bytes {
  uint8_t *at;
  size_t size;
};
void append(struct bytes *bytes, const void *more, size_t size);
void append_chunk(struct bytes *png, const char *type, const void *data, uint32_t size);

/* A PNG file from packed rows, written with zlib alone. `channels` samples of `depth` bits a pixel.
 */
struct plain_png {
  uint32_t width, height;
  int colour, depth, interlaced;
  const uint8_t *rows; /* tight, a byte per sample (two, big-endian, with 16 bits) */
  const uint8_t *palette;
  uint32_t palette_size;
  const uint8_t *transparency;
  uint32_t transparency_size;
};
struct bytes plain_png(const struct plain_png *png);

void test_missing(void);
void test_identify(void);
void test_png(void);
void test_jpeg(void);
void test_damage(void);
void test_npy(void);
void test_file(void);
void test_swizzle(void);
void test_preview(void);
void test_memory(void);
void test_threads(void);

#endif
