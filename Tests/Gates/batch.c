/* batch TARGET cmd|stream-rgb|direct-rgb COUNT ROUNDS [WIDTH HEIGHT]: COUNT requests in one batch, all of them
 * polled, ROUNDS times, after a dozen that nobody counts. The server answers a batch when it has it all, so
 * that what a round takes is the same every time.
 *
 * Under callgrind reads are held back until they are full or nothing more comes: how the kernel cuts what was
 * sent must not decide how often the library is called. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include <uesynth.h>

enum { WARM_UP = 12, MOST = 4096, PATIENCE_MS = 60000, SILENCE_MS = 20 };

static void check(uesynth_status status) {
  if (status != UESYNTH_OK) {
    fprintf(stderr, "batch: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
    exit(1);
  }
}

static ssize_t receive(int fd, void *memory, size_t size, int flags) {
  return syscall(SYS_recvfrom, fd, memory, size, flags, NULL, NULL);
}

/* What an executable defines takes the place of glibc's functions everywhere in the process. */
ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  ssize_t all = 0;
  for (size_t i = 0; i < message->msg_iovlen; i++) {
    char *memory = message->msg_iov[i].iov_base;
    size_t left = message->msg_iov[i].iov_len;
    while (left > 0) {
      struct pollfd socket = {fd, POLLIN, 0};
      ssize_t got = receive(fd, memory, left, flags);
      if (got > 0) {
        memory += got;
        left -= (size_t)got;
        all += got;
      } else if (got == 0 || errno != EAGAIN || !RUNNING_ON_VALGRIND ||
                 poll(&socket, 1, SILENCE_MS) <= 0) {
        return all > 0 ? all : got;
      }
      if (!RUNNING_ON_VALGRIND && left > 0)
        return all;
    }
  }
  return all;
}

ssize_t recv(int fd, void *memory, size_t size, int flags) {
  struct iovec vector = {memory, size};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  return RUNNING_ON_VALGRIND ? recvmsg(fd, &message, flags) : receive(fd, memory, size, flags);
}

static void round_trip(uesynth_client *client, const uesynth_action *actions, size_t count,
                       uint32_t route) {
  static uesynth_event events[MOST];
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  options.route = route;
  check(uesynth_client_submit_batch(client, actions, count, sizeof *actions, &options, NULL, NULL,
                                    NULL, NULL, NULL));
  for (size_t taken = 0, now = 0; taken < count; taken += now) {
    check(uesynth_client_poll(client, events, MOST, sizeof *events, PATIENCE_MS, &now));
    for (size_t i = 0; i < now; i++)
      check(events[i].status);
    uesynth_events_release(events, now, sizeof *events);
  }
}

int main(int argc, char **argv) {
  static uesynth_action actions[MOST];
  static char names[MOST][16];
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_stats before = UESYNTH_STATS_INIT, after = UESYNTH_STATS_INIT;
  uesynth_client *client = NULL;
  if (argc < 5)
    return 2;
  int is_picture = strcmp(argv[2], "cmd") != 0;
  uint32_t route = strcmp(argv[2], "direct-rgb") ? UESYNTH_ROUTE_STREAM : UESYNTH_ROUTE_DIRECT;
  size_t count = (size_t)atoi(argv[3]);
  int rounds = atoi(argv[4]);
  if (count > MOST)
    return 2;
  for (size_t i = 0; i < count; i++) {
    uesynth_action action = UESYNTH_ACTION_INIT;
    snprintf(names[i], sizeof names[i], is_picture ? "" : "bench%zu", i);
    action.kind = is_picture ? UESYNTH_ACTION_CAPTURE_RGB : UESYNTH_ACTION_SET_OBJECT_TRANSFORM;
    action.name = names[i];
    action.width = argc > 6 ? (uint32_t)atoi(argv[5]) : 0;
    action.height = argc > 6 ? (uint32_t)atoi(argv[6]) : 0;
    actions[i] = action;
  }
  /* Under Valgrind everything takes long, the server's silence too. */
  options.timeout_ms = PATIENCE_MS;
  options.max_concurrent_requests = MOST;
  check(uesynth_client_new(argv[1], &options, &client));
  check(uesynth_client_connect(client, PATIENCE_MS));
  for (int i = 0; i < WARM_UP; i++)
    round_trip(client, actions, count, route);
  check(uesynth_client_stats(client, &before));
  CALLGRIND_ZERO_STATS;
  getppid(); /* so that strace's log says where the rounds begin */
  for (int i = 0; i < rounds; i++)
    round_trip(client, actions, count, route);
  getppid();
  CALLGRIND_DUMP_STATS;
  check(uesynth_client_stats(client, &after));
  double bytes = (double)(after.image_bytes - before.image_bytes);
  double copied = (double)(after.image_bytes_copied - before.image_bytes_copied);
  printf("{\"copied_fraction\": %.4f, \"wakeups\": %.2f}\n", bytes > 0 ? copied / bytes : 0,
         (double)(after.loop_wakeups - before.loop_wakeups) / rounds);
  uesynth_client_free(client);
  return 0;
}
