/* Two streams of pictures and hosts that are slower than either: colours by submits, taken by id; depth by a
 * subscription with a callback. */
#ifndef SOAK_STREAM_H
#define SOAK_STREAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <uesynth.h>

enum { STREAM_KEPT = 4, STREAM_RING = 1 << 16 };

typedef struct stream_options {
  uint32_t width, height;
  uint32_t submits_ahead, subscription_depth;
  int64_t work_ms; /* that the host takes for each picture */
} stream_options;

typedef struct stream {
  stream_options options;
  uint64_t frame_bytes; /* of one picture: 4 bytes a pixel in both streams */
  uesynth_client *client;
  uesynth_subscription *subscription;
  pthread_t submitter, poller, taker;

  atomic_int stops;   /* no more submits */
  atomic_int drained; /* nothing more will be polled */
  atomic_int pauses;  /* the hosts take nothing */
  atomic_uint under_way;

  /* Ids of colours that have come, from the poller to the taker. */
  uint64_t ring[STREAM_RING];
  atomic_ulong ring_in, ring_out;

  atomic_ulong submitted, completed, taken, gone, called_back, failed;
} stream;

/* Starts both streams. Returns 0, or -1 if a check has failed. */
int stream_start(stream *self, uesynth_client *client, const stream_options *options);

/* Ends them and takes what is left, to the last picture. */
void stream_stop(stream *self);

#endif
