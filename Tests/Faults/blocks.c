#define _GNU_SOURCE
#include "blocks.h"

#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { MOST_DEPTH = 24 };

static atomic_long blocks;

typedef struct block {
  void *memory;
  void *callers[MOST_DEPTH];
  int depth;
} block;

/* Blocks that were given since fault_watch and have not come back; a few are enough to find a leak. */
static block watched[1 << 14];
static atomic_int watches;
static pthread_mutex_t watch = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int inside;

static void swap_watched(void *from, void *to) {
  if (inside || !atomic_load(&watches))
    return;
  inside = 1;
  pthread_mutex_lock(&watch);
  for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
    if (watched[i].memory != from)
      continue;
    watched[i].memory = to;
    if (to != NULL)
      watched[i].depth = backtrace(watched[i].callers, MOST_DEPTH);
    break;
  }
  pthread_mutex_unlock(&watch);
  inside = 0;
}

void *counted(void *memory) {
  if (memory != NULL) {
    atomic_fetch_add(&blocks, 1);
    swap_watched(NULL, memory);
  }
  return memory;
}

void counted_off(void *memory) {
  if (memory != NULL) {
    atomic_fetch_sub(&blocks, 1);
    swap_watched(memory, NULL);
  }
}

void fault_watch(void) {
  memset(watched, 0, sizeof watched);
  atomic_store(&watches, 1);
}

void fault_show_blocks(int fd) {
  atomic_store(&watches, 0);
  for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
    if (watched[i].memory == NULL)
      continue;
    dprintf(fd, "left from:\n");
    backtrace_symbols_fd(watched[i].callers, watched[i].depth, fd);
  }
}

long fault_blocks(void) { return atomic_load(&blocks); }
