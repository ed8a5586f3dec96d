#include "test.h"

#include <dlfcn.h>
#include <turbojpeg.h>

static const codec_format eight[] = {CODEC_GRAY8, CODEC_RGB8, CODEC_BGR8, CODEC_RGBA8, CODEC_BGRA8};

static int largest_difference(const uint8_t *one, const uint8_t *other, size_t count) {
  int largest = 0;
  for (size_t index = 0; index < count; index++) {
    int difference = abs(one[index] - other[index]);
    largest = difference > largest ? difference : largest;
  }
  return largest;
}

/* Solid colours through every pair of channel orders: a swapped pair would be off by 255. */
static void red_stays_red(void) {
  static const uint8_t colours[3][4] = {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}};
  enum { SIDE = 16, COUNT = SIDE * SIDE };
  uint8_t rgba[COUNT * 4], back[COUNT * 4];
  for (int colour = 0; colour < 3; colour++) {
    for (int pixel = 0; pixel < COUNT; pixel++)
      memcpy(rgba + 4 * pixel, colours[colour], 4);
    for (int from = 0; from < 5; from++)
      for (int chroma = 420; chroma <= 444; chroma += 24) {
        uint8_t *pixels = plain_swizzle(rgba, COUNT, eight[from]), *bytes = NULL;
        codec_source source = tight(pixels, SIDE, SIDE, eight[from]);
        codec_jpeg_options options = {.quality = 95, .chroma = chroma};
        size_t size = 0;
        STATUS(codec_encode_jpeg(&source, &options, &bytes, &size, error), CODEC_OK);
        for (int to = 0; to < 5; to++) {
          codec_target target = {.bytes = back, .capacity = sizeof back, .format = eight[to]};
          codec_info info;
          STATUS(codec_decode(bytes, size, &target, &info, error), CODEC_OK);
          CHECK(info.channels == (from == 0 ? 1 : 3), "%u channels", info.channels);
          uint8_t grey[4] = {pixels[0], pixels[0], pixels[0], 255};
          uint8_t *wanted = plain_swizzle(from == 0 ? grey : colours[colour], 1, eight[to]);
          int off = largest_difference(back, wanted, codec_pixel_size(eight[to]));
          CHECK(off <= 3, "colour %d, %d to %d: off by %d", colour, from, to, off);
          free(wanted);
        }
        codec_free(bytes);
        free(pixels);
      }
  }
}

static void quality_and_stride(void) {
  const uint32_t width = 61, height = 37;
  size_t row = width * 4, stride = row + 20, sizes[3];
  uint8_t *rgba = picture(width, height), *padded = calloc(stride, height);
  for (uint32_t y = 0; y < height; y++)
    memcpy(padded + y * stride, rgba + y * row, row);
  codec_source source = tight(padded, width, height, CODEC_RGBA8);
  source.stride = stride;
  source.size = stride * (height - 1) + row;
  for (int index = 0; index < 3; index++) {
    codec_jpeg_options options = {.quality = (const int[]){1, 50, 100}[index], .chroma = 444};
    uint8_t *bytes = NULL, *back = calloc(stride, height);
    STATUS(codec_encode_jpeg(&source, &options, &bytes, &sizes[index], error), CODEC_OK);
    codec_target target = {
        .bytes = back, .capacity = source.size, .stride = stride, .format = CODEC_RGBA8};
    STATUS(codec_decode(bytes, sizes[index], &target, NULL, error), CODEC_OK);
    if (index == 2) {
      int off = 0;
      for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
          int here = largest_difference(back + y * stride + 4 * x, rgba + y * row + 4 * x, 3);
          off = here > off ? here : off;
        }
      CHECK(off <= 6, "quality 100 is off by %d", off);
      CHECK(back[3] == 255 && back[stride - 1] == 0, "alpha or padding");
    }
    codec_free(bytes);
    free(back);
  }
  CHECK(sizes[0] < sizes[1] && sizes[1] < sizes[2], "%zu %zu %zu", sizes[0], sizes[1], sizes[2]);
  uint8_t *bytes;
  size_t size;
  codec_jpeg_options wrong[] = {{0, 444}, {101, 444}, {-5, 420}, {90, 422}};
  for (int index = 0; index < 4; index++)
    STATUS(codec_encode_jpeg(&source, &wrong[index], &bytes, &size, error), CODEC_MISUSE);
  source = tight(padded, 4, 4, CODEC_GRAY16);
  STATUS(codec_encode_jpeg(&source, NULL, &bytes, &size, error), CODEC_MISUSE);
  free(padded);
  free(rgba);
}

/* CMYK is refused by name, a progressive file is decoded: both made by TurboJPEG itself. */
static void other_kinds(void) {
  void *library = dlopen("libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
  __typeof__(&tjInitCompress) init = dlsym(library, "tjInitCompress");
  __typeof__(&tjCompress2) compress = dlsym(library, "tjCompress2");
  __typeof__(&tjDestroy) destroy = dlsym(library, "tjDestroy");
  __typeof__(&tjFree) release = dlsym(library, "tjFree");
  tjhandle handle = init();
  uint8_t *rgba = picture(32, 32), back[32 * 32 * 4];
  codec_target target = {.bytes = back, .capacity = sizeof back, .format = CODEC_RGB8};
  for (int progressive = 0; progressive < 2; progressive++) {
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    int failed = compress(handle, rgba, 32, 0, 32, progressive ? TJPF_RGBA : TJPF_CMYK, &bytes,
                          &size, TJSAMP_444, 90, progressive ? TJFLAG_PROGRESSIVE : 0);
    CHECK(!failed, "TurboJPEG");
    STATUS(codec_decode(bytes, size, &target, NULL, error),
           progressive ? CODEC_OK : CODEC_UNIMPLEMENTED);
    target.format = CODEC_GRAY16;
    STATUS(codec_decode(bytes, size, &target, NULL, error), CODEC_MISUSE);
    target.format = CODEC_RGB8;
    if (progressive)
      for (unsigned long cut = 4; cut < size; cut++)
        STATUS(codec_decode(bytes, cut, &target, NULL, error), CODEC_INTERNAL);
    release(bytes);
  }
  destroy(handle);
  dlclose(library);
  free(rgba);
}

void test_jpeg(void) {
  red_stays_red();
  quality_and_stride();
  other_kinds();
}
