/* PNG through libpng 1.6. libpng reports errors by leaving through its error function, so all of
 * its calls run inside `guarded`, whose setjmp is the only place they return to. */
#include "codec.h"

#include <png.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#if PNG_LIBPNG_VER_MAJOR != 1 || PNG_LIBPNG_VER_MINOR != 6
#error "libpng16.so.16 needs the headers of libpng 1.6 (Debian: libpng-dev)"
#endif

#define FUNCTIONS(X)                                                                               \
  X(png_create_info_struct)                                                                        \
  X(png_create_read_struct)                                                                        \
  X(png_create_write_struct)                                                                       \
  X(png_destroy_read_struct)                                                                       \
  X(png_destroy_write_struct)                                                                      \
  X(png_error)                                                                                     \
  X(png_get_IHDR)                                                                                  \
  X(png_get_error_ptr)                                                                             \
  X(png_get_io_ptr)                                                                                \
  X(png_get_rowbytes)                                                                              \
  X(png_get_valid)                                                                                 \
  X(png_read_end)                                                                                  \
  X(png_read_info)                                                                                 \
  X(png_read_row)                                                                                  \
  X(png_read_update_info)                                                                          \
  X(png_set_IHDR)                                                                                  \
  X(png_set_add_alpha)                                                                             \
  X(png_set_benign_errors)                                                                         \
  X(png_set_bgr)                                                                                   \
  X(png_set_chunk_malloc_max)                                                                      \
  X(png_set_compression_buffer_size)                                                               \
  X(png_set_compression_level)                                                                     \
  X(png_set_compression_strategy)                                                                  \
  X(png_set_crc_action)                                                                            \
  X(png_set_expand_gray_1_2_4_to_8)                                                                \
  X(png_set_filler)                                                                                \
  X(png_set_filter)                                                                                \
  X(png_set_gray_to_rgb)                                                                           \
  X(png_set_interlace_handling)                                                                    \
  X(png_set_keep_unknown_chunks)                                                                   \
  X(png_set_palette_to_rgb)                                                                        \
  X(png_set_read_fn)                                                                               \
  X(png_set_scale_16)                                                                              \
  X(png_set_strip_alpha)                                                                           \
  X(png_set_swap)                                                                                  \
  X(png_set_tRNS_to_alpha)                                                                         \
  X(png_set_user_limits)                                                                           \
  X(png_set_write_fn)                                                                              \
  X(png_write_end)                                                                                 \
  X(png_write_info)                                                                                \
  X(png_write_row)

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
  codec_library_open(codec_png_soname, "libpng16-16", symbols, sizeof symbols / sizeof *symbols,
                     &api, problem);
}

struct job {
  png_structp png;
  png_infop info;
  jmp_buf jump;
  int32_t status;
  char *error;
  uint8_t *bytes;   /* reading: the file, BORROWED; writing: what is written so far */
  size_t size;      /* reading: bytes not yet read; writing: bytes written */
  size_t capacity;  /* writing */
  uint8_t *scratch; /* reading a colour picture as grey: one row, or all of them if interlaced */
  struct codec_layout layout;
  const codec_info *expected;
  const codec_target *target;
  const codec_source *source;
  codec_png_options options;
};

