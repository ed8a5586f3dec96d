/* The text behind uesynth_last_error(): one buffer per thread, plain thread-local memory. */
#ifndef UESYNTH_SYS_ERROR_H
#define UESYNTH_SYS_ERROR_H

#include <stddef.h>

/* Keeps the first 1023 bytes, cut at a character boundary. */
void uesynth_sys_set_error(const char *text, size_t count);

/* Never NULL; valid until the next uesynth_sys_set_error on this thread. */
const char *uesynth_sys_error(void);

#endif
