/* The yardstick: what a client written by hand in C on nghttp2 can do that keeps nothing for
 * comfort.
 *
 *     nghttp2_client MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]
 *
 * One thread, one connection. Of a reply it looks at grpc-status, request_id, success and the
 * length of the picture; the first that is wrong ends the program. */
#define _GNU_SOURCE
#include "measure.h"
#include "messages.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
  WINDOW = 16 << 20,
  LONGEST_FRAME = 16777215,
  HOT = 256 << 10,    /* small enough to stay in the cache */
  DIRECT = 128 << 10, /* DATA frames of this length and more are received where they stay */
  HEAD = 4 << 10,     /* what is read beyond a payload: frame headers and little else */
  BULK = 64 << 10,    /* a read that gives less has emptied the socket */
  SHARE = 1 << 20,    /* received before there is a look at what is to be sent */
  OUT = 256 << 10,
  LONGEST_SENT = 64 << 10, /* DATA frame */
  RESEND = 8, /* on the ControlStream requests are sent once this part of DEPTH can be */
  CONTROL_FRAME = 32 << 10,
  FRAME_HEADER = 9,
  AROUND = 128, /* what a reply has around its picture, at most */
};

typedef struct call {
  size_t unsent; /* requests */
  uint8_t prefix[PREFIX];
  size_t prefix_count;
  uint8_t *body; /* of the message that is being received; NULL between messages */
  size_t length, filled;
  uint64_t replies;
  bool ok; /* grpc-status 0 */
} call;

typedef struct client {
  int fd, depth;
  bool pictures, streams;
  uint64_t picture_bytes;
  nghttp2_session *session;
  nghttp2_nv headers[7];
  /* DEPTH of each: calls (the ControlStream is the first, and the only one), when the request that
   * has this place began, and the requests, which are all of one length. */
  call *calls;
  double *began;
  request *requests;
  int open_calls, under_way;
  /* On the ControlStream: replies come in the order of their requests. */
  char id[ID], awaited_id[ID];
  int place, awaited_place;
  /* Buffers that are free, the one used last on top. */
  uint8_t **bodies;
  int body_count;
  /* The DATA frame that was begun last. */
  size_t data_length, data_left;
  call *data_call;
  meter *meter;
  double now;
  bool enough;
  size_t out_begin, out_end;
  uint8_t out[OUT], head[HEAD], hot[HOT];
} client;

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "nghttp2_client: %s%s%s\n", what, *detail ? ": " : "", detail);
  exit(1);
}

static void check(ssize_t code) {
  if (code < 0)
    fail("nghttp2", nghttp2_strerror((int)code));
}

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL)
    fail("out of memory", "");
  return memory;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* MARK: calls */

static void count_up(char *id) {
  for (int i = ID - 1; i >= 0 && ++id[i] > '9'; i--)
    id[i] = '0';
}

/* The request that has this place is over. */
static void done(client *c, int place) {
  c->enough = !meter_done(c->meter, c->began[place], c->now, c->picture_bytes);
  c->began[place] = c->now;
}

static void received(client *c, call *call, const uint8_t *message) {
  if (c->under_way == 0)
    fail("a reply to nothing", "");
  const char *id = c->streams ? c->awaited_id : NULL;
  const char *flaw = reply_flaw(message, message + call->length, id, c->picture_bytes);
  if (flaw != NULL)
    fail(flaw, "");
  call->replies++;
  call->prefix_count = 0;
  if (!c->streams)
    return;
  done(c, c->awaited_place);
  count_up(c->awaited_id);
  c->awaited_place = c->awaited_place + 1 < c->depth ? c->awaited_place + 1 : 0;
  c->under_way -= c->enough;
  call->unsent += !c->enough;
}

/* Payload of DATA; what was received directly stands in the body already. */
static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *at,
                   size_t left, void *user) {
  (void)flags;
  client *c = user;
  call *call = nghttp2_session_get_stream_user_data(session, id);
  size_t capacity = c->picture_bytes + AROUND;
  c->data_left -= least(left, c->data_left);
  for (size_t part; left > 0; at += part, left -= part) {
    if (call->body != NULL) {
      part = least(left, call->length - call->filled);
      if (at != call->body + call->filled)
        memcpy(call->body + call->filled, at, part);
      call->filled += part;
      if (call->filled < call->length)
        continue;
      received(c, call, call->body);
      c->bodies[c->body_count++] = call->body;
      call->body = NULL;
    } else if (call->prefix_count < PREFIX) {
      part = least(left, PREFIX - call->prefix_count);
      memcpy(call->prefix + call->prefix_count, at, part);
      call->prefix_count += part;
      const uint8_t *p = call->prefix;
      call->length = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
      if (call->prefix_count == PREFIX && (p[0] != 0 || call->length - 1 >= capacity))
        fail("a reply is compressed, empty or too long", "");
    } else if (!c->pictures && left >= call->length) {
      part = call->length;
      received(c, call, at);
    } else {
      part = 0;
      call->body = c->body_count > 0 ? c->bodies[--c->body_count] : allocate(1, capacity);
      call->filled = 0;
    }
  }
  return 0;
}

