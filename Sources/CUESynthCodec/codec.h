/* What the codec's files share. */
#ifndef CODEC_H
#define CODEC_H

#include "CUESynthCodec.h"

struct codec_layout {
  size_t row;    /* bytes of pixels in a row */
  size_t stride; /* never 0 */
  size_t size;   /* bytes from the first pixel to the last */
};

/* Writes the text and returns `status`. */
__attribute__((format(printf, 3, 4))) int32_t codec_fail(char *error, int32_t status,
                                                         const char *format, ...);

/* Bytes of a pixel (of a plane's pixel for the planar formats), 0 for an unknown format. */
size_t codec_pixel_size(codec_format format);

int32_t codec_check_side(uint32_t width, uint32_t height, char *error);

/* The layouts of checked arguments: every row lies inside the buffer. */
int32_t codec_source_layout(const codec_source *source, struct codec_layout *layout, char *error);
int32_t codec_target_layout(const codec_target *target, uint32_t width, uint32_t height,
                            struct codec_layout *layout, char *error);

/* One row of codec_swizzle between 8-bit formats; both must be among them. */
void codec_swizzle_row(const uint8_t *from, codec_format source, uint8_t *to, codec_format target,
                       size_t count);

int32_t codec_decode_png(const uint8_t *bytes, size_t size, const codec_target *target,
                         const codec_info *info, char *error);
int32_t codec_decode_jpeg(const uint8_t *bytes, size_t size, const codec_target *target,
                          const codec_info *info, char *error);

/* 256 colours from the far end to the near one. */
void codec_fill_map(uint8_t colours[256][3]);

/* Finds the values at two ranks (fractions 0..1 of the sorted order) among the samples in
 * 0..limit. A sample is the value of an F32 source, the squared length of an F32X2 one. `*count` is
 * how many there are; with none the values are 0. Exact. */
int32_t codec_percentiles(const codec_source *source, const struct codec_layout *layout,
                          float limit, const double fractions[2], float values[2], size_t *count,
                          char *error);

/* A file that appears under its name only when it is whole. */
struct codec_file {
  int descriptor;
  const char *path; /* as given; BORROWED */
  char *final;      /* where the rename goes */
  char *temporary;  /* in the folder of `final` */
  char *error;
};
int32_t codec_file_open(struct codec_file *file, const char *path, char *error);
int32_t codec_file_append(struct codec_file *file, const void *bytes, size_t size);
/* Ends `file`: renames it when `status` is OK, removes it otherwise. Returns the final status. */
int32_t codec_file_close(struct codec_file *file, int32_t status);

/* A shared library opened at first use and kept for the life of the process. */
struct codec_symbol {
  const char *name;
  size_t offset; /* of the function pointer in the table */
};
/* Fills the table. On failure `problem` holds the reason, otherwise it is empty. */
void codec_library_open(const char *soname, const char *package, const struct codec_symbol *symbols,
                        size_t count, void *table, char problem[CODEC_ERROR_CAPACITY]);

/* The test build replaces these before the first use. */
#ifdef CODEC_TESTING
#define CODEC_SONAME extern const char *
#else
#define CODEC_SONAME extern const char *const
#endif
CODEC_SONAME codec_png_soname;
CODEC_SONAME codec_jpeg_soname;

#endif
