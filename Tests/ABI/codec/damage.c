/* Files that lie: cut off at every byte, changed at random, with sizes that nobody has. */
#include "test.h"

#include <zlib.h>

enum { SIDE = 24, CANARY = 64 };

static uint8_t pixels[SIDE * SIDE * 4 + CANARY];

static int32_t decode(const uint8_t *bytes, size_t size, codec_format format) {
  memset(pixels, 0x5a, sizeof pixels);
  size_t capacity = SIDE * SIDE * codec_pixel_size(format);
  codec_target target = {.bytes = pixels, .capacity = capacity, .format = format};
  char error[CODEC_ERROR_CAPACITY];
  memset(error, 'x', sizeof error);
  int32_t status = codec_decode(bytes, size, &target, NULL, error);
  for (size_t index = capacity; index < sizeof pixels; index++)
    if (pixels[index] != 0x5a)
      CHECK(0, "wrote past the destination");
  CHECK(status == CODEC_OK || memchr(error, 0, sizeof error), "no end of the error text");
  return status;
}

static void damage(const uint8_t *bytes, size_t size, int rounds, codec_format format) {
  CHECK(decode(bytes, size, format) == CODEC_OK, "the file is not good to begin with");
  for (size_t cut = 0; cut < size; cut++) {
    uint8_t *exact = malloc(cut + 1); /* ends where the data does */
    memcpy(exact + 1, bytes, cut);
    int32_t status = decode(exact + 1, cut, format);
    CHECK(status == (cut < 3 ? CODEC_MISUSE : CODEC_INTERNAL) || (cut < 8 && status), "%zu: %d",
          cut, status);
    free(exact);
  }
  uint8_t *copy = malloc(size);
  long refused = 0;
  for (int round = 0; round < rounds; round++) {
    memcpy(copy, bytes, size);
    size_t length = size;
    for (uint32_t change = 0; change < 1 + random_word() % 8; change++) {
      size_t place = random_word() % size;
      switch (random_word() % 4) {
      case 0:
        copy[place] ^= (uint8_t)(1u << random_word() % 8);
        break;
      case 1:
        copy[place] = (uint8_t)random_word();
        break;
      case 2:
        copy[place] = random_word() & 1 ? 0xff : 0;
        break;
      default:
        memmove(copy + place, copy + random_word() % (place + 1), size - place > 9 ? 9 : 1);
      }
    }
    if (random_word() % 4 == 0)
      length = random_word() % size;
    refused += decode(copy, length, format) != CODEC_OK;
  }
  CHECK(refused > 0, "nothing was refused");
  free(copy);
}

/* PNG changes die at the checksums, so chunks are changed and given a fitting one. */
static void damage_inside(const struct bytes *png, int rounds) {
  uint8_t *copy = malloc(png->size);
  for (int round = 0; round < rounds; round++) {
    memcpy(copy, png->at, png->size);
    size_t offset = 8;
    while (offset + 12 <= png->size) {
      uint32_t length = (uint32_t)copy[offset + 2] << 8 | copy[offset + 3];
      if (length && random_word() % 2)
        copy[offset + 8 + random_word() % length] = (uint8_t)random_word();
      uint32_t sum = (uint32_t)crc32(0, copy + offset + 4, length + 4);
      for (int byte = 0; byte < 4; byte++)
        copy[offset + 8 + length + (size_t)byte] = (uint8_t)(sum >> (24 - 8 * byte));
      offset += 12 + length;
    }
    decode(copy, png->size, round & 1 ? CODEC_RGBA8 : CODEC_GRAY8);
  }
  CHECK(1, " ");
  free(copy);
}

static void declare(uint8_t *png, uint32_t width, uint32_t height) {
  for (int byte = 0; byte < 4; byte++) {
    png[16 + byte] = (uint8_t)(width >> (24 - 8 * byte));
    png[20 + byte] = (uint8_t)(height >> (24 - 8 * byte));
  }
  uint32_t sum = (uint32_t)crc32(0, png + 12, 17);
  for (int byte = 0; byte < 4; byte++)
    png[29 + byte] = (uint8_t)(sum >> (24 - 8 * byte));
}

