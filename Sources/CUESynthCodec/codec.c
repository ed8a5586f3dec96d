#include "codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int32_t codec_fail(char *error, int32_t status, const char *format, ...) {
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, CODEC_ERROR_CAPACITY, format, arguments);
    va_end(arguments);
  }
  return status;
}

void codec_free(void *bytes) { free(bytes); }

size_t codec_pixel_size(codec_format format) {
  switch (format) {
  case CODEC_GRAY8:
    return 1;
  case CODEC_GRAY16:
    return 2;
  case CODEC_RGB8:
  case CODEC_BGR8:
    return 3;
  case CODEC_RGBA8:
  case CODEC_BGRA8:
  case CODEC_U32:
  case CODEC_F32:
  case CODEC_F32X3_PLANAR:
  case CODEC_F32X4_PLANAR:
    return 4;
  case CODEC_F32X2:
    return 8;
  case CODEC_F32X3:
    return 12;
  case CODEC_F32X4:
    return 16;
  }
  return 0;
}

static size_t plane_count(codec_format format) {
  if (format == CODEC_F32X3_PLANAR)
    return 3;
  return format == CODEC_F32X4_PLANAR ? 4 : 1;
}

/* The alignment that direct loads and stores need; libpng takes GRAY16 as bytes. */
static size_t alignment(codec_format format) {
  return format >= CODEC_U32 && format <= CODEC_F32X4_PLANAR ? 4 : 1;
}

int32_t codec_check_side(uint32_t width, uint32_t height, char *error) {
  if (width == 0 || height == 0)
    return codec_fail(error, CODEC_MISUSE, "an empty picture: %u x %u", width, height);
  if (width > CODEC_SIDE_LIMIT || height > CODEC_SIDE_LIMIT ||
      (uint64_t)width * height > CODEC_PIXEL_LIMIT)
    return codec_fail(error, CODEC_RESOURCE_EXHAUSTED,
                      "%u x %u pixels are past the limit of %d a side and %d in all", width, height,
                      CODEC_SIDE_LIMIT, CODEC_PIXEL_LIMIT);
  return CODEC_OK;
}

static int32_t layout_of(codec_format format, uint32_t width, uint32_t height, size_t stride,
                         struct codec_layout *layout, char *error) {
  size_t pixel = codec_pixel_size(format);
  if (pixel == 0)
    return codec_fail(error, CODEC_MISUSE, "unknown pixel format %d", (int)format);
  int32_t status = codec_check_side(width, height, error);
  if (status)
    return status;
  size_t row = pixel * width;
  size_t rows = plane_count(format) * height;
  if (stride == 0)
    stride = row;
  if (stride < row)
    return codec_fail(error, CODEC_MISUSE, "a stride of %zu bytes is shorter than a row (%zu)",
                      stride, row);
  if (stride % alignment(format))
    return codec_fail(error, CODEC_MISUSE, "a stride of %zu bytes is not a multiple of 4", stride);
  size_t size;
  if (__builtin_mul_overflow(stride, rows - 1, &size) || __builtin_add_overflow(size, row, &size))
    return codec_fail(error, CODEC_MISUSE, "a stride of %zu bytes is too long", stride);
  *layout = (struct codec_layout){.row = row, .stride = stride, .size = size};
  return CODEC_OK;
}

int32_t codec_image_size(codec_format format, uint32_t width, uint32_t height, size_t stride,
                         size_t *size, char *error) {
  if (!size)
    return codec_fail(error, CODEC_MISUSE, "size is NULL");
  struct codec_layout layout;
  int32_t status = layout_of(format, width, height, stride, &layout, error);
  if (status == CODEC_OK)
    *size = layout.size;
  return status;
}

int32_t codec_source_layout(const codec_source *source, struct codec_layout *layout, char *error) {
  if (!source || !source->bytes)
    return codec_fail(error, CODEC_MISUSE, "no source pixels (NULL)");
  int32_t status =
      layout_of(source->format, source->width, source->height, source->stride, layout, error);
  if (status)
    return status;
  if (source->size < layout->size)
    return codec_fail(error, CODEC_MISUSE,
                      "%zu bytes are too few for %u x %u source pixels, which take %zu",
                      source->size, source->width, source->height, layout->size);
  if ((uintptr_t)source->bytes % alignment(source->format))
    return codec_fail(error, CODEC_MISUSE, "source pixels are not aligned to 4 bytes");
  return CODEC_OK;
}

int32_t codec_target_layout(const codec_target *target, uint32_t width, uint32_t height,
                            struct codec_layout *layout, char *error) {
  if (!target || (!target->bytes && target->capacity))
    return codec_fail(error, CODEC_MISUSE, "no destination (NULL)");
  int32_t status = layout_of(target->format, width, height, target->stride, layout, error);
  if (status)
    return status;
  if (target->capacity < layout->size)
    return codec_fail(error, CODEC_BUFFER_TOO_SMALL,
                      "%u x %u pixels need %zu bytes, the destination has %zu", width, height,
                      layout->size, target->capacity);
  if ((uintptr_t)target->bytes % alignment(target->format))
    return codec_fail(error, CODEC_MISUSE, "the destination is not aligned to 4 bytes");
  return CODEC_OK;
}

int32_t codec_decode(const uint8_t *bytes, size_t size, const codec_target *target,
                     codec_info *info, char *error) {
  codec_info found = {.kind = CODEC_KIND_NONE};
  int32_t status = codec_identify(bytes, size, &found, error);
  if (info && bytes)
    *info = found;
  if (status)
    return status;
  if (found.kind == CODEC_KIND_NONE)
    return codec_fail(error, CODEC_MISUSE, "neither a PNG nor a JPEG file: %zu bytes", size);
  if (found.kind == CODEC_KIND_EXR)
    return codec_fail(error, CODEC_UNIMPLEMENTED, "EXR files are recognised but not decoded");
  struct codec_layout layout;
  status = codec_target_layout(target, found.width, found.height, &layout, error);
  if (status)
    return status;
  return found.kind == CODEC_KIND_PNG ? codec_decode_png(bytes, size, target, &found, error)
                                      : codec_decode_jpeg(bytes, size, target, &found, error);
}
