/* The few bytes of protobuf that a peer without protobuf writes and reads. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
  PREFIX = 5,    /* of a gRPC message: compressed or not, length */
  ID = 8,        /* digits of a request_id */
  ID_OFFSET = 7, /* in a message on the ControlStream, with its prefix */
};

/* The first byte of a field whose number is below 16. */
enum { NUMBER = 0, BYTES = 2 };
#define FIELD(number, wire) ((uint8_t)((number) << 3 | (wire)))

typedef struct request {
  size_t count;
  uint8_t bytes[120];
} request;

/* A field shorter than 128 bytes. */
static inline void put(request *r, int number, const void *bytes, size_t count) {
  r->bytes[r->count++] = FIELD(number, BYTES);
  r->bytes[r->count++] = (uint8_t)count;
  memcpy(r->bytes + r->count, bytes, count);
  r->count += count;
}

static inline void put_number(request *r, int number, uint32_t value) {
  r->bytes[r->count++] = FIELD(number, NUMBER);
  for (; value >= 0x80; value >>= 7)
    r->bytes[r->count++] = (uint8_t)(value | 0x80);
  r->bytes[r->count++] = (uint8_t)value;
}

/* A gRPC message: a CaptureRequest, or a SetObjectTransformRequest of the object of that number;
 * for the ControlStream in an ActionRequest. Those of objects are all of one length. */
static inline request make_request(bool picture, bool streams, uint32_t width, uint32_t height,
                                   int object) {
  /* location 1, 2, 3 and scale 1, 1, 1 */
  static const char transform[] = "\x0A\x0F\x0D\0\0\x80\x3F\x15\0\0\0\x40\x1D\0\0\x40\x40"
                                  "\x1A\x0F\x0D\0\0\x80\x3F\x15\0\0\x80\x3F\x1D\0\0\x80\x3F";
  char name[32];
  request action = {0}, r = {.count = PREFIX};
  if (picture) {
    put_number(&action, 2, width);
    put_number(&action, 3, height);
  } else {
    put(&action, 1, name, (size_t)snprintf(name, sizeof name, "bench%06d", object));
    put(&action, 2, transform, sizeof transform - 1);
  }
  if (streams) {
    put(&r, 1, "00000000", ID);
    put(&r, picture ? 4 : 9, action.bytes, action.count);
  } else {
    memcpy(r.bytes + PREFIX, action.bytes, action.count);
    r.count += action.count;
  }
  r.bytes[PREFIX - 1] = (uint8_t)(r.count - PREFIX);
  return r;
}

/* Returns past the number; NULL: it is broken. */
static inline const uint8_t *take_number(const uint8_t *at, const uint8_t *end, uint64_t *value) {
  *value = 0;
  for (int shift = 0; at < end && shift < 64; shift += 7) {
    uint8_t byte = *at++;
    *value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80)
      return at;
  }
  return NULL;
}

/* What is wrong with the reply to a command (picture_bytes 0) or a capture; NULL: nothing. It is a
 * CommandResponse or an ImageResponse, of which field 1 counts: success or image_data. With an id
 * it is one of these in a FrameResponse, after the id. */
static inline const char *reply_flaw(const uint8_t *at, const uint8_t *end, const char *id,
                                     uint64_t picture_bytes) {
  bool inside = id == NULL, named = inside;
  uint64_t value, found = 0;
  while (at < end) {
    uint8_t field = *at++;
    at = take_number(at, end, &value);
    if (at == NULL || ((field & 7) == BYTES && value > (uint64_t)(end - at)) ||
        ((field & 7) != BYTES && (field & 7) != NUMBER))
      return "a reply is broken, or has fields that are not expected";
    if (inside && field == FIELD(1, picture_bytes ? BYTES : NUMBER))
      found = value;
    if (!inside && field == FIELD(picture_bytes ? 4 : 2, BYTES)) {
      inside = true;
      end = at + value;
      continue;
    }
    if (!inside && field == FIELD(1, BYTES))
      named = value == ID && memcmp(at, id, ID) == 0;
    at += (field & 7) == BYTES ? value : 0;
  }
  if (!named)
    return "a reply is not the one that was awaited";
  if (found != (picture_bytes ? picture_bytes : 1))
    return picture_bytes ? "a picture has not the size asked for" : "a command failed";
  return NULL;
}

#endif
