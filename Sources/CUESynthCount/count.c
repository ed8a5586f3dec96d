#include "CUESynthCount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS 0
#elif defined(__has_feature)
#define COUNTS !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define COUNTS 1
#endif

static _Atomic uint64_t allocations;
static _Atomic int counts;

uint64_t uesynth_count_allocations(void) {
  return atomic_load_explicit(&allocations, memory_order_relaxed);
}

void uesynth_count_start(void) { atomic_store(&counts, 1); }

#if COUNTS

static void count(void) {
  if (atomic_load_explicit(&counts, memory_order_relaxed))
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
}

/* What an executable defines takes the place of glibc's functions everywhere in the process. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  *memory = memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  count();
  return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

#endif
