/* `uesynthctl sim` as a child process: part of demo.c. */
#ifndef SIMULATOR_H
#define SIMULATOR_H

#include <sys/types.h>

typedef struct simulator {
  pid_t pid;         /* 0: not running */
  int output;        /* the read end of its standard output; open as long as it runs */
  char target[128];  /* "127.0.0.1:41234", once it listens */
  char problem[256]; /* why it did not start */
} simulator;

/* Starts `program sim --port 0 options...` (options end with NULL) and waits until it listens.
 * Returns 0, or -1 with problem filled. One simulator at a time: it is also ended when this process
 * ends by return from main, exit() or a signal other than SIGKILL. */
int simulator_start(simulator *self, const char *program, const char *const *options);

/* Ends it and waits until it has ended. Does nothing if it is not running. */
void simulator_stop(simulator *self);

#endif
