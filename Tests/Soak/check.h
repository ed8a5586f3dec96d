/* Checks that go on after a failure: each failure is a line on stderr. ANY THREAD. */
#ifndef SOAK_CHECK_H
#define SOAK_CHECK_H

#include <stdint.h>
#include <uesynth.h>

/* Set once: what stands before each failure. */
void check_begin(const char *name);

/* True if condition holds; otherwise says so, as printf does. */
int check(int condition, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* check(actual == expected). */
int check_equal(uint64_t actual, uint64_t expected, const char *what);

/* check(status == UESYNTH_OK), with uesynth_last_error(). */
int check_ok(uesynth_status status, const char *what);

/* How many have failed. */
int check_failures(void);

/* Fills *stats and checks both laws of the header in it. */
void check_stats(const uesynth_client *client, uesynth_stats *stats);

uint64_t frames_dropped(const uesynth_stats *stats);
uint64_t requests_completed(const uesynth_stats *stats);

#endif