/* As many whole requests as go into a DATA frame; `send_data` writes them. */
static ssize_t read_requests(nghttp2_session *session, int32_t id, uint8_t *to, size_t limit,
                             uint32_t *flags, nghttp2_data_source *source, void *user) {
  (void)session, (void)id, (void)to;
  const client *c = user;
  const call *call = source->ptr;
  size_t count = least(call->unsent, limit / c->requests[0].count);
  bool ends = count == call->unsent && (!c->streams || c->under_way == 0);
  if (count == 0 && !ends)
    return NGHTTP2_ERR_DEFERRED;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY | (ends ? NGHTTP2_DATA_FLAG_EOF : 0);
  return (ssize_t)(count * c->requests[0].count);
}

static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *header,
                     size_t count, nghttp2_data_source *source, void *user) {
  (void)session, (void)frame;
  client *c = user;
  call *call = source->ptr;
  if (OUT - c->out_end < FRAME_HEADER + count)
    return NGHTTP2_ERR_WOULDBLOCK;
  uint8_t *to = memcpy(c->out + c->out_end, header, FRAME_HEADER);
  to += FRAME_HEADER;
  c->out_end += FRAME_HEADER + count;
  for (size_t size = c->requests[0].count; count > 0; count -= size, to += size) {
    memcpy(to, c->requests[c->place].bytes, size);
    call->unsent--;
    if (!c->streams)
      continue;
    memcpy(to + ID_OFFSET, c->id, ID);
    count_up(c->id);
    c->place = c->place + 1 < c->depth ? c->place + 1 : 0;
  }
  return 0;
}

static ssize_t longest_sent(nghttp2_session *session, uint8_t type, int32_t id, int32_t connection,
                            int32_t stream, uint32_t frame, void *user) {
  (void)session, (void)type, (void)id, (void)connection, (void)stream, (void)user;
  return frame < LONGEST_SENT ? frame : LONGEST_SENT;
}

static void start(client *c, call *call) {
  nghttp2_data_provider body = {.source.ptr = call, .read_callback = read_requests};
  *call = (struct call){.unsent = c->streams ? (size_t)c->depth : 1};
  check(nghttp2_submit_request(c->session, NULL, c->headers, 7, &body, call));
  c->open_calls++;
}

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *header, void *user) {
  client *c = user;
  c->data_left = 0;
  if (header->type != NGHTTP2_DATA)
    return 0;
  c->data_length = header->length;
  c->data_call = nghttp2_session_get_stream_user_data(session, header->stream_id);
  /* Of a padded frame it is not known yet how much is payload: it is copied. */
  if (c->data_call != NULL && !(header->flags & NGHTTP2_FLAG_PADDED))
    c->data_left = header->length;
  return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_count, const uint8_t *value, size_t count, uint8_t flags,
                     void *user) {
  (void)flags, (void)user;
  call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (call != NULL && name_count == 11 && memcmp(name, "grpc-status", 11) == 0) {
    call->ok = count == 1 && value[0] == '0';
    if (!call->ok)
      fail("a call failed with grpc-status", (const char *)value);
  }
  return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *user) {
  client *c = user;
  call *call = nghttp2_session_get_stream_user_data(session, id);
  if (!call->ok || call->prefix_count > 0 || (c->streams ? c->under_way > 0 : call->replies != 1))
    fail("a call ended early", nghttp2_http2_strerror(code));
  c->open_calls--;
  if (c->streams)
    return 0;
  done(c, (int)(call - c->calls));
  if (!c->enough)
    start(c, call);
  return 0;
}

/* MARK: the socket */

/* Reads once, and says how much; 0: the socket is empty. */
static size_t receive(client *c) {
  struct iovec to[2] = {{c->hot, HOT}, {c->head, 0}};
  if (c->data_length >= DIRECT && c->data_left == 0) {
    to[0] = (struct iovec){c->head, HEAD};
  } else if (c->data_length >= DIRECT && c->data_call->body != NULL) {
    const call *call = c->data_call;
    to[0].iov_base = call->body + call->filled;
    to[0].iov_len = least(call->length - call->filled, c->data_left);
    to[1].iov_len = HEAD;
  }
  ssize_t got = readv(c->fd, to, 2);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  if (got <= 0)
    fail("the connection ended", got < 0 ? strerror(errno) : "");
  c->now = seconds_now();
  size_t count = (size_t)got, first = least(count, to[0].iov_len);
  check(nghttp2_session_mem_recv(c->session, to[0].iov_base, first));
  if (count > first)
    check(nghttp2_session_mem_recv(c->session, c->head, count - first));
  return count < BULK && count < to[0].iov_len + to[1].iov_len ? 0 : count;
}