static void huge(struct bytes *png, uint8_t *jpeg, size_t size) {
  static const struct {
    uint32_t width, height;
    int32_t status;
  } sizes[] = {{16384, 16384, CODEC_RESOURCE_EXHAUSTED}, {16385, 1, CODEC_RESOURCE_EXHAUSTED},
               {1, 16385, CODEC_RESOURCE_EXHAUSTED},     {INT32_MAX, INT32_MAX, 8},
               {16000, 16000, CODEC_BUFFER_TOO_SMALL},   {0, 5, CODEC_INTERNAL},
               {UINT32_MAX, 1, CODEC_INTERNAL},          {SIDE, SIDE + 1, CODEC_BUFFER_TOO_SMALL}};
  for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
    declare(png->at, sizes[index].width, sizes[index].height);
    int32_t status = decode(png->at, png->size, CODEC_RGBA8);
    CHECK(status == sizes[index].status, "%u x %u: %d", sizes[index].width, sizes[index].height,
          status);
  }
  /* A destination large enough does not make a short file good. */
  declare(png->at, 4000, 4000);
  uint8_t *large = malloc(4000 * 4000 * 4);
  codec_target target = {.bytes = large, .capacity = 4000 * 4000 * 4, .format = CODEC_RGBA8};
  STATUS(codec_decode(png->at, png->size, &target, NULL, error), CODEC_INTERNAL);
  declare(png->at, SIDE, SIDE);

  size_t frame = 0;
  while (frame + 1 < size && !(jpeg[frame] == 0xff && jpeg[frame + 1] == 0xc0))
    frame++;
  memcpy(jpeg + frame + 5, "\xff\xff\xff\xff", 4);
  CHECK(decode(jpeg, size, CODEC_RGB8) == CODEC_RESOURCE_EXHAUSTED, "65535 a side");
  memcpy(jpeg + frame + 5, "\x0f\xa0\x0f\xa0", 4);
  STATUS(codec_decode(jpeg, size, &target, NULL, error), CODEC_INTERNAL);
  memcpy(jpeg + frame + 5, "\0\x18\0\x18", 4);
  free(large);
}

/* A text chunk is skipped, but not when its checksum is wrong; one byte after IEND is nobody's. */
static void skipped_chunks(const struct bytes *png) {
  struct bytes file = {0};
  append(&file, png->at, 33);
  append_chunk(&file, "tEXt", "Title\0x", 7);
  append(&file, png->at + 33, png->size - 33);
  append(&file, "", 1);
  CHECK(decode(file.at, file.size, CODEC_RGBA8) == CODEC_OK, "a text chunk");
  file.at[33 + 8 + 6] ^= 1;
  CHECK(decode(file.at, file.size, CODEC_RGBA8) == CODEC_INTERNAL, "a corrupt text chunk");
  free(file.at);
}

void test_damage(void) {
  uint8_t *rgba = picture(SIDE, SIDE), *bytes, small[SIDE * SIDE];
  size_t size;
  codec_source source = tight(rgba, SIDE, SIDE, CODEC_RGBA8);
  codec_png_options options = {.level = 6, .keep_alpha = 1};
  STATUS(codec_encode_png(&source, &options, &bytes, &size, error), CODEC_OK);
  damage(bytes, size, 8000, CODEC_RGBA8);
  codec_free(bytes);

  for (int chroma = 420; chroma <= 444; chroma += 24) {
    STATUS(codec_encode_jpeg(&source, &(codec_jpeg_options){80, chroma}, &bytes, &size, error),
           CODEC_OK);
    damage(bytes, size, 8000, chroma == 420 ? CODEC_BGR8 : CODEC_RGBA8);
    if (chroma == 420)
      codec_free(bytes);
  }
  for (size_t index = 0; index < sizeof small; index++)
    small[index] = (uint8_t)(index & 3);
  struct plain_png png = {.width = SIDE,
                          .height = SIDE,
                          .colour = 3,
                          .depth = 2,
                          .interlaced = 1,
                          .rows = small,
                          .palette = rgba,
                          .palette_size = 12,
                          .transparency = rgba,
                          .transparency_size = 3};
  struct bytes palette = plain_png(&png);
  damage(palette.at, palette.size, 4000, CODEC_GRAY8);
  damage_inside(&palette, 8000);
  skipped_chunks(&palette);
  huge(&palette, bytes, size);
  codec_free(bytes);
  free(palette.at);
  free(rgba);
}
