#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void sleep_ms(int64_t milliseconds) {
  struct timespec time = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};
  nanosleep(&time, NULL);
}

long resident_kib(pid_t pid) {
  char path[64], line[256];
  long kib = -1;
  FILE *file;

  if (pid > 0)
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
  else
    snprintf(path, sizeof path, "/proc/self/status");
  file = fopen(path, "re");
  if (file == NULL)
    return -1;
  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "VmRSS: %ld kB", &kib) == 1)
      break;
  fclose(file);
  return kib;
}

/* Entries of a folder but "." and "..". */
static int entries(const char *path) {
  DIR *folder = opendir(path);
  const struct dirent *entry;
  int count = 0;

  if (folder == NULL)
    return -1;
  while ((entry = readdir(folder)) != NULL)
    if (entry->d_name[0] != '.')
      count++;
  closedir(folder);
  return count;
}

/* Without the one that looks. */
int open_descriptors(void) { return entries("/proc/self/fd") - 1; }

int running_threads(void) { return entries("/proc/self/task"); }
