/* Every allocation of the codec fails once. The program is linked with --wrap for the three. */
#include "test.h"

#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);

static long left = -1; /* allocations until one fails; negative: never */

static int fails(void) { return left >= 0 && left-- == 0; }

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) {
  return fails() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *bytes, size_t size) {
  return fails() ? NULL : __real_realloc(bytes, size);
}

static uint8_t *rgba, *result;
static struct bytes interlaced;

static int32_t run(int what, char *error) {
  codec_source source = tight(rgba, 64, 64, CODEC_RGBA8);
  codec_source depth = tight(rgba, 64, 64, CODEC_F32);
  codec_array array = {
      .bytes = rgba, .size = 64 * 64 * 4, .width = 64, .height = 64, .dtype = CODEC_DTYPE_U4};
  codec_target target = {.bytes = result, .capacity = 64 * 64 * 3, .format = CODEC_RGB8};
  uint8_t *bytes = NULL;
  size_t size;
  int32_t status = CODEC_OK;
  switch (what) {
  case 0:
    status = codec_encode_png(&source, &(codec_png_options){.level = 0}, &bytes, &size, error);
    break;
  case 1:
    status = codec_encode_jpeg(&source, NULL, &bytes, &size, error);
    break;
  case 2:
    status = codec_encode_npy(&array, &bytes, &size, error);
    break;
  case 3:
    status = codec_save_png("/tmp/codec-memory.png", &source, NULL, error);
    break;
  case 4:
    status = codec_preview_depth(&depth, NULL, NULL, &target, error);
    break;
  case 5:
    target.format = CODEC_GRAY8;
    status = codec_decode(interlaced.at, interlaced.size, &target, NULL, error);
    break;
  }
  codec_free(bytes);
  return status;
}

void test_memory(void) {
  rgba = picture(64, 64);
  result = malloc(64 * 64 * 4);
  struct plain_png png = {
      .width = 64, .height = 64, .colour = 6, .depth = 8, .interlaced = 1, .rows = rgba};
  interlaced = plain_png(&png);
  for (int what = 0; what < 6; what++) {
    int failed = 0;
    for (long nth = 0; nth < 20; nth++) {
      char error[CODEC_ERROR_CAPACITY] = "";
      left = nth;
      int32_t status = run(what, error);
      int reached = left < 0;
      left = -1;
      CHECK(status == CODEC_OK || (reached && status == CODEC_RESOURCE_EXHAUSTED), "%d: %d %s",
            what, status, error);
      failed += status != CODEC_OK;
    }
    CHECK(failed > 0, "%d never failed", what);
    STATUS(run(what, error), CODEC_OK);
  }
  unlink("/tmp/codec-memory.png");
  free(interlaced.at);
  free(result);
  free(rgba);
}
