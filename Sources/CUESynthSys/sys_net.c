#define _GNU_SOURCE
#include "CUESynthSys.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Fault signals stay open: a blocked SIGSEGV kills past the host's crash reporter. */
static void fill_blocked_signals(sigset_t *signals) {
  sigfillset(signals);
  sigdelset(signals, SIGSEGV);
  sigdelset(signals, SIGBUS);
  sigdelset(signals, SIGFPE);
  sigdelset(signals, SIGILL);
  sigdelset(signals, SIGTRAP);
  sigdelset(signals, SIGSYS);
}

void uesynth_sys_thread_block_signals(void) {
  sigset_t signals;
  fill_blocked_signals(&signals);
  pthread_sigmask(SIG_SETMASK, &signals, NULL);
}

int uesynth_sys_thread_start(pthread_t *thread, size_t stack_size, void *(*body)(void *),
                             void *argument) {
  sigset_t signals;
  fill_blocked_signals(&signals);
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return -error;
  error = pthread_attr_setsigmask_np(&attributes, &signals);
  if (error == 0) error = pthread_attr_setstacksize(&attributes, stack_size);
  if (error == 0) {
    error = pthread_create(thread, &attributes, body, argument);
    if (error == EINVAL) {
      /* glibc takes thread-local storage from the stack: a host with much of it needs more. */
      error = pthread_attr_setstacksize(&attributes, 8u << 20);
      if (error == 0) error = pthread_create(thread, &attributes, body, argument);
    }
  }
  pthread_attr_destroy(&attributes);
  return -error;
}

void uesynth_sys_thread_set_name(const char *name) {
  char text[16];
  strncpy(text, name, sizeof text - 1);
  text[sizeof text - 1] = '\0';
  pthread_setname_np(pthread_self(), text);
}

int uesynth_sys_accept(int listening_fd) {
  int fd = accept4(listening_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return fd >= 0 ? fd : -errno;
}

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

int uesynth_sys_epoll_wait(int epoll_fd, struct epoll_event *events, int capacity,
                           int64_t timeout_ns) {
  static atomic_bool missing;
  if (timeout_ns > 0 && !atomic_load_explicit(&missing, memory_order_relaxed)) {
    struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    long count = syscall(SYS_epoll_pwait2, epoll_fd, events, capacity, &timeout, NULL, 0);
    if (count >= 0) return (int)count;
    if (errno == EINTR) return 0;
    /* EPERM: a container's seccomp filter older than the call. */
    if (errno != ENOSYS && errno != EPERM) return -errno;
    atomic_store_explicit(&missing, 1, memory_order_relaxed);
  }
  int milliseconds = -1;
  if (timeout_ns >= 0) {
    int64_t rounded = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    milliseconds = rounded > INT_MAX ? INT_MAX : (int)rounded;
  }
  int count = epoll_wait(epoll_fd, events, capacity, milliseconds);
  if (count >= 0) return count;
  return errno == EINTR ? 0 : -errno;
}

int uesynth_sys_futex_wait(void *word, uint32_t expected, int64_t deadline_ns) {
  struct timespec deadline = {0, 0};
  if (deadline_ns > 0) {
    deadline.tv_sec = deadline_ns / 1000000000;
    deadline.tv_nsec = deadline_ns % 1000000000;
  }
  /* FUTEX_WAIT_BITSET counts its timeout on CLOCK_MONOTONIC from the clock's origin. */
  long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
                        deadline_ns == INT64_MAX ? NULL : &deadline, NULL,
                        FUTEX_BITSET_MATCH_ANY);
  return result == 0 ? 0 : -errno;
}

int uesynth_sys_futex_wake(void *word, int count) {
  long woken = syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
  return woken >= 0 ? (int)woken : -errno;
}

static _Atomic uint32_t fork_generation;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void count_fork(void) {
  atomic_fetch_add_explicit(&fork_generation, 1, memory_order_relaxed);
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, count_fork); }

uint32_t uesynth_sys_fork_generation(void) {
  pthread_once(&fork_once, watch_forks);
  return atomic_load_explicit(&fork_generation, memory_order_relaxed);
}

const char *uesynth_sys_error_text(int error) {
  const char *text = strerrordesc_np(error);
  return text != NULL ? text : "unknown error";
}
