#define _POSIX_C_SOURCE 200809L
#include "stream.h"

#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "process.h"

/* What a host does with a picture, and how long it takes. */
static void look(stream *self, uesynth_frame *frame, uint64_t *last_sequence) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uint64_t sum = 0;

  if (!check_ok(uesynth_frame_view(frame, &info), "frame_view"))
    return;
  check_equal(info.size, self->frame_bytes, "bytes of a picture");
  check_equal(info.flags & ~(uint32_t)UESYNTH_FRAME_HAS_POSE, 0, "flags of a picture");
  check(info.sequence > *last_sequence, "picture %" PRIu64 " came after %" PRIu64, info.sequence,
        *last_sequence);
  *last_sequence = info.sequence;
  for (size_t at = 0; at < info.size; at += 4096)
    sum += info.data[at];
  check(sum > 0, "a picture of zeros");
  sleep_ms(self->options.work_ms);
}

static void wait_while_paused(stream *self) {
  while (atomic_load(&self->pauses) && !atomic_load(&self->stops))
    sleep_ms(2);
}

/* Keeps so many captures under way, however slow the host is. */
static void *submit(void *argument) {
  stream *self = argument;
  uesynth_action action = UESYNTH_ACTION_INIT;
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;

  action.kind = UESYNTH_ACTION_CAPTURE_RGB;
  action.width = self->options.width;
  action.height = self->options.height;
  options.flags = UESYNTH_SUBMIT_NOTIFY_ONLY;
  options.route = UESYNTH_ROUTE_STREAM;
  while (!atomic_load(&self->stops)) {
    if (atomic_load(&self->under_way) >= self->options.submits_ahead) {
      struct timespec moment = {0, 20000};
      nanosleep(&moment, NULL);
      continue;
    }
    atomic_fetch_add(&self->under_way, 1);
    if (!check_ok(uesynth_client_submit(self->client, &action, &options, NULL, NULL, NULL, NULL),
                  "submit"))
      break;
    atomic_fetch_add(&self->submitted, 1);
  }
  return NULL;
}

/* Hears of every completion as soon as it is there. */
static void *poll_events(void *argument) {
  stream *self = argument;
  uesynth_event events[64];
  size_t count;

  for (;;) {
    int last = atomic_load(&self->drained);
    for (int i = 0; i < 64; i++)
      events[i] = (uesynth_event)UESYNTH_EVENT_INIT;
    if (uesynth_client_poll(self->client, events, 64, sizeof events[0], last ? 0 : 50, &count)) {
      if (last)
        return NULL;
      continue;
    }
    for (size_t i = 0; i < count; i++) {
      unsigned long in = atomic_load(&self->ring_in);
      atomic_fetch_add(&self->completed, 1);
      atomic_fetch_sub(&self->under_way, 1);
      check(events[i].frame == NULL, "NOTIFY_ONLY came with its picture");
      if (events[i].status != UESYNTH_OK && events[i].status != UESYNTH_NO_FRAME) {
        check(0, "a capture ended with %s: %s", uesynth_status_name(events[i].status),
              events[i].message);
        atomic_fetch_add(&self->failed, 1);
        continue;
      }
      if (check(in - atomic_load(&self->ring_out) < STREAM_RING, "the ring of ids is full")) {
        self->ring[in % STREAM_RING] = events[i].request_id;
        atomic_store(&self->ring_in, in + 1);
      }
    }
    uesynth_events_release(events, count, sizeof events[0]);
  }
}

static void *take(void *argument) {
  stream *self = argument;
  uesynth_frame *kept[STREAM_KEPT] = {NULL};
  uint64_t last_sequence = 0;

  for (;;) {
    unsigned long out = atomic_load(&self->ring_out);
    uesynth_frame *frame = NULL;
    wait_while_paused(self);
    if (out == atomic_load(&self->ring_in)) {
      if (atomic_load(&self->drained) == 2)
        break;
      sleep_ms(1);
      continue;
    }
    uesynth_status status =
        uesynth_client_take_frame(self->client, self->ring[out % STREAM_RING], 0, &frame);
    atomic_store(&self->ring_out, out + 1);
    if (status == UESYNTH_NO_FRAME) {
      atomic_fetch_add(&self->gone, 1);
      continue;
    }
    if (!check_ok(status, "take_frame"))
      continue;
    atomic_fetch_add(&self->taken, 1);
    look(self, frame, &last_sequence);
    uesynth_frame_release(kept[out % STREAM_KEPT]);
    kept[out % STREAM_KEPT] = frame;
  }
  for (int i = 0; i < STREAM_KEPT; i++)
    uesynth_frame_release(kept[i]);
  return NULL;
}

static void called_back(const uesynth_event *event, void *user_data) {
  stream *self = user_data;
  static uint64_t last_sequence; /* one delivery thread */

  wait_while_paused(self);
  if (event->status == UESYNTH_OK) {
    atomic_fetch_add(&self->called_back, 1);
    uesynth_frame *mine = uesynth_frame_retain(event->frame);
    look(self, mine, &last_sequence);
    uesynth_frame_release(mine);
  } else if (event->status != UESYNTH_NO_FRAME) {
    check(0, "a subscription's capture ended with %s: %s", uesynth_status_name(event->status),
          event->message);
  }
}

int stream_start(stream *self, uesynth_client *client, const stream_options *options) {
  uesynth_subscription_options wanted = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;

  memset(self, 0, sizeof *self);
  self->options = *options;
  self->frame_bytes = (uint64_t)options->width * options->height * 4;
  self->client = client;
  wanted.modality = UESYNTH_MODALITY_DEPTH;
  wanted.width = options->width;
  wanted.height = options->height;
  wanted.depth = options->subscription_depth;
  if (!check_ok(uesynth_client_subscribe(client, &wanted, &self->subscription, called_back, self,
                                         NULL),
                "subscribe"))
    return -1;
  pthread_create(&self->poller, NULL, poll_events, self);
  pthread_create(&self->taker, NULL, take, self);
  pthread_create(&self->submitter, NULL, submit, self);
  return 0;
}

void stream_stop(stream *self) {
  int64_t deadline = now_ns() + 30000000000;

  atomic_store(&self->stops, 1);
  pthread_join(self->submitter, NULL);
  uesynth_subscription_close(self->subscription);
  while (atomic_load(&self->completed) < atomic_load(&self->submitted) && now_ns() < deadline)
    sleep_ms(5);
  atomic_store(&self->drained, 1);
  pthread_join(self->poller, NULL);
  atomic_store(&self->drained, 2);
  pthread_join(self->taker, NULL);
}
