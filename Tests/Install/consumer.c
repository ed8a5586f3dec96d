/* Compiled against an installation: the header's version must be the library's. */
#include <stdio.h>
#include <string.h>
#include <uesynth.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define VERSION                                                                                    \
  TEXT(UESYNTH_VERSION_MAJOR) "." TEXT(UESYNTH_VERSION_MINOR) "." TEXT(UESYNTH_VERSION_PATCH)

int main(void) {
  printf("%s\n", uesynth_version());
  return strcmp(uesynth_version(), VERSION) != 0;
}
