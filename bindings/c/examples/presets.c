/* Options for a purpose: the presets side by side, then the one for high throughput with what a
 * machine of its own needs changed, and a burst of pictures to see it at work.
 *
 *     cc presets.c -luesynth -o presets && ./presets localhost:50051
 */
#include <stdio.h>
#include <uesynth.h>

enum { BURST = 500 };

static void show(const char *name, uint32_t preset) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  if (uesynth_client_options_preset(preset, &options) == UESYNTH_OK)
    printf("  %-16s %5lld ms  %5u frames  %5llu MiB  %5u requests\n", name,
           (long long)options.timeout_ms, (unsigned)options.stream_buffer_size,
           (unsigned long long)(options.stream_buffer_bytes >> 20),
           (unsigned)options.max_concurrent_requests);
}

/* All in one go: no submit waits, since the preset allows so many at once. Returns how many came. */
static int burst(uesynth_client *client) {
  static uesynth_action actions[BURST];
  uesynth_action capture = UESYNTH_ACTION_INIT;
  size_t submitted = 0, count = 0;
  int came = 0;

  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = capture.height = 128;
  for (int i = 0; i < BURST; i++)
    actions[i] = capture;
  uesynth_status status = uesynth_client_submit_batch(client, actions, BURST, sizeof actions[0],
                                                      NULL, NULL, &submitted, NULL, NULL, NULL);
  for (size_t ended = 0; status == UESYNTH_OK && ended < submitted; ended += count) {
    uesynth_event events[64];
    status = uesynth_client_poll(client, events, 64, sizeof events[0], 10000, &count);
    for (size_t i = 0; status == UESYNTH_OK && i < count; i++) {
      came += events[i].status == UESYNTH_OK;
      if (events[i].status != UESYNTH_OK && came == 0 && ended + i == 0)
        fprintf(stderr, "presets: %s\n", events[i].message);
    }
    if (status == UESYNTH_OK)
      uesynth_events_release(events, count, sizeof events[0]);
  }
  if (status != UESYNTH_OK)
    fprintf(stderr, "presets: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  return came;
}

int main(int argc, char **argv) {
  uesynth_client *client = NULL;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  int came = 0;

  show("default", UESYNTH_PRESET_DEFAULT);
  show("development", UESYNTH_PRESET_DEVELOPMENT);
  show("production", UESYNTH_PRESET_PRODUCTION);
  show("high throughput", UESYNTH_PRESET_HIGH_THROUGHPUT);
  show("low memory", UESYNTH_PRESET_LOW_MEMORY);

  uesynth_client_options_preset(UESYNTH_PRESET_HIGH_THROUGHPUT, &options);
  options.stream_buffer_bytes = (uint64_t)256 << 20; /* what this machine can spare */
  options.lanes = 0;                                 /* as many as pay */
  uesynth_status status = uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", &options,
                                             &client);
  if (status != UESYNTH_OK)
    fprintf(stderr, "presets: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    came = burst(client);
  printf("%d of %d pictures of a burst\n", came, (int)BURST);
  uesynth_client_free(client);
  return came != BURST;
}
