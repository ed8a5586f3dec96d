/*
 * uesynth.h - libuesynth: drive an Unreal Engine scene through the UESynth plugin and receive its
 * pictures, from C, C++, Python (ctypes), Rust or anything else that can call C.
 *
 * SPDX-License-Identifier: MIT
 *
 * A first program: make a client, capture, look, let go.
 *
 *     uesynth_client *client = NULL;
 *     uesynth_frame *frame = NULL;
 *     if (uesynth_client_new("localhost:50051", NULL, &client) == UESYNTH_OK &&
 *         uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 640, 480, &frame) == UESYNTH_OK) {
 *       uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
 *       uesynth_frame_view(frame, &info);
 *       printf("%u x %u, %zu bytes at %p\n", info.width, info.height, info.size, info.data);
 *     } else {
 *       fprintf(stderr, "%s\n", uesynth_last_error());
 *     }
 *     uesynth_frame_release(frame);
 *     uesynth_client_free(client);
 *
 * WORDS. Each is defined here once and then only named.
 *
 *   ANY THREAD        Unless it says otherwise a function may be called on any thread, also on
 *                     several at once with the same handle.
 *   DELIVERY THREAD   The one thread of a client on which its callbacks run, one at a time, with no
 *                     lock of the library held. A client without callbacks has none.
 *   IN A CALLBACK     On the DELIVERY THREAD, inside a callback of this client. There a submit never
 *                     waits (UESYNTH_WOULD_BLOCK), blocking calls travel by unary RPC, and what only
 *                     this thread could end is UESYNTH_MISUSE.
 *   NOT IN A CALLBACK The function waits, and is UESYNTH_MISUSE there.
 *   BORROWED          Valid until the call or the callback that it was given to returns.
 *   OWNED             Yours until you hand it to the release function that is named beside it.
 *   NULL              Every _free, _release and _close accepts NULL and does nothing. Anywhere else a
 *                     NULL that is not allowed in so many words is UESYNTH_MISUSE, never a crash.
 *   OUTPUTS           Are written on success only, unless a function says otherwise.
 *   STRINGS           Are UTF-8, at most 64 KiB, and end with NUL. A string argument that is NULL counts
 *                     as "".
 *   UNITS             Lengths are centimetres and angles degrees, in Unreal's left-handed world (X
 *                     forward, Y right, Z up). Times named _ns are nanoseconds of CLOCK_MONOTONIC,
 *                     durations named _ms milliseconds.
 *   TIMEOUTS          A wait of 0 looks and returns at once; a negative one lasts until what is waited
 *                     for has happened or the client is closed.
 *   struct_size       The first member of every struct that may grow: set it to sizeof, best by the
 *                     _INIT macro. The library reads and writes no more than that, so that programs
 *                     built against an older header go on working. Less than the struct's size in its
 *                     first version is UESYNTH_MISUSE; an input of a newer header is taken if what this
 *                     library does not know of is zero.
 *
 * ERRORS. Functions return a uesynth_status. When it is not UESYNTH_OK, uesynth_last_error() on the
 * same thread says what happened and what can be done about it. Nothing in this library prints,
 * aborts, exits, or touches signals.
 */
#ifndef UESYNTH_H
#define UESYNTH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ---------------------------------------------------------------------------------- */

#define UESYNTH_VERSION_MAJOR 0
#define UESYNTH_VERSION_MINOR 1
#define UESYNTH_VERSION_PATCH 0

/* The version of the library that is loaded, as "0.1.0". Static memory. */
const char *uesynth_version(void);

/* The same as a number to compare: major * 1000000 + minor * 1000 + patch. */
uint32_t uesynth_version_number(void);

/* ---- Status ----------------------------------------------------------------------------------- */

/* How a call ended. 0 is success, 1 to 16 are the gRPC codes by their own numbers, 100 and up are
 * the library's own. Numbers never change. */
typedef int32_t uesynth_status;

enum {
  UESYNTH_OK = 0,
  UESYNTH_CANCELLED = 1,
  UESYNTH_UNKNOWN = 2,
  UESYNTH_INVALID_ARGUMENT = 3, /* said by the server; a wrong argument to the library is MISUSE */
  UESYNTH_DEADLINE_EXCEEDED = 4,
  UESYNTH_NOT_FOUND = 5,
  UESYNTH_ALREADY_EXISTS = 6,
  UESYNTH_PERMISSION_DENIED = 7,
  UESYNTH_RESOURCE_EXHAUSTED = 8,
  UESYNTH_FAILED_PRECONDITION = 9,
  UESYNTH_ABORTED = 10,
  UESYNTH_OUT_OF_RANGE = 11,
  UESYNTH_UNIMPLEMENTED = 12,
  UESYNTH_INTERNAL = 13,
  UESYNTH_UNAVAILABLE = 14,
  UESYNTH_DATA_LOSS = 15,
  UESYNTH_UNAUTHENTICATED = 16,

  UESYNTH_WOULD_BLOCK = 100,       /* there is no room now, and waiting was not allowed */
  UESYNTH_NO_FRAME = 101,          /* no frame is there: none came yet, it gave way (see OVERFLOW), or
                                      it was handed out before */
  UESYNTH_CLOSED = 102,            /* the client was closed */
  UESYNTH_MISUSE = 103,            /* a wrong argument or a call that is not allowed here */
  UESYNTH_FORKED = 104,            /* the handle belongs to the parent process: make a new client */
  UESYNTH_ALREADY_COMPLETED = 105, /* too late to cancel: the outcome was decided before */
  UESYNTH_BUFFER_TOO_SMALL = 106,  /* the memory cannot hold the picture; the text has its size */
  UESYNTH_NO_ANSWER = 107          /* the server answered later requests of the stream, not this one */
};

/* The constant's name without prefix, "DEADLINE_EXCEEDED"; "UNRECOGNISED" for other numbers. Static
 * memory. */
const char *uesynth_status_name(uesynth_status status);

/* What the last failing call on this thread had to say, in a sentence or two. "" if none failed yet.
 * Valid until the next failing call on this thread; successful calls, _free and _release leave it
 * alone. */
const char *uesynth_last_error(void);

/* ---- What can be asked for -------------------------------------------------------------------- */

typedef struct uesynth_vector3 {
  float x, y, z;
} uesynth_vector3;

/* Degrees: pitch up, yaw clockwise seen from above, roll clockwise seen from behind. */
typedef struct uesynth_rotator {
  float pitch, yaw, roll;
} uesynth_rotator;

typedef struct uesynth_transform {
  uesynth_vector3 location; /* cm */
  uesynth_rotator rotation;
  uesynth_vector3 scale;
} uesynth_transform;

#define UESYNTH_TRANSFORM_INIT {{0, 0, 0}, {0, 0, 0}, {1, 1, 1}}

/* The parts of a transform. On the wire a pose is always whole; a change of a part keeps the rest as it
 * was after the change submitted before it. Where that is not known, after a failure or a new
 * connection, the library asks the server first. */
enum {
  UESYNTH_TRANSFORM_LOCATION = 1u << 0,
  UESYNTH_TRANSFORM_ROTATION = 1u << 1,
  UESYNTH_TRANSFORM_SCALE = 1u << 2
};

/* What a capture shows. The pixel format that the server chose stands on the frame. */
enum {
  UESYNTH_MODALITY_RGB = 1,
  UESYNTH_MODALITY_DEPTH = 2,
  UESYNTH_MODALITY_SEGMENTATION = 3,
  UESYNTH_MODALITY_NORMALS = 4,
  UESYNTH_MODALITY_OPTICAL_FLOW = 5
};

/* The kinds of action, with the members of uesynth_action that each one reads. */
enum {
  UESYNTH_ACTION_SET_CAMERA_TRANSFORM = 2, /* name, transform */
  UESYNTH_ACTION_GET_CAMERA_TRANSFORM = 3, /* name; the reply has a transform */
  UESYNTH_ACTION_CAPTURE_RGB = 4,          /* name, width, height; the event has a frame (4 to 8) */
  UESYNTH_ACTION_CAPTURE_DEPTH = 5,
  UESYNTH_ACTION_CAPTURE_SEGMENTATION = 6,
  UESYNTH_ACTION_CAPTURE_NORMALS = 7,
  UESYNTH_ACTION_CAPTURE_OPTICAL_FLOW = 8,
  UESYNTH_ACTION_SET_OBJECT_TRANSFORM = 9,  /* name, transform */
  UESYNTH_ACTION_GET_OBJECT_TRANSFORM = 10, /* name; the reply has a transform */
  UESYNTH_ACTION_CREATE_CAMERA = 11,        /* name, transform */
  UESYNTH_ACTION_DESTROY_CAMERA = 12,       /* name */
  UESYNTH_ACTION_SET_RESOLUTION = 13,       /* name, width, height */
  UESYNTH_ACTION_SPAWN_OBJECT = 14,         /* name, asset_path, transform */
  UESYNTH_ACTION_DESTROY_OBJECT = 15,       /* name */
  UESYNTH_ACTION_SET_MATERIAL = 16,         /* name, material_property, material_value */
  UESYNTH_ACTION_LIST_OBJECTS = 17,         /* nothing; the reply has names */
  UESYNTH_ACTION_SET_LIGHTING = 18          /* name, intensity, color, transform */
};

/* One action. Strings are BORROWED. */
typedef struct uesynth_action {
  uint32_t struct_size;
  uint32_t kind;                 /* UESYNTH_ACTION_... */
  const char *name;              /* camera ("" is the default camera), object or light */
  uesynth_transform transform;   /* absolute; all numbers finite */
  uint32_t transform_fields;     /* SET_..._TRANSFORM: the UESYNTH_TRANSFORM_ parts to set; 0: all */
  uint32_t width, height;        /* pixels; 0 leaves the choice to the server; at most 65536 */
  const char *asset_path;        /* "/Engine/BasicShapes/Cube.Cube" */
  const char *material_property; /* "color" */
  const char *material_value;    /* "#ff0000" */
  float intensity;               /* in the unit of the light */
  uesynth_vector3 color;         /* red, green, blue from 0 to 1 */
} uesynth_action;

