#include "test.h"

static const codec_format eight[] = {CODEC_GRAY8, CODEC_RGB8, CODEC_BGR8, CODEC_RGBA8, CODEC_BGRA8};

/* Decodes to every 8-bit format with a padded stride and compares with `rgba`; padding stays. */
static void decodes_to(const uint8_t *file, size_t size, const uint8_t *rgba, uint32_t width,
                       uint32_t height) {
  for (size_t index = 0; index < 5; index++) {
    size_t row = width * codec_pixel_size(eight[index]), stride = row + 13;
    size_t capacity = stride * (height - 1) + row;
    uint8_t *pixels = malloc(capacity);
    memset(pixels, 0xa5, capacity);
    codec_target target = {
        .bytes = pixels, .capacity = capacity, .stride = stride, .format = eight[index]};
    codec_info info;
    STATUS(codec_decode(file, size, &target, &info, error), CODEC_OK);
    uint8_t *wanted = plain_swizzle(rgba, (size_t)width * height, eight[index]);
    long wrong = 0;
    for (uint32_t y = 0; y < height; y++) {
      wrong += memcmp(pixels + y * stride, wanted + y * row, row) != 0;
      for (size_t pad = row; pad < stride && y + 1 < height; pad++)
        wrong += pixels[y * stride + pad] != 0xa5;
    }
    CHECK(wrong == 0, "format %d: %ld of %u rows differ", (int)eight[index], wrong, height);
    target.capacity = capacity - 1;
    char error[CODEC_ERROR_CAPACITY], needed[32];
    memset(&info, 0, sizeof info);
    CHECK(codec_decode(file, size, &target, &info, error) == CODEC_BUFFER_TOO_SMALL, "%s", error);
    snprintf(needed, sizeof needed, "%zu", capacity);
    CHECK(strstr(error, needed) && info.width == width && info.height == height, "%s", error);
    free(wanted);
    free(pixels);
  }
}

static void round_trips(void) {
  const uint32_t width = 37, height = 23;
  uint8_t *rgba = picture(width, height);
  uint8_t *solid = picture(width, height), *grey = picture(width, height);
  for (size_t index = 0; index < width * height; index++) {
    memcpy(solid + 4 * index, rgba + 4 * index, 3);
    solid[4 * index + 3] = 255;
    memset(grey + 4 * index, rgba[4 * index], 3);
    grey[4 * index + 3] = 255;
  }
  for (int level = -1; level <= 9; level++)
    for (size_t index = 0; index < 5; index++)
      for (int keep = 0; keep < 2; keep++) {
        int four = codec_pixel_size(eight[index]) == 4;
        const uint8_t *colours = eight[index] == CODEC_GRAY8 ? grey : rgba;
        uint8_t *pixels = plain_swizzle(colours, width * height, eight[index]);
        codec_source source = tight(pixels, width, height, eight[index]);
        codec_png_options options = {.level = level, .keep_alpha = keep};
        uint8_t *bytes = NULL;
        size_t size = 0;
        STATUS(codec_encode_png(&source, &options, &bytes, &size, error), CODEC_OK);
        decodes_to(bytes, size,
                   eight[index] == CODEC_GRAY8 ? grey
                   : four && keep              ? rgba
                                               : solid,
                   width, height);
        codec_free(bytes);
        free(pixels);
      }
  free(rgba);
  free(solid);
  free(grey);
}

static void sixteen_bits(void) {
  uint16_t values[5 * 8], back[5 * 8];
  for (int index = 0; index < 40; index++)
    values[index] = (uint16_t)(index * 1639 + 1);
  codec_source source = {.bytes = values,
                         .size = 80 - 6,
                         .stride = 16,
                         .width = 5,
                         .height = 5,
                         .format = CODEC_GRAY16};
  uint8_t *bytes = NULL;
  size_t size = 0;
  STATUS(codec_encode_png(&source, NULL, &bytes, &size, error), CODEC_OK);
  codec_info info;
  codec_target target = {.bytes = back, .capacity = 80, .stride = 16, .format = CODEC_GRAY16};
  STATUS(codec_decode(bytes, size, &target, &info, error), CODEC_OK);
  CHECK(info.bits == 16 && info.channels == 1, "%u bits", info.bits);
  for (int y = 0; y < 5; y++)
    CHECK(memcmp(values + 8 * y, back + 8 * y, 10) == 0, "row %d", y);
  uint8_t rgb[75];
  target = (codec_target){.bytes = rgb, .capacity = 75, .format = CODEC_RGB8};
  STATUS(codec_decode(bytes, size, &target, NULL, error), CODEC_OK);
  for (int y = 0; y < 5; y++)
    for (int x = 0; x < 5; x++)
      CHECK(rgb[(5 * y + x) * 3] == (values[8 * y + x] * 255u + 32767) / 65535, "scaled");
  codec_free(bytes);
  source = tight(values, 5, 5, CODEC_GRAY8);
  STATUS(codec_encode_png(&source, NULL, &bytes, &size, error), CODEC_OK);
  target = (codec_target){.bytes = back, .capacity = 80, .format = CODEC_GRAY16};
  STATUS(codec_decode(bytes, size, &target, NULL, error), CODEC_MISUSE);
  codec_free(bytes);
}

