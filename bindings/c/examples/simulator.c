#define _POSIX_C_SOURCE 200809L
#include "simulator.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_OPTIONS = 12, START_TIMEOUT_MS = 20000, STOP_TIMEOUT_MS = 2000 };

extern char **environ;

/* For the signal handler and atexit. Written with the signals below blocked. */
static volatile pid_t running = 0;

static const int ending_signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
                                     SIGABRT, SIGSEGV, SIGBUS, SIGILL,  SIGFPE};
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof ending_signals[0] };

static void end_with_signal(int signal_number) {
  if (running > 0)
    kill(running, SIGTERM);
  raise(signal_number); /* SA_RESETHAND: this time by default */
}

static void end_at_exit(void) {
  if (running > 0)
    kill(running, SIGTERM);
}

static void guard_once(void) {
  static int guarded = 0;
  struct sigaction action;

  if (guarded)
    return;
  guarded = 1;
  memset(&action, 0, sizeof action);
  action.sa_handler = end_with_signal;
  action.sa_flags = (int)SA_RESETHAND;
  for (int i = 0; i < ENDING_SIGNALS; i++)
    sigaction(ending_signals[i], &action, NULL);
  atexit(end_at_exit);
}

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void block_ending(sigset_t *before) {
  sigset_t ending;
  sigemptyset(&ending);
  for (int i = 0; i < ENDING_SIGNALS; i++)
    sigaddset(&ending, ending_signals[i]);
  pthread_sigmask(SIG_BLOCK, &ending, before);
}

static int spawn(simulator *self, const char *program, char *const *arguments, int output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t before, defaults;
  int error;

  sigemptyset(&defaults);
  for (int i = 0; i < ENDING_SIGNALS; i++)
    sigaddset(&defaults, ending_signals[i]);

  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);

  /* Blocked until the pid is noted: a Ctrl-C in between would leave the child behind. */
  block_ending(&before);
  posix_spawnattr_setsigmask(&attributes, &before);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  error = posix_spawnp(&self->pid, program, &files, &attributes, arguments, environ);
  if (error == 0)
    running = self->pid;
  else
    self->pid = 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/* Reads its output up to the line "listening on HOST:PORT". */
static int wait_for_address(simulator *self, const char *program) {
  static const char words[] = "listening on ";
  char text[1024];
  size_t length = 0;
  int64_t deadline = now_ms() + START_TIMEOUT_MS;

  for (;;) {
    struct pollfd source = {self->output, POLLIN, 0};
    int64_t left = deadline - now_ms();
    int ready = left > 0 ? poll(&source, 1, (int)left) : 0;
    if (ready < 0 && errno == EINTR)
      continue;
    if (ready <= 0) {
      snprintf(self->problem, sizeof self->problem, "%s did not say within %d s where it listens",
               program, START_TIMEOUT_MS / 1000);
      return -1;
    }
    ssize_t got = read(self->output, text + length, sizeof text - 1 - length);
    if (got <= 0) {
      snprintf(self->problem, sizeof self->problem, "%s ended before it listened", program);
      return -1;
    }
    length += (size_t)got;
    text[length] = '\0';

    const char *address = strstr(text, words);
    const char *end = address != NULL ? strpbrk(address + sizeof words - 1, " ,\r\n") : NULL;
    if (end != NULL) {
      address += sizeof words - 1;
      snprintf(self->target, sizeof self->target, "%.*s", (int)(end - address), address);
      return 0;
    }
    if (length == sizeof text - 1) { /* keep the end: the words may have been cut in two */
      memmove(text, text + length / 2, length - length / 2);
      length -= length / 2;
    }
  }
}

int simulator_start(simulator *self, const char *program, const char *const *options) {
  char *arguments[MAX_OPTIONS + 5];
  int count = 0, ends[2], error;

  memset(self, 0, sizeof *self);
  self->output = -1;
  /* posix_spawn takes them as char *const * and does not write to them. */
  arguments[count++] = (char *)program;
  arguments[count++] = (char *)"sim";
  arguments[count++] = (char *)"--port";
  arguments[count++] = (char *)"0";
  for (int i = 0; options[i] != NULL && i < MAX_OPTIONS; i++)
    arguments[count++] = (char *)options[i];
  arguments[count] = NULL;

  guard_once();
  if (pipe(ends) < 0) {
    snprintf(self->problem, sizeof self->problem, "pipe: %s", strerror(errno));
    return -1;
  }
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  self->output = ends[0];
  error = spawn(self, program, arguments, ends[1]);
  close(ends[1]);
  if (error != 0) {
    snprintf(self->problem, sizeof self->problem, "%s: %s", program, strerror(error));
    simulator_stop(self);
    return -1;
  }
  if (wait_for_address(self, program) < 0) {
    simulator_stop(self);
    return -1;
  }
  return 0;
}

void simulator_stop(simulator *self) {
  struct timespec pause = {0, 5000000};
  int64_t deadline = now_ms() + STOP_TIMEOUT_MS;

  if (self->pid > 0) {
    sigset_t before;
    pid_t ended = 0;
    block_ending(&before); /* once it is reaped its number may be another's */
    kill(self->pid, SIGTERM);
    while (ended == 0 && now_ms() < deadline) {
      ended = waitpid(self->pid, NULL, WNOHANG);
      if (ended == 0)
        nanosleep(&pause, NULL);
    }
    if (ended == 0) {
      kill(self->pid, SIGKILL);
      waitpid(self->pid, NULL, 0);
    }
    running = 0;
    self->pid = 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  if (self->output >= 0)
    close(self->output);
  self->output = -1;
}
