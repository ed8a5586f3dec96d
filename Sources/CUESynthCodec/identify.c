/* Headers of PNG (W3C PNG 3rd ed. 5, 11.2.2), JPEG (ITU-T T.81 Annex B) and OpenEXR (file layout,
 * version 2) files. */
#include "codec.h"

#include <string.h>

static uint32_t big16(const uint8_t *bytes) { return (uint32_t)bytes[0] << 8 | bytes[1]; }

static uint32_t big32(const uint8_t *bytes) { return big16(bytes) << 16 | big16(bytes + 2); }

static uint32_t little32(const uint8_t *bytes) {
  return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static int32_t cut_off(char *error, const char *kind, size_t size) {
  return codec_fail(error, CODEC_INTERNAL, "%s: the header is cut off after %zu bytes", kind, size);
}

/* Whether a tRNS chunk comes before the first IDAT. */
static int has_transparency(const uint8_t *bytes, size_t size) {
  size_t offset = 33;
  while (size - offset >= 8) {
    uint32_t length = big32(bytes + offset);
    const uint8_t *type = bytes + offset + 4;
    if (memcmp(type, "tRNS", 4) == 0)
      return 1;
    if (memcmp(type, "IDAT", 4) == 0 || size - offset < 12 || length > size - offset - 12)
      return 0;
    offset += 12 + (size_t)length;
  }
  return 0;
}

static int32_t identify_png(const uint8_t *bytes, size_t size, codec_info *info, char *error) {
  static const uint8_t channels[7] = {1, 0, 3, 3, 2, 0, 4};
  if (size < 33)
    return cut_off(error, "PNG", size);
  uint32_t width = big32(bytes + 16), height = big32(bytes + 20);
  uint8_t depth = bytes[24], colour = bytes[25];
  if (big32(bytes + 8) != 13 || memcmp(bytes + 12, "IHDR", 4) != 0)
    return codec_fail(error, CODEC_INTERNAL, "PNG: the first chunk is not IHDR");
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX)
    return codec_fail(error, CODEC_INTERNAL, "PNG: invalid size %u x %u", width, height);
  int known = colour == 0   ? depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
              : colour == 3 ? depth == 1 || depth == 2 || depth == 4 || depth == 8
                            : colour <= 6 && channels[colour] && (depth == 8 || depth == 16);
  if (!known)
    return codec_fail(error, CODEC_INTERNAL, "PNG: invalid colour type %u with %u bits", colour,
                      depth);
  info->width = width;
  info->height = height;
  info->channels = channels[colour];
  info->bits = depth == 16 ? 16 : 8;
  if (!(colour & 4) && has_transparency(bytes, size))
    info->channels++;
  return CODEC_OK;
}

static int32_t identify_jpeg(const uint8_t *bytes, size_t size, codec_info *info, char *error) {
  size_t offset = 2;
  for (;;) {
    while (offset < size && bytes[offset] == 0xff && offset + 1 < size && bytes[offset + 1] == 0xff)
      offset++;
    if (size - offset < 2)
      return cut_off(error, "JPEG", size);
    if (bytes[offset] != 0xff)
      return codec_fail(error, CODEC_INTERNAL, "JPEG: no marker at byte %zu", offset);
    uint8_t marker = bytes[offset + 1];
    offset += 2;
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7))
      continue;
    if (marker == 0xd8 || marker == 0xd9 || marker == 0xda || marker == 0x00)
      return codec_fail(error, CODEC_INTERNAL, "JPEG: marker %02x before any frame header", marker);
    if (size - offset < 2)
      return cut_off(error, "JPEG", size);
    size_t length = big16(bytes + offset);
    if (length < 2)
      return codec_fail(error, CODEC_INTERNAL, "JPEG: invalid length of marker %02x", marker);
    if (length > size - offset)
      return cut_off(error, "JPEG", size);
    int frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      if (length < 8)
        return codec_fail(error, CODEC_INTERNAL, "JPEG: the frame header is too short");
      info->bits = bytes[offset + 2];
      info->height = big16(bytes + offset + 3);
      info->width = big16(bytes + offset + 5);
      info->channels = bytes[offset + 7];
      if (info->width == 0 || info->height == 0 || info->channels == 0 || info->channels > 4)
        return codec_fail(error, CODEC_INTERNAL, "JPEG: invalid shape %u x %u x %u", info->width,
                          info->height, info->channels);
      return CODEC_OK;
    }
    offset += length;
  }
}

