/* A system that fails on demand: calls of the library, and of the C libraries that it uses, to malloc and
 * to the kernel. The program's own, and what Swift's runtime takes for its objects, never fail here. */
#ifndef INJECT_H
#define INJECT_H

typedef enum fault {
  FAULT_NONE,
  FAULT_MALLOC, /* malloc, calloc, realloc */
  FAULT_MMAP,
  FAULT_SOCKET,
  FAULT_CONNECT,
  FAULT_SEND, /* send, sendmsg */
  FAULT_RECV, /* recv, recvmsg */
  FAULT_OPTION, /* getsockopt, setsockopt, getsockname */
  FAULT_EPOLL_CREATE,
  FAULT_EPOLL_CTL,
  FAULT_EPOLL_WAIT,
  FAULT_EVENTFD,
  FAULT_WRITE, /* write to an eventfd */
  FAULT_THREAD, /* pthread_create */
  FAULT_LOOKUP, /* getaddrinfo */
  FAULTS
} fault;

/* The n-th call of that kind from now on fails with an errno value (getaddrinfo: its own), and with
 * `lasting` all that follow, until fault_disarm. */
void fault_arm(fault kind, long n, int error, int lasting);

/* Every other call to the kernel that can be interrupted is. */
void fault_interrupt(void);

/* The clock of the day jumps by hours whenever the library looks at it. */
void fault_jump(void);

/* Waits of the library that end at a time of that clock, in what it has set up meanwhile. */
long fault_wall_waits(void);

/* Returns how many calls have failed since it was armed. */
long fault_disarm(void);

/* Writes down from where the call came that failed first. */
void fault_show(int fd);

#endif
