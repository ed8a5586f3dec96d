#define _GNU_SOURCE
#include "blocks.h"
#include "functions.h"
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <netdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

enum { ALL = FAULTS, CLOCKS, MOST_DEPTH = 24 };

static atomic_int armed, failing_with, goes_on;
static atomic_long left, failed, wall_waits;
static atomic_uint turn;
/* The calls that led to the first failure. */
static void *where[MOST_DEPTH];
static atomic_int depth;

/* Whether this call is one that has to fail; errno is set then. */
static int fails(fault kind) {
  int now = atomic_load(&armed);
  if (now == ALL) {
    if (kind != FAULT_NONE && kind != FAULT_CONNECT && kind != FAULT_SEND && kind != FAULT_RECV &&
        kind != FAULT_EPOLL_WAIT && kind != FAULT_WRITE)
      return 0; /* no signal interrupts it */
    errno = EINTR;
    int every_other = atomic_fetch_add(&turn, 1) & 1;
    if (every_other)
      atomic_fetch_add(&failed, 1);
    return every_other;
  }
  if (now != (int)kind)
    return 0;
  long before = atomic_fetch_sub(&left, 1);
  if (before != 1 && !(before < 1 && atomic_load(&goes_on)))
    return 0;
  if (atomic_fetch_add(&failed, 1) == 0)
    atomic_store(&depth, backtrace(where, MOST_DEPTH));
  errno = atomic_load(&failing_with);
  return 1;
}

#define FROM_LIBRARY is_library(__builtin_return_address(0))
#define NO_MEMORY (atomic_load(&armed) == FAULT_MALLOC && allocates(__builtin_return_address(0)) && \
                   fails(FAULT_MALLOC))
#define FAILS(kind) (atomic_load(&armed) != FAULT_NONE && FROM_LIBRARY && fails(kind))