/* The length of a terminated string of at most 255 bytes, or `left` if it does not end. */
static size_t text_length(const uint8_t *bytes, size_t left) {
  const uint8_t *end = memchr(bytes, 0, left < 256 ? left : 256);
  return end ? (size_t)(end - bytes) : left;
}

/* A chlist: name, then type, pLinear and reserved, xSampling, ySampling (16 bytes), per channel. */
static int count_channels(const uint8_t *bytes, size_t size, codec_info *info) {
  size_t offset = 0;
  while (offset < size && bytes[offset]) {
    size_t name = text_length(bytes + offset, size - offset);
    if (size - offset < name + 17)
      return 0;
    uint32_t type = little32(bytes + offset + name + 1);
    if (type > 2)
      return 0;
    uint32_t bits = type == 1 ? 16 : 32;
    info->bits = bits > info->bits ? bits : info->bits;
    info->channels++;
    offset += name + 17;
  }
  return info->channels > 0;
}

static int read_window(const uint8_t *bytes, size_t size, codec_info *info) {
  if (size != 16)
    return 0;
  int64_t width = (int64_t)(int32_t)little32(bytes + 8) - (int32_t)little32(bytes) + 1;
  int64_t height = (int64_t)(int32_t)little32(bytes + 12) - (int32_t)little32(bytes + 4) + 1;
  if (width < 1 || height < 1 || width > INT32_MAX || height > INT32_MAX)
    return 0;
  info->width = (uint32_t)width;
  info->height = (uint32_t)height;
  return 1;
}

static int32_t identify_exr(const uint8_t *bytes, size_t size, codec_info *info, char *error) {
  if (size < 8)
    return cut_off(error, "EXR", size);
  if (bytes[4] != 2)
    return codec_fail(error, CODEC_INTERNAL, "EXR: unknown version %u", bytes[4]);
  size_t offset = 8;
  while (offset < size && bytes[offset]) {
    const char *name = (const char *)bytes + offset;
    size_t name_size = text_length(bytes + offset, size - offset) + 1;
    if (name_size > size - offset)
      return cut_off(error, "EXR", size);
    offset += name_size;
    size_t type_size = text_length(bytes + offset, size - offset) + 1;
    if (type_size > size - offset || size - offset - type_size < 4)
      return cut_off(error, "EXR", size);
    offset += type_size;
    uint32_t length = little32(bytes + offset);
    offset += 4;
    if (length > size - offset)
      return cut_off(error, "EXR", size);
    if (strcmp(name, "channels") == 0 && info->channels == 0) {
      if (!count_channels(bytes + offset, length, info))
        return codec_fail(error, CODEC_INTERNAL, "EXR: invalid channel list");
    } else if (strcmp(name, "dataWindow") == 0) {
      if (!read_window(bytes + offset, length, info))
        return codec_fail(error, CODEC_INTERNAL, "EXR: invalid data window");
    }
    if (info->channels && info->width)
      return CODEC_OK;
    offset += length;
  }
  if (offset >= size)
    return cut_off(error, "EXR", size);
  return codec_fail(error, CODEC_INTERNAL, "EXR: no channels or no data window");
}

int32_t codec_identify(const uint8_t *bytes, size_t size, codec_info *info, char *error) {
  static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  static const uint8_t jpeg[3] = {0xff, 0xd8, 0xff};
  static const uint8_t exr[4] = {0x76, 0x2f, 0x31, 0x01};
  if (!bytes || !info)
    return codec_fail(error, CODEC_MISUSE, "no bytes or no info (NULL)");
  codec_info found = {.kind = CODEC_KIND_NONE};
  int32_t status = CODEC_OK;
  if (size >= sizeof png && memcmp(bytes, png, sizeof png) == 0) {
    found.kind = CODEC_KIND_PNG;
    status = identify_png(bytes, size, &found, error);
  } else if (size >= sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0) {
    found.kind = CODEC_KIND_JPEG;
    status = identify_jpeg(bytes, size, &found, error);
  } else if (size >= sizeof exr && memcmp(bytes, exr, sizeof exr) == 0) {
    found.kind = CODEC_KIND_EXR;
    status = identify_exr(bytes, size, &found, error);
  }
  *info = status ? (codec_info){.kind = found.kind} : found;
  return status;
}
