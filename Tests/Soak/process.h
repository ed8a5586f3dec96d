/* What /proc tells about a process, and the clock. */
#ifndef SOAK_PROCESS_H
#define SOAK_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t now_ns(void);

void sleep_ms(int64_t milliseconds);

/* Resident memory of a process in KiB (0: this one); -1 if there is no such process. */
long resident_kib(pid_t pid);

/* Open descriptors, and threads, of this process. */
int open_descriptors(void);
int running_threads(void);

#endif
