/*
 * uesynth_raw.h - any gRPC method with raw bytes and metadata, over a client's connection: for servers
 * that have more methods than UESynthService.
 *
 * SPDX-License-Identifier: MIT
 *
 * The words and rules of uesynth.h apply; a metadata_callback is asked before each call, by its method, and
 * what it gives follows the call's own metadata. Calls of this kind keep no ORDER, are in no statistics of
 * requests and frames, and end with the client. Beside stream_buffer_bytes each one holds at most 1 MiB of
 * messages to be sent, 1 MiB of messages to be read, what the window of its stream lets come beyond that
 * (stream_buffer_bytes / 64 with one lane, 64 KiB to 16 MiB), and one message of
 * max_receive_message_length.
 */
#ifndef UESYNTH_RAW_H
#define UESYNTH_RAW_H

#include "uesynth.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  UESYNTH_RAW_WAIT_FOR_READY = 1u << 0, /* while there is no connection, wait for one */
  UESYNTH_RAW_COMPRESS = 1u << 1        /* send messages that gain by it compressed (gzip) */
};

typedef struct uesynth_raw_options {
  uint32_t struct_size;
  uint32_t flags;     /* UESYNTH_RAW_... */
  int64_t timeout_ms; /* end to end; 0: the client's timeout for a call, none for a stream */
  const uesynth_metadata *metadata; /* BORROWED; beside what the client's options say, and by their rule
                                       sent without TLS only with insecure_metadata. NULL: none */
  size_t metadata_count;            /* at most 256; see METADATA */
} uesynth_raw_options;

#define UESYNTH_RAW_OPTIONS_INIT {sizeof(uesynth_raw_options), 0, 0, NULL, 0}

/* How a call ended. May grow at its end; read it where it lies. Metadata are in the order of their coming,
 * those of gRPC itself left out; values under "-bin" keys are decoded. */
typedef struct uesynth_raw_result {
  uint32_t struct_size;
  uesynth_status status;
  const char *message; /* the server's words, or the library's; "" on success */
  const uint8_t *data; /* uesynth_call_raw: the reply; never NULL */
  size_t size;
  const uesynth_metadata *initial; /* metadata before the first message, */
  size_t initial_count;
  const uesynth_metadata *trailing; /* and after the last */
  size_t trailing_count;
  void *reserved; /* the library's */
} uesynth_raw_result;

/* Calls a unary method ("/package.Service/Method") with the bytes of a request message and waits for its
 * end. The return value is (*result)->status; *result is written whatever the outcome once the call was
 * begun, and OWNED: uesynth_raw_result_free. options may be NULL; result too, if nothing of it is wanted. */
uesynth_status uesynth_call_raw(uesynth_client *client, const char *method, const void *request,
                                size_t size, const uesynth_raw_options *options,
                                const uesynth_raw_result **result);

/* Lets go of a result. */
void uesynth_raw_result_free(const uesynth_raw_result *result);

/* A streaming call: messages both ways, independent of each other. One thread may write while another
 * reads. */
typedef struct uesynth_raw_stream uesynth_raw_stream;

/* Begins a call of a streaming method. *stream is OWNED: uesynth_raw_stream_free. */
uesynth_status uesynth_raw_stream_open(uesynth_client *client, const char *method,
                                       const uesynth_raw_options *options,
                                       uesynth_raw_stream **stream);

/* Hands over a message, which is copied, waiting at most timeout_ms for room (1 MiB of messages wait for
 * the network; a longer one goes alone). UESYNTH_WOULD_BLOCK: there was none in time. UESYNTH_CLOSED: the
 * call is over, or writing was ended before. */
uesynth_status uesynth_raw_stream_write(uesynth_raw_stream *stream, const void *message,
                                        size_t size, int64_t timeout_ms);

/* No more messages will be written. */
uesynth_status uesynth_raw_stream_writes_done(uesynth_raw_stream *stream);

/* Takes the next message from the server, waiting at most timeout_ms. *message is OWNED:
 * uesynth_bytes_free. UESYNTH_WOULD_BLOCK: none came in time. UESYNTH_OUT_OF_RANGE: no more will come;
 * uesynth_raw_stream_finish tells how the call ended. */
uesynth_status uesynth_raw_stream_read(uesynth_raw_stream *stream, int64_t timeout_ms,
                                       uint8_t **message, size_t *size);

/* Waits at most timeout_ms for the end of the call. From then on messages that were not read are let go,
 * and so is what still comes. UESYNTH_WOULD_BLOCK: it has not ended; otherwise the return value is
 * (*result)->status. *result, which may be NULL, is OWNED: uesynth_raw_result_free. */
uesynth_status uesynth_raw_stream_finish(uesynth_raw_stream *stream, int64_t timeout_ms,
                                         const uesynth_raw_result **result);

/* Ends the call with UESYNTH_CANCELLED, if it is not over. NULL is accepted. */
uesynth_status uesynth_raw_stream_cancel(uesynth_raw_stream *stream);

/* Cancels the call if need be and lets the handle go. Also after its client was freed. Nobody may be
 * waiting in another function of it. */
void uesynth_raw_stream_free(uesynth_raw_stream *stream);

#ifdef __cplusplus
}
#endif

#endif /* UESYNTH_RAW_H */