static void on_error(png_structp png, png_const_charp text) {
  struct job *job = api.png_get_error_ptr(png);
  if (job->status == CODEC_OK)
    job->status = codec_fail(job->error, CODEC_INTERNAL, "PNG: %s", text);
  longjmp(job->jump, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void leave(struct job *job, int32_t status, const char *text) {
  job->status = codec_fail(job->error, status, "PNG: %s", text);
  longjmp(job->jump, 1);
}

static int32_t guarded(struct job *job, void (*work)(struct job *)) {
  pthread_once(&once, load);
  if (problem[0])
    return codec_fail(job->error, CODEC_UNIMPLEMENTED, "%s", problem);
  if (setjmp(job->jump) == 0)
    work(job);
  return job->status;
}

static void on_read(png_structp png, png_bytep bytes, size_t count) {
  struct job *job = api.png_get_io_ptr(png);
  if (count > job->size)
    api.png_error(png, "the file is cut off");
  memcpy(bytes, job->bytes, count);
  job->bytes += count;
  job->size -= count;
}

static void read_header(struct job *job, int *colour, int *depth) {
  job->png = api.png_create_read_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
  job->info = job->png ? api.png_create_info_struct(job->png) : NULL;
  if (!job->info)
    leave(job, CODEC_RESOURCE_EXHAUSTED, "out of memory");
  png_structp png = job->png;
  api.png_set_read_fn(png, job, on_read);
  api.png_set_user_limits(png, CODEC_SIDE_LIMIT, CODEC_SIDE_LIMIT);
  api.png_set_chunk_malloc_max(png, 1 << 20);
  /* Gamma, profiles and texts are skipped; what remains is meant, so any fault in it is an error.
   */
  api.png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  api.png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  api.png_set_benign_errors(png, 0);
  api.png_read_info(png, job->info);
  png_uint_32 width = 0, height = 0;
  api.png_get_IHDR(png, job->info, &width, &height, depth, colour, NULL, NULL, NULL);
  if (width != job->expected->width || height != job->expected->height)
    leave(job, CODEC_INTERNAL, "the header changed while it was read");
}

static void ask_for(struct job *job, codec_format format, int colour, int depth) {
  png_structp png = job->png;
  int transparent = api.png_get_valid(png, job->info, PNG_INFO_tRNS) != 0;
  if (format == CODEC_GRAY16) {
    if (colour != PNG_COLOR_TYPE_GRAY || depth != 16)
      leave(job, CODEC_MISUSE, "only a 16-bit grey file decodes to GRAY16");
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
      api.png_set_swap(png);
    return;
  }
  if (depth == 16)
    api.png_set_scale_16(png);
  if (colour == PNG_COLOR_TYPE_PALETTE)
    api.png_set_palette_to_rgb(png);
  else if (colour == PNG_COLOR_TYPE_GRAY && depth < 8)
    api.png_set_expand_gray_1_2_4_to_8(png);
  if (format == CODEC_RGBA8 || format == CODEC_BGRA8) {
    if (transparent)
      api.png_set_tRNS_to_alpha(png);
    else if (!(colour & PNG_COLOR_MASK_ALPHA))
      api.png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
  } else if (transparent || (colour & PNG_COLOR_MASK_ALPHA)) {
    api.png_set_strip_alpha(png);
  }
  if (format != CODEC_GRAY8 && !(colour & PNG_COLOR_MASK_COLOR))
    api.png_set_gray_to_rgb(png);
  if (format == CODEC_BGR8 || format == CODEC_BGRA8)
    api.png_set_bgr(png);
}

static void read_picture(struct job *job) {
  int colour = 0, depth = 0;
  read_header(job, &colour, &depth);
  codec_format target = job->target->format;
  int through_rgb = target == CODEC_GRAY8 && (colour & PNG_COLOR_MASK_COLOR);
  codec_format format = through_rgb ? CODEC_RGB8 : target;
  ask_for(job, format, colour, depth);
  int passes = api.png_set_interlace_handling(job->png);
  api.png_read_update_info(job->png, job->info);
  uint32_t width = job->expected->width, height = job->expected->height;
  size_t row = width * codec_pixel_size(format);
  if (api.png_get_rowbytes(job->png, job->info) != row)
    leave(job, CODEC_INTERNAL, "unexpected row length");
  uint8_t *to = job->target->bytes;
  uint8_t *rows = to;
  size_t stride = job->layout.stride;
  if (through_rgb) {
    stride = passes > 1 ? row : 0;
    rows = job->scratch = malloc(passes > 1 ? row * height : row);
    if (!rows)
      leave(job, CODEC_RESOURCE_EXHAUSTED, "out of memory");
  }
  for (int pass = 1; pass <= passes; pass++)
    for (uint32_t y = 0; y < height; y++) {
      api.png_read_row(job->png, rows + y * stride, NULL);
      if (through_rgb && pass == passes)
        codec_swizzle_row(rows + y * stride, CODEC_RGB8, to + y * job->layout.stride, CODEC_GRAY8,
                          width);
    }
  api.png_read_end(job->png, NULL);
}

int32_t codec_decode_png(const uint8_t *bytes, size_t size, const codec_target *target,
                         const codec_info *info, char *error) {
  struct job job = {
      .bytes = (uint8_t *)bytes, .size = size, .target = target, .expected = info, .error = error};
  if (target->format > CODEC_BGRA8)
    return codec_fail(error, CODEC_MISUSE, "PNG: pixel format %d cannot be decoded to",
                      (int)target->format);
  int32_t status = codec_target_layout(target, info->width, info->height, &job.layout, error);
  if (status)
    return status;
  status = guarded(&job, read_picture);
  if (job.png)
    api.png_destroy_read_struct(&job.png, &job.info, NULL);
  free(job.scratch);
  return status;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  struct job *job = api.png_get_io_ptr(png);
  if (count > job->capacity - job->size) {
    size_t capacity = job->capacity + job->capacity / 2 + count;
    uint8_t *grown = realloc(job->bytes, capacity);
    if (!grown)
      leave(job, CODEC_RESOURCE_EXHAUSTED, "out of memory");
    job->bytes = grown;
    job->capacity = capacity;
  }
  memcpy(job->bytes + job->size, bytes, count);
  job->size += count;
}

/* libpng would fflush the io pointer as a FILE without one. */
static void on_flush(png_structp png) { (void)png; }

static void write_picture(struct job *job) {
  const codec_source *source = job->source;
  codec_format format = source->format;
  int four = format == CODEC_RGBA8 || format == CODEC_BGRA8;
  int grey = format == CODEC_GRAY8 || format == CODEC_GRAY16;
  int colour = grey                              ? PNG_COLOR_TYPE_GRAY
               : four && job->options.keep_alpha ? PNG_COLOR_TYPE_RGB_ALPHA
                                                 : PNG_COLOR_TYPE_RGB;
  job->png = api.png_create_write_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
  job->info = job->png ? api.png_create_info_struct(job->png) : NULL;
  if (!job->info)
    leave(job, CODEC_RESOURCE_EXHAUSTED, "out of memory");
  png_structp png = job->png;
  api.png_set_write_fn(png, job, on_write, on_flush);
  api.png_set_compression_buffer_size(png, 1 << 16);
  if (job->options.level < 0) {
    api.png_set_compression_level(png, 1);
    api.png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
    api.png_set_compression_strategy(png, 3 /* zlib's Z_RLE */);
  } else {
    api.png_set_compression_level(png, job->options.level);
    if (job->options.level == 0)
      api.png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  }
  api.png_set_IHDR(png, job->info, source->width, source->height, format == CODEC_GRAY16 ? 16 : 8,
                   colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                   PNG_FILTER_TYPE_DEFAULT);
  api.png_write_info(png, job->info);
  if (format == CODEC_GRAY16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    api.png_set_swap(png);
  if (four && !job->options.keep_alpha)
    api.png_set_filler(png, 0, PNG_FILLER_AFTER);
  if (format == CODEC_BGR8 || format == CODEC_BGRA8)
    api.png_set_bgr(png);
  const uint8_t *row = source->bytes;
  for (uint32_t y = 0; y < source->height; y++)
    api.png_write_row(png, row + y * job->layout.stride);
  api.png_write_end(png, NULL);
}

int32_t codec_encode_png(const codec_source *source, const codec_png_options *options,
                         uint8_t **bytes, size_t *size, char *error) {
  struct job job = {.source = source, .options = {.level = -1}, .error = error};
  if (options)
    job.options = *options;
  if (!bytes || !size)
    return codec_fail(error, CODEC_MISUSE, "nowhere to put the file (NULL)");
  int32_t status = codec_source_layout(source, &job.layout, error);
  if (status)
    return status;
  if (source->format > CODEC_BGRA8)
    return codec_fail(error, CODEC_MISUSE, "PNG: pixel format %d cannot be encoded",
                      (int)source->format);
  if (job.options.level < -1 || job.options.level > 9)
    return codec_fail(error, CODEC_MISUSE, "PNG: level %d is not in -1..9", job.options.level);
  status = guarded(&job, write_picture);
  if (job.png)
    api.png_destroy_write_struct(&job.png, &job.info);
  if (status) {
    free(job.bytes);
    return status;
  }
  *bytes = job.bytes;
  *size = job.size;
  return CODEC_OK;
}
