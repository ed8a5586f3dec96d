/* Every size that a struct had in a released header is taken, smaller ones are refused, larger ones are
 * taken if what is not known is zero, and nothing is written beyond struct_size.
 *
 * sizes TARGET: against the simulator. Includes what released.py has written of the released headers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "released_sizes.h"
#include <uesynth.h>
#include <uesynth_raw.h>

#define CANARY 0xA5
#define ROOM 16384

static uesynth_client *client;
static uesynth_pacer *pacer;
static uesynth_sequence *sequence;
static uesynth_frame *frame;
static const char *target, *folder;
static int wrong, tried;

static void *nothing_allocated(size_t size, size_t alignment, void *user_data) {
  (void)size, (void)alignment, (void)user_data;
  return NULL;
}

static void nothing_freed(void *memory, size_t size, void *user_data) {
  (void)memory, (void)size, (void)user_data;
}

static void ignore(const uesynth_event *event, void *user_data) { (void)event, (void)user_data; }

/* Each runs an export on a struct of the size that it says (arrays: that is given). */

static uesynth_status as_action(void *it, size_t size) {
  uesynth_event event = UESYNTH_EVENT_INIT;
  uesynth_status status;
  (void)size;
  status = uesynth_client_call(client, it, NULL, &event);
  uesynth_events_release(&event, 1, sizeof event);
  return status;
}

static uesynth_status as_actions(void *it, size_t size) {
  return uesynth_client_submit_batch(client, it, 2, size, NULL, NULL, NULL, ignore, NULL, NULL);
}

static uesynth_status as_submit_options(void *it, size_t size) {
  uesynth_action action = UESYNTH_ACTION_INIT;
  (void)size;
  action.kind = UESYNTH_ACTION_LIST_OBJECTS;
  return uesynth_client_submit(client, &action, it, NULL, ignore, NULL, NULL);
}

static uesynth_status as_client_options(void *it, size_t size) {
  uesynth_client *made = NULL;
  uesynth_status status = uesynth_client_new(target, it, &made);
  (void)size;
  uesynth_client_free(made);
  return status;
}

static uesynth_status as_preset(void *it, size_t size) {
  (void)size;
  return uesynth_client_options_preset(UESYNTH_PRESET_PRODUCTION, it);
}

static uesynth_status as_channel_argument(void *it, size_t size) {
  (void)size;
  return uesynth_client_options_channel_argument(it, "grpc.keepalive_time_ms", 20000);
}

static uesynth_status as_tls_options(void *it, size_t size) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  options.tls = it;
  return as_client_options(&options, size);
}

static uesynth_status as_allocator(void *it, size_t size) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  options.allocator = it;
  return as_client_options(&options, size);
}

static uesynth_status as_runtime_options(void *it, size_t size) {
  uesynth_runtime *made = NULL;
  uesynth_status status = uesynth_runtime_new(it, &made);
  (void)size;
  uesynth_runtime_free(made);
  return status;
}

static uesynth_status as_frameset_options(void *it, size_t size) {
  uesynth_event event = UESYNTH_EVENT_INIT;
  uesynth_status status = uesynth_client_capture_set(client, it, &event);
  (void)size;
  uesynth_events_release(&event, 1, sizeof event);
  return status;
}

static uesynth_status as_watch_options(void *it, size_t size) {
  (void)size;
  return uesynth_client_watch(client, it, ignore, NULL, NULL);
}

static uesynth_status as_subscription_options(void *it, size_t size) {
  uesynth_subscription *made = NULL;
  uesynth_status status = uesynth_client_subscribe(client, it, &made, ignore, NULL, NULL);
  (void)size;
  uesynth_subscription_close(made);
  return status;
}

static uesynth_status as_picture_options(void *it, size_t size) {
  uint8_t *bytes = NULL;
  size_t length = 0;
  uesynth_status status = uesynth_frame_encode(frame, UESYNTH_FILE_NPY, it, &bytes, &length);
  (void)size;
  uesynth_bytes_free(bytes);
  return status;
}

static uesynth_status as_save_options(void *it, size_t size) {
  char path[4096];
  (void)size;
  snprintf(path, sizeof path, "%s/saved.npy", folder);
  return uesynth_client_save(client, frame, path, it, ignore, NULL, NULL);
}

static uesynth_status as_sequence_options(void *it, size_t size) {
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  uesynth_sequence *made = NULL;
  uesynth_status status = uesynth_sequence_new(client, it, &pose, 1, &made);
  (void)size;
  uesynth_sequence_free(made);
  return status;
}

static uesynth_status as_raw_options(void *it, size_t size) {
  (void)size;
  return uesynth_call_raw(client, "/uesynth.UESynthService/ListObjects", NULL, 0, it, NULL);
}

static uesynth_status as_pixels(void *it, size_t size) {
  (void)size;
  return uesynth_frame_convert(frame, it);
}

