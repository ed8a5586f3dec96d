/* failing TARGET FUNCTIONS WHICH [CERTIFICATE]: short sessions with a server, one for each call to the system
 * that they make, which fails: for every n the n-th, until a session ends without. WHICH is
 *
 *     every KIND     the n-th call of that kind fails, and the next succeeds
 *     lasting KIND   so do all that follow, until the session is over; some n only
 *     interrupted    every other call is interrupted, and signals rain on the host's thread
 *     descriptors    the process has none left, or one, two, three
 *     clocks         the clock of the day jumps by hours
 *     suspended      the process is stopped for longer than its timeouts, and goes on
 *
 * Whatever fails: calls end in time with an error or with what is right; the client works when the
 * system works again; of memory, descriptors and threads nothing is left. */
#define _GNU_SOURCE
#include "functions.h"
#include "visit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* ---- Memory ----- */

/* What a session leaves: caches of the C libraries and of the runtime grow now and then, a leak each
 * time. */
static void expect_no_leak(fault kind, long n, int error, int lasting) {
  long before = fault_blocks(), each = 0;
  for (int round = 0; round < 6; round++) {
    if (round == 5)
      fault_watch();
    session_with(kind, n, error, lasting);
    each = fault_blocks() - before;
    if (each <= 0)
      return;
    before = fault_blocks();
  }
  fault_show_blocks(STDERR_FILENO);
  wrong("call %ld: %ld blocks of memory are left each time", n, each);
}

typedef struct failing {
  const char *name;
  fault kind;
  int errors[3]; /* one after the other; 0 ends them */
} failing;

static const failing kinds[] = {
    {"malloc", FAULT_MALLOC, {ENOMEM}},
    {"mmap", FAULT_MMAP, {ENOMEM}},
    {"socket", FAULT_SOCKET, {EMFILE, ENOBUFS}},
    {"connect", FAULT_CONNECT, {ENETUNREACH, EADDRNOTAVAIL, EINTR}},
    {"send", FAULT_SEND, {EPIPE, ENOBUFS, EINTR}},
    {"recv", FAULT_RECV, {ECONNRESET, ENOMEM, EINTR}},
    {"option", FAULT_OPTION, {ENOPROTOOPT, ENOBUFS}},
    {"epoll_create", FAULT_EPOLL_CREATE, {EMFILE, ENOMEM}},
    {"epoll_ctl", FAULT_EPOLL_CTL, {ENOMEM, ENOSPC}},
    {"epoll_wait", FAULT_EPOLL_WAIT, {EINTR, ENOMEM}},
    {"eventfd", FAULT_EVENTFD, {EMFILE, ENOMEM}},
    {"thread", FAULT_THREAD, {EAGAIN}},
    {"lookup", FAULT_LOOKUP, {EAI_AGAIN, EAI_MEMORY, EAI_SYSTEM}},
};

/* Which n come after this one. */
static long after(long n, int lasting, long most) {
  if (lasting)
    return n < 3 ? n + 1 : n + n / 2;
  return most > 0 && n >= most ? n + 1 + n / most : n + 1;
}

static void fail_calls(const failing *which, int error, int lasting, long most) {
  long sessions = 0, noticed = 0, n = 1, count;
  double longest = 0;
  do {
    long before = fault_blocks();
    double start = now_ms();
    fprintf(stderr, "%s %ld, error %d\n", which->name, n, error); /* read if it is the last */
    count = session_with(which->kind, n, error, lasting);
    double took = now_ms() - start;
    if (fault_blocks() > before)
      expect_no_leak(which->kind, n, error, lasting);
    longest = took > longest ? took : longest;
    sessions += count > 0;
    noticed += count > 0 && errors > 0;
    n = after(n, lasting, most);
  } while (count > 0);
  if (sessions == 0)
    wrong("no call of this kind was made");
  printf("%s%s: %ld sessions with a fault (%s), errors in %ld, %ld clients to be made anew, longest %.0f ms\n",
         which->name,
         lasting ? " from then on" : "", sessions,
         which->kind == FAULT_LOOKUP ? gai_strerror(error) : strerrorname_np(error), noticed,
         dead, longest);
}

/* ---- Interruptions ----- */

static atomic_int ends;
static atomic_long signals;

static void on_signal(int number) {
  (void)number;
  atomic_fetch_add(&signals, 1);
}

static void *rain(void *thread) {
  while (!atomic_load(&ends)) {
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    usleep(100);
  }
  return NULL;
}

static void interrupted(void) {
  struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART */
  pthread_t raining, self = pthread_self();
  sigaction(SIGUSR1, &action, NULL);
  pthread_create(&raining, NULL, rain, &self);
  long count = 0;
  for (int i = 0; i < 20; i++) {
    uesynth_client *client = NULL;
    errors = 0;
    fault_interrupt();
    if (went_well(make(&client)))
      use(client);
    count += fault_disarm();
    if (errors > 0)
      wrong("an interruption became an error: %s", uesynth_last_error());
    uesynth_client_free(client);
  }
  atomic_store(&ends, 1);
  pthread_join(raining, NULL);
  if (count < 500 || atomic_load(&signals) < 20)
    wrong("only %ld interruptions, %ld signals", count, atomic_load(&signals));
  printf("interrupted: no error in 20 sessions, %ld calls interrupted, %ld signals\n", count,
         atomic_load(&signals));
}

/* ---- Descriptors ----- */

