/* How many pictures a second: part of demo.c. All are RGB at 640 x 480. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <uesynth.h>

enum { MEASURE_WIDTH = 640, MEASURE_HEIGHT = 480 };

typedef struct measurement {
  uint64_t pictures, bytes, failures;
  double seconds;     /* that it took */
  double cpu_seconds; /* that this process worked meanwhile, all threads together */
  char problem[256];  /* of the last failure */
} measurement;

/* One after another, each waited for. */
void measure_sync(uesynth_client *client, double seconds, measurement *result);

/* So many RPCs under way at any time. */
void measure_direct(uesynth_client *client, uint32_t in_flight, double seconds,
                    measurement *result);

/* What measure_stream tells while it runs, about ten times a second. */
typedef void (*measure_progress)(const measurement *so_far, void *user_data);

/* By subscription. progress may be NULL. */
void measure_stream(uesynth_client *client, double seconds, measure_progress progress,
                    void *user_data, measurement *result);

#endif
