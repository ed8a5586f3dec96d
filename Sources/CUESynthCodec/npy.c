/* numpy.lib.format 1.0: magic, version, header length, a dictionary padded so that the data starts
 * at a multiple of 64, then the elements in C order. */
#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 128, CHANNEL_LIMIT = 64 };

struct shape {
  size_t row;
  size_t stride;
  uint32_t rows;
  char header[HEADER];
};

static int32_t describe(const codec_array *array, struct shape *shape, char *error) {
  static const struct {
    char letter;
    uint8_t size;
  } types[] = {{0, 0}, {'u', 1}, {'u', 4}, {'f', 2}, {'f', 4}, {'u', 2}};
  if (!array || !array->bytes)
    return codec_fail(error, CODEC_MISUSE, "no array (NULL)");
  if (array->dtype < CODEC_DTYPE_U1 || array->dtype > CODEC_DTYPE_U2)
    return codec_fail(error, CODEC_MISUSE, "NPY: unknown dtype %d", (int)array->dtype);
  if (array->channels > CHANNEL_LIMIT)
    return codec_fail(error, CODEC_MISUSE, "NPY: %u channels are more than %d", array->channels,
                      CHANNEL_LIMIT);
  int32_t status = codec_check_side(array->width, array->height, error);
  if (status)
    return status;
  size_t element = types[array->dtype].size;
  shape->row = array->width * element * (array->channels ? array->channels : 1);
  shape->stride = array->stride ? array->stride : shape->row;
  shape->rows = array->height;
  size_t size;
  if (shape->stride < shape->row ||
      __builtin_mul_overflow(shape->stride, (size_t)(array->height - 1), &size) ||
      __builtin_add_overflow(size, shape->row, &size))
    return codec_fail(error, CODEC_MISUSE, "NPY: a stride of %zu bytes does not fit rows of %zu",
                      shape->stride, shape->row);
  if (array->size < size)
    return codec_fail(error, CODEC_MISUSE, "NPY: %zu bytes are too few for %u rows, which take %zu",
                      array->size, array->height, size);

  char third[16] = "";
  if (array->channels)
    snprintf(third, sizeof third, ", %u", array->channels);
  char order = element == 1 ? '|' : __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? '<' : '>';
  memset(shape->header, ' ', HEADER);
  memcpy(shape->header, "\x93NUMPY\x01\x00\x76\x00", 10); /* 118 bytes follow */
  int length =
      snprintf(shape->header + 10, HEADER - 10,
               "{'descr': '%c%c%zu', 'fortran_order': False, 'shape': (%u, %u%s), }", order,
               types[array->dtype].letter, element, array->height, array->width, third);
  shape->header[10 + length] = ' ';
  shape->header[HEADER - 1] = '\n';
  return CODEC_OK;
}

int32_t codec_encode_npy(const codec_array *array, uint8_t **bytes, size_t *size, char *error) {
  struct shape shape;
  if (!bytes || !size)
    return codec_fail(error, CODEC_MISUSE, "nowhere to put the file (NULL)");
  int32_t status = describe(array, &shape, error);
  if (status)
    return status;
  size_t total = HEADER + shape.row * shape.rows;
  uint8_t *file = malloc(total);
  if (!file)
    return codec_fail(error, CODEC_RESOURCE_EXHAUSTED, "NPY: out of memory (%zu bytes)", total);
  memcpy(file, shape.header, HEADER);
  const uint8_t *from = array->bytes;
  for (uint32_t y = 0; y < shape.rows; y++)
    memcpy(file + HEADER + y * shape.row, from + y * shape.stride, shape.row);
  *bytes = file;
  *size = total;
  return CODEC_OK;
}

int32_t codec_save_npy(const char *path, const codec_array *array, char *error) {
  struct shape shape;
  int32_t status = describe(array, &shape, error);
  if (status)
    return status;
  struct codec_file file;
  status = codec_file_open(&file, path, error);
  if (status)
    return status;
  status = codec_file_append(&file, shape.header, HEADER);
  const uint8_t *from = array->bytes;
  if (shape.stride == shape.row && status == CODEC_OK)
    status = codec_file_append(&file, from, shape.row * shape.rows);
  else
    for (uint32_t y = 0; y < shape.rows && status == CODEC_OK; y++)
      status = codec_file_append(&file, from + y * shape.stride, shape.row);
  return codec_file_close(&file, status);
}
