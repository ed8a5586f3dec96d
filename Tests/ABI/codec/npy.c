#include "test.h"

#include <unistd.h>

static void shapes(void) {
  static const struct {
    codec_dtype dtype;
    uint32_t channels;
    size_t element;
    const char *header;
  } cases[] = {
      {CODEC_DTYPE_U1, 4, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 5, 4), }"},
      {CODEC_DTYPE_U4, 0, 4, "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 5), }"},
      {CODEC_DTYPE_F2, 1, 2, "{'descr': '<f2', 'fortran_order': False, 'shape': (3, 5, 1), }"},
      {CODEC_DTYPE_U2, 0, 2, "{'descr': '<u2', 'fortran_order': False, 'shape': (3, 5), }"},
      {CODEC_DTYPE_F4, 3, 4, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5, 3), }"},
  };
  for (size_t index = 0; index < sizeof cases / sizeof *cases; index++)
    for (size_t pad = 0; pad < 8; pad += 7) {
      uint32_t channels = cases[index].channels ? cases[index].channels : 1;
      size_t row = 5 * channels * cases[index].element, stride = row + pad, size = 0;
      uint8_t *data = malloc(stride * 2 + row), *bytes = NULL;
      for (size_t byte = 0; byte < stride * 2 + row; byte++)
        data[byte] = (uint8_t)random_word();
      codec_array array = {.bytes = data,
                           .size = stride * 2 + row,
                           .stride = pad ? stride : 0,
                           .width = 5,
                           .height = 3,
                           .channels = cases[index].channels,
                           .dtype = cases[index].dtype};
      STATUS(codec_encode_npy(&array, &bytes, &size, error), CODEC_OK);
      CHECK(size == 128 + 3 * row, "%zu", size);
      CHECK(memcmp(bytes, "\x93NUMPY\x01\x00\x76\x00", 10) == 0, "magic");
      size_t length = strlen(cases[index].header);
      CHECK(memcmp(bytes + 10, cases[index].header, length) == 0, "%.118s", bytes + 10);
      for (size_t byte = 10 + length; byte < 127; byte++)
        CHECK(bytes[byte] == ' ', "byte %zu is %d", byte, bytes[byte]);
      CHECK(bytes[127] == '\n', "header end");
      for (size_t y = 0; y < 3; y++)
        CHECK(memcmp(bytes + 128 + y * row, data + y * stride, row) == 0, "row %zu", y);
      char path[] = "/tmp/codec-npy-XXXXXX";
      close(mkstemp(path));
      STATUS(codec_save_npy(path, &array, error), CODEC_OK);
      FILE *file = fopen(path, "rb");
      uint8_t *saved = malloc(size + 1);
      CHECK(fread(saved, 1, size + 1, file) == size && memcmp(saved, bytes, size) == 0, "%s", path);
      fclose(file);
      unlink(path);
      free(saved);
      codec_free(bytes);
      free(data);
    }
}

void test_npy(void) {
  shapes();
  uint8_t data[64], *bytes;
  size_t size;
  codec_array good = {
      .bytes = data, .size = 64, .width = 4, .height = 4, .channels = 0, .dtype = CODEC_DTYPE_F4};
  for (int wrong = 0; wrong < 7; wrong++) {
    codec_array array = good;
    if (wrong == 0)
      array.size = 63;
    if (wrong == 1)
      array.stride = 15;
    if (wrong == 2)
      array.dtype = (codec_dtype)6;
    if (wrong == 3)
      array.channels = 65;
    if (wrong == 4)
      array.height = 0;
    if (wrong == 5)
      array.stride = SIZE_MAX / 2;
    if (wrong == 6)
      array.bytes = NULL;
    STATUS(codec_encode_npy(&array, &bytes, &size, error), CODEC_MISUSE);
    STATUS(codec_save_npy("/tmp/codec-npy-never", &array, error), CODEC_MISUSE);
  }
  CHECK(access("/tmp/codec-npy-never", F_OK) != 0, "a file from a misuse");
  STATUS(codec_encode_npy(NULL, &bytes, &size, error), CODEC_MISUSE);
  STATUS(codec_encode_npy(&good, NULL, &size, error), CODEC_MISUSE);
}
