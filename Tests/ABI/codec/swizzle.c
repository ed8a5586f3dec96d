#include "test.h"

static const codec_format eight[] = {CODEC_GRAY8, CODEC_RGB8, CODEC_BGR8, CODEC_RGBA8, CODEC_BGRA8};
static const codec_format floats[] = {CODEC_F32X3, CODEC_F32X4, CODEC_F32X3_PLANAR,
                                      CODEC_F32X4_PLANAR};

/* What the source's pixels are as RGBA, by the plainest code. */
static void as_rgba(const uint8_t *from, codec_format format, uint8_t rgba[4]) {
  size_t size = codec_pixel_size(format);
  int bgr = format == CODEC_BGR8 || format == CODEC_BGRA8;
  rgba[0] = from[size == 1 ? 0 : bgr ? 2 : 0];
  rgba[1] = from[size == 1 ? 0 : 1];
  rgba[2] = from[size == 1 ? 0 : bgr ? 0 : 2];
  rgba[3] = size == 4 ? from[3] : 255;
}

/* Buffers end exactly where the last row does, so that a sanitizer sees one byte too many. */
static void one(codec_format from, codec_format to, uint32_t width, uint32_t height, size_t pad) {
  int planar = to >= CODEC_F32X3_PLANAR;
  size_t channels = to == CODEC_F32X3 || to == CODEC_F32X3_PLANAR ? 3 : 4;
  size_t in = codec_pixel_size(from), out = codec_pixel_size(to);
  size_t row = width * in, stride = row + pad, size = stride * (height - 1) + row, capacity = 0;
  size_t wide = width * out + (to >= CODEC_F32X3 ? pad * 4 : pad);
  STATUS(codec_image_size(to, width, height, wide, &capacity, error), CODEC_OK);
  uint8_t *pixels = malloc(size), *result = malloc(capacity);
  for (size_t index = 0; index < size; index++)
    pixels[index] = (uint8_t)random_word();
  memset(result, 0xc3, capacity);
  codec_source source = {.bytes = pixels,
                         .size = size,
                         .stride = stride,
                         .width = width,
                         .height = height,
                         .format = from};
  codec_target target = {.bytes = result, .capacity = capacity, .stride = wide, .format = to};
  STATUS(codec_swizzle(&source, &target, error), CODEC_OK);
  long wrong = 0;
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      uint8_t rgba[4];
      as_rgba(pixels + y * stride + x * in, from, rgba);
      if (to < CODEC_F32X3) {
        uint8_t *wanted = plain_swizzle(rgba, 1, to);
        wrong += memcmp(wanted, result + y * wide + x * out, out) != 0;
        free(wanted);
        continue;
      }
      for (size_t channel = 0; channel < channels; channel++) {
        size_t at =
            planar ? (channel * height + y) * wide + x * 4 : y * wide + x * out + 4 * channel;
        float value;
        memcpy(&value, result + at, 4);
        wrong += value != (float)rgba[channel] / 255.0f;
      }
    }
  for (size_t y = 0; y + 1 < height; y++)
    for (size_t index = width * out; index < wide; index++)
      wrong += result[y * wide + index] != 0xc3;
  CHECK(wrong == 0, "%d to %d, %u x %u, pad %zu: %ld wrong", (int)from, (int)to, width, height, pad,
        wrong);
  target.capacity--;
  STATUS(codec_swizzle(&source, &target, error), CODEC_BUFFER_TOO_SMALL);
  free(pixels);
  free(result);
}

void test_swizzle(void) {
  for (int from = 0; from < 5; from++)
    for (uint32_t width = 1; width <= 70; width++) {
      size_t pad = width % 3 ? 0 : 5;
      for (int to = 0; to < 5; to++)
        one(eight[from], eight[to], width, 1 + width % 3, pad);
      for (int to = 0; to < 4; to++)
        one(eight[from], floats[to], width, 1 + width % 3, pad);
    }
  /* Every level once: the division is the correctly rounded one. */
  uint8_t levels[256];
  float values[256 * 3];
  for (int index = 0; index < 256; index++)
    levels[index] = (uint8_t)index;
  codec_source source = tight(levels, 256, 1, CODEC_GRAY8);
  codec_target target = {.bytes = values, .capacity = sizeof values, .format = CODEC_F32X3};
  STATUS(codec_swizzle(&source, &target, error), CODEC_OK);
  for (int index = 0; index < 256; index++)
    CHECK(values[index * 3 + 1] == (float)index / 255.0f, "%d", index);

  static const uint8_t red[12] = {255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255};
  uint8_t bgr[9];
  source = tight(red, 3, 1, CODEC_RGBA8);
  target = (codec_target){.bytes = bgr, .capacity = 9, .format = CODEC_BGR8};
  STATUS(codec_swizzle(&source, &target, error), CODEC_OK);
  CHECK(bgr[0] == 0 && bgr[2] == 255, "red is %d %d %d", bgr[0], bgr[1], bgr[2]);

  float three[10];
  target = (codec_target){.bytes = (char *)three + 1, .capacity = 36, .format = CODEC_F32X3};
  STATUS(codec_swizzle(&source, &target, error), CODEC_MISUSE);
  target = (codec_target){.bytes = three, .capacity = 40, .stride = 38, .format = CODEC_F32X3};
  STATUS(codec_swizzle(&source, &target, error), CODEC_MISUSE);
  target = (codec_target){.bytes = three, .capacity = 40, .format = CODEC_F32};
  STATUS(codec_swizzle(&source, &target, error), CODEC_MISUSE);
  target = (codec_target){.bytes = three, .capacity = 40, .format = CODEC_GRAY16};
  STATUS(codec_swizzle(&source, &target, error), CODEC_MISUSE);
  STATUS(codec_swizzle(&source, NULL, error), CODEC_MISUSE);
  STATUS(codec_swizzle(NULL, &target, error), CODEC_MISUSE);
}
