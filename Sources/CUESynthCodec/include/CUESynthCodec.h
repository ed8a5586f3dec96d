/* Picture codecs, previews and pixel conversions.
 *
 * Every function is reentrant, may be called on any thread, keeps no state between calls, prints
 * nothing and never ends the process. libpng and TurboJPEG are opened at their first use; a missing
 * one is CODEC_UNIMPLEMENTED with the name of its Debian package.
 *
 * Status: CODEC_OK or one of the numbers below. `error` is a buffer of CODEC_ERROR_CAPACITY bytes
 * or NULL; it is written on failure only and is always terminated.
 *
 * Pixels: rows from top to bottom, `stride` bytes from the start of one to the next, 0 = no gap.
 * The last row needs no padding. A side is 1 to CODEC_SIDE_LIMIT, a picture at most
 * CODEC_PIXEL_LIMIT pixels; more is CODEC_RESOURCE_EXHAUSTED. Elements wider than a byte are in the
 * machine's order; floats and ids must be aligned (bytes and stride both multiples of 4), except in
 * arrays for NPY. Source and destination must not overlap. After a failure the destination's pixels
 * are undefined. */
#ifndef CUESYNTHCODEC_H
#define CUESYNTHCODEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CODEC_OK = 0,
  CODEC_RESOURCE_EXHAUSTED = 8, /* out of memory, disk full, or past a limit above */
  CODEC_UNIMPLEMENTED = 12,     /* the library is missing, or cannot do this */
  CODEC_INTERNAL = 13,          /* truncated or corrupt data, an I/O error */
  CODEC_MISUSE = 103,           /* an argument makes no sense; the text says which */
  CODEC_BUFFER_TOO_SMALL = 106  /* the text says how many bytes are needed */
};

#define CODEC_ERROR_CAPACITY 256
#define CODEC_SIDE_LIMIT 16384
#define CODEC_PIXEL_LIMIT 256000000

typedef enum codec_kind {
  CODEC_KIND_NONE = 0, /* none of these: raw pixels, perhaps */
  CODEC_KIND_PNG = 1,
  CODEC_KIND_JPEG = 2,
  CODEC_KIND_EXR = 3
} codec_kind;

typedef enum codec_format {
  CODEC_GRAY8 = 1,
  CODEC_GRAY16 = 2,
  CODEC_RGB8 = 3,
  CODEC_BGR8 = 4,
  CODEC_RGBA8 = 5,
  CODEC_BGRA8 = 6,
  CODEC_U32 = 7,           /* segmentation: an id per pixel */
  CODEC_F32 = 8,           /* depth */
  CODEC_F32X2 = 9,         /* optical flow: right, down, in pixels */
  CODEC_F32X3 = 10,        /* normals (x, y, z); colours (r, g, b) in 0..1 */
  CODEC_F32X4 = 11,        /* colours (r, g, b, a) in 0..1 */
  CODEC_F32X3_PLANAR = 12, /* a plane each of r, g, b in 0..1: 3 * height rows of width floats */
  CODEC_F32X4_PLANAR = 13
} codec_format;

/* Pixels to read: `size` bytes may be read from `bytes`; fewer than the rows need is MISUSE. */
typedef struct codec_source {
  const void *bytes;
  size_t size;
  size_t stride;
  uint32_t width;
  uint32_t height;
  codec_format format;
} codec_source;

/* Where pixels go: `capacity` bytes may be written. Width and height are the source's. */
typedef struct codec_target {
  void *bytes;
  size_t capacity;
  size_t stride;
  codec_format format;
} codec_target;

/* Bytes that a picture of this shape takes (with stride 0 the rows are tight). MISUSE for a stride
 * shorter than a row, an unknown format or an empty picture. */
int32_t codec_image_size(codec_format format, uint32_t width, uint32_t height, size_t stride,
                         size_t *size, char *error);

/* ---- Files ---------------------------------------------------------------------------------- */

typedef struct codec_info {
  codec_kind kind;
  uint32_t width;
  uint32_t height;
  uint32_t channels; /* palette PNG: 3, or 4 with transparency; EXR: those of the first part */
  uint32_t bits;     /* per channel once decoded: 8 or 16 (palette, 1, 2 and 4 bit PNG: 8); EXR: the
                        widest channel's, 16 or 32 */
} codec_info;

/* What a file is, by its magic number, and its shape, from its header; nothing is decoded and no
 * library is needed. Bytes that carry no known magic number are OK with CODEC_KIND_NONE and zeros.
 * A known magic number before a header that is cut off or contradicts itself is INTERNAL, with
 * `info->kind` set and zeros. Dimensions are reported even past the limits. */
int32_t codec_identify(const uint8_t *bytes, size_t size, codec_info *info, char *error);

/* Decodes a PNG or JPEG file to GRAY8, RGB8, BGR8, RGBA8 or BGRA8; a 16-bit grey PNG also to GRAY16
 * (any other file to GRAY16 is MISUSE). 16-bit channels are scaled to 8 with rounding. A missing
 * alpha is 255; one that the target cannot hold is dropped, not blended. Colour profiles, gamma and
 * the EXIF orientation are not applied. Grey from a colour PNG is codec_swizzle's; grey from a JPEG
 * is its luma plane. `info` (may be NULL) is written as soon as the header is known, so also with
 * BUFFER_TOO_SMALL and RESOURCE_EXHAUSTED. INTERNAL, with the library's words: anything truncated
 * or corrupt, even where other decoders would show a part. MISUSE: neither PNG nor JPEG.
 * UNIMPLEMENTED: an EXR, a CMYK JPEG. */
