#include "sys_error.h"

#include <string.h>

static _Thread_local char buffer[1024];

void uesynth_sys_set_error(const char *text, size_t count) {
  if (text == NULL)
    count = 0;
  if (count > sizeof buffer - 1) {
    count = sizeof buffer - 1;
    /* Not in the middle of a UTF-8 sequence. */
    while (count > 0 && ((unsigned char)text[count] & 0xC0) == 0x80)
      count--;
  }
  if (count > 0)
    memcpy(buffer, text, count);
  buffer[count] = 0;
}

const char *uesynth_sys_error(void) { return buffer; }
