/* The yardstick: how fast bytes of the same sizes come through a socket with nothing around them.
 *
 *     raw_tcp serve             prints "listening on 127.0.0.1:PORT CONGESTION-CONTROL"
 *     raw_tcp MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]
 *
 * A request is 8 bytes, the length of the answer; the answer is so many bytes. The client keeps DEPTH
 * requests under way and receives into DEPTH buffers by turns. */
#define _GNU_SOURCE
#include "measure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COMMAND_BYTES = 24, LONGEST = 64 << 20 };

static void tune(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  /* bbr reorders on loopback, which costs a third. */
  setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

/* What a socket got, which is what it asked for only if the kernel has that. */
static const char *congestion_control(int fd) {
  static char name[16];
  socklen_t size = sizeof name - 1;
  return getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0 ? name : "unknown";
}

static int move_all(int fd, char *memory, size_t size, int sends) {
  while (size > 0) {
    ssize_t moved = sends ? send(fd, memory, size, MSG_NOSIGNAL) : recv(fd, memory, size, 0);
    if (moved <= 0)
      return -1;
    memory += moved;
    size -= (size_t)moved;
  }
  return 0;
}

static void *serve_one(void *argument) {
  int fd = (int)(intptr_t)argument;
  char *answer = malloc(LONGEST);
  uint64_t size;

  memset(answer, 7, LONGEST);
  tune(fd);
  while (move_all(fd, (char *)&size, sizeof size, 0) == 0 && size <= LONGEST)
    if (move_all(fd, answer, size, 1) < 0)
      break;
  free(answer);
  close(fd);
  return NULL;
}

static int serve(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);

  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
      listen(listener, 16) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0)
    return 1;
  tune(listener);
  printf("listening on 127.0.0.1:%d %s\n", ntohs(address.sin_port), congestion_control(listener));
  fflush(stdout);
  for (;;) {
    pthread_t thread;
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0 && pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)fd) == 0)
      pthread_detach(thread);
  }
}

static int connect_to(const char *target) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  const char *colon = strrchr(target, ':');
  char host[64] = "127.0.0.1";
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  if (colon == NULL || fd < 0)
    return -1;
  snprintf(host, sizeof host, "%.*s", (int)(colon - target), target);
  address.sin_port = htons((uint16_t)atoi(colon + 1));
  inet_pton(AF_INET, host, &address.sin_addr);
  tune(fd);
  return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

int main(int count, char **words) {
  plan p;
  int fd;

  if (count == 2 && strcmp(words[1], "serve") == 0)
    return serve();
  if (read_plan(count, words, &p) < 0) {
    fprintf(stderr, "usage: raw_tcp serve | MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]\n");
    return 2;
  }
  uint64_t size = strstr(p.mode, "cmd") ? COMMAND_BYTES : (uint64_t)p.width * p.height * 4;
  fd = connect_to(p.target);
  if (fd < 0 || size > LONGEST) {
    perror("raw_tcp");
    return 1;
  }
  char **buffers = calloc((size_t)p.depth, sizeof *buffers);
  double *sent = calloc((size_t)p.depth, sizeof *sent);
  for (int i = 0; i < p.depth; i++) {
    buffers[i] = malloc(size);
    memset(buffers[i], 0, size);
    sent[i] = seconds_now();
    if (move_all(fd, (char *)&size, sizeof size, 1) < 0)
      return 1;
  }
  uint64_t bytes = strstr(p.mode, "rgb") ? size : 0;
  meter *m = meter_new(&p);
  for (int i = 0;; i = (i + 1) % p.depth) {
    if (move_all(fd, buffers[i], size, 0) < 0)
      return 1;
    double now = seconds_now();
    if (!meter_done(m, sent[i], now, bytes))
      break;
    sent[i] = now;
    if (move_all(fd, (char *)&size, sizeof size, 1) < 0)
      return 1;
  }
  meter_end(m);
  return 0;
}