static uesynth_status as_frame_info(void *it, size_t size) {
  (void)size;
  return uesynth_frame_view(frame, it);
}

static uesynth_status as_event(void *it, size_t size) {
  uesynth_action action = UESYNTH_ACTION_INIT;
  uesynth_status status;
  action.kind = UESYNTH_ACTION_LIST_OBJECTS;
  status = uesynth_client_call(client, &action, NULL, it);
  if (status == UESYNTH_OK)
    uesynth_events_release(it, 1, size);
  return status;
}

static uesynth_status as_events(void *it, size_t size) {
  uesynth_action action = UESYNTH_ACTION_INIT;
  uesynth_status status;
  size_t count = 0;
  action.kind = UESYNTH_ACTION_LIST_OBJECTS;
  uesynth_client_submit(client, &action, NULL, NULL, NULL, NULL, NULL);
  status = uesynth_client_poll(client, it, 1, size, 20000, &count);
  uesynth_events_release(it, count, size);
  return status;
}

static uesynth_status as_probe_report(void *it, size_t size) {
  (void)size;
  return uesynth_client_probe(client, 0, 2000, it);
}

static uesynth_status as_stats(void *it, size_t size) {
  (void)size;
  return uesynth_client_stats(client, it);
}

static uesynth_status as_beat(void *it, size_t size) {
  (void)size;
  return uesynth_pacer_wait(pacer, 20000, it);
}

static uesynth_status as_pacer_stats(void *it, size_t size) {
  (void)size;
  return uesynth_pacer_get_stats(pacer, it);
}

static uesynth_status as_sequence_stats(void *it, size_t size) {
  (void)size;
  return uesynth_sequence_get_stats(sequence, it);
}

enum { INPUT = 1, OUTPUT = 2, ARRAY = 4 };

static const uint8_t *bytes_behind(const uint8_t *memory, size_t from) {
  for (; from < ROOM; from++)
    if (memory[from] != CANARY)
      return memory + from;
  return NULL;
}

/* Fails the program's outcome, and goes on. */
static void complain(const char *name, size_t size, const char *what, uesynth_status status) {
  fprintf(stderr, "%s of %zu bytes: %s (%s: %s)\n", name, size, what, uesynth_status_name(status),
          status == UESYNTH_OK ? "" : uesynth_last_error());
  wrong++;
}

/* One call with a struct that says it has `size` bytes; `filler` stands in those that today's has not. */
static void attempt(const char *name, int kind, uesynth_status (*call)(void *, size_t),
                    const void *initial, size_t today, size_t size, int filler, int accepted) {
  uint8_t *memory = aligned_alloc(64, ROOM);
  const uint32_t said = (uint32_t)size;
  const size_t elements = kind & ARRAY && kind & INPUT ? 2 : 1;
  uesynth_status status;
  const uint8_t *behind;
  memset(memory, CANARY, ROOM);
  for (size_t index = 0; index < elements; index++) {
    uint8_t *element = memory + index * size;
    memset(element, filler, size > 4 ? size : 4);
    memcpy(element, initial, size < today ? size : today);
    memcpy(element, &said, sizeof said);
  }
  status = call(memory, size);
  if ((status == UESYNTH_OK) != accepted || (!accepted && status != UESYNTH_MISUSE))
    complain(name, size, accepted ? "was not taken" : "was not refused as MISUSE", status);
  behind = bytes_behind(memory, size > 4 ? elements * size : elements * 4);
  if (behind != NULL)
    complain(name, size, "bytes behind it were written", status);
  if (kind & OUTPUT && accepted && status == UESYNTH_OK && !(kind & ARRAY) &&
      memcmp(memory, &said, sizeof said) != 0)
    complain(name, size, "its struct_size was changed", status);
  for (size_t index = today; kind & OUTPUT && index < size; index++)
    if (memory[index] != filler) {
      complain(name, size, "bytes that are not known were written", status);
      break;
    }
  free(memory);
  tried++;
}

static void walk(const char *name, int kind, uesynth_status (*call)(void *, size_t),
                 const void *initial, size_t today, const size_t *released) {
  const size_t first = released[0];
  for (size_t size = 0; size < first; size += size + 8 < first ? 4 : 1)
    attempt(name, kind, call, initial, today, size, 0, 0);
  for (; *released != 0; released++)
    attempt(name, kind, call, initial, today, *released, 0, 1);
  attempt(name, kind, call, initial, today, today, 0, 1);
  attempt(name, kind, call, initial, today, today + 8, 0, 1);
  attempt(name, kind, call, initial, today, today + 256, 0, 1);
  if (kind & INPUT)
    attempt(name, kind, call, initial, today, today + 8, 1, 0);
  attempt(name, kind, call, initial, today, 4096 + 8, 0, 0);
}

