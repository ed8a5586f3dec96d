/* Counts what this process takes from the heap and maps, for `uesynthctl bench`. Only linked into the
 * tool. */
#ifndef CUESYNTHCOUNT_H
#define CUESYNTHCOUNT_H

#include <stdint.h>

/* Calls of malloc, calloc, realloc, the aligned ones and mmap since the process began; 0 for ever where
 * nothing is counted (sanitizers have an allocator of their own). */
uint64_t uesynth_count_allocations(void);

/* Begins to count. */
void uesynth_count_start(void);

#endif
