/* What a program does with a client, and what is looked at while the system fails. */
#ifndef VISIT_H
#define VISIT_H

#include "../Embedding/session.h"
#include "blocks.h"
#include "inject.h"

#include <unistd.h>

enum { LONG_MS = 5000, SHORT_MS = 200, PATIENCE_MS = 10000 };

extern const char *target;
extern long errors; /* of calls, in the session under way */
extern long dead;   /* clients that did not work again */
extern int wait_ms; /* for every call; less than LONG_MS where the system fails for good */

/* fail, with where the fault was. */
#define wrong(...)                                                                                 \
  do {                                                                                             \
    fault_disarm();                                                                                \
    fault_show(STDERR_FILENO);                                                                     \
    fail(__VA_ARGS__);                                                                             \
  } while (0)

double now_ms(void);

/* Counts the errors. A name that the library has no number for would be a status made of nothing. */
int went_well(uesynth_status status);

/* A client of the target. */
uesynth_status make(uesynth_client **client);

/* Calls of every kind, errors of which are counted. */
void use(uesynth_client *client);

/* A client that has seen faults works again at once: what may still fail is what they left under way. With
 * `may_be_dead` one may say by errors that it does not, as long as another one works: OpenSSL takes
 * algorithms for missing whose set-up found no memory, and keeps to that for the life of a context. */
void expect_recovery(uesynth_client *client, int may_be_dead);

int descriptor_count(void);

/* Records of outcomes are kept to be used again, with the memory that their texts have grown to: all of
 * them get a long one. */
void build_up(void);

/* One session whose calls fail as armed. Returns how many did. */
long session_with(fault kind, long n, int error, int lasting);

#endif