#define WALK(record, kind, call, value)                                                            \
  do {                                                                                             \
    static const size_t sizes[] = RELEASED_##record;                                               \
    walk(#record, kind, call, &value, sizeof(record), sizes);                                      \
  } while (0)

static void inputs(void) {
  uesynth_action action = UESYNTH_ACTION_INIT;
  uesynth_submit_options submit = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_tls_options tls = UESYNTH_TLS_OPTIONS_INIT;
  uesynth_allocator allocator = UESYNTH_ALLOCATOR_INIT;
  uesynth_runtime_options runtime = UESYNTH_RUNTIME_OPTIONS_INIT;
  uesynth_frameset_options set = UESYNTH_FRAMESET_OPTIONS_INIT;
  uesynth_frameset_part part = {UESYNTH_MODALITY_RGB, 8, 8, 0, ""};
  uesynth_watch_options watched = UESYNTH_WATCH_OPTIONS_INIT;
  uesynth_subscription_options subscription = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_picture_options picture = UESYNTH_PICTURE_OPTIONS_INIT;
  uesynth_save_options save = UESYNTH_SAVE_OPTIONS_INIT;
  uesynth_sequence_options along = UESYNTH_SEQUENCE_OPTIONS_INIT;
  uesynth_raw_options raw = UESYNTH_RAW_OPTIONS_INIT;
  action.kind = UESYNTH_ACTION_LIST_OBJECTS;
  allocator.allocate = nothing_allocated;
  allocator.deallocate = nothing_freed;
  set.parts = &part;
  set.part_count = 1;
  subscription.width = subscription.height = along.width = along.height = 8;
  WALK(uesynth_action, INPUT, as_action, action);
  WALK(uesynth_action, INPUT | ARRAY, as_actions, action);
  WALK(uesynth_submit_options, INPUT, as_submit_options, submit);
  WALK(uesynth_client_options, INPUT, as_client_options, options);
  WALK(uesynth_tls_options, INPUT, as_tls_options, tls);
  WALK(uesynth_allocator, INPUT, as_allocator, allocator);
  WALK(uesynth_runtime_options, INPUT, as_runtime_options, runtime);
  WALK(uesynth_frameset_options, INPUT, as_frameset_options, set);
  WALK(uesynth_watch_options, INPUT, as_watch_options, watched);
  WALK(uesynth_subscription_options, INPUT, as_subscription_options, subscription);
  WALK(uesynth_picture_options, INPUT, as_picture_options, picture);
  WALK(uesynth_save_options, INPUT, as_save_options, save);
  WALK(uesynth_sequence_options, INPUT, as_sequence_options, along);
  WALK(uesynth_raw_options, INPUT, as_raw_options, raw);
}

static void outputs(void) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_pixels pixels = UESYNTH_PIXELS_INIT;
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  uesynth_probe_report report = UESYNTH_PROBE_REPORT_INIT;
  uesynth_stats stats = UESYNTH_STATS_INIT;
  uesynth_beat beat = UESYNTH_BEAT_INIT;
  uesynth_pacer_stats pacing = UESYNTH_PACER_STATS_INIT;
  uesynth_sequence_stats progress = UESYNTH_SEQUENCE_STATS_INIT;
  WALK(uesynth_client_options, OUTPUT, as_preset, options);
  WALK(uesynth_client_options, INPUT | OUTPUT, as_channel_argument, options);
  WALK(uesynth_pixels, INPUT | OUTPUT, as_pixels, pixels);
  WALK(uesynth_frame_info, OUTPUT, as_frame_info, info);
  WALK(uesynth_event, OUTPUT, as_event, event);
  WALK(uesynth_event, OUTPUT | ARRAY, as_events, event);
  WALK(uesynth_probe_report, OUTPUT, as_probe_report, report);
  WALK(uesynth_stats, OUTPUT, as_stats, stats);
  WALK(uesynth_beat, OUTPUT, as_beat, beat);
  WALK(uesynth_pacer_stats, OUTPUT, as_pacer_stats, pacing);
  WALK(uesynth_sequence_stats, OUTPUT, as_sequence_stats, progress);
}

int main(int count, char **arguments) {
  uesynth_sequence_options along = UESYNTH_SEQUENCE_OPTIONS_INIT;
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  if (count != 3)
    return 2;
  target = arguments[1];
  folder = arguments[2];
  along.width = along.height = 8;
  if (uesynth_client_new(target, NULL, &client) != UESYNTH_OK ||
      uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 8, 8, &frame) != UESYNTH_OK ||
      uesynth_pacer_new(1000, &pacer) != UESYNTH_OK ||
      uesynth_sequence_new(client, &along, &pose, 1, &sequence) != UESYNTH_OK) {
    fprintf(stderr, "%s\n", uesynth_last_error());
    return 1;
  }
  inputs();
  outputs();
  uesynth_client_flush_saves(client, 20000);
  uesynth_sequence_free(sequence);
  uesynth_pacer_free(pacer);
  uesynth_frame_release(frame);
  uesynth_client_free(client);
  printf("%d structs of other sizes\n", tried);
  return wrong != 0;
}
