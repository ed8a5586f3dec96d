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
#include "../Embedding/session.h"
#include "inject.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <uesynth_raw.h>
#include <unistd.h>

enum { WIDTH = 64, HEIGHT = 48, STREAMED = 4, LONG_MS = 5000, SHORT_MS = 200, PATIENCE_MS = 10000 };

static const char *target;
static uint64_t reference; /* what every picture adds up to */
static long errors;        /* of calls, in the session under way */
static long dead;          /* clients that did not work again */
static int wait_ms = LONG_MS; /* for every call; less where the system fails for good */

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* fail, with where the fault was. */
#define wrong(...)                                                                                 \
  do {                                                                                             \
    fault_disarm();                                                                                \
    fault_show(STDERR_FILENO);                                                                     \
    fail(__VA_ARGS__);                                                                             \
  } while (0)

/* A name that the library has no number for would be a status made of nothing. */
static int went_well(uesynth_status status) {
  if (status == UESYNTH_OK)
    return 1;
  if (strcmp(uesynth_status_name(status), "UNKNOWN_STATUS") == 0)
    wrong("status %d", status);
  /* What has failed once is known at once: only a system that goes on failing may make calls wait. */
  if (status == UESYNTH_DEADLINE_EXCEEDED && wait_ms == LONG_MS)
    wrong("a single fault became a wait: %s", uesynth_last_error());
  errors++;
  return 0;
}

static void look_at(const uesynth_frame *frame) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  uint64_t sum = 0;
  if (uesynth_frame_view(frame, &info) != UESYNTH_OK || info.width != WIDTH || info.height != HEIGHT)
    wrong("a frame of %u x %u", info.width, info.height);
  for (size_t i = 0; i < info.size; i++)
    sum = sum * 31 + info.data[i];
  if (reference == 0)
    reference = sum;
  if (sum != reference)
    wrong("a frame with other pixels");
}

static void encode(const uesynth_frame *frame) {
  for (uint32_t file = UESYNTH_FILE_PNG; file <= UESYNTH_FILE_NPY; file++) {
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (went_well(uesynth_frame_encode(frame, file, NULL, &bytes, &size)))
      uesynth_bytes_free(bytes);
  }
}

static void direct(uesynth_client *client) {
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_event event = UESYNTH_EVENT_INIT;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  options.route = UESYNTH_ROUTE_DIRECT;
  if (!went_well(uesynth_client_call(client, &capture, &options, &event)))
    return;
  look_at(event.frame);
  encode(event.frame);
  uesynth_events_release(&event, 1, sizeof event);
}

typedef struct tally {
  atomic_int calls, ends;
} tally;

static void count_call(const uesynth_event *event, void *counted) {
  if (event->frame != NULL)
    look_at(event->frame);
  atomic_fetch_add(&((tally *)counted)->calls, 1);
}

static void count_end(void *counted) { atomic_fetch_add(&((tally *)counted)->ends, 1); }

/* The callback comes if the request was accepted, and its end in any case: each once. */
static void called_back(uesynth_client *client) {
  static tally counted;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  int descriptor = -1;
  atomic_store(&counted.calls, 0);
  atomic_store(&counted.ends, 0);
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  int accepted = went_well(
      uesynth_client_submit(client, &capture, NULL, NULL, count_call, &counted, count_end));
  double until = now_ms() + PATIENCE_MS;
  while (atomic_load(&counted.ends) < 1) {
    if (now_ms() > until)
      wrong("the end of a callback does not come");
    sleep_ms(1);
  }
  if (atomic_load(&counted.ends) != 1 || atomic_load(&counted.calls) != accepted)
    wrong("%d calls of %d, %d ends", counted.calls, accepted, counted.ends);
  went_well(uesynth_client_event_fd(client, &descriptor));
}

/* Each of them ends exactly once. */
static void streamed(uesynth_client *client) {
  uesynth_submit_options options = UESYNTH_SUBMIT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uint64_t ids[STREAMED];
  int accepted = 0, ended = 0;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = WIDTH;
  capture.height = HEIGHT;
  options.route = UESYNTH_ROUTE_STREAM;
  for (int i = 0; i < STREAMED; i++)
    accepted += went_well(
        uesynth_client_submit(client, &capture, &options, &ids[accepted], NULL, NULL, NULL));
  double until = now_ms() + PATIENCE_MS;
  while (ended < accepted) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (uesynth_client_poll(client, &event, 1, sizeof event, 100, &count) != UESYNTH_OK) {
      if (now_ms() > until)
        wrong("%d of %d requests have no end", accepted - ended, accepted);
      continue;
    }
    int known = 0;
    for (int i = 0; i < accepted; i++) {
      if (ids[i] == event.request_id) {
        ids[i] = 0;
        known = 1;
      }
    }
    if (!known)
      wrong("request %llu ended twice, or was never made", (unsigned long long)event.request_id);
    if (went_well(event.status))
      look_at(event.frame);
    uesynth_events_release(&event, 1, sizeof event);
    ended++;
  }
}

