/* A loop at a fixed rate: a picture at each beat. Beats are computed from the first, so that nothing
 * drifts, and a beat that was missed is told. What the loop does must fit between two beats.
 *
 *     cc pacing.c -luesynth -o pacing && ./pacing localhost:50051 30 60
 */
#include <stdio.h>
#include <stdlib.h>
#include <uesynth.h>

static uesynth_status beat(uesynth_client *client, uesynth_pacer *pacer) {
  uesynth_beat now = UESYNTH_BEAT_INIT;
  uesynth_frame *frame = NULL;
  uesynth_status status = uesynth_pacer_wait(pacer, -1, &now);
  if (status == UESYNTH_OK)
    status = uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 256, 256, &frame);
  if (status == UESYNTH_OK && now.missed_before > 0)
    printf("beat %llu: %llu before it were missed\n", (unsigned long long)now.number,
           (unsigned long long)now.missed_before);
  /* Here the picture would be looked at. */
  uesynth_frame_release(frame);
  return status;
}

int main(int argc, char **argv) {
  double rate = argc > 2 ? strtod(argv[2], NULL) : 30;
  int beats = argc > 3 ? atoi(argv[3]) : 60;
  uesynth_client *client = NULL;
  uesynth_pacer *pacer = NULL;
  uesynth_pacer_stats stats = UESYNTH_PACER_STATS_INIT;

  uesynth_status status = uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", NULL, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_connect(client, 5000); /* not within the first beat */
  if (status == UESYNTH_OK)
    status = uesynth_pacer_new(rate, &pacer);
  for (int i = 0; i < beats && status == UESYNTH_OK; i++)
    status = beat(client, pacer);
  if (status == UESYNTH_OK)
    status = uesynth_pacer_get_stats(pacer, &stats);
  if (status != UESYNTH_OK)
    fprintf(stderr, "pacing: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  else
    printf("%llu beats at %.1f a second, %llu missed; late by %.2f ms (median), %.2f ms (99 of 100)\n",
           (unsigned long long)stats.beats, stats.rate_hz, (unsigned long long)stats.beats_missed,
           (double)stats.late_p50_ns / 1e6, (double)stats.late_p99_ns / 1e6);
  uesynth_pacer_free(pacer);
  uesynth_client_free(client);
  return status != UESYNTH_OK;
}
