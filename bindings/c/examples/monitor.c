/* What a client is doing, while it works: rates, what is under way, memory, drops by cause, and where the
 * time of a picture goes. At the end the same as a page for Prometheus.
 *
 *     cc monitor.c -luesynth -o monitor && ./monitor localhost:50051 5
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uesynth.h>

static void on_event(const uesynth_event *event, void *user_data) {
  (void)event; /* here the picture would be looked at */
  (void)user_data;
}

static double latency_ms(uesynth_client *client, uint32_t stage, double percentile) {
  int64_t ns = 0;
  uesynth_client_latency(client, UESYNTH_ACTION_CAPTURE_RGB, stage, percentile, &ns, NULL);
  return (double)ns / 1e6;
}

static void line(uesynth_client *client) {
  uesynth_stats s = UESYNTH_STATS_INIT;
  if (uesynth_client_stats(client, &s) != UESYNTH_OK)
    return;
  printf("%6.1f frames/s %7.1f MB/s  in flight %llu  held %.1f MB (most %.1f)  dropped %llu\n",
         s.frames_per_second, s.bytes_received_per_second / 1e6,
         (unsigned long long)s.requests_in_flight, (double)s.buffer_bytes / 1e6,
         (double)s.buffer_bytes_peak / 1e6,
         (unsigned long long)(s.frames_received - s.frames_delivered - s.frames_queued));
  printf("       waiting %.2f ms, to the first byte %.2f, transfer %.2f, delivery %.2f; 99 of 100 "
         "within %.2f\n",
         latency_ms(client, UESYNTH_LATENCY_WAITING, 50),
         latency_ms(client, UESYNTH_LATENCY_FIRST_BYTE, 50),
         latency_ms(client, UESYNTH_LATENCY_TRANSFER, 50),
         latency_ms(client, UESYNTH_LATENCY_DELIVERY, 50),
         latency_ms(client, UESYNTH_LATENCY_TOTAL, 99));
  fflush(stdout);
}

static int page(uesynth_client *client) {
  size_t size = 0;
  uesynth_client_stats_text(client, "client=\"left\"", NULL, 0, &size);
  char *text = malloc(size);
  uesynth_status status =
      text ? uesynth_client_stats_text(client, "client=\"left\"", text, size, &size)
           : UESYNTH_RESOURCE_EXHAUSTED;
  if (status == UESYNTH_OK)
    fwrite(text, 1, size, stdout);
  free(text);
  return status != UESYNTH_OK;
}

int main(int argc, char **argv) {
  int seconds = argc > 2 ? atoi(argv[2]) : 5, result = 1;
  struct timespec second = {1, 0};
  uesynth_client *client = NULL;
  uesynth_subscription *subscription = NULL;
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;

  options.width = 640;
  options.height = 480;
  options.rate_hz = 60;
  uesynth_status status = uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", NULL, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_connect(client, 5000);
  if (status == UESYNTH_OK)
    status = uesynth_client_subscribe(client, &options, &subscription, on_event, NULL, NULL);
  if (status != UESYNTH_OK) {
    fprintf(stderr, "monitor: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  } else {
    for (int i = 0; i < seconds; i++) {
      nanosleep(&second, NULL);
      line(client);
    }
    result = page(client);
  }
  uesynth_subscription_close(subscription);
  uesynth_client_free(client);
  return result;
}