static void raw(uesynth_client *client) {
  const uesynth_raw_result *result = NULL;
  uesynth_raw_options options = UESYNTH_RAW_OPTIONS_INIT;
  uesynth_raw_stream *stream = NULL;
  const char *method = "/uesynth.UESynthService/GetCameraTransform";
  went_well(uesynth_call_raw(client, method, NULL, 0, NULL, &result));
  uesynth_raw_result_free(result);
  options.timeout_ms = wait_ms;
  if (!went_well(uesynth_raw_stream_open(client, method, &options, &stream)))
    return;
  result = NULL;
  went_well(uesynth_raw_stream_write(stream, NULL, 0, wait_ms));
  went_well(uesynth_raw_stream_writes_done(stream));
  if (uesynth_raw_stream_finish(stream, PATIENCE_MS, &result) == UESYNTH_WOULD_BLOCK)
    wrong("a raw call has no end");
  uesynth_raw_result_free(result);
  uesynth_raw_stream_free(stream);
}

static uesynth_status make(uesynth_client **client) {
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  options.timeout_ms = options.connect_timeout_ms = wait_ms;
  options.initial_backoff_ms = options.max_backoff_ms = 1;
  options.compression = UESYNTH_COMPRESSION_ON;
  return session_client(target, options, client);
}

static void use(uesynth_client *client) {
  uesynth_transform pose = UESYNTH_TRANSFORM_INIT;
  pose.location.x = 100;
  went_well(uesynth_client_connect(client, wait_ms));
  went_well(uesynth_client_set_camera_transform(client, "", &pose));
  streamed(client);
  direct(client);
  called_back(client);
  raw(client);
}

/* Whether a client works, after at most so many tries. */
static int recovers(uesynth_client *client, int tries) {
  for (int i = 0; i < tries; i++) {
    long before = errors;
    use(client);
    if (errors == before)
      return 1;
    sleep_ms(5);
  }
  return 0;
}

/* A client that has seen faults works again at once: what may still fail is what they left under way. With
 * `may_be_dead` one may say by errors that it does not, as long as another one works: OpenSSL takes
 * algorithms for missing whose set-up found no memory, and keeps to that for the life of a context. */
static void expect_recovery(uesynth_client *client, int may_be_dead) {
  uesynth_stats stats = UESYNTH_STATS_INIT;
  if (!recovers(client, may_be_dead ? 5 : 300)) {
    uesynth_client *other = NULL;
    if (!may_be_dead || make(&other) != UESYNTH_OK || !recovers(other, 5))
      wrong("the client does not work again: %s", uesynth_last_error());
    uesynth_client_free(other);
    dead++;
  }
  if (uesynth_client_stats(client, &stats) != UESYNTH_OK || stats.requests_in_flight != 0)
    wrong("%llu requests are under way for ever", (unsigned long long)stats.requests_in_flight);
}

static int descriptor_count(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL)
    return -1;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/* Records of outcomes are kept to be used again, with the memory that their texts have grown to: all of
 * them get a long one. */
static void build_up(void) {
  enum { MANY = 512 };
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_client *client = NULL;
  const char *real = target;
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  target = "127.0.0.1:1";
  if (!went_well(make(&client)))
    wrong("%s", uesynth_last_error());
  for (int i = 0; i < MANY; i++)
    went_well(uesynth_client_submit(client, &capture, NULL, NULL, NULL, NULL, NULL));
  for (int i = 0; i < MANY; i++) {
    uesynth_event event = UESYNTH_EVENT_INIT;
    size_t count = 0;
    if (uesynth_client_poll(client, &event, 1, sizeof event, PATIENCE_MS, &count) != UESYNTH_OK)
      wrong("%s", uesynth_last_error());
    uesynth_events_release(&event, 1, sizeof event);
  }
  uesynth_client_free(client);
  target = real;
}

/* One session whose calls fail as armed. Returns how many did. */
static long session_with(fault kind, long n, int error, int lasting) {
  uesynth_client *client = NULL;
  int descriptors = descriptor_count();
  errors = 0;
  fault_arm(kind, n, error, lasting);
  if (went_well(make(&client)))
    use(client);
  long count = fault_disarm();
  if (client == NULL && uesynth_last_error()[0] == '\0')
    wrong("no client, and nothing is said about it");
  if (client != NULL)
    expect_recovery(client, kind == FAULT_MALLOC && server_certificate != NULL);
  uesynth_client_free(client);
  for (int i = 0; thread_count() > 1; i++) {
    if (i == 2000)
      wrong("%d threads are left", thread_count() - 1);
    sleep_ms(1);
  }
  if (descriptor_count() != descriptors)
    wrong("%d descriptors, and %d before", descriptor_count(), descriptors);
  return count;
}

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