/* By its bytes: ISO C knows no way from an object's pointer to a function's. */
#define NEXT(name)                                                                                 \
  static __typeof__(&name) next;                                                                   \
  if (next == NULL) {                                                                              \
    void *symbol = dlsym(RTLD_NEXT, #name);                                                        \
    memcpy(&next, &symbol, sizeof next);                                                           \
  }

/* By hours, there and back, at every look. */
static time_t jump(void) {
  if (atomic_load(&armed) != CLOCKS)
    return 0;
  long looks = atomic_fetch_add(&failed, 1);
  return (looks % 3 - 1) * 36000;
}

/* A wait until a time of a clock that jumps. */
static void note_wait(int by_wall_clock) {
  if (atomic_load(&armed) == CLOCKS && by_wall_clock)
    atomic_fetch_add(&wall_waits, 1);
}

/* Memory */

void *malloc(size_t size) { return NO_MEMORY ? NULL : counted(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) {
  return NO_MEMORY ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size) {
  if (NO_MEMORY)
    return NULL;
  void *moved = __libc_realloc(memory, size);
  if (moved != NULL && memory != NULL)
    counted_off(memory);
  return counted(moved);
}

void free(void *memory) {
  counted_off(memory);
  __libc_free(memory);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return counted(__libc_memalign(alignment, size));
}

void *memalign(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *made = aligned_alloc(alignment, size);
  if (made == NULL)
    return ENOMEM;
  *memory = made;
  return 0;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  if (FAILS(FAULT_MMAP))
    return MAP_FAILED;
  long memory = syscall(SYS_mmap, address, length, protection, flags, fd, offset);
  return (void *)memory;
}

/* The kernel */

int socket(int domain, int type, int protocol) {
  NEXT(socket)
  return FAILS(FAULT_SOCKET) ? -1 : next(domain, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  NEXT(connect)
  if (!FAILS(FAULT_CONNECT))
    return next(fd, address, length);
  int error = errno;
  if (error == EINTR) /* which goes on by itself */
    (void)next(fd, address, length);
  errno = error;
  return -1;
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
  NEXT(send)
  return FAILS(FAULT_SEND) ? -1 : next(fd, bytes, count, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  NEXT(sendmsg)
  return FAILS(FAULT_SEND) ? -1 : next(fd, message, flags);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags) {
  NEXT(recv)
  return FAILS(FAULT_RECV) ? -1 : next(fd, bytes, count, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  NEXT(recvmsg)
  return FAILS(FAULT_RECV) ? -1 : next(fd, message, flags);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  NEXT(setsockopt)
  return FAILS(FAULT_OPTION) ? -1 : next(fd, level, option, value, length);
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *length) {
  NEXT(getsockopt)
  return FAILS(FAULT_OPTION) ? -1 : next(fd, level, option, value, length);
}

int getsockname(int fd, struct sockaddr *address, socklen_t *length) {
  NEXT(getsockname)
  return FAILS(FAULT_OPTION) ? -1 : next(fd, address, length);
}

int epoll_create1(int flags) {
  NEXT(epoll_create1)
  return FAILS(FAULT_EPOLL_CREATE) ? -1 : next(flags);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
  NEXT(epoll_ctl)
  return FAILS(FAULT_EPOLL_CTL) ? -1 : next(epoll, operation, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout) {
  NEXT(epoll_wait)
  return FAILS(FAULT_EPOLL_WAIT) ? -1 : next(epoll, events, capacity, timeout);
}

int eventfd(unsigned int initial, int flags) {
  NEXT(eventfd)
  return FAILS(FAULT_EVENTFD) ? -1 : next(initial, flags);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  NEXT(write)
  return FAILS(FAULT_WRITE) ? -1 : next(fd, bytes, count);
}

/* epoll_pwait2 has no function in every C library, and a futex none in any. */
long syscall(long number, ...) {
  NEXT(syscall)
  long words[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++)
    words[i] = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_epoll_pwait2 && FAILS(FAULT_EPOLL_WAIT))
    return -1;
  /* Only interrupted: a thread that waits for a word has nothing else that can go wrong. */
  if (number == SYS_futex && atomic_load(&armed) == ALL && FAILS(FAULT_NONE))
    return -1;
  if (number == SYS_futex)
    note_wait((words[1] & 256) != 0); /* FUTEX_CLOCK_REALTIME */
  return next(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *argument) {
  NEXT(pthread_create)
  if (atomic_load(&armed) == FAULT_THREAD && FAILS(FAULT_THREAD))
    return errno;
  return next(thread, attributes, body, argument);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
  NEXT(getaddrinfo)
  if (atomic_load(&armed) == FAULT_LOOKUP && FAILS(FAULT_LOOKUP)) {
    int error = errno;
    errno = EMFILE; /* what EAI_SYSTEM refers to */
    return error;
  }
  return next(name, service, hints, list);
}

/* Time */

int clock_gettime(clockid_t clock, struct timespec *now) {
  NEXT(clock_gettime)
  int result = next(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME && FROM_LIBRARY)
    now->tv_sec += jump();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec + (FROM_LIBRARY ? jump() : 0);
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec present;
  clock_gettime(CLOCK_REALTIME, &present);
  present.tv_sec += FROM_LIBRARY ? jump() : 0;
  if (now != NULL)
    *now = present.tv_sec;
  return present.tv_sec;
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  NEXT(pthread_cond_init)
  clockid_t clock = CLOCK_REALTIME;
  if (attributes != NULL)
    pthread_condattr_getclock(attributes, &clock);
  note_wait(FROM_LIBRARY && clock != CLOCK_MONOTONIC);
  return next(condition, attributes);
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *until) {
  NEXT(pthread_cond_clockwait)
  note_wait(FROM_LIBRARY && clock != CLOCK_MONOTONIC);
  return next(condition, mutex, clock, until);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until) {
  NEXT(pthread_mutex_timedlock)
  note_wait(FROM_LIBRARY);
  return next(mutex, until);
}

int timerfd_create(clockid_t clock, int flags) {
  NEXT(timerfd_create)
  note_wait(FROM_LIBRARY && clock != CLOCK_MONOTONIC);
  return next(clock, flags);
}

/* Control */

void fault_arm(fault kind, long n, int error, int lasting) {
  atomic_store(&depth, backtrace(where, 1)); /* which loads what it needs the first time */
  atomic_store(&failed, 0);
  atomic_store(&left, n);
  atomic_store(&failing_with, error);
  atomic_store(&goes_on, lasting);
  atomic_store(&armed, kind);
}

void fault_interrupt(void) {
  atomic_store(&failed, 0);
  atomic_store(&armed, ALL);
}

void fault_jump(void) {
  atomic_store(&failed, 0);
  atomic_store(&armed, CLOCKS);
}

long fault_wall_waits(void) { return atomic_load(&wall_waits); }

long fault_disarm(void) {
  atomic_store(&armed, FAULT_NONE);
  return atomic_load(&failed);
}

void fault_show(int fd) {
  backtrace_symbols_fd(where, atomic_load(&depth), fd);
}