#define UESYNTH_ACTION_INIT                                                                        \
  {sizeof(uesynth_action), 0, NULL, UESYNTH_TRANSFORM_INIT, 0, 0, 0, NULL, NULL, NULL, 1, {1, 1, 1}}

/* ---- Frames ----------------------------------------------------------------------------------- */

/* A picture: immutable, reference-counted, independent of the client that received it. */
typedef struct uesynth_frame uesynth_frame;

/* What the bytes of a frame were found to be, by their first bytes and their length. */
enum {
  UESYNTH_FORMAT_UNKNOWN = 0, /* the bytes as they came: they fit no format of this modality */
  UESYNTH_FORMAT_RGBA8 = 1,   /* height x width x 4, uint8 */
  UESYNTH_FORMAT_RGB8 = 2,    /* height x width x 3, uint8 */
  UESYNTH_FORMAT_BGRA8 = 3,   /* height x width x 4, uint8 */
  UESYNTH_FORMAT_GRAY8 = 4,   /* height x width, uint8 */
  UESYNTH_FORMAT_F32 = 5,     /* height x width, float32: depth in cm along the camera's axis */
  UESYNTH_FORMAT_F32X2 = 6,   /* height x width x 2, float32: flow in pixels */
  UESYNTH_FORMAT_F32X3 = 7,   /* height x width x 3, float32: normals in the world, length 1 */
  UESYNTH_FORMAT_U32 = 8,     /* height x width, uint32: instance ids, 0 is nothing */
  UESYNTH_FORMAT_F16 = 9,     /* height x width, half float */
  UESYNTH_FORMAT_PNG = 10,    /* a PNG file */
  UESYNTH_FORMAT_JPEG = 11,   /* a JPEG file */
  UESYNTH_FORMAT_EXR = 12,    /* an OpenEXR file */

  /* No frame comes in these; uesynth_frame_decode makes them. There F32X3 too is colours from 0 to 1. */
  UESYNTH_FORMAT_BGR8 = 32,         /* height x width x 3, uint8 */
  UESYNTH_FORMAT_GRAY16 = 33,       /* height x width, uint16 */
  UESYNTH_FORMAT_F32X4 = 34,        /* height x width x 4, float32: red, green, blue, alpha */
  UESYNTH_FORMAT_F32X3_PLANAR = 35, /* 3 x height x width, float32: red, green, blue */
  UESYNTH_FORMAT_F32X4_PLANAR = 36  /* 4 x height x width, float32: red, green, blue, alpha */
};

/* NAMES OF FORMATS that are recognised in what a server claims, small or capital:
 *     RGBA8  "rgba" "rgba8"                            F32    "float32" "f32" "depth32f" "32fc1"
 *     RGB8   "rgb" "rgb8"                              F32X2  "float32x2" "f32x2" "32fc2"
 *     BGRA8  "bgra" "bgra8"                            F32X3  "float32x3" "f32x3" "32fc3"
 *     GRAY8  "gray" "grey" "gray8" "mono8" "l8"        U32    "uint32" "u32" "32uc1"
 *     PNG    "png"    JPEG "jpeg" "jpg"    EXR "exr"   F16    "float16" "f16" "half"
 * A claim is believed if the number of bytes fits it; "float32" fits F32X2 and F32X3 too where the
 * modality has them. Any other name claims nothing: the modality and the number of bytes decide. */

/* What is to be known about a frame before it is trusted. */
enum {
  UESYNTH_FRAME_FORMAT_MISMATCH = 1u << 0, /* the server claimed another format than was found */
  UESYNTH_FRAME_SIZE_MISMATCH = 1u << 1,   /* the length does not fit width and height: format is
                                              UNKNOWN, stride 0 */
  UESYNTH_FRAME_PLACEHOLDER = 1u << 2,     /* all zeros under a wrong label: a server that has not
                                              implemented this modality */
  UESYNTH_FRAME_EMPTY = 1u << 3,           /* no bytes at all */
  UESYNTH_FRAME_CHANGE_FAILED = 1u << 4,   /* a change that had to come first (see ORDER) did not succeed,
                                              and none of its kind and name has since: the scene may not
                                              be what was asked for */
  UESYNTH_FRAME_HOST_MEMORY = 1u << 5,     /* the bytes lie in memory of yours */
  UESYNTH_FRAME_HAS_POSE = 1u << 6         /* pose is the camera's last acknowledged one */
};

typedef struct uesynth_frame_info {
  uint32_t struct_size;
  uint32_t modality;      /* UESYNTH_MODALITY_... */
  const uint8_t *data;    /* aligned to 64 bytes unless it is memory of yours; never NULL */
  size_t size;            /* bytes at data */
  uint32_t width, height; /* pixels, as the server said; for files see their headers */
  size_t stride;          /* bytes from row to row; 0 where there are no rows (files, UNKNOWN) */
  uint32_t format;        /* UESYNTH_FORMAT_..., as found */
  uint32_t flags;         /* UESYNTH_FRAME_... */
  const char *claimed_format; /* what the server called it: "rgba" (see NAMES OF FORMATS); valid as
                                 long as the frame */
  const char *camera;         /* as it was asked for; valid as long as the frame */
  uint64_t sequence;          /* 1, 2, 3 ... per client in order of arrival */
  uint64_t request_id;
  uint64_t cookie;
  uint64_t dropped_before;  /* frames of this camera and modality that were dropped, for whatever
                               cause but settling, since one was last handed over; 0 until this one
                               is. Counted for the 64 pairs of camera and modality that sent last */
  int64_t submitted_ns;     /* when the request was submitted, */
  int64_t sent_ns;          /* handed to the socket, */
  int64_t first_byte_ns;    /* when the first byte of the reply came, */
  int64_t completed_ns;     /* the last one, */
  int64_t delivered_ns;     /* and when the frame was first handed to the host (0: not yet) */
  uesynth_transform pose;   /* with HAS_POSE: what the last change of this camera's pose that the
                               server acknowledged before this picture came has set. Whether the
                               picture shows it is the server's business */
} uesynth_frame_info;

#define UESYNTH_FRAME_INFO_INIT                                                                    \
  {sizeof(uesynth_frame_info), 0, NULL, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0,    \
   UESYNTH_TRANSFORM_INIT}

/* Fills *info. The pointers in it stay valid as long as you hold the frame. */
uesynth_status uesynth_frame_view(const uesynth_frame *frame, uesynth_frame_info *info);

/* One more reference. Returns frame. */
uesynth_frame *uesynth_frame_retain(uesynth_frame *frame);

/* One reference less; the last one lets the memory go. A release too many is ignored as long as the
 * handle was not used for another frame. */
void uesynth_frame_release(uesynth_frame *frame);

/* ---- Replies and events ----------------------------------------------------------------------- */

enum {
  UESYNTH_REPLY_SUCCESS = 1u << 0,  /* success was set. Replies to GET_... are known to leave it unset
                                       and to be right; a command whose reply does not set it was
                                       not carried out: UESYNTH_UNKNOWN, with the server's words. One
                                       whose reply sets it and says "not yet implemented" was not
                                       either, which is the plugin's way: UESYNTH_UNIMPLEMENTED */
  UESYNTH_REPLY_TRANSFORM = 1u << 1 /* transform is there */
};

/* What the server answered, besides pictures. May grow at its end; read it where it lies. */
typedef struct uesynth_reply {
  uint32_t struct_size;
  uint32_t flags; /* UESYNTH_REPLY_... */
  uesynth_transform transform;
  const char *message; /* the server's words, "" if there were none */
  size_t name_count;   /* LIST_OBJECTS */
  const char *const *names;
} uesynth_reply;

typedef struct uesynth_frameset uesynth_frameset; /* see FRAMESETS */

enum {
  UESYNTH_EVENT_COMPLETED = 1, /* a request is over: exactly one for each */
  UESYNTH_EVENT_FRAMESET = 2,  /* a frameset is over: exactly one for each */
  UESYNTH_EVENT_SAVED = 3,     /* uesynth_client_save: a save is over, exactly one for each */
  UESYNTH_EVENT_STATE = 4,     /* uesynth_client_watch: the connection has changed */
  UESYNTH_EVENT_LOG = 5        /* uesynth_client_watch: what the library has to say */
};

/* What is over. A frame that was handed out by another way before its event was (by id, as the latest), or
 * that gave way (see OVERFLOW), is not there any more: the event's status is UESYNTH_NO_FRAME, though the
 * request counts as one that succeeded. */
typedef struct uesynth_event {
  uint32_t struct_size;
  uint32_t type; /* UESYNTH_EVENT_... */
  uint64_t request_id;        /* SAVED: of the request that the frame answers, and its action */
  uint64_t cookie;
  uesynth_status status;      /* STATE: UESYNTH_OK, or why the connection was lost or not made */
  uint32_t action;            /* UESYNTH_ACTION_...; STATE: UESYNTH_STATE_..., LOG: UESYNTH_LOG_... */
  const char *message;        /* what happened and what to do; on success "", SAVED: the path */
  uesynth_frame *frame;       /* COMPLETED, a capture that succeeded; else NULL */
  const uesynth_reply *reply; /* COMPLETED, any other action that succeeded; else NULL */
  const uesynth_frameset *frameset; /* FRAMESET: its parts; else NULL */
  void *reserved;                   /* the library's */
} uesynth_event;

#define UESYNTH_EVENT_INIT {sizeof(uesynth_event), 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL}

/* Lets go of what OWNED events hold. event_size is sizeof(uesynth_event). To keep a frame, move it
 * out first: copy the pointer and set event.frame to NULL; it is then OWNED by you. An event whose
 * frame, frameset and reserved are NULL holds nothing and need not be released: that is how
 * UESYNTH_EVENT_INIT makes it, how a release leaves it, and how NOTIFY_ONLY brings a success. */
void uesynth_events_release(uesynth_event *events, size_t count, size_t event_size);

/* Runs on the DELIVERY THREAD. The event and all it points to are BORROWED; keep the frame by
 * uesynth_frame_retain. */
typedef void (*uesynth_event_fn)(const uesynth_event *event, void *user_data);

/* Tells that the library is done with user_data. Runs exactly once for each registration, after the
 * last callback with it, on any thread; also when the registering function fails. */
