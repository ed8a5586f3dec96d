#include "CUESynthSys.h"

/* Parts of Swift's runtime refer to it, which nothing here calls. glibc's own is of version 2.35, and would
 * alone keep the library off systems with 2.34. A double cannot overflow here. */
__attribute__((visibility("hidden"))) float hypotf(float x, float y) {
  if (__builtin_isinf(x) || __builtin_isinf(y))
    return __builtin_inff();
  return (float)__builtin_sqrt((double)x * x + (double)y * y);
}
