/* manners TARGET FOLDER [CERTIFICATE]: what a process is like before and after a full session, and
 * a session with a server that hangs up: no output, and no signal handler, signal mask, timer,
 * locale, environment, working directory, file mode, descriptor, priority, floating-point mode or
 * thread is left changed. The library's threads block all signals, so that those of the host reach
 * the host's threads. */
#define _GNU_SOURCE
#include "session.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

enum { SIGNALS = 65, LINE = 4096 };

static void write_limits(FILE *to) {
  for (int which = 0; which < RLIM_NLIMITS; which++) {
    struct rlimit limit;
    getrlimit(which, &limit);
    fprintf(to, "limit %d: %llu %llu\n", which, (unsigned long long)limit.rlim_cur,
            (unsigned long long)limit.rlim_max);
  }
}

static void write_descriptors(FILE *to) {
  DIR *folder = opendir("/proc/self/fd");
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[64], target[LINE];
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(folder))
      continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", atoi(entry->d_name));
    ssize_t length = readlink(path, target, sizeof target - 1);
    fprintf(to, "descriptor %s: %.*s\n", entry->d_name, (int)(length < 0 ? 0 : length), target);
  }
  closedir(folder);
}

static void write_signals(FILE *to) {
  sigset_t mask;
  stack_t alternate;
  pthread_sigmask(SIG_SETMASK, NULL, &mask);
  sigaltstack(NULL, &alternate);
  fprintf(to, "alternate stack: %p %d\n", alternate.ss_sp, alternate.ss_flags);
  for (int number = 1; number < SIGNALS; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0)
      fprintf(to, "signal %d: %jx flags %x blocked %d\n", number,
              (uintmax_t)(uintptr_t)action.sa_handler, (unsigned)action.sa_flags,
              sigismember(&mask, number));
  }
  for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
    struct itimerval timer;
    getitimer(which, &timer);
    fprintf(to, "timer %d: %ld\n", which, (long)timer.it_value.tv_sec);
  }
}

/* Everything that a library could change about its process, as text. */
static char *portrait(void) {
  char *text = NULL, folder[LINE];
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  mode_t mode = umask(0);
  umask(mode);
  fprintf(to, "working directory: %s\nmode: %o\n", getcwd(folder, sizeof folder), (unsigned)mode);
  fprintf(to, "locale: %s, thread's: %p\n", setlocale(LC_ALL, NULL), (void *)uselocale(0));
  fprintf(to, "rounding: %d, traps: %d\n", fegetround(), fegetexcept());
  fprintf(to, "priority: %d\n", getpriority(PRIO_PROCESS, 0));
  fprintf(to, "process group: %d, session: %d\n", (int)getpgrp(), (int)getsid(0));
  for (char **variable = environ; *variable != NULL; variable++)
    fprintf(to, "environment: %s\n", *variable);
  write_signals(to);
  write_limits(to);
  write_descriptors(to);
  fclose(to);
  return text;
}

/* Says where two texts part. */
static void compare(const char *before, const char *after) {
  while (*before != '\0' && *after != '\0') {
    size_t left = strcspn(before, "\n"), right = strcspn(after, "\n");
    if (left != right || memcmp(before, after, left) != 0)
      fail("before: %.*s\nafter:  %.*s", (int)left, before, (int)right, after);
    before += left + 1;
    after += right + 1;
  }
  if (*before != *after)
    fail("before: %s\nafter:  %s", before, after);
}

/* Accepts and hangs up at once, sixteen times. */
static void *hang_up(void *listener) {
  for (int i = 0; i < 16; i++) {
    int peer = accept(*(int *)listener, NULL, NULL);
    struct linger now = {1, 0};
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    if (i % 2)
      sleep_ms(2);
    close(peer);
  }
  return NULL;
}

/* SIGPIPE is as it was from the start: deadly. */
static void rude_server(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  char target[64];
  pthread_t thread;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 16) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
    fail("no listener");
  snprintf(target, sizeof target, "127.0.0.1:%d", ntohs(address.sin_port));
  pthread_create(&thread, NULL, hang_up, &listener);
  options.timeout_ms = 100;
  options.initial_backoff_ms = options.max_backoff_ms = 1;
  for (int i = 0; i < 16; i++) {
    uesynth_client *client = NULL;
    session_client(target, options, &client);
    if (one_capture(client) == NULL)
      fail("a picture came from nowhere");
    uesynth_client_free(client);
  }
  shutdown(listener, SHUT_RDWR); /* lets accept return, if it still waits */
  pthread_join(thread, NULL);
  close(listener);
}

/* What /proc says of the signals that each other thread blocks. */
static void check_threads(void) {
  DIR *tasks = opendir("/proc/self/task");
  int others = 0;
  for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
    char path[300], line[LINE];
    unsigned long long blocked = 0;
    if (task->d_name[0] == '.' || atoi(task->d_name) == getpid())
      continue;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
    FILE *status = fopen(path, "re");
    if (status == NULL)
      continue; /* it has ended */
    while (fgets(line, sizeof line, status) != NULL)
      sscanf(line, "SigBlk: %llx", &blocked);
    fclose(status);
    if ((blocked >> (SIGUSR1 - 1) & 1) == 0 || (blocked >> (SIGALRM - 1) & 1) == 0 ||
        (blocked >> (SIGINT - 1) & 1) == 0 || (blocked >> (SIGPROF - 1) & 1) == 0)
      fail("thread %s takes signals of the host: blocked are %llx", task->d_name, blocked);
    others++;
  }
  closedir(tasks);
  if (others < 2)
    fail("%d threads besides this one", others);
}

static void ignore_event(const uesynth_event *event, void *user_data) {
  (void)event;
  (void)user_data;
}

int main(int argc, char **argv) {
  char path[LINE];
  struct stat printed;
  if (argc < 3)
    return 2;
  server_certificate = argv[3];
  setlocale(LC_ALL, "C.UTF-8");
  setenv("UESYNTH_TEST_MARK", "as it was", 1);
  /* The files' codecs are opened by the first use, and stay: once before the portrait. */
  const char *went_wrong = session(argv[1], argv[2]);
  if (went_wrong != NULL)
    fail("%s", went_wrong);

  snprintf(path, sizeof path, "%s/printed", argv[2]);
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  int errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  char *before = portrait();

  went_wrong = session(argv[1], argv[2]);
  rude_server();
  for (int i = 0; thread_count() > 1; i++) {
    if (i == 2000)
      fail("%d threads are left", thread_count() - 1);
    sleep_ms(5);
  }
  char *after = portrait();
  fflush(NULL);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  if (went_wrong != NULL)
    fail("%s", went_wrong);
  fstat(file, &printed);
  if (printed.st_size != 0)
    fail("%lld bytes were printed", (long long)printed.st_size);
  compare(before, after);

  uesynth_client *client = NULL;
  uesynth_client_options plain = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_subscription_options options = UESYNTH_SUBSCRIPTION_OPTIONS_INIT;
  uesynth_subscription *subscription = NULL;
  options.width = options.height = 8;
  if (session_client(argv[1], plain, &client) ||
      uesynth_client_subscribe(client, &options, &subscription, ignore_event, NULL, NULL) ||
      one_capture(client))
    fail("%s", uesynth_last_error());
  check_threads();
  uesynth_subscription_close(subscription);
  uesynth_client_free(client);
  size_t lines = 0;
  for (const char *line = before; (line = strchr(line, '\n')) != NULL; line++)
    lines++;
  printf("%zu facts are as they were\n", lines);
  free(before);
  free(after);
  return 0;
}