typedef void (*uesynth_destroy_fn)(void *user_data);

/* ---- Host memory ------------------------------------------------------------------------------ */

/* Where a client's pictures are to lie, instead of the library's own pool: pinned, shared or mapped
 * memory. Called on any thread, never with a lock of the library held. */
typedef struct uesynth_allocator {
  uint32_t struct_size;
  /* Memory for one picture; NULL fails that request with UESYNTH_RESOURCE_EXHAUSTED. Called only for
   * a length that fits the size asked for, or once 64 KiB of the picture have come. */
  void *(*allocate)(size_t size, size_t alignment, void *user_data);
  void (*deallocate)(void *memory, size_t size, void *user_data);
  void *user_data;
  uesynth_destroy_fn destroy; /* after the last deallocate; may be NULL */
} uesynth_allocator;

#define UESYNTH_ALLOCATOR_INIT {sizeof(uesynth_allocator), NULL, NULL, NULL, NULL}

/* ---- Runtime: what several clients can share -------------------------------------------------- */

typedef struct uesynth_runtime uesynth_runtime;

enum {
  UESYNTH_THREAD_LOOP = 1,     /* does the I/O of its clients */
  UESYNTH_THREAD_DELIVERY = 2, /* runs the callbacks of one client */
  UESYNTH_THREAD_WORKER = 3    /* index 0 saves frames to files, from the first uesynth_client_save on; the
                                  others, one a processor and at most 8, inflate compressed pictures */
};

/* Runs on a thread of the library, first or last thing on it: set its name, affinity, priority. */
typedef void (*uesynth_thread_fn)(uint32_t role, uint32_t index, void *user_data);

typedef struct uesynth_runtime_options {
  uint32_t struct_size;
  uint32_t loop_threads; /* 1 to 64; clients are spread over them */
  uint64_t memory_bytes; /* cap for frames and messages of all its clients together, to within the windows
                            that their open streams were granted (with one lane, it a sixteenth of
                            stream_buffer_bytes, a direct call a sixty-fourth, neither more than
                            16 MiB); 0: none beyond the clients' own stream_buffer_bytes */
  uesynth_thread_fn thread_started;  /* may be NULL */
  uesynth_thread_fn thread_stopping; /* may be NULL */
  void *user_data;
  uesynth_destroy_fn destroy; /* after the last thread has ended; may be NULL */
} uesynth_runtime_options;

#define UESYNTH_RUNTIME_OPTIONS_INIT                                                               \
  {sizeof(uesynth_runtime_options), 1, 0, NULL, NULL, NULL, NULL}

/* options may be NULL. *runtime is OWNED: uesynth_runtime_free. */
uesynth_status uesynth_runtime_new(const uesynth_runtime_options *options,
                                   uesynth_runtime **runtime);

/* Lets go of the runtime; it ends with the last of its clients, the worker that saves with the
   last save. */
void uesynth_runtime_free(uesynth_runtime *runtime);

/* ---- Client ----------------------------------------------------------------------------------- */

typedef struct uesynth_client uesynth_client;

/* How a request travels. */
enum {
  UESYNTH_ROUTE_AUTO = 0,   /* by stream what streams are known to answer, the rest by unary RPC */
  UESYNTH_ROUTE_STREAM = 1, /* ControlStream: the fastest, answered in order */
  UESYNTH_ROUTE_DIRECT = 2  /* an RPC of its own */
};

/* OVERFLOW: what gives way when undelivered frames reach stream_buffer_size or stream_buffer_bytes.
 * Frames that a newer one of the same camera and modality has superseded (see
 * uesynth_client_latest_frame) always go first, oldest first. */
enum {
  UESYNTH_OVERFLOW_BLOCK = 0,       /* nothing: the server is granted no more credit and waits. If
                                       nobody waits in a poll or a fetch, none of the frames is for a
                                       callback, and nobody has polled or fetched for one timeout, the
                                       oldest frame gives way to the next, and so on until somebody does */
  UESYNTH_OVERFLOW_DROP_OLDEST = 1, /* the oldest frame */
  UESYNTH_OVERFLOW_DROP_NEWEST = 2, /* the frame that has just come */
  UESYNTH_OVERFLOW_LATEST = 3       /* every frame that a newer one of its camera and modality has
                                       followed, at any time: one of each is kept */
};

/* What a submit does when max_concurrent_requests are under way. */
enum {
  UESYNTH_WHEN_FULL_WAIT = 0,       /* wait for room, at most one timeout (with OVERFLOW_BLOCK two,
                                       since frames may have to give way first), then return
                                       UESYNTH_WOULD_BLOCK */
  UESYNTH_WHEN_FULL_WOULD_BLOCK = 1 /* return UESYNTH_WOULD_BLOCK */
};

/* TLS: 1.2 or later, HTTP/2 by ALPN. The server's certificate must be valid, signed by a CA that is
 * trusted, and for the target's host name or address; a client that was told to use TLS never talks
 * without. Everything is read while uesynth_client_new runs; what cannot be used is UESYNTH_MISUSE. The
 * texts in PEM may have 4 MiB. */
typedef struct uesynth_tls_options {
  uint32_t struct_size;
  uint32_t reserved;            /* 0 */
  const char *ca_file;          /* PEM: the CAs that are trusted, or the server's own certificate; */
  const char *ca_pem;           /* or the same as text. Both NULL: the system's CAs */
  const char *certificate_file; /* PEM: a client certificate, followed by those between it and its CA, */
  const char *certificate_pem;  /* or as text. Both NULL: none */
  const char *key_file;         /* PEM: its private key, not encrypted, */
  const char *key_pem;          /* or as text */
  const char *server_name;      /* the name that the certificate must have, that is asked for (SNI) and
                                   that stands in :authority, instead of the target's; NULL: that */
} uesynth_tls_options;