/* What the encoder never writes: palettes, few bits, transparency, interlacing, grey with alpha. */
static void foreign_files(void) {
  const uint32_t width = 19, height = 13, count = width * height;
  static const uint8_t palette[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};
  static const uint8_t alphas[2] = {0, 100}, grey_key[2] = {0, 1}, rgb_key[6] = {0, 9, 0, 9, 0, 9};
  uint8_t *rows = malloc(count * 8), *rgba = malloc(count * 4);
  static const int kinds[][2] = {{0, 1}, {0, 2}, {0, 4}, {0, 8},  {0, 16}, {2, 8}, {2, 16},
                                 {3, 2}, {3, 8}, {4, 8}, {4, 16}, {6, 8},  {6, 16}};
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
    for (int interlaced = 0; interlaced < 2; interlaced++)
      for (int keyed = 0; keyed < 2; keyed++) {
        int colour = kinds[kind][0], depth = kinds[kind][1], wide = depth == 16;
        if (keyed && (colour & 4))
          continue;
        size_t samples = colour == 6 ? 4 : colour == 2 ? 3 : colour == 4 ? 2 : 1;
        uint32_t range = colour == 3 ? 4 : 1u << (depth > 8 ? 8 : depth);
        for (size_t pixel = 0; pixel < count; pixel++) {
          uint32_t value[4] = {0};
          for (size_t sample = 0; sample < samples; sample++) {
            value[sample] = random_word() % range;
            uint8_t *at = rows + (pixel * samples + sample) * (wide ? 2 : 1);
            at[0] = (uint8_t)value[sample];
            if (wide)
              at[1] = at[0]; /* v * 257, which scales to v exactly */
          }
          uint8_t *to = rgba + 4 * pixel;
          uint32_t scale = colour == 0 && depth < 8 ? 255 / (range - 1) : 1;
          to[3] = 255;
          if (colour == 3) {
            memcpy(to, palette + 3 * value[0], 3);
            to[3] = keyed && value[0] < 2 ? alphas[value[0]] : 255;
          } else {
            for (int channel = 0; channel < 3; channel++)
              to[channel] = (uint8_t)(value[colour & 2 ? channel : 0] * scale);
            if (colour & 4)
              to[3] = (uint8_t)value[samples - 1];
            if (keyed && colour == 0 && !wide && value[0] == 1)
              to[3] = 0;
            if (keyed && colour == 2 && !wide && value[0] == 9 && value[1] == 9 && value[2] == 9)
              to[3] = 0;
          }
        }
        struct plain_png png = {.width = width,
                                .height = height,
                                .colour = colour,
                                .depth = depth,
                                .interlaced = interlaced,
                                .rows = rows,
                                .palette = colour == 3 ? palette : NULL,
                                .palette_size = 12};
        if (keyed) {
          png.transparency = colour == 3 ? alphas : colour == 2 ? rgb_key : grey_key;
          png.transparency_size = colour == 2 ? 6 : 2;
        }
        struct bytes file = plain_png(&png);
        codec_info info;
        STATUS(codec_identify(file.at, file.size, &info, error), CODEC_OK);
        uint32_t channels = (uint32_t)(colour == 3 ? 3 : samples) + (uint32_t)keyed;
        CHECK(info.channels == channels && info.bits == (wide ? 16 : 8), "%u", info.channels);
        decodes_to(file.at, file.size, rgba, width, height);
        free(file.at);
      }
  free(rows);
  free(rgba);
}

static void misuse(void) {
  uint8_t pixels[64] = {0}, *bytes;
  size_t size;
  codec_source source = tight(pixels, 4, 4, CODEC_RGBA8);
  STATUS(codec_encode_png(NULL, NULL, &bytes, &size, error), CODEC_MISUSE);
  STATUS(codec_encode_png(&source, NULL, NULL, &size, error), CODEC_MISUSE);
  STATUS(codec_encode_png(&source, &(codec_png_options){.level = 10}, &bytes, &size, error),
         CODEC_MISUSE);
  STATUS(codec_encode_png(&source, &(codec_png_options){.level = -2}, &bytes, &size, error),
         CODEC_MISUSE);
  static const codec_source wrong[] = {
      {.size = 64, .width = 4, .height = 4, .format = CODEC_RGBA8},
      {.size = 63, .width = 4, .height = 4, .format = CODEC_RGBA8},
      {.size = 64, .width = 0, .height = 4, .format = CODEC_RGBA8},
      {.size = 64, .width = 4, .height = 4, .format = (codec_format)0},
      {.size = 64, .width = 4, .height = 4, .format = (codec_format)99},
      {.size = 64, .width = 4, .height = 4, .format = CODEC_F32},
      {.size = 64, .width = 4, .height = 4, .stride = 15, .format = CODEC_RGBA8},
      {.size = 64, .width = 4, .height = 4, .stride = SIZE_MAX / 2, .format = CODEC_RGBA8},
  };
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
    source = wrong[index];
    source.bytes = index == 0 ? NULL : pixels;
    STATUS(codec_encode_png(&source, NULL, &bytes, &size, error), CODEC_MISUSE);
  }
  source = tight(pixels, 20000, 1, CODEC_GRAY8);
  STATUS(codec_encode_png(&source, NULL, &bytes, &size, error), CODEC_RESOURCE_EXHAUSTED);
  source = tight(pixels, 16384, 16384, CODEC_GRAY8);
  STATUS(codec_encode_png(&source, NULL, &bytes, &size, error), CODEC_RESOURCE_EXHAUSTED);
  STATUS(codec_image_size(CODEC_F32X3_PLANAR, 10, 5, 48, &size, error), CODEC_OK);
  CHECK(size == 48 * 14 + 40, "%zu", size);
}

void test_png(void) {
  round_trips();
  sixteen_bits();
  foreign_files();
  misuse();
}
