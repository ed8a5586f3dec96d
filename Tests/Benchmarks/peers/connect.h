/* A connection over TCP to "ADDRESS:PORT". */
#ifndef CONNECT_H
#define CONNECT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static inline int connect_to(const char *target) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  const char *colon = strrchr(target, ':');
  char host[64] = "127.0.0.1";
  int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

  if (colon == NULL || fd < 0)
    return -1;
  snprintf(host, sizeof host, "%.*s", (int)(colon - target), target);
  address.sin_port = htons((uint16_t)atoi(colon + 1));
  inet_pton(AF_INET, host, &address.sin_addr);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

#endif