#define UESYNTH_TLS_OPTIONS_INIT                                                                   \
  {sizeof(uesynth_tls_options), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/* METADATA. Key and value pairs that go with every call: credentials, mostly. Keys are [0-9a-z_.-], not
 * beginning with "grpc-" and none of HTTP's own; capitals become small. Values are printable ASCII, or
 * under a key that ends with "-bin" any bytes. All pairs of a call together may have 7 KiB. */
typedef struct uesynth_metadata {
  const char *key;
  const void *value;
  size_t size; /* bytes at value; 0: value is a string that ends with NUL (or NULL: it is empty) */
} uesynth_metadata;

typedef struct uesynth_metadata_list uesynth_metadata_list;

/* Asks for the metadata of one call, beside those that all calls have: add them by
 * uesynth_metadata_list_add. method is "/uesynth.UESynthService/CaptureRgbImage"; a ControlStream is one
 * call, however many requests go through it. list and method are BORROWED. Runs on a thread of its own,
 * one at a time; the call waits for it within its timeout, other calls do not. A status that is not
 * UESYNTH_OK is what the call then ends with (one that is none of the library's counts as
 * UESYNTH_UNAUTHENTICATED). Functions that wait for this client must not be called. */
typedef uesynth_status (*uesynth_metadata_fn)(const char *method, uesynth_metadata_list *list,
                                              void *user_data);

/* Adds a pair; key and value are copied. Only while the callback that was given the list runs.
 * UESYNTH_MISUSE: see METADATA. */
uesynth_status uesynth_metadata_list_add(uesynth_metadata_list *list, const char *key,
                                         const void *value, size_t size);

/* COMPRESSION. Whether the server is told that it may compress replies (gzip, deflate). What it compresses
 * without having been told is read all the same. The choice for a call, or for a ControlStream, is made
 * when it opens. Long requests (1 KiB and more) are compressed with ON, once the server has said that it
 * takes that; shorter ones never are. */
enum {
  UESYNTH_COMPRESSION_OFF = 0,
  UESYNTH_COMPRESSION_ON = 1,
  UESYNTH_COMPRESSION_AUTO = 2 /* while it pays: compressing and inflating a picture takes longer than
                                  sending it as it is, unless the link carries less than some 12 MB/s.
                                  Decided by what was measured on this connection; off until then */
};

typedef struct uesynth_client_options {
  uint32_t struct_size;
  uint32_t lanes;                   /* ControlStreams side by side, 1 to 64; a server works each one
                                       in order. 0: the library finds out how many pay, up to 16 */
  int64_t timeout_ms;               /* for requests that name none, 1 to 86400000. On a stream it
                                       bounds the server's silence: its clock runs while the request
                                       is the oldest unanswered one. Elsewhere it counts from submit */
  int64_t connect_timeout_ms;       /* one attempt to connect */
  uint64_t stream_buffer_bytes;     /* hard cap: granted credit, messages on their way, undelivered
                                       frames; at least 1 MiB. Pictures of up to half of it always fit */
  uint32_t stream_buffer_size;      /* undelivered frames, at least 1 */
  uint32_t max_concurrent_requests; /* 1 to 1000000 */
  uint64_t max_receive_message_length; /* bytes; a longer reply is UESYNTH_RESOURCE_EXHAUSTED */
  uint32_t overflow;                /* UESYNTH_OVERFLOW_... */
  uint32_t when_full;               /* UESYNTH_WHEN_FULL_... */
  uint32_t distinct_cameras;        /* 1: cameras of different names are different cameras, so that
                                       changes of them need not wait for each other. 0 (the plugin as
                                       it is today): all names are one camera */
  uint32_t max_retries;             /* how often a direct capture is tried again that the server failed
                                       with INTERNAL "Failed to capture image", as it does before its
                                       viewport is there; within the deadline and a budget; at most 100 */
  uesynth_runtime *runtime;           /* to be shared; NULL: one of its own */
  const uesynth_allocator *allocator; /* BORROWED; NULL: the library's pool */
  uint64_t max_send_message_length;   /* bytes; a longer request is UESYNTH_RESOURCE_EXHAUSTED. A server
                                         takes 4 MiB unless told otherwise */
  int64_t initial_backoff_ms; /* the pause after a failed attempt to connect, counted from its start; */
  int64_t max_backoff_ms;     /* it grows by 1.6 each time up to this. 1 to 86400000 */
  int64_t keepalive_ms;       /* ping a server that was silent for so long; 0: never, 1 to 9999 count as
                                 10000. A stock gRPC server takes pings that come less than 300000 apart
                                 for an attack and hangs up; the interval then doubles. A dead machine is
                                 found without, in 20 s, by TCP itself */
  int64_t keepalive_timeout_ms;     /* and so long after such a ping it is lost; 1 to 86400000 */
  uint32_t keepalive_without_calls; /* 1: ping also when nothing is under way */
  uint32_t max_pings_without_data;  /* pings between two requests; 0: any number */
  uint32_t compression;               /* UESYNTH_COMPRESSION_... */
  uint32_t insecure_metadata;         /* 1: metadata may be sent without TLS, for all to read */
  uint32_t busy_poll_us;              /* for so long a thread that waits for the library looks without
                                         sleeping, at most 1000000: an answer that comes meanwhile is
                                         not held up by waking it. Takes a processor; 0: sleeps at once */
  uint32_t reserved;                  /* 0 */
  const uesynth_tls_options *tls;     /* BORROWED; NULL: no TLS, everything is sent for all to read */
  const uesynth_metadata *metadata;   /* BORROWED: pairs that go with every call; may be NULL */
  size_t metadata_count;              /* with metadata or metadata_callback tls must be set, or
                                         insecure_metadata */
  uesynth_metadata_fn metadata_callback; /* asked before each call; may be NULL */
  void *metadata_user_data;
  uesynth_destroy_fn metadata_destroy; /* after the last metadata_callback, also when
                                          uesynth_client_new fails; may be NULL */
} uesynth_client_options;

enum {
  UESYNTH_PRESET_DEFAULT = 0,         /* 5 s, 1,024 frames, 512 MiB, 1,024 requests */
  UESYNTH_PRESET_DEVELOPMENT = 1,     /* 30 s, 1,024 frames, 256 MiB, 50 requests */
  UESYNTH_PRESET_PRODUCTION = 2,      /* 2 s, 4,096 frames, 512 MiB, 500 requests; compression AUTO,
                                         keepalive after 30 s */
  UESYNTH_PRESET_HIGH_THROUGHPUT = 3, /* 1 s, 8,192 frames, 1 GiB, 1,000 requests; compression AUTO,
                                         messages of 200 MiB, keepalive after 10 s */
  UESYNTH_PRESET_LOW_MEMORY = 4       /* 5 s, 1,024 frames, 64 MiB, 100 requests; compression AUTO */
};

#define UESYNTH_CLIENT_OPTIONS_INIT                                                                \
  {sizeof(uesynth_client_options), 1, 5000, 20000, (uint64_t)512 << 20, 1024, 1024,                 \
   (uint64_t)64 << 20, UESYNTH_OVERFLOW_BLOCK, UESYNTH_WHEN_FULL_WAIT, 0, 3, NULL, NULL,            \
   (uint64_t)4 << 20, 1000, 120000, 0, 20000, 0, 2, UESYNTH_COMPRESSION_OFF, 0, 0, 0,             \
   NULL, NULL, 0, NULL, NULL, NULL}

/* Writes a preset over *options (whose struct_size must be set). DEFAULT equals the INIT macro. */
uesynth_status uesynth_client_options_preset(uint32_t preset, uesynth_client_options *options);

/* Sets the option that a gRPC channel argument of this name stands for, such as "grpc.keepalive_time_ms":
 *     grpc.keepalive_time_ms, grpc.keepalive_timeout_ms, grpc.keepalive_permit_without_calls,
 *     grpc.http2.max_pings_without_data, grpc.initial_reconnect_backoff_ms,
 *     grpc.max_reconnect_backoff_ms, grpc.max_receive_message_length, grpc.max_send_message_length,
 *     grpc.default_compression_algorithm (0: COMPRESSION_OFF, 1 and 2: COMPRESSION_ON)
 * A length of -1 is no limit, a time of INT32_MAX or more is never. Other arguments of gRPC that tune a
 * client are accepted and do nothing; what is none is UESYNTH_NOT_FOUND. */
uesynth_status uesynth_client_options_channel_argument(uesynth_client_options *options,
                                                       const char *name, int64_t value);

/* Reads UESYNTH_TIMEOUT (seconds) and UESYNTH_ENABLE_SSL (1, true, yes, on, or 0, false, no, off: sets
 * tls, unless it is set, to static memory that says what UESYNTH_TLS_OPTIONS_INIT does, or to NULL) into
 * *options, and UESYNTH_HOST and UESYNTH_PORT into target (of capacity bytes, as "host:port"; localhost
 * and 50051 unless set). The library never looks at the environment otherwise. A value that cannot be read
 * is UESYNTH_MISUSE and names the variable; a target that does not fit is UESYNTH_BUFFER_TOO_SMALL.
 * options or target may be NULL. */
uesynth_status uesynth_client_options_environment(uesynth_client_options *options, char *target,
                                                  size_t capacity);

/* Makes a client of the server at target: "host", "host:port", "10.0.0.5:50051", "[::1]:50051",
 * "dns:///host:port", "ipv4:10.0.0.5:50051", "ipv6:[::1]:50051", "unix:/run/uesynth.sock". The port is
 * 50051 unless given. Does not connect yet: the first request does. options may be NULL. *client is
 * OWNED: uesynth_client_free. A target that cannot be read or an option out of range is
 * UESYNTH_MISUSE. */
uesynth_status uesynth_client_new(const char *target, const uesynth_client_options *options,
                                  uesynth_client **client);

/* Connects and waits until the server has answered, at most timeout_ms. UESYNTH_UNAVAILABLE says why
 * not; the client goes on trying whenever it is used. With a timeout of 0 it begins to connect, and says
 * how the last attempt ended, or UESYNTH_DEADLINE_EXCEEDED while the first is under way. NOT IN A
 * CALLBACK. */
uesynth_status uesynth_client_connect(uesynth_client *client, int64_t timeout_ms);

enum {
  UESYNTH_STATE_IDLE = 0,       /* not connected, and nothing asks for it */
  UESYNTH_STATE_CONNECTING = 1,
  UESYNTH_STATE_READY = 2,
  UESYNTH_STATE_BACKOFF = 3,    /* the last attempt failed; the next one is due soon */
  UESYNTH_STATE_CLOSED = 4
};

/* Writes what the client is doing now: UESYNTH_STATE_... */
uesynth_status uesynth_client_state(const uesynth_client *client, uint32_t *state);

/* Makes memory ready for count pictures (1 to 64) of size bytes each, 1920 * 1080 * 4 say: mapped and
 * touched, so that the first pictures cost no more than later ones (pool_misses). Pictures of other sizes
 * get nothing of it. What is free already counts; the pool belongs to the runtime and keeps 256 MiB free,
 * or as much as is in use, buffers of sizes that are out of use giving way. Takes some 0.3 ms per MB.
 * UESYNTH_MISUSE: the client
 * has an allocator. UESYNTH_RESOURCE_EXHAUSTED: more than the pool keeps, or memory has run out. */
uesynth_status uesynth_client_prewarm(uesynth_client *client, size_t size, uint32_t count);

/* Ends every request that is under way with UESYNTH_CLOSED, then the connection. Their events still
 * arrive; frames that were received can still be fetched. What was sent may have taken effect. */
uesynth_status uesynth_client_close(uesynth_client *client);

/* Closes the client if need be and lets it go. Returns within 100 ms plus the time of a callback that
 * is running; after it has returned no callback runs, and completions that had not been called back until
 * then are let go unseen: to hear of all, uesynth_client_close and wait for them first. IN A CALLBACK it
 * returns at once, and the client goes when the callback has returned. Frames and events that you own stay
 * valid. A handle must not be used after it was freed, nor freed twice. */
void uesynth_client_free(uesynth_client *client);

/* ---- Requests --------------------------------------------------------------------------------- */

/* ORDER. A change (of a pose, an object, a material, a light, a resolution) takes effect before every
 * read and capture that is submitted after it, and after all those submitted before it, whatever route
 * each one takes. Reads and captures may overtake each other, and so may changes of different names.
 * All cameras count as one name unless distinct_cameras is set. What is captured behind a change that
 * failed says so (UESYNTH_FRAME_CHANGE_FAILED) until a change of that kind and name succeeds, or what has
 * that name is made or destroyed; a change with UESYNTH_SUBMIT_ORDER_NONE leaves no such mark. */

enum {
  UESYNTH_SUBMIT_NOTIFY_ONLY = 1u << 0, /* the event, by callback or queue, comes without the frame,
                                           which stays with the client until it is taken by its
                                           request id */
  UESYNTH_SUBMIT_NO_EVENT = 1u << 1,    /* no event at all; a frame stays with the client. A callback
                                           that is given all the same never runs, and is done with
                                           at once */
  UESYNTH_SUBMIT_ORDER_NONE = 1u << 2,  /* this request keeps no ORDER with others */
  UESYNTH_SUBMIT_WAIT_FOR_READY = 1u << 3 /* while there is no connection it waits for one, instead of
                                             failing with the reason; its timeout counts from submit */
};

typedef struct uesynth_submit_options {
  uint32_t struct_size;
  uint32_t flags;     /* UESYNTH_SUBMIT_... */
  uint32_t route;     /* UESYNTH_ROUTE_... */
  uint32_t reserved;  /* 0 */
  int64_t timeout_ms; /* end to end, from submit; 0: the client's timeout with its rules */
  uint64_t cookie;    /* comes back on the event and the frame */
  /* Memory of yours for a capture's picture, or NULL. It must stay valid until destination_done has
   * run: when neither the library nor a frame refers to it any more. If the picture does not fit, the
   * request fails with UESYNTH_BUFFER_TOO_SMALL. Not for batches and subscriptions. Other actions than
   * captures do not use it, and are done with it when they are over. */
  void *destination;
  size_t destination_capacity;
  uesynth_destroy_fn destination_done; /* may be NULL */
  void *destination_user_data;
} uesynth_submit_options;

#define UESYNTH_SUBMIT_OPTIONS_INIT                                                                \
  {sizeof(uesynth_submit_options), 0, UESYNTH_ROUTE_AUTO, 0, 0, 0, NULL, 0, NULL, NULL}

/* Does one action and waits for its outcome, which is the return value and event->status. *event
 * (struct_size set) is written whatever the outcome once the request was accepted (event->type is then
 * UESYNTH_EVENT_COMPLETED), and OWNED: uesynth_events_release(event, 1, sizeof *event). options may be
 * NULL; its flags NOTIFY_ONLY and NO_EVENT do not apply. */
uesynth_status uesynth_client_call(uesynth_client *client, const uesynth_action *action,
                                   const uesynth_submit_options *options, uesynth_event *event);

/* The commonest calls. width and height 0 leave the size to the server; *frame is OWNED:
 * uesynth_frame_release. */
uesynth_status uesynth_client_capture(uesynth_client *client, uint32_t modality,
                                      const char *camera, uint32_t width, uint32_t height,
                                      uesynth_frame **frame);
uesynth_status uesynth_client_set_camera_transform(uesynth_client *client, const char *camera,
                                                   const uesynth_transform *transform);
uesynth_status uesynth_client_get_camera_transform(uesynth_client *client, const char *camera,
                                                   uesynth_transform *transform);
uesynth_status uesynth_client_set_object_transform(uesynth_client *client, const char *object,
                                                   const uesynth_transform *transform);
uesynth_status uesynth_client_get_object_transform(uesynth_client *client, const char *object,
                                                   uesynth_transform *transform);

/* Hands over one action and returns. Its completion goes to callback if there is one, otherwise to the
 * queue that uesynth_client_poll reads. options, request_id, callback and destroy may be NULL. When the
 * client is full (see when_full) this waits or returns UESYNTH_WOULD_BLOCK. A failing submit leaves no
 * event. */
uesynth_status uesynth_client_submit(uesynth_client *client, const uesynth_action *action,
                                     const uesynth_submit_options *options, uint64_t *request_id,
                                     uesynth_event_fn callback, void *user_data,
                                     uesynth_destroy_fn destroy);

/* Submits count actions (action_size is sizeof *actions, and counts instead of each one's struct_size) in
 * one go, which costs less than one by one; each is a request of its own. All are checked before the
 * first is accepted. *submitted says how many
 * were accepted, and is written whatever the outcome: fewer than count only if the client was full and
 * may not wait, waited in vain, or was closed. request_ids (room for count), submitted, options,
 * callback and destroy may be NULL; destroy runs once, after the last callback. A count of 0 is
 * UESYNTH_OK and does nothing (actions may be NULL then; destroy runs). */
uesynth_status uesynth_client_submit_batch(uesynth_client *client, const uesynth_action *actions,
                                           size_t count, size_t action_size,
                                           const uesynth_submit_options *options,
                                           uint64_t *request_ids, size_t *submitted,
                                           uesynth_event_fn callback, void *user_data,
                                           uesynth_destroy_fn destroy);

/* Decides a request's outcome to be UESYNTH_CANCELLED, if nothing has decided it yet
 * (UESYNTH_ALREADY_COMPLETED, as for an id that never was). Its completion still arrives. What was sent
 * may have taken effect. */
uesynth_status uesynth_client_cancel(uesynth_client *client, uint64_t request_id);

/* ---- FRAMESETS: one pose, many pictures ------------------------------------------------------- */

/* A camera is moved, what it shows may settle, and any number of captures follow, of any modalities and
 * cameras: submitted in one go, completed once, with a status for each part. Each request in it counts as
 * one (max_concurrent_requests, statistics) and keeps ORDER; a part that the server cannot do or never
 * answers is marked, and waited for no longer than its own time.
 *
 * That two pictures are of one engine tick is never claimed: the wire does not tell. spread_ns says how
 * far apart they arrived. */
typedef struct uesynth_frameset_part { /* never grows */
  uint32_t modality;
  uint32_t width, height; /* 0 leaves the size to the server */
  uint32_t reserved;      /* 0 */
  const char *camera;
} uesynth_frameset_part;

typedef struct uesynth_frameset_options {
  uint32_t struct_size;
  uint32_t route;                     /* UESYNTH_ROUTE_... for every request of the set */
  const char *camera;                 /* the camera that is moved */
  const uesynth_transform *transform; /* its whole pose; NULL: nothing is moved, and nothing settles */
  const uesynth_frameset_part *parts; /* BORROWED */
  size_t part_count;                  /* 1 to 256 */
  uint32_t settle_captures;           /* captures of the first part that are thrown away before the kept
                                         ones (frames_dropped_settling), at most 64 */
  uint32_t verify;                    /* 1: read the pose back after the captures */
  int64_t settle_ms;                  /* wait so long after the pose was acknowledged, at most 60000 */
  int64_t timeout_ms;                 /* for each request; 0: the client's timeout with its rules */
  uint64_t cookie;
} uesynth_frameset_options;

#define UESYNTH_FRAMESET_OPTIONS_INIT                                                              \
  {sizeof(uesynth_frameset_options), UESYNTH_ROUTE_AUTO, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0}

typedef struct uesynth_frameset_result { /* never grows */
  uesynth_status status;
  uint32_t modality;
  const char *message;  /* "" on success */
  uesynth_frame *frame; /* NULL unless status is UESYNTH_OK */
} uesynth_frameset_result;

enum {
  UESYNTH_FRAMESET_VERIFIED = 1u << 0,  /* the pose that was read back is the one that was set, within
                                           0.05 cm and 0.05 degrees */
  UESYNTH_FRAMESET_DIFFERENT = 1u << 1  /* it is another one. Neither: not asked for, or not answered */
};

/* What became of a frameset. May grow at its end; read it where it lies. */
struct uesynth_frameset {
  uint32_t struct_size;
  uint32_t flags;             /* UESYNTH_FRAMESET_... */
  uesynth_status pose_status; /* how moving the camera ended */
  uint32_t settled;           /* captures that were thrown away */
  int64_t spread_ns;          /* from the arrival of the first kept picture to the last one's */
  uesynth_transform read_back; /* with one of the flags: what was read back */
  size_t result_count;
  const uesynth_frameset_result *results; /* in the order of the parts */
};

/* Runs a frameset and waits for its end. The return value and event->status are UESYNTH_OK if the pose and
 * every part succeeded, otherwise the first status that was another. *event (struct_size set) is written
 * whatever the outcome once the set was accepted, and OWNED: uesynth_events_release. */
uesynth_status uesynth_client_capture_set(uesynth_client *client,
                                          const uesynth_frameset_options *options,
                                          uesynth_event *event);

/* Hands over a frameset and returns; its one event goes to callback, or to the queue if that is NULL.
 * request_id can be cancelled. request_id, callback and destroy may be NULL. */
uesynth_status uesynth_client_submit_set(uesynth_client *client,
                                         const uesynth_frameset_options *options,
                                         uint64_t *request_id, uesynth_event_fn callback,
                                         void *user_data, uesynth_destroy_fn destroy);

/* ---- Events by polling ------------------------------------------------------------------------ */

/* Takes up to capacity events (event_size is sizeof(uesynth_event)) from the queue, waiting at most
 * timeout_ms for the first. While a dozen requests and more are under way, some replies are let
 * gather before a thread that waits is woken: up to a quarter of what is under way, for a sixteenth of
 * the time that they took, or 30 microseconds where they come in crowds, and never for more than a
 * millisecond. What lay in events before is not looked at; the first *count of them are OWNED:
 * uesynth_events_release. UESYNTH_OK with at least one event, UESYNTH_WOULD_BLOCK if none came in
 * time, UESYNTH_CLOSED if the client is closed and the queue empty. A capacity of 0 is
 * UESYNTH_MISUSE. Several threads may poll. IN A CALLBACK it never waits. */
uesynth_status uesynth_client_poll(uesynth_client *client, uesynth_event *events, size_t capacity,
                                   size_t event_size, int64_t timeout_ms, size_t *count);

/* A descriptor that is readable exactly while the queue is not empty: for epoll, poll, select, asyncio.
 * It stays the library's: wait on it, but do not read, write or close it. Valid as long as the client. */
uesynth_status uesynth_client_event_fd(uesynth_client *client, int *fd);

/* ---- Watching the connection ------------------------------------------------------------------ */

/* How much a log record matters. */
enum {
  UESYNTH_LOG_NONE = 0,
  UESYNTH_LOG_ERROR = 1,   /* something does not work until you do something about it */
  UESYNTH_LOG_WARNING = 2, /* something is not as it should be, and goes on */
  UESYNTH_LOG_INFO = 3,    /* what happens now and then: connections made and lost */
  UESYNTH_LOG_DEBUG = 4    /* what happens all the time */
};

typedef struct uesynth_watch_options {
  uint32_t struct_size;
  uint32_t states;    /* 1: a UESYNTH_EVENT_STATE for each change of uesynth_client_state */
  uint32_t log_level; /* a UESYNTH_EVENT_LOG for each record that matters so much or more */
  uint32_t reserved;  /* 0 */
  uint64_t cookie;
} uesynth_watch_options;

#define UESYNTH_WATCH_OPTIONS_INIT {sizeof(uesynth_watch_options), 1, UESYNTH_LOG_WARNING, 0, 0}

/* Asks for events of the connection and for log records, for callback or, if that is NULL, for the queue
 * that uesynth_client_poll reads. Takes the place of what was asked before; states 0 and log_level NONE end
 * it. At most 1,024 such events wait for you: what comes when there are so many is not kept, but counted
 * (watch_events_dropped). A client begins without; nothing is ever printed. options may be NULL: what the
 * INIT macro says. callback and destroy may be NULL. */
uesynth_status uesynth_client_watch(uesynth_client *client, const uesynth_watch_options *options,
                                    uesynth_event_fn callback, void *user_data,
                                    uesynth_destroy_fn destroy);

/* ---- Frames that stay with the client --------------------------------------------------------- */

/* The newest frame of a camera and modality, once: one that was handed out before by any way is
 * UESYNTH_NO_FRAME. Marks every earlier undelivered frame of that camera and modality as superseded.
 * With peek not 0 it only looks: the frame stays as it is, new or not, and can be looked at again (as
 * long as it is not in memory of yours). *frame is OWNED: uesynth_frame_release. */
uesynth_status uesynth_client_latest_frame(uesynth_client *client, uint32_t modality,
                                           const char *camera, int peek, uesynth_frame **frame);

/* The undelivered frame of a request, waiting at most timeout_ms for it. UESYNTH_NO_FRAME if the
 * request is unknown, was no capture, or its frame was delivered or dropped; a capture that failed, one of
 * the last 4096 with NO_EVENT or NOTIFY_ONLY, returns its status once, with what the server said in
 * uesynth_last_error; and UESYNTH_WOULD_BLOCK means not yet. *frame is OWNED: uesynth_frame_release. IN A
 * CALLBACK it never waits. */
uesynth_status uesynth_client_take_frame(uesynth_client *client, uint64_t request_id,
                                         int64_t timeout_ms, uesynth_frame **frame);

/* ---- Subscription: frames as they come -------------------------------------------------------- */

typedef struct uesynth_subscription uesynth_subscription;

typedef struct uesynth_subscription_options {
  uint32_t struct_size;
  uint32_t modality;
  const char *camera;
  uint32_t width, height;
  double rate_hz;    /* captures a second; 0: as fast as the server */
  uint32_t depth;    /* captures kept in flight, 1 to 4096; 0: the library chooses */
  uint32_t route;    /* UESYNTH_ROUTE_... */
  uint64_t cookie;
} uesynth_subscription_options;

#define UESYNTH_SUBSCRIPTION_OPTIONS_INIT                                                          \
  {sizeof(uesynth_subscription_options), UESYNTH_MODALITY_RGB, NULL, 0, 0, 0, 0, 0, 0}

/* Captures again and again until it is closed, and calls back with each event: a frame, or a failure,
 * after which it goes on. Without a callback the events go to the queue that uesynth_client_poll reads
 * and the frames stay with the client, as by UESYNTH_SUBMIT_NOTIFY_ONLY; the cookie tells whose they
 * are. While 65,536 events wait to be polled, those of such subscriptions go unseen. A beat of rate_hz
 * that finds all captures still under way is skipped, and counted (subscription_beats_missed).
 * *subscription is OWNED: uesynth_subscription_close. callback and destroy may be NULL. */
uesynth_status uesynth_client_subscribe(uesynth_client *client,
                                        const uesynth_subscription_options *options,
                                        uesynth_subscription **subscription,
                                        uesynth_event_fn callback, void *user_data,
                                        uesynth_destroy_fn destroy);

/* Ends the subscription and lets the handle go. No callback of it runs after this has returned; IN A
 * CALLBACK, after that callback. Captures under way are cancelled: a callback may hear of that
 * (UESYNTH_CANCELLED) before this returns. user_data is done with when destroy runs, which may be later. */
void uesynth_subscription_close(uesynth_subscription *subscription);

/* ---- Probe: what this server really does ------------------------------------------------------ */

/* What a server was found to do with an action. */
enum {
  UESYNTH_PROBE_NOT_PROBED = 0,
  UESYNTH_PROBE_WORKS = 1,
  UESYNTH_PROBE_STUB = 2,          /* says yes to what cannot be, or yes and "not yet implemented" */
  UESYNTH_PROBE_PLACEHOLDER = 3,   /* sends a picture, or a pose, that is none */
  UESYNTH_PROBE_UNIMPLEMENTED = 4, /* says so */
  UESYNTH_PROBE_SILENT = 5,        /* does not answer */
  UESYNTH_PROBE_FAILED = 6         /* an error that says nothing about whether it could */
};

enum {
  UESYNTH_PROBE_UNKNOWN = 0,
  UESYNTH_PROBE_NO = 1,
  UESYNTH_PROBE_YES = 2
};

enum {
  UESYNTH_PROBE_SIZE_UNKNOWN = 0,
  UESYNTH_PROBE_SIZE_SCALES = 1, /* a smaller picture shows the same view */
  UESYNTH_PROBE_SIZE_CROPS = 2   /* it shows the top left corner of it */
};

enum {
  UESYNTH_PROBE_MAY_CHANGE = 1u << 0 /* also try what changes things */
};

typedef struct uesynth_probe_report {
  uint32_t struct_size;
  uint8_t camera_names_matter; /* UESYNTH_PROBE_YES, _NO: every name is the same camera */
  uint8_t view_follows_camera; /* with MAY_CHANGE: whether pictures follow the camera's pose */
  uint8_t size;                /* UESYNTH_PROBE_SIZE_... */
  uint8_t reserved;
  uint8_t direct[32]; /* by UESYNTH_ACTION_..., as RPC of its own: what became of it */
  uint8_t stream[32]; /* the same on a ControlStream */
} uesynth_probe_report;

#define UESYNTH_PROBE_REPORT_INIT {sizeof(uesynth_probe_report), 0, 0, 0, 0, {0}, {0}}

/* Tries what the server can do, an action after the other, waiting at most timeout_ms for each, and fills
 * *report (struct_size set). Reads only, unless flags has MAY_CHANGE: then poses are set to what was read,
 * everything else is tried on names that cannot exist, and the camera is turned, looked through and put
 * back. Takes some forty calls. NOT IN A CALLBACK. */
uesynth_status uesynth_client_probe(uesynth_client *client, uint32_t flags, int64_t timeout_ms,
                                    uesynth_probe_report *report);

/* ---- Pictures --------------------------------------------------------------------------------- */

/* PNG and JPEG files are read and written by libpng and libjpeg-turbo, which are opened by the first
 * call that needs them: a program that never does is spared them. Where one is missing, such a call is
 * UESYNTH_UNIMPLEMENTED with the name of its Debian package; NPY and pixels need neither. Everywhere
 * below a frame without bytes or of format UNKNOWN is UESYNTH_MISUSE, an EXR file
 * UESYNTH_UNIMPLEMENTED, and a picture of more than 16384 pixels a side or 256000000 in all, or memory
 * that has run out, UESYNTH_RESOURCE_EXHAUSTED. */

/* Pixels in memory of yours: what is wanted, and what came of it. */
typedef struct uesynth_pixels {
  uint32_t struct_size;
  uint32_t format;      /* wanted: UESYNTH_FORMAT_...; UNKNOWN: the frame's own, of a file its own
                           GRAY8, GRAY16, RGB8 or RGBA8 */
  void *data;           /* where they go; NULL: only say what it would take. Of F32, U32 and
                           what begins with F32: aligned to 4 bytes, as the stride */
  size_t capacity;      /* bytes at data */
  size_t stride;        /* wanted: bytes from row to row, which leaves gaps untouched; 0: no gaps */
  uint32_t width;       /* what came of it: pixels, for a file those of its header, */
  uint32_t height;
  uint32_t made_format; /* UESYNTH_FORMAT_..., never UNKNOWN, */
  uint32_t reserved;    /* 0 */
  size_t made_stride;   /* the stride, of PLANAR formats that of a plane's rows, */
  size_t size;          /* and the bytes from the first pixel to the last */
} uesynth_pixels;

#define UESYNTH_PIXELS_INIT                                                                        \
  {sizeof(uesynth_pixels), UESYNTH_FORMAT_UNKNOWN, NULL, 0, 0, 0, 0, 0, 0, 0, 0}

/* Writes the frame's pixels to pixels->data, whatever the frame holds: files are decoded.
 *     from PNG, JPEG, RGBA8, RGB8, BGRA8, GRAY8  to any of these 8-bit formats, BGR8, and value / 255
 *                                                as F32X3, F32X4, F32X3_PLANAR, F32X4_PLANAR
 *     from a PNG file of 16-bit grey             also to GRAY16
 *     from F16                                   to F16, F32
 *     from F32, F32X2, F32X3, U32                to itself
 * Another pair is UESYNTH_MISUSE. A missing alpha is 255 (1.0), one that has no place is dropped, not
 * blended; grey is Rec. 601's, of a JPEG its own luma; 16 bits become 8 with rounding. Colour profiles,
 * gamma and orientation in files are not applied. What came of it is written also when data is NULL,
 * where nothing is decoded, and with UESYNTH_BUFFER_TOO_SMALL. UESYNTH_DATA_LOSS: the file is cut off
 * or damaged. After a failure the memory at data is undefined. */
uesynth_status uesynth_frame_decode(const uesynth_frame *frame, uesynth_pixels *pixels);

/* The same for frames of pixels: it never decodes, opens or allocates anything, and takes about the
 * time of a copy. A frame that is a file is UESYNTH_MISUSE. */
uesynth_status uesynth_frame_convert(const uesynth_frame *frame, uesynth_pixels *pixels);

/* Kinds of file that are written. */
enum {
  UESYNTH_FILE_PNG = 1,
  UESYNTH_FILE_JPEG = 2,
  UESYNTH_FILE_NPY = 3 /* numpy.load: height x width, or height x width x channels */
};

enum {
  UESYNTH_PICTURE_AS_IS = 0,  /* the values. Depth, ids, normals and flow only fit NPY */
  UESYNTH_PICTURE_PREVIEW = 1 /* for the eye. Depth: near is bright and warm, far dark and cold, in
                                 even steps of 1 / depth; black where nothing is (65504 cm, where
                                 Unreal's depth ends, and more; less than 0; NaN). Ids: a colour each, 0
                                 black. Normals: x, y, z from -1..1 as red, green, blue, none black.
                                 Flow: hue is the direction (right red, down green, left cyan, up
                                 violet), strength the length, white is rest. All else is AS_IS */
};

typedef struct uesynth_picture_options {
  uint32_t struct_size;
  uint32_t kind;        /* UESYNTH_PICTURE_... */
  uint32_t quality;     /* JPEG: 1 to 100 */
  uint32_t full_chroma; /* JPEG: 1: colour at full resolution (4:4:4); 0: at half of it (4:2:0) */
  int32_t compression;  /* PNG: 0 (none) to 9 (smallest, slow); -1: fast */
  uint32_t keep_alpha;  /* PNG, NPY: 1: with alpha, if there is one. 0: without, because that of a
                           viewport is often 0, and such a picture cannot be seen */
  float depth_near;     /* PREVIEW of depth, cm: what is brightest, */
  float depth_far;      /* and what is darkest; beyond 65504 only infinity is nothing. Both 0: the 1st
                           and the 99th percentile of this frame */
  float flow_full;      /* PREVIEW of flow, pixels: the length of full strength. 0: the 99th percentile
                           of this frame */
} uesynth_picture_options;

#define UESYNTH_PICTURE_OPTIONS_INIT                                                               \
  {sizeof(uesynth_picture_options), UESYNTH_PICTURE_AS_IS, 95, 0, -1, 0, 0, 0, 0}

/* Makes a file in memory: file is a UESYNTH_FILE_..., options may be NULL (what the INIT macro says).
 * Colours are red, green, blue in every file, whatever their order in the frame. A frame that is such a
 * file already is copied as it came, unchecked; only a PNG loses its alpha unless that is kept. *bytes
 * is OWNED: uesynth_bytes_free. UESYNTH_MISUSE: what the frame holds does not fit the kind of file (the
 * text says what does). UESYNTH_DATA_LOSS: as uesynth_frame_decode. */
uesynth_status uesynth_frame_encode(const uesynth_frame *frame, uint32_t file,
                                    const uesynth_picture_options *options, uint8_t **bytes,
                                    size_t *size);

/* Lets go of what uesynth_frame_encode has made. */
void uesynth_bytes_free(uint8_t *bytes);

/* The same into a file, of the kind that the path ends with: .png, .jpg, .jpeg or .npy, small or
 * capital. The file appears under its name when it is whole; on failure one that was there stays as it was.
 * UESYNTH_MISUSE: another ending, or a path that cannot be written (no such folder, no permission).
 * UESYNTH_RESOURCE_EXHAUSTED: no space. UESYNTH_INTERNAL: another error of the disk. */
uesynth_status uesynth_frame_save(const uesynth_frame *frame, const char *path,
                                  const uesynth_picture_options *options);

enum {
  UESYNTH_SAVE_NO_EVENT = 1u << 0 /* no event: uesynth_client_flush_saves tells of a failure */
};

typedef struct uesynth_save_options {
  uint32_t struct_size;
  uint32_t flags;     /* UESYNTH_SAVE_... */
  int64_t timeout_ms; /* how long to wait for room in the queue; see TIMEOUTS */
  uint64_t cookie;    /* comes back on the event */
  const uesynth_picture_options *picture; /* BORROWED; NULL: what its INIT macro says */
} uesynth_save_options;

#define UESYNTH_SAVE_OPTIONS_INIT {sizeof(uesynth_save_options), 0, -1, 0, NULL}

/* Hands a frame over to be saved as uesynth_frame_save does, and returns: you may release it at once.
 * One thread saves for all clients of a runtime, in the order of these calls. Its queue holds 64 frames
 * and 256 MiB of them, or a single larger one; when it is full this waits as long as options say, IN A
 * CALLBACK not at all, and returns UESYNTH_WOULD_BLOCK. The frame may be of any client. What the
 * ending of the path, the options or the frame's format make impossible is refused here; every save that
 * was accepted ends
 * with one UESYNTH_EVENT_SAVED, by the callback or the queue that uesynth_client_poll reads, unless
 * NO_EVENT is set. A relative path counts from the working directory at the time of writing. options,
 * callback and destroy may be NULL.
 *
 * Saves survive their client: after uesynth_client_close their events still arrive, and after
 * uesynth_client_free files are still written, without events, as long as the process lives. To be sure
 * of them, wait for the events or call uesynth_client_flush_saves. */
uesynth_status uesynth_client_save(uesynth_client *client, const uesynth_frame *frame,
                                   const char *path, const uesynth_save_options *options,
                                   uesynth_event_fn callback, void *user_data,
                                   uesynth_destroy_fn destroy);

/* Waits until every save that this client accepted before the call is over, at most timeout_ms
 * (UESYNTH_WOULD_BLOCK). The first failure of a save with NO_EVENT since the last flush is returned,
 * once. IN A CALLBACK it never waits. */
uesynth_status uesynth_client_flush_saves(uesynth_client *client, int64_t timeout_ms);

/* ---- Statistics ------------------------------------------------------------------------------- */

/* Counters since the client was made, all of one moment. Two laws hold at every moment:
 *   requests_submitted = requests_in_flight + completed_ok + ... + completed_other
 *   frames_received    = frames_delivered + frames_queued + frames_dropped_... (all causes) */
typedef struct uesynth_stats {
  uint32_t struct_size;
  uint32_t state; /* UESYNTH_STATE_... */

  uint64_t requests_submitted;
  uint64_t requests_in_flight;
  uint64_t completed_ok;
  uint64_t completed_cancelled;
  uint64_t completed_deadline_exceeded;
  uint64_t completed_unavailable;
  uint64_t completed_no_answer;
  uint64_t completed_closed;
  uint64_t completed_other;
  uint64_t retries;         /* captures tried again (max_retries) */
  uint64_t late_replies;    /* replies to requests that had been given up */
  uint64_t unknown_replies; /* replies to ids that were never asked */

  uint64_t frames_received;
  uint64_t frames_delivered;
  uint64_t frames_queued;
  uint64_t frames_dropped_superseded;
  uint64_t frames_dropped_oldest;
  uint64_t frames_dropped_newest;
  uint64_t frames_dropped_latest;
  uint64_t frames_dropped_expired;   /* BLOCK, and nobody fetched */
  uint64_t frames_dropped_abandoned; /* of requests that were cancelled or given up as they came */
  uint64_t frames_dropped_settling;  /* only waited for (framesets) */

  uint64_t bytes_sent;         /* on the wire, */
  uint64_t bytes_received;     /* both ways */
  uint64_t image_bytes;        /* of pictures received */
  uint64_t image_bytes_copied; /* of these, copied in user space */

  uint64_t buffer_bytes;      /* counted against stream_buffer_bytes now */
  uint64_t buffer_bytes_peak;
  uint64_t host_frame_bytes;  /* of frames that you hold */
  uint64_t pool_bytes;        /* mapped by the runtime's pool, in use or kept for reuse */
  uint64_t events_queued;

  uint64_t connects;         /* connections that became ready */
  uint64_t connect_failures; /* attempts that failed */
  uint64_t disconnects;      /* ready connections that were lost */

  uint64_t subscription_beats_missed;

  uint64_t frame_bytes_kept; /* of frames_queued, and of those kept as the latest */
  uint64_t loop_wakeups;     /* of the client's loop thread, when a request found it asleep */
  uint64_t pool_hits;        /* buffers for pictures that the runtime's pool had ready, */
  uint64_t pool_misses;      /* and those that it had to map */
  int64_t connected_since_ns; /* 0: not connected */

  /* Over the last second, or since the client was made. */
  double frames_per_second;   /* new frames, whether fetched or not */
  double commands_per_second; /* actions other than captures that succeeded */
  double bytes_received_per_second;
  double bytes_sent_per_second;

  double copies_per_frame; /* image_bytes_copied / image_bytes: 1 is one copy of every byte */

  uint64_t watch_events_dropped; /* see uesynth_client_watch */
  uint64_t compressed_messages; /* replies that came compressed, */
  uint64_t compressed_bytes;    /* their bytes on the wire, */
  uint64_t inflated_bytes;      /* and what these became */
  uint64_t compression_offers;  /* calls and streams that were opened with leave to compress */
  uint64_t compression_offered; /* 1: the one that was opened last was */
  double link_bytes_per_second; /* what the link carries, measured while messages were on their way; 0:
                                   too little has come to tell */
  double inflated_bytes_per_second; /* how fast inflating is; 0: too little was inflated to tell */
} uesynth_stats;

#define UESYNTH_STATS_INIT                                                                         \
  {sizeof(uesynth_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                 \
   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                      \
   0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* Fills *stats (struct_size set). */
uesynth_status uesynth_client_stats(const uesynth_client *client, uesynth_stats *stats);

/* The same numbers by name, for programs that are to show what newer libraries count too. An index
 * means the same number in every later version; the names are those of the members of uesynth_stats. */

/* How many there are. */
size_t uesynth_stat_count(void);

/* The name of one, "requests_submitted"; NULL for an index that is none. Static memory. */
const char *uesynth_stat_name(size_t index);

/* Writes the first capacity of them, in the order of their indices and all of one moment. values may
 * be NULL if capacity is 0. */
uesynth_status uesynth_client_stat_values(const uesynth_client *client, double *values,
                                          size_t capacity);

/* One of them by its name. A name that there is not is UESYNTH_NOT_FOUND. */
uesynth_status uesynth_client_stat_value(const uesynth_client *client, const char *name,
                                         double *value);

/* The stretches of a request's life, from submitted_ns to where its frame, or without one its event, is
 * first handed to the host: returned by a poll or a call, or given to a callback. */
enum {
  UESYNTH_LATENCY_WAITING = 1,    /* submitted until sent */
  UESYNTH_LATENCY_FIRST_BYTE = 2, /* sent until the first byte of the reply has come */
  UESYNTH_LATENCY_TRANSFER = 3,   /* first byte until the last one */
  UESYNTH_LATENCY_DELIVERY = 4,   /* last byte until handed over; only what is handed over counts */
  UESYNTH_LATENCY_TOTAL = 5       /* submitted until handed over; likewise */
};

/* A percentile, 0 (the shortest) to 100 (the longest), of what one stage took, in nanoseconds within
 * 2 % (8 ns if that is more). action is UESYNTH_ACTION_..., or 0 for all actions together. Every request
 * since the client was made counts if it succeeded; *count, which may be NULL, is how many. *ns is 0 if
 * none did. */
uesynth_status uesynth_client_latency(const uesynth_client *client, uint32_t action,
                                      uint32_t stage, double percentile, int64_t *ns,
                                      uint64_t *count);

/* Writes the statistics as text for Prometheus (version 0.0.4 of its format) and a NUL. labels is what
 * stands in the braces of every line besides, "client=\"left\"", so that several clients can share a
 * page; NULL: nothing. *size is then the length without the NUL. If capacity is too small, nothing is
 * written but *size, a capacity that is enough now and for a while, and the status is
 * UESYNTH_BUFFER_TOO_SMALL; with a capacity of 0 (buffer may be NULL) it is UESYNTH_OK. */
uesynth_status uesynth_client_stats_text(const uesynth_client *client, const char *labels,
                                         char *buffer, size_t capacity, size_t *size);

/* ---- Pacing: beats at a fixed rate ------------------------------------------------------------ */

/* Beat n is due n / rate seconds after the first one, which is due at the first wait (or the first call of
 * uesynth_pacer_fd): each is computed from the first, so that a late beat does not make the next one late,
 * and nothing drifts. Clock: CLOCK_MONOTONIC. */
typedef struct uesynth_pacer uesynth_pacer;

typedef struct uesynth_beat {
  uint32_t struct_size;
  uint32_t reserved;      /* 0 */
  uint64_t number;        /* 0, 1, 2 ...; missed ones count */
  uint64_t missed_before; /* beats right before this one that nobody took while they were the newest */
  int64_t intended_ns;    /* when it was due, */
  int64_t actual_ns;      /* and when it was taken */
} uesynth_beat;

#define UESYNTH_BEAT_INIT {sizeof(uesynth_beat), 0, 0, 0, 0, 0}

/* How late beats were taken: actual_ns - intended_ns. Missed beats count in it with the time until the
 * wait that found them missed, so that a host that is too slow looks slow. */
typedef struct uesynth_pacer_stats {
  uint32_t struct_size;
  uint32_t reserved;  /* 0 */
  double rate_hz;
  int64_t started_ns; /* when beat 0 was due; 0: not yet begun */
  uint64_t beats;     /* taken */
  uint64_t beats_missed;
  int64_t late_p50_ns, late_p90_ns, late_p99_ns, late_max_ns;
} uesynth_pacer_stats;

#define UESYNTH_PACER_STATS_INIT {sizeof(uesynth_pacer_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* rate_hz: 0.001 to 100000. *pacer is OWNED: uesynth_pacer_free. */
uesynth_status uesynth_pacer_new(double rate_hz, uesynth_pacer **pacer);

/* Waits at most timeout_ms until a beat is due and takes it; at once if one is. Of several that are due the
 * newest is taken, the others are missed. beat may be NULL. UESYNTH_WOULD_BLOCK: none was due in time;
 * UESYNTH_CLOSED: the pacer was freed meanwhile. Several threads may wait: each beat goes to one of them. */
uesynth_status uesynth_pacer_wait(uesynth_pacer *pacer, int64_t timeout_ms, uesynth_beat *beat);

/* A descriptor that is readable while a beat is due, until it is taken by uesynth_pacer_wait: for epoll,
 * poll, select, asyncio. It stays the library's: wait on it, but do not read, write or close it. Valid as
 * long as the pacer. */
uesynth_status uesynth_pacer_fd(uesynth_pacer *pacer, int *fd);

/* Fills *stats (struct_size set). */
uesynth_status uesynth_pacer_get_stats(uesynth_pacer *pacer, uesynth_pacer_stats *stats);

/* A percentile, 0 to 100, of how late beats were, in nanoseconds within 2 % (8 ns if that is more); 0
 * before the first one. */
uesynth_status uesynth_pacer_late(uesynth_pacer *pacer, double percentile, int64_t *ns);

/* Lets the pacer go. Who still waits for it returns with UESYNTH_CLOSED. */
void uesynth_pacer_free(uesynth_pacer *pacer);

/* ---- Sequences: pictures along a list of poses ------------------------------------------------ */

/* For each pose of a list the camera is moved and a picture is taken, some pairs of both ahead of the host,
 * who gets the pictures in the order of the list. Each pair is submitted in one go (unless
 * max_concurrent_requests is 1) and keeps ORDER, so that a picture is taken after its pose and before the
 * next one; whoever else moves the camera meanwhile moves it for the sequence too.
 *
 * A sequence has no thread: uesynth_sequence_new submits the first pairs, and each uesynth_sequence_next
 * what is missing. Its requests never make a caller wait for max_concurrent_requests: what finds no room
 * goes later. Its pictures count as undelivered frames (stream_buffer_size, stream_buffer_bytes), and may
 * give way by OVERFLOW, but never because nobody fetched them. */
typedef struct uesynth_sequence uesynth_sequence;

typedef struct uesynth_sequence_options {
  uint32_t struct_size;
  uint32_t modality;
  const char *camera; /* which is moved and seen */
  uint32_t width, height;
  uint32_t ahead;     /* pairs ahead of the host, 1 to 4096. 0: the library chooses by measurement, 64 at
                         most: more while the host has to wait and that makes the pictures come faster,
                         fewer while pictures lie ready */
  uint32_t route;     /* UESYNTH_ROUTE_... */
  int64_t timeout_ms; /* for each request; 0: the client's timeout with its rules */
} uesynth_sequence_options;

#define UESYNTH_SEQUENCE_OPTIONS_INIT                                                              \
  {sizeof(uesynth_sequence_options), UESYNTH_MODALITY_RGB, NULL, 0, 0, 0, UESYNTH_ROUTE_AUTO, 0}

typedef struct uesynth_sequence_stats {
  uint32_t struct_size;
  uint32_t ahead;      /* pairs kept ahead now, */
  uint32_t ahead_peak; /* and at most so far */
  uint32_t reserved;   /* 0 */
  uint64_t poses;      /* in the list, */
  uint64_t submitted;  /* of them submitted, */
  uint64_t handed_out; /* and handed out */
  uint64_t waits;      /* pictures that had not come when uesynth_sequence_next first asked for them, */
  int64_t waited_ns;   /* and how long it took from there, in all */
} uesynth_sequence_stats;

#define UESYNTH_SEQUENCE_STATS_INIT {sizeof(uesynth_sequence_stats), 0, 0, 0, 0, 0, 0, 0, 0}

/* Begins a sequence of count poses (1 to 10,000,000), which are copied. *sequence is OWNED:
 * uesynth_sequence_free. */
uesynth_status uesynth_sequence_new(uesynth_client *client,
                                    const uesynth_sequence_options *options,
                                    const uesynth_transform *poses, size_t count,
                                    uesynth_sequence **sequence);

/* Takes the outcome of the next pose, waiting at most timeout_ms for it: one for each pose, in the order of
 * the list, failures in their place. UESYNTH_OK says that *event (struct_size set) was written: its cookie
 * (and its frame's) is the pose's place in the list, from 0; its status how the capture ended, or if moving
 * the camera failed how that ended, action then being SET_CAMERA_TRANSFORM. It is OWNED:
 * uesynth_events_release(event, 1, sizeof *event).
 *
 * UESYNTH_WOULD_BLOCK: it has not come in time. UESYNTH_OUT_OF_RANGE: all were handed out.
 * UESYNTH_CANCELLED: the sequence was cancelled. UESYNTH_CLOSED: the client was closed, and all that had
 * been submitted was handed out. IN A CALLBACK it never waits. */
uesynth_status uesynth_sequence_next(uesynth_sequence *sequence, int64_t timeout_ms,
                                     uesynth_event *event);

/* Ends the sequence: nothing more is submitted or handed out, what is under way is cancelled (what was sent
 * may have taken effect), what has come is let go (frames_dropped_abandoned). Who waits in
 * uesynth_sequence_next returns. NULL is accepted. */
uesynth_status uesynth_sequence_cancel(uesynth_sequence *sequence);

/* Fills *stats (struct_size set). */
uesynth_status uesynth_sequence_get_stats(uesynth_sequence *sequence,
                                          uesynth_sequence_stats *stats);

/* Cancels the sequence if need be and lets it go. Also after its client was freed. */
void uesynth_sequence_free(uesynth_sequence *sequence);

/* ---- Poses in other conventions --------------------------------------------------------------- */

/* Which way axes point, of the world and of the camera or object alike: with each of these a pose of all
 * zeros is the identity. */
enum {
  UESYNTH_AXES_UNREAL = 0, /* left-handed: x forward, y right, z up */
  UESYNTH_AXES_OPENCV = 1, /* x right, y down, z forward */
  UESYNTH_AXES_ROS = 2,    /* x forward, y left, z up */
  UESYNTH_AXES_OPENGL = 3  /* x right, y up, z backward */
};

enum {
  UESYNTH_POSE_INVERSE = 1u << 0, /* from the world to the camera (extrinsics, view matrix), instead of
                                     from the camera or object to the world */
  UESYNTH_POSE_METRES = 1u << 1,  /* lengths are metres; otherwise centimetres */
  UESYNTH_POSE_SCALED = 1u << 2   /* with the scale, which is left out otherwise */
};

/* Writes a pose as a 4 x 4 matrix M of 16 numbers, row by row, that takes points as columns: p_world = M *
 * p_camera, or with INVERSE p_camera = M * p_world. axes is UESYNTH_AXES_..., flags UESYNTH_POSE_...; an
 * inverse of a scale of 0 is UESYNTH_MISUSE, and so is a number that is not finite. */
uesynth_status uesynth_pose_to_matrix(const uesynth_transform *pose, uint32_t axes, uint32_t flags,
                                      double *matrix);

/* Writes the rotation of that matrix as a unit quaternion x, y, z, w, with w not negative. Of the flags only
 * INVERSE applies. With AXES_UNREAL it is what Unreal's FQuat of the rotator is, up to the sign. */
uesynth_status uesynth_pose_to_quaternion(const uesynth_transform *pose, uint32_t axes,
                                          uint32_t flags, double *quaternion);

/* Writes the 3 x 3 matrix K, row by row, of a pinhole camera with square pixels that sees fov degrees (over
 * 0, below 180; Unreal's cameras 90 unless set otherwise) across its width. With AXES_OPENCV and p = K *
 * p_camera a point lies at column p[0] / p[2] and row p[1] / p[2], counted from the picture's top left
 * corner: the first pixel's middle is at 0.5, 0.5. Where whole numbers are middles of pixels, as in OpenCV,
 * take 0.5 off K[2] and K[5]. */
uesynth_status uesynth_camera_intrinsics(double fov, uint32_t width, uint32_t height,
                                         double *matrix);

#ifdef __cplusplus
}
#endif

#endif /* UESYNTH_H */
