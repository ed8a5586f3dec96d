/* Threads, epoll, futex, accept4 and fork detection: what Swift's Glibc module cannot call.
 * Functions return a negative errno value on failure and leave errno unspecified. */
#ifndef CUESYNTHSYS_SYS_NET_H
#define CUESYNTHSYS_SYS_NET_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/* A thread in which, from its first instruction, all signals but those of faults are blocked. */
int uesynth_sys_thread_start(pthread_t *thread, size_t stack_size, void *(*body)(void *),
                             void *argument);

/* The same mask for the calling thread: the address sanitizer ignores the one given at the start. */
void uesynth_sys_thread_block_signals(void);

/* The calling thread's name as top shows it; cut to 15 bytes. */
void uesynth_sys_thread_set_name(const char *name);

/* One non-blocking, close-on-exec connection from the accept queue. */
int uesynth_sys_accept(int listening_fd);

/* epoll_pwait2 where the kernel has it, else epoll_wait rounded up to milliseconds.
 * timeout_ns < 0 waits without end. Interrupted by a signal: 0. */
int uesynth_sys_epoll_wait(int epoll_fd, struct epoll_event *events, int capacity,
                           int64_t timeout_ns);

/* Sleeps while *word == expected, until woken, interrupted or CLOCK_MONOTONIC reaches deadline_ns
 * (INT64_MAX: no deadline). 0 or -ETIMEDOUT, -EAGAIN, -EINTR. The word is private to the process. */
int uesynth_sys_futex_wait(void *word, uint32_t expected, int64_t deadline_ns);

/* Wakes at most `count` waiters; the number woken. */
int uesynth_sys_futex_wake(void *word, int count);

/* How many forks lie between this process and the one that first called this. */
uint32_t uesynth_sys_fork_generation(void);

/* The untranslated text of an errno value; static storage. */
const char *uesynth_sys_error_text(int error);

/* Tells the processor that this is a loop that waits. */
static inline void uesynth_sys_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/* So many bytes from there on, which another processor has written last, will soon be written here. */
static inline void uesynth_sys_prefetch(const void *memory, long bytes) {
  for (long offset = 0; offset < bytes; offset += 64) {
    const char *line = (const char *)memory + offset;
#if defined(__x86_64__)
    /* What the builtin would give is not told that it is for writing. */
    __asm__ __volatile__("prefetchw %0" : : "m"(*line));
#else
    __builtin_prefetch(line, 1, 3);
#endif
  }
}

#endif