static void send_out(client *c) {
  /* While most requests are under way replies will come: one frame for several is cheaper for both
   * sides than one for each. An error if the stream does not wait, which is nothing. */
  if (c->streams && (c->enough || c->calls->unsent * RESEND >= (size_t)c->depth))
    nghttp2_session_resume_data(c->session, 1);
  do {
    const uint8_t *bytes;
    ssize_t count = 0;
    while (OUT - c->out_end >= CONTROL_FRAME &&
           (count = nghttp2_session_mem_send(c->session, &bytes)) > 0) {
      memcpy(c->out + c->out_end, bytes, (size_t)count);
      c->out_end += (size_t)count;
    }
    check(count);
    if (c->out_end == 0)
      return;
    ssize_t sent = send(c->fd, c->out + c->out_begin, c->out_end - c->out_begin, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
      fail("the connection ended", strerror(errno));
    c->out_begin += sent > 0 ? (size_t)sent : 0;
    if (c->out_begin == c->out_end)
      c->out_begin = c->out_end = 0;
  } while (c->out_end == 0);
}

static void connect_to(client *c, const char *target) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  char host[64];
  int on = 1;
  if (sscanf(target, "%63[0-9.]:%hu", host, &address.sin_port) != 2 ||
      inet_pton(AF_INET, host, &address.sin_addr) != 1)
    fail("no address and port", target);
  address.sin_port = htons(address.sin_port);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
      setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
      fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0)
    fail(target, strerror(errno));
}

static void begin_session(client *c) {
  nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW},
                                       {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, LONGEST_FRAME}};
  nghttp2_session_callbacks *callbacks;
  nghttp2_option *option;
  check(nghttp2_session_callbacks_new(&callbacks));
  check(nghttp2_option_new(&option));
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
  nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, longest_sent);
  check(nghttp2_session_client_new2(&c->session, callbacks, c, option));
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  check(nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 3));
  check(nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, WINDOW));
}

static nghttp2_nv header(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                      NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

static void run(client *c) {
  for (int i = 0; i < (c->streams ? 1 : c->depth); i++)
    start(c, &c->calls[i]);
  while (c->open_calls > 0) {
    send_out(c);
    struct pollfd events = {.fd = c->fd, .events = c->out_end > 0 ? POLLIN | POLLOUT : POLLIN};
    if (poll(&events, 1, 10000) == 0)
      fail("no answer in 10 s", "");
    for (size_t all = 0, count = 1; count > 0 && all < SHARE; all += count)
      count = receive(c);
  }
}

int main(int count, char **words) {
  static client c = {.id = "00000000", .awaited_id = "00000000"};
  plan p;
  if (read_plan(count, words, &p) < 0) {
    fprintf(stderr, "usage: nghttp2_client MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]\n");
    return 2;
  }
  c.streams = strncmp(p.mode, "stream-", 7) == 0;
  c.pictures = strstr(p.mode, "-rgb") != NULL;
  c.picture_bytes = c.pictures ? (uint64_t)p.width * p.height * 4 : 0;
  c.depth = c.under_way = strncmp(p.mode, "sync-", 5) == 0 ? 1 : p.depth;
  c.calls = allocate((size_t)c.depth, sizeof *c.calls);
  c.began = allocate((size_t)c.depth, sizeof *c.began);
  c.requests = allocate((size_t)c.depth, sizeof *c.requests);
  c.bodies = allocate((size_t)c.depth, sizeof *c.bodies);
  connect_to(&c, p.target);
  c.now = seconds_now();
  c.meter = meter_new(&p);
  for (int i = 0; i < c.depth; i++) {
    c.began[i] = c.now;
    c.requests[i] = make_request(c.pictures, c.streams, p.width, p.height, i);
  }
  const char *path = c.streams    ? "/uesynth.UESynthService/ControlStream"
                     : c.pictures ? "/uesynth.UESynthService/CaptureRgbImage"
                                  : "/uesynth.UESynthService/SetObjectTransform";
  c.headers[0] = header(":method", "POST");
  c.headers[1] = header(":scheme", "http");
  c.headers[2] = header(":path", path);
  c.headers[3] = header(":authority", p.target);
  c.headers[4] = header("te", "trailers");
  c.headers[5] = header("content-type", "application/grpc");
  c.headers[6] = header("user-agent", "nghttp2_client");
  begin_session(&c);
  run(&c);
  meter_end(c.meter);
  nghttp2_session_del(c.session);
  while (c.body_count > 0)
    free(c.bodies[--c.body_count]);
  free(c.bodies), free(c.requests), free(c.began), free(c.calls);
  return close(c.fd);
}