int32_t codec_decode(const uint8_t *bytes, size_t size, const codec_target *target,
                     codec_info *info, char *error);

typedef struct codec_png_options {
  int32_t level;      /* zlib's 0 (stored) to 9 (smallest); -1: fast, by runs alone */
  int32_t keep_alpha; /* 0: write RGB from RGBA8 and BGRA8 */
} codec_png_options;

typedef struct codec_jpeg_options {
  int32_t quality; /* 1 to 100 */
  int32_t chroma;  /* 444, or 420: colour at half the resolution */
} codec_jpeg_options;

/* Encode to memory: `*bytes` is OWNED by the caller, who ends it with codec_free. PNG takes GRAY8,
 * GRAY16, RGB8, BGR8, RGBA8, BGRA8; JPEG the same without GRAY16, and drops alpha. Other formats
 * are MISUSE. `options` NULL: level -1 without alpha; quality 95, 4:2:0. */
int32_t codec_encode_png(const codec_source *source, const codec_png_options *options,
                         uint8_t **bytes, size_t *size, char *error);
int32_t codec_encode_jpeg(const codec_source *source, const codec_jpeg_options *options,
                          uint8_t **bytes, size_t *size, char *error);

typedef enum codec_dtype {
  CODEC_DTYPE_U1 = 1,
  CODEC_DTYPE_U4 = 2,
  CODEC_DTYPE_F2 = 3,
  CODEC_DTYPE_F4 = 4,
  CODEC_DTYPE_U2 = 5
} codec_dtype;

/* Channels 0 makes the shape (height, width), 1 to 64 (height, width, channels). `bytes` may have
 * any alignment. */
typedef struct codec_array {
  const void *bytes;
  size_t size;
  size_t stride;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  codec_dtype dtype;
} codec_array;

/* numpy's format 1.0, C order, in the machine's byte order (numpy.lib.format). */
int32_t codec_encode_npy(const codec_array *array, uint8_t **bytes, size_t *size, char *error);

/* As above, to a file: written under another name in the same folder, then renamed, so that `path`
 * never names half a file; on failure nothing is left behind and an existing file stays as it was.
 * A symbolic link is followed. The text has the path and the system's words. MISUSE: the path
 * cannot be written (no such folder, no permission, not a regular file); RESOURCE_EXHAUSTED: no
 * space or no descriptors; INTERNAL: another I/O error. */
int32_t codec_save_png(const char *path, const codec_source *source,
                       const codec_png_options *options, char *error);
int32_t codec_save_jpeg(const char *path, const codec_source *source,
                        const codec_jpeg_options *options, char *error);
int32_t codec_save_npy(const char *path, const codec_array *array, char *error);
int32_t codec_save_bytes(const char *path, const void *bytes, size_t size, char *error);

/* Ends what an encoder returned. NULL is accepted. */
void codec_free(void *bytes);

/* ---- Pixels --------------------------------------------------------------------------------- */

/* Converts GRAY8, RGB8, BGR8, RGBA8 or BGRA8 to any of these, or to F32X3, F32X4 or their planar
 * forms (value / 255, correctly rounded; the order is always r, g, b, a). For planar forms the
 * stride is that of one plane's row, and planes follow each other at height * stride. A missing
 * alpha is 255 (1.0). Grey is (9798 r + 19235 g + 3735 b + 16384) >> 15, Rec. 601 as OpenCV
 * computes it. Other pairs are MISUSE. */
int32_t codec_swizzle(const codec_source *source, const codec_target *target, char *error);

/* ---- Previews: RGB8 pictures of what is not colour. The same input gives the same picture. ----
 */

typedef struct codec_range {
  float low;
  float high;
} codec_range;

typedef struct codec_depth_options {
  float sky;       /* this far and farther is sky; 0: only infinity is */
  int32_t inverse; /* 1: even steps of 1 / depth, which spreads what is near */
} codec_depth_options;

/* Depth, F32, in any unit. Near is bright and warm, far dark and cold, and lightness alone shows the
 * order; sky, infinity, NaN and negative values are black. `range` NULL, or one whose high is not above its
 * low: the 1st and 99th percentile of what is left, then written to `range` (0, 0 when nothing is
 * left); otherwise `range` is used as it is, so that pictures of a sequence can share it. With
 * `inverse`, near counts as at least far / 1000. `options` NULL: no sky, not inverse. */
int32_t codec_preview_depth(const codec_source *source, const codec_depth_options *options,
                            codec_range *range, const codec_target *target, char *error);

/* Ids, U32: 0 is black, every other id always has the same colour; ids that follow each other lie
 * far apart on the colour wheel. */
int32_t codec_preview_segmentation(const codec_source *source, const codec_target *target,
                                   char *error);

/* Normals, F32X3, each component -1..1 (clamped) to 0..255. A pixel that is all 0 or has a NaN is
 * black. */
int32_t codec_preview_normals(const codec_source *source, const codec_target *target, char *error);

/* Flow, F32X2: hue is the direction (right red, down yellow-green, left cyan, up violet),
 * saturation the length (at rest white). NaN, infinity and components past 1e9 (Middlebury's
 * "unknown") are black. `maximum` NULL or not above 0: full saturation is the 99th percentile of
 * the lengths, then written to `maximum`; otherwise it is `*maximum`. */
int32_t codec_preview_flow(const codec_source *source, float *maximum, const codec_target *target,
                           char *error);

#ifdef __cplusplus
}
#endif

#endif
