#include "test.h"

#include <zlib.h>

long checks, failures;

uint32_t random_word(void) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32);
}

uint8_t *picture(uint32_t width, uint32_t height) {
  uint8_t *rgba = malloc((size_t)width * height * 4);
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      uint8_t *pixel = rgba + ((size_t)y * width + x) * 4;
      pixel[0] = (uint8_t)(x * 255 / width);
      pixel[1] = (uint8_t)(y * 255 / height);
      pixel[2] = (uint8_t)((x * 7 + y * 3) ^ (random_word() & 3));
      pixel[3] = (uint8_t)(x + y);
    }
  return rgba;
}

uint8_t *plain_swizzle(const uint8_t *rgba, size_t count, codec_format format) {
  size_t size = codec_pixel_size(format);
  uint8_t *pixels = malloc(count * size);
  for (size_t index = 0; index < count; index++) {
    const uint8_t *from = rgba + 4 * index;
    uint8_t *to = pixels + size * index;
    int bgr = format == CODEC_BGR8 || format == CODEC_BGRA8;
    if (format == CODEC_GRAY8) {
      to[0] = (uint8_t)((from[0] * 9798u + from[1] * 19235u + from[2] * 3735u + 16384) / 32768);
      continue;
    }
    to[0] = from[bgr ? 2 : 0];
    to[1] = from[1];
    to[2] = from[bgr ? 0 : 2];
    if (size == 4)
      to[3] = from[3];
  }
  return pixels;
}

codec_source tight(const void *bytes, uint32_t width, uint32_t height, codec_format format) {
  return (codec_source){.bytes = bytes,
                        .size = (size_t)width * height * codec_pixel_size(format),
                        .width = width,
                        .height = height,
                        .format = format};
}

void append(struct bytes *bytes, const void *more, size_t size) {
  if (size == 0)
    return;
  bytes->at = realloc(bytes->at, bytes->size + size);
  memcpy(bytes->at + bytes->size, more, size);
  bytes->size += size;
}

static void append_big(struct bytes *bytes, uint32_t value) {
  uint8_t four[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                     (uint8_t)value};
  append(bytes, four, 4);
}

void append_chunk(struct bytes *png, const char *type, const void *data, uint32_t size) {
  append_big(png, size);
  size_t start = png->size;
  append(png, type, 4);
  append(png, data, size);
  append_big(png, (uint32_t)crc32(0, png->at + start, size + 4));
}

static int channels_of(int colour) { return (const int[]){1, 0, 3, 1, 2, 0, 4}[colour]; }

/* One pass of Adam7, or the whole picture: filter type 0 and the samples packed to `depth` bits. */
static void append_pass(struct bytes *raw, const struct plain_png *png, uint32_t x0, uint32_t y0,
                        uint32_t dx, uint32_t dy) {
  int samples = channels_of(png->colour), wide = png->depth == 16 ? 2 : 1;
  for (uint32_t y = y0; y < png->height; y += dy) {
    if (x0 >= png->width)
      return;
    append(raw, "", 1);
    unsigned packed = 0, filled = 0;
    for (uint32_t x = x0; x < png->width; x += dx)
      for (int sample = 0; sample < samples; sample++) {
        const uint8_t *at =
            png->rows +
            (((size_t)y * png->width + x) * (size_t)samples + (size_t)sample) * (size_t)wide;
        if (png->depth >= 8) {
          append(raw, at, (size_t)wide);
          continue;
        }
        packed = packed << png->depth | at[0];
        filled += (unsigned)png->depth;
        if (filled == 8) {
          append(raw, &(uint8_t){(uint8_t)packed}, 1);
          packed = filled = 0;
        }
      }
    if (filled)
      append(raw, &(uint8_t){(uint8_t)(packed << (8 - filled))}, 1);
  }
}

struct bytes plain_png(const struct plain_png *png) {
  struct bytes file = {0}, header = {0}, raw = {0};
  append(&file, "\x89PNG\r\n\x1a\n", 8);
  append_big(&header, png->width);
  append_big(&header, png->height);
  uint8_t rest[5] = {(uint8_t)png->depth, (uint8_t)png->colour, 0, 0, (uint8_t)png->interlaced};
  append(&header, rest, 5);
  append_chunk(&file, "IHDR", header.at, 13);
  if (png->palette)
    append_chunk(&file, "PLTE", png->palette, png->palette_size);
  if (png->transparency)
    append_chunk(&file, "tRNS", png->transparency, png->transparency_size);
  static const uint32_t adam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                       {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  if (png->interlaced)
    for (int pass = 0; pass < 7; pass++)
      append_pass(&raw, png, adam7[pass][0], adam7[pass][1], adam7[pass][2], adam7[pass][3]);
  else
    append_pass(&raw, png, 0, 0, 1, 1);
  uLongf size = compressBound(raw.size);
  uint8_t *packed = malloc(size);
  compress(packed, &size, raw.at, raw.size);
  append_chunk(&file, "IDAT", packed, (uint32_t)size);
  append_chunk(&file, "IEND", NULL, 0);
  free(packed);
  free(raw.at);
  free(header.at);
  return file;
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    void (*run)(void);
  } suites[] = {
      {"missing", test_missing}, /* first: nothing may have been opened yet */
      {"threads", test_threads}, {"identify", test_identify}, {"png", test_png},
      {"jpeg", test_jpeg},       {"damage", test_damage},     {"npy", test_npy},
      {"file", test_file},       {"swizzle", test_swizzle},   {"preview", test_preview},
      {"memory", test_memory},
  };
  for (size_t index = 0; index < sizeof suites / sizeof *suites; index++) {
    if (count > 1 && strcmp(arguments[1], suites[index].name) != 0)
      continue;
    long before = checks;
    suites[index].run();
    printf("%-9s %ld checks\n", suites[index].name, checks - before);
    CHECK(checks > before, "%s checked nothing", suites[index].name);
  }
  printf("%ld checks, %ld failures\n", checks, failures);
  return checks == 0 || failures != 0;
}
