/* allocator TARGET FOLDER [CERTIFICATE]: a host that brings its own malloc, which the whole process
 * uses then. Every block that comes back must be one that it gave, whole; after a session not much
 * is left. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In front of each block, and its seal behind it. */
typedef struct head {
  void *base;
  size_t mapped; /* of base */
  size_t size;
  uint64_t seal;
} head;

enum { SEAL = 0x5ea1, ARENA = 1 << 20, CLASSES = 40 };

static atomic_long given, returned;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *arena, *arena_end;
static void *kept[CLASSES];

static _Noreturn void broken(const char *what) {
  static const char words[] = "allocator: a block came back that is not ours or is damaged: ";
  ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);
  written += write(STDERR_FILENO, what, strlen(what));
  _exit(written > 0 ? 70 : 71);
}

static void *map(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

/* Raw memory of at least size bytes, a power of two: from what came back, else new. */
static void *raw(size_t *size) {
  int index = 6;
  while (((size_t)1 << index) < *size)
    index++;
  if (index >= CLASSES)
    return NULL;
  *size = (size_t)1 << index;
  if (*size >= ARENA / 8)
    return map(*size);
  pthread_mutex_lock(&lock);
  void *memory = kept[index];
  if (memory != NULL) {
    memcpy(&kept[index], memory, sizeof(void *));
  } else {
    if (arena == NULL || (size_t)(arena_end - arena) < *size) {
      arena = map(ARENA);
      arena_end = arena == NULL ? NULL : arena + ARENA;
    }
    memory = arena;
    if (arena != NULL)
      arena += *size;
  }
  pthread_mutex_unlock(&lock);
  return memory;
}

static void give_back(void *memory, size_t size) {
  if (size >= ARENA / 8) {
    munmap(memory, size);
    return;
  }
  int index = __builtin_ctzl(size);
  pthread_mutex_lock(&lock);
  memcpy(memory, &kept[index], sizeof(void *));
  kept[index] = memory;
  pthread_mutex_unlock(&lock);
}

void *aligned_alloc(size_t alignment, size_t size) {
  const uint64_t seal = SEAL;
  if (alignment < 16)
    alignment = 16;
  size_t mapped = size + sizeof(head) + alignment + sizeof seal;
  if (mapped < size || (alignment & (alignment - 1)) != 0) {
    errno = ENOMEM;
    return NULL;
  }
  char *base = raw(&mapped);
  if (base == NULL) {
    errno = ENOMEM;
    return NULL;
  }
  uintptr_t start = ((uintptr_t)base + sizeof(head) + alignment - 1) & ~(uintptr_t)(alignment - 1);
  head *front = (head *)(start - sizeof(head));
  *front = (head){base, mapped, size, SEAL ^ (uint64_t)start};
  memcpy((char *)start + size, &seal, sizeof seal);
  atomic_fetch_add(&given, 1);
  return (void *)start;
}

static head *front_of(void *memory, const char *who) {
  head *front = (head *)((char *)memory - sizeof(head));
  uint64_t behind;
  if (front->seal != (SEAL ^ (uint64_t)(uintptr_t)memory))
    broken(who);
  memcpy(&behind, (char *)memory + front->size, sizeof behind);
  if (behind != SEAL)
    broken("written past its end\n");
  return front;
}

void free(void *memory) {
  if (memory == NULL)
    return;
  head front = *front_of(memory, "free\n");
  ((head *)((char *)memory - sizeof(head)))->seal = 0;
  atomic_fetch_add(&returned, 1);
  give_back(front.base, front.mapped);
}

void *malloc(size_t size) { return aligned_alloc(16, size); }

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  void *memory = malloc(bytes);
  if (memory != NULL)
    memset(memory, 0, bytes);
  return memory;
}

void *realloc(void *memory, size_t size) {
  if (memory == NULL)
    return malloc(size);
  size_t before = front_of(memory, "realloc\n")->size;
  void *moved = malloc(size);
  if (moved != NULL) {
    memcpy(moved, memory, before < size ? before : size);
    free(memory);
  }
  return moved;
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *made = aligned_alloc(alignment, size);
  if (made == NULL)
    return ENOMEM;
  *memory = made;
  return 0;
}

void *memalign(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }
void *valloc(size_t size) { return aligned_alloc(4096, size); }
void *pvalloc(size_t size) { return aligned_alloc(4096, (size + 4095) & ~(size_t)4095); }
size_t malloc_usable_size(void *memory) {
  return memory == NULL ? 0 : front_of(memory, "malloc_usable_size\n")->size;
}

int main(int argc, char **argv) {
  long left[3];
  if (argc < 3)
    return 2;
  server_certificate = argv[3];
  for (int round = 0; round < 3; round++) {
    const char *went_wrong = session(argv[1], argv[2]);
    if (went_wrong != NULL)
      fail("%s", went_wrong);
    for (int i = 0; i < 2000 && thread_count() > 1; i++)
      sleep_ms(5);
    left[round] = atomic_load(&given) - atomic_load(&returned);
  }
  if (atomic_load(&given) < 1000)
    fail("only %ld blocks: the library does not use this malloc", atomic_load(&given));
  /* What the first session builds up stays; a second and a third leave no more. */
  if (left[2] > left[1] + 64)
    fail("blocks left after each session: %ld, %ld, %ld", left[0], left[1], left[2]);
  printf("%ld blocks, %ld left\n", atomic_load(&given), left[2]);
  return 0;
}