/* Leaves the process so many. Returns how many it has taken. */
static int take_descriptors(int *taken, int most, int rest) {
  int count = 0;
  while (count < most && (taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
    count++;
  for (int i = 0; i < rest && count > 0; i++)
    close(taken[--count]);
  return count;
}

static void no_descriptors(void) {
  enum { MOST = 64 };
  int taken[MOST], refused = 0, named = 0;
  struct rlimit limit = {MOST, MOST};
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    wrong("no limit can be set");
  for (int rest = 0; rest < 12; rest++) {
    uesynth_client *client = NULL, *other = NULL;
    int before = descriptor_count();
    errors = 0;
    /* A client that has its loop but no connection, and one that is made without descriptors. */
    if (!went_well(make(&client)))
      wrong("%s", uesynth_last_error());
    int count = take_descriptors(taken, MOST, rest);
    int connects = went_well(uesynth_client_connect(client, wait_ms));
    if (!connects) {
      refused++;
      named += strstr(uesynth_last_error(), "ulimit -n") != NULL;
    }
    if (went_well(make(&other)))
      use(other);
    else if (strstr(uesynth_last_error(), "ulimit -n") == NULL)
      wrong("with %d descriptors: %s", rest, uesynth_last_error());
    while (count > 0)
      close(taken[--count]);
    expect_recovery(client, 0);
    if (other != NULL)
      expect_recovery(other, 0);
    uesynth_client_free(client);
    uesynth_client_free(other);
    if (descriptor_count() != before)
      wrong("%d descriptors, and %d before", descriptor_count(), before);
  }
  if (refused == 0 || named != refused)
    wrong("%d connections were refused, and %d said why", refused, named);
  printf("descriptors: with none to eleven left, %d connections refused, all work again\n", refused);
}

/* ---- Time ----- */

/* A deadline is as far away as was asked for, whatever the clock of the day does. */
static void clocks(void) {
  enum { ASKED_MS = 300 };
  const char *real = target;
  fault_jump();
  for (int i = 0; i < 5; i++) {
    if (session_with(FAULT_NONE, 0, 0, 0) != 0 || errors != 0)
      wrong("%s", uesynth_last_error());
    fault_jump();
    /* Accepts, and says nothing. */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    char silent[64];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
      wrong("no listener");
    snprintf(silent, sizeof silent, "127.0.0.1:%d", ntohs(address.sin_port));
    target = silent;
    uesynth_client *client = NULL;
    uesynth_frame *frame = NULL;
    uesynth_event event = UESYNTH_EVENT_INIT;
    uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
    size_t count = 0;
    options.timeout_ms = ASKED_MS;
    if (session_client(target, options, &client) != UESYNTH_OK)
      wrong("%s", uesynth_last_error());
    double start = now_ms();
    uesynth_status status = uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 8, 8, &frame);
    double first = now_ms() - start;
    uesynth_client_poll(client, &event, 1, sizeof event, ASKED_MS, &count);
    double second = now_ms() - start - first;
    if (status != UESYNTH_DEADLINE_EXCEEDED || first < ASKED_MS || second < ASKED_MS ||
        first + second > PATIENCE_MS)
      wrong("status %d after %.0f ms, a wait of %.0f ms", status, first, second);
    uesynth_client_free(client);
    close(listener);
    target = real;
  }
  long waits = fault_wall_waits();
  fault_disarm();
  if (waits != 0)
    wrong("%ld waits by the clock of the day", waits);
  printf("clocks: deadlines stay where they were, no wait is by the clock of the day\n");
}

/* Stopped and continued again and again, for longer than any timeout. */
static void suspended(void) {
  enum { STOPS = 12 };
  pid_t self = getpid(), child = fork();
  if (child == 0) {
    for (int i = 0; i < STOPS; i++) {
      sleep_ms(37);
      kill(self, SIGSTOP);
      sleep_ms(400);
      kill(self, SIGCONT);
    }
    _exit(0);
  }
  wait_ms = SHORT_MS;
  int status = 0;
  long sessions = 0, ended = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    uesynth_client *client = NULL;
    errors = 0;
    if (went_well(make(&client))) {
      use(client);
      ended += errors;
      expect_recovery(client, 0);
    }
    uesynth_client_free(client);
    sessions++;
  }
  printf("suspended: %ld sessions, of whose calls %ld failed; all clients worked after it\n",
         sessions, ended);
}

int main(int argc, char **argv) {
  long most = 0;
  if (argc < 4)
    return 2;
  target = argv[1];
  if (fault_functions(argv[2]) < 1000)
    fail("%s does not name the functions of the library", argv[2]);
  signal(SIGPIPE, SIG_DFL);
  const char *way = argv[3], *name = argc > 4 ? argv[4] : "";
  server_certificate = argc > 5 && argv[5][0] != '\0' ? argv[5] : NULL;
  if (argc > 6)
    most = atol(argv[6]);
  /* What the libraries build up at first is there before anything fails. */
  build_up();
  for (int i = 0; i < 3; i++)
    if (session_with(FAULT_NONE, 0, 0, 0) != 0 || errors != 0)
      fail("a session without a fault: %s", uesynth_last_error());
  if (strcmp(way, "interrupted") == 0) {
    interrupted();
    return 0;
  }
  if (strcmp(way, "descriptors") == 0) {
    no_descriptors();
    return 0;
  }
  if (strcmp(way, "clocks") == 0) {
    clocks();
    return 0;
  }
  if (strcmp(way, "suspended") == 0) {
    suspended();
    return 0;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, name) != 0)
      continue;
    int lasting = strcmp(way, "lasting") == 0;
    wait_ms = lasting ? SHORT_MS : wait_ms;
    for (int j = 0; j < 3 && kinds[i].errors[j] != 0; j++)
      if (!lasting || kinds[i].errors[j] != EINTR) /* no signal comes for ever */
        fail_calls(&kinds[i], kinds[i].errors[j], lasting, most);
    return 0;
  }
  fail("%s: no kind of call", name);
}
