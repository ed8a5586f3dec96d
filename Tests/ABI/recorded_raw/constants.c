/* Written by Tests/ABI/record.py from include/uesynth_raw.h: the numbers behind the names. */
#include "uesynth_raw.h"

#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]

ASSERT(UESYNTH_RAW_WAIT_FOR_READY, UESYNTH_RAW_WAIT_FOR_READY == 1);
ASSERT(UESYNTH_RAW_COMPRESS, UESYNTH_RAW_COMPRESS == 2);
