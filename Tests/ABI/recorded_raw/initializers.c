/* Written by Tests/ABI/record.py from include/uesynth_raw.h: what the INIT macros set. */
#include "uesynth_raw.h"

#include <stdio.h>

#define CHECK(macro, condition)                                                                    \
  if (!(condition)) {                                                                              \
    printf("%s: not so: %s\n", #macro, #condition);                                                \
    wrong++;                                                                                       \
  }

int main(void) {
  int wrong = 0;
  {
    uesynth_raw_options it = UESYNTH_RAW_OPTIONS_INIT;
    CHECK(UESYNTH_RAW_OPTIONS_INIT, it.struct_size == sizeof(uesynth_raw_options));
    CHECK(UESYNTH_RAW_OPTIONS_INIT, it.flags == 0);
    CHECK(UESYNTH_RAW_OPTIONS_INIT, it.timeout_ms == 0);
    CHECK(UESYNTH_RAW_OPTIONS_INIT, it.metadata == NULL);
    CHECK(UESYNTH_RAW_OPTIONS_INIT, it.metadata_count == 0);
  }
  return wrong != 0;
}
