/* JPEG through TurboJPEG 2.1 or later. A handle lives for one call: it is the only state. */
#include "codec.h"

#include <pthread.h>
#include <stdlib.h>
#include <turbojpeg.h>

#ifndef TJFLAG_LIMITSCANS
#error "TurboJPEG 2.1 or later is needed (Debian: libturbojpeg0-dev)"
#endif

#define FUNCTIONS(X)                                                                               \
  X(tjBufSize)                                                                                     \
  X(tjCompress2)                                                                                   \
  X(tjDecompress2)                                                                                 \
  X(tjDecompressHeader3)                                                                           \
  X(tjDestroy)                                                                                     \
  X(tjGetErrorStr2)                                                                                \
  X(tjInitCompress)                                                                                \
  X(tjInitDecompress)

#define FIELD(name) __typeof__(&name) name;
#define SYMBOL(name) {#name, offsetof(struct functions, name)},

struct functions {
  FUNCTIONS(FIELD)
};

static struct functions api;
static char problem[CODEC_ERROR_CAPACITY];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const struct codec_symbol symbols[] = {FUNCTIONS(SYMBOL)};
  codec_library_open(codec_jpeg_soname, "libturbojpeg0", symbols, sizeof symbols / sizeof *symbols,
                     &api, problem);
}

static int32_t ready(char *error) {
  pthread_once(&once, load);
  return problem[0] ? codec_fail(error, CODEC_UNIMPLEMENTED, "%s", problem) : CODEC_OK;
}

/* -1 for a format that JPEG has no pixels of. */
static int pixel_format(codec_format format) {
  switch (format) {
  case CODEC_GRAY8:
    return TJPF_GRAY;
  case CODEC_RGB8:
    return TJPF_RGB;
  case CODEC_BGR8:
    return TJPF_BGR;
  case CODEC_RGBA8:
    return TJPF_RGBA;
  case CODEC_BGRA8:
    return TJPF_BGRA;
  default:
    return -1;
  }
}

static int32_t out_of_memory(char *error) {
  return codec_fail(error, CODEC_RESOURCE_EXHAUSTED, "JPEG: out of memory");
}

static int32_t library_error(tjhandle handle, char *error) {
  return codec_fail(error, CODEC_INTERNAL, "JPEG: %s", api.tjGetErrorStr2(handle));
}

static int32_t read_picture(tjhandle handle, const uint8_t *bytes, size_t size,
                            const codec_target *target, const codec_info *info, int stride,
                            char *error) {
  int width = 0, height = 0, subsampling = 0, colour = 0;
  if (api.tjDecompressHeader3(handle, bytes, size, &width, &height, &subsampling, &colour))
    return library_error(handle, error);
  if (width != (int)info->width || height != (int)info->height)
    return codec_fail(error, CODEC_INTERNAL, "JPEG: two frame headers that disagree");
  if (colour == TJCS_CMYK || colour == TJCS_YCCK)
    return codec_fail(error, CODEC_UNIMPLEMENTED, "JPEG: CMYK files are not decoded");
  if (api.tjDecompress2(handle, bytes, size, target->bytes, width, stride, height,
                        pixel_format(target->format), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS))
    return library_error(handle, error);
  return CODEC_OK;
}

int32_t codec_decode_jpeg(const uint8_t *bytes, size_t size, const codec_target *target,
                          const codec_info *info, char *error) {
  struct codec_layout layout;
  if (pixel_format(target->format) < 0)
    return codec_fail(error, CODEC_MISUSE, "JPEG: pixel format %d cannot be decoded to",
                      (int)target->format);
  int32_t status = codec_target_layout(target, info->width, info->height, &layout, error);
  if (status)
    return status;
  if (layout.stride > INT32_MAX)
    return codec_fail(error, CODEC_MISUSE, "JPEG: a stride of %zu bytes is too long",
                      layout.stride);
  status = ready(error);
  if (status)
    return status;
  tjhandle handle = api.tjInitDecompress();
  if (!handle)
    return out_of_memory(error);
  status = read_picture(handle, bytes, size, target, info, (int)layout.stride, error);
  api.tjDestroy(handle);
  return status;
}

int32_t codec_encode_jpeg(const codec_source *source, const codec_jpeg_options *options,
                          uint8_t **bytes, size_t *size, char *error) {
  codec_jpeg_options chosen = {.quality = 95, .chroma = 420};
  if (options)
    chosen = *options;
  if (!bytes || !size)
    return codec_fail(error, CODEC_MISUSE, "nowhere to put the file (NULL)");
  struct codec_layout layout;
  int32_t status = codec_source_layout(source, &layout, error);
  if (status)
    return status;
  if (pixel_format(source->format) < 0)
    return codec_fail(error, CODEC_MISUSE, "JPEG: pixel format %d cannot be encoded",
                      (int)source->format);
  if (chosen.quality < 1 || chosen.quality > 100)
    return codec_fail(error, CODEC_MISUSE, "JPEG: quality %d is not in 1..100", chosen.quality);
  if (chosen.chroma != 444 && chosen.chroma != 420)
    return codec_fail(error, CODEC_MISUSE, "JPEG: chroma %d is neither 444 nor 420", chosen.chroma);
  if (layout.stride > INT32_MAX)
    return codec_fail(error, CODEC_MISUSE, "JPEG: a stride of %zu bytes is too long",
                      layout.stride);
  status = ready(error);
  if (status)
    return status;
  int width = (int)source->width, height = (int)source->height;
  int subsampling = source->format == CODEC_GRAY8 ? TJSAMP_GRAY
                    : chosen.chroma == 444        ? TJSAMP_444
                                                  : TJSAMP_420;
  /* The worst case, so that TurboJPEG never allocates: mostly untouched, and given back below. */
  unsigned long used = api.tjBufSize(width, height, subsampling);
  tjhandle handle = used == (unsigned long)-1 ? NULL : api.tjInitCompress();
  unsigned char *file = handle ? malloc(used) : NULL;
  if (!file) {
    if (handle)
      api.tjDestroy(handle);
    return out_of_memory(error);
  }
  int failed = api.tjCompress2(handle, source->bytes, width, (int)layout.stride, height,
                               pixel_format(source->format), &file, &used, subsampling,
                               chosen.quality, TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT);
  if (failed) {
    status = library_error(handle, error);
    api.tjDestroy(handle);
    free(file);
    return status;
  }
  api.tjDestroy(handle);
  uint8_t *shrunk = realloc(file, used);
  *bytes = shrunk ? shrunk : file;
  *size = used;
  return CODEC_OK;
}
