#include "test.h"

static void cuts(const uint8_t *bytes, size_t header, codec_kind kind, size_t magic) {
  for (size_t size = 0; size < header; size++) {
    uint8_t *exact = malloc(size + 1);
    uint8_t *start = exact + 1; /* so that reading past the end is past the allocation */
    memcpy(start, bytes, size);
    codec_info info;
    STATUS(codec_identify(start, size, &info, error), size < magic ? CODEC_OK : CODEC_INTERNAL);
    CHECK(info.kind == (size < magic ? CODEC_KIND_NONE : kind) && info.width == 0, "kind %d",
          (int)info.kind);
    free(exact);
  }
}

static void mutate(const uint8_t *bytes, size_t size, int rounds) {
  uint8_t *copy = malloc(size);
  for (int round = 0; round < rounds; round++) {
    memcpy(copy, bytes, size);
    for (uint32_t change = 0; change < 1 + random_word() % 4; change++)
      copy[3 + random_word() % (size - 3)] = (uint8_t)random_word();
    codec_info info;
    char error[CODEC_ERROR_CAPACITY] = "";
    int32_t status = codec_identify(copy, size, &info, error);
    CHECK(status == CODEC_OK || status == CODEC_INTERNAL, "status %d", status);
  }
  free(copy);
}

static void attribute(struct bytes *exr, const char *name, const char *type, const void *value,
                      uint32_t size) {
  append(exr, name, strlen(name) + 1);
  append(exr, type, strlen(type) + 1);
  append(exr, &size, 4);
  append(exr, value, size);
}

static void exr(void) {
  struct bytes file = {0}, channels = {0};
  for (int index = 0; index < 3; index++) {
    uint32_t entry[4] = {index == 1 ? 2 : 1, 0, 1, 1}; /* G is a float, B and R are halves */
    append(&channels, &"B\0G\0R\0"[index * 2], 2);
    append(&channels, entry, 16);
  }
  append(&channels, "", 1);
  append(&file, "\x76\x2f\x31\x01\x02\x00\x00\x00", 8);
  attribute(&file, "channels", "chlist", channels.at, (uint32_t)channels.size);
  attribute(&file, "compression", "compression", "\x03", 1);
  attribute(&file, "dataWindow", "box2i", (const int32_t[]){-10, -5, 1909, 1074}, 16);
  codec_info info;
  STATUS(codec_identify(file.at, file.size, &info, error), CODEC_OK);
  CHECK(info.kind == CODEC_KIND_EXR && info.width == 1920 && info.height == 1080 &&
            info.channels == 3 && info.bits == 32,
        "%u x %u x %u, %u bits", info.width, info.height, info.channels, info.bits);
  cuts(file.at, file.size, CODEC_KIND_EXR, 4);
  mutate(file.at, file.size, 20000);
  uint8_t pixel[4];
  codec_target target = {.bytes = pixel, .capacity = 4, .format = CODEC_RGBA8};
  STATUS(codec_decode(file.at, file.size, &target, NULL, error), CODEC_UNIMPLEMENTED);
  append(&file, "", 1);
  int32_t huge[4] = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
  memcpy(file.at + file.size - 17, huge, 16);
  STATUS(codec_identify(file.at, file.size, &info, error), CODEC_INTERNAL);
  free(file.at);
  free(channels.at);
}

/* A channel list that claims to end in the middle of a channel, at the end of the file. */
static void short_channel_list(void) {
  for (uint32_t size = 1; size < 19; size++) {
    struct bytes file = {0};
    append(&file, "\x76\x2f\x31\x01\x02\x00\x00\x00", 8);
    attribute(&file, "channels", "chlist", "RRRR\0\1\0\0\0\0\0\0\0\1\0\0\0\1", size);
    codec_info info;
    STATUS(codec_identify(file.at, file.size, &info, error), CODEC_INTERNAL);
    free(file.at);
  }
}

void test_identify(void) {
  codec_info info;
  uint8_t *rgba = picture(33, 17);
  STATUS(codec_identify(rgba, 33 * 17 * 4, &info, error), CODEC_OK);
  CHECK(info.kind == CODEC_KIND_NONE, "kind %d", (int)info.kind);
  STATUS(codec_identify(NULL, 4, &info, error), CODEC_MISUSE);
  STATUS(codec_identify(rgba, 4, NULL, error), CODEC_MISUSE);

  struct plain_png png = {.width = 33, .height = 17, .colour = 6, .depth = 8, .rows = rgba};
  struct bytes file = plain_png(&png);
  STATUS(codec_identify(file.at, file.size, &info, error), CODEC_OK);
  CHECK(info.kind == CODEC_KIND_PNG && info.width == 33 && info.height == 17 &&
            info.channels == 4 && info.bits == 8,
        "%u x %u x %u", info.width, info.height, info.channels);
  cuts(file.at, 33, CODEC_KIND_PNG, 8);
  mutate(file.at, 60, 20000);
  free(file.at);

  uint8_t *bytes;
  size_t size;
  codec_source source = tight(rgba, 33, 17, CODEC_RGBA8);
  STATUS(codec_encode_jpeg(&source, NULL, &bytes, &size, error), CODEC_OK);
  STATUS(codec_identify(bytes, size, &info, error), CODEC_OK);
  CHECK(info.kind == CODEC_KIND_JPEG && info.width == 33 && info.height == 17 &&
            info.channels == 3 && info.bits == 8,
        "%u x %u x %u", info.width, info.height, info.channels);
  size_t frame = 0;
  while (!(bytes[frame] == 0xff && bytes[frame + 1] == 0xc0))
    frame++;
  cuts(bytes, frame + 19, CODEC_KIND_JPEG, 3);
  mutate(bytes, frame + 19, 20000);
  codec_free(bytes);
  free(rgba);
  exr();
  short_channel_list();
}
