/* Most of the library once, and small things that these programs share. */
#ifndef SESSION_H
#define SESSION_H

#include <stddef.h>
#include <uesynth.h>

/* The file of the server's certificate; NULL: it speaks no TLS. */
extern const char *server_certificate;

/* A client with options, which has them set for the server's certificate. */
uesynth_status session_client(const char *target, uesynth_client_options options,
                              uesynth_client **client);

/* A full session: requests of every manner, frames, files, statistics, watching. Returns NULL, or
 * what went wrong (static memory of the thread). */
const char *session(const char *target, const char *folder);

/* One capture of 8 x 8 pixels by a client. Returns NULL, or what went wrong. */
const char *one_capture(uesynth_client *client);

/* How many threads this process has. */
int thread_count(void);

/* Ends the program with a message, on stderr. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

void sleep_ms(long ms);

#endif
