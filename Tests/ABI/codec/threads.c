/* The first use by several threads at once, and that calls share nothing. */
#include "test.h"

#include <pthread.h>

enum { THREADS = 6, ROUNDS = 20 };

static uint8_t *rgba;

static void *work(void *argument) {
  long *bad = argument;
  codec_source source = tight(rgba, 40, 30, CODEC_RGBA8);
  codec_png_options options = {.level = -1, .keep_alpha = 1};
  uint8_t pixels[40 * 30 * 4];
  codec_target target = {.bytes = pixels, .capacity = sizeof pixels, .format = CODEC_RGBA8};
  char error[CODEC_ERROR_CAPACITY];
  for (int round = 0; round < ROUNDS; round++) {
    uint8_t *bytes = NULL;
    size_t size = 0;
    *bad += codec_encode_png(&source, &options, &bytes, &size, error) != CODEC_OK;
    *bad += codec_decode(bytes, size, &target, NULL, error) != CODEC_OK;
    *bad += memcmp(pixels, rgba, sizeof pixels) != 0;
    *bad += codec_decode(bytes, size - 20, &target, NULL, error) != CODEC_INTERNAL;
    codec_free(bytes);
    *bad += codec_encode_jpeg(&source, NULL, &bytes, &size, error) != CODEC_OK;
    *bad += codec_decode(bytes, size, &target, NULL, error) != CODEC_OK;
    *bad += codec_decode(bytes, size - 20, &target, NULL, error) != CODEC_INTERNAL;
    codec_free(bytes);
  }
  return NULL;
}

void test_threads(void) {
  rgba = picture(40, 30);
  pthread_t threads[THREADS];
  long bad[THREADS] = {0};
  for (int index = 0; index < THREADS; index++)
    pthread_create(&threads[index], NULL, work, &bad[index]);
  for (int index = 0; index < THREADS; index++) {
    pthread_join(threads[index], NULL);
    CHECK(bad[index] == 0, "%ld calls went wrong", bad[index]);
  }
  free(rgba);
}
