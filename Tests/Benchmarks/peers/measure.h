/* What every peer of the benchmark measures, and how it is printed: the row of `uesynthctl bench
 * --json`. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct plan {
  char mode[16]; /* sync-cmd, sync-rgb, direct-rgb, stream-cmd, stream-rgb */
  char target[128];
  uint32_t width, height;
  int depth;
  double seconds;
} plan;

static inline double seconds_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Latencies in the order of their coming; a ring of the last ones. */
enum { LATENCIES = 1 << 16 };
typedef struct latencies {
  double value[LATENCIES];
  size_t count;
} latencies;

static inline void latencies_add(latencies *all, double seconds) {
  all->value[all->count++ % LATENCIES] = seconds;
}

static inline int latencies_compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double latencies_percentile(latencies *all, double percent) {
  size_t count = all->count < LATENCIES ? all->count : LATENCIES;
  if (count == 0)
    return 0;
  qsort(all->value, count, sizeof all->value[0], latencies_compare);
  return all->value[(size_t)(percent / 100 * (double)(count - 1))];
}

static inline double peak_megabytes(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)used.ru_maxrss * 1024 / 1e6;
}

static inline void print_row(const plan *p, uint64_t operations, uint64_t bytes, double seconds,
                             double cpu, latencies *all) {
  double median = latencies_percentile(all, 50) * 1e6, high = latencies_percentile(all, 99) * 1e6;
  printf("{\"mode\": \"%s\", \"w\": %u, \"h\": %u, \"depth\": %d, \"lanes\": 1, \"per_s\": %.1f, "
         "\"MB_s\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"cpu_s\": %.3f, ",
         p->mode, p->width, p->height, p->depth, (double)operations / seconds,
         (double)bytes / seconds / 1e6, median, high, cpu);
  if (bytes > 0)
    printf("\"cpu_s_per_GB\": %.3f, ", cpu / ((double)bytes / 1e9));
  else
    printf("\"cpu_s_per_GB\": null, ");
  printf("\"peak_rss_MB\": %.1f}\n", peak_megabytes());
}

/* Counts operations once the warm-up is over, and knows when it is enough. */
typedef struct meter {
  plan asked;
  double warm, started, ended, cpu;
  uint64_t operations, bytes;
  latencies all;
} meter;

static inline meter *meter_new(const plan *p) {
  meter *m = (meter *)calloc(1, sizeof(meter));
  if (m == NULL)
    abort();
  m->asked = *p;
  m->warm = seconds_now() + 0.3;
  return m;
}

/* One is over. 0: it is enough. */
static inline int meter_done(meter *m, double began, double now, uint64_t bytes) {
  if (m->ended > 0)
    return 0;
  latencies_add(&m->all, now - began);
  if (m->started == 0) {
    if (now >= m->warm) {
      m->started = now;
      m->cpu = cpu_seconds();
    }
    return 1;
  }
  m->operations++;
  m->bytes += bytes;
  if (now - m->started < m->asked.seconds)
    return 1;
  m->ended = now;
  m->cpu = cpu_seconds() - m->cpu;
  return 0;
}

/* Prints the row, once it is enough. */
static inline void meter_end(meter *m) {
  print_row(&m->asked, m->operations, m->bytes, m->ended - m->started, m->cpu, &m->all);
  free(m);
}

/* peer MODE TARGET [WIDTH HEIGHT DEPTH SECONDS] */
static inline int read_plan(int count, char **words, plan *p) {
  memset(p, 0, sizeof *p);
  if (count < 3)
    return -1;
  snprintf(p->mode, sizeof p->mode, "%s", words[1]);
  snprintf(p->target, sizeof p->target, "%s", words[2]);
  p->width = count > 3 ? (uint32_t)atoi(words[3]) : 0;
  p->height = count > 4 ? (uint32_t)atoi(words[4]) : 0;
  p->depth = count > 5 ? atoi(words[5]) : 1;
  p->seconds = count > 6 ? atof(words[6]) : 1;
  return p->depth > 0 && p->seconds > 0 ? 0 : -1;
}

#endif
