#include "codec.h"

#include <dlfcn.h>
#include <string.h>

#ifdef CODEC_TESTING
const char *codec_png_soname = "libpng16.so.16";
const char *codec_jpeg_soname = "libturbojpeg.so.0";
#else
const char *const codec_png_soname = "libpng16.so.16";
const char *const codec_jpeg_soname = "libturbojpeg.so.0";
#endif

void codec_library_open(const char *soname, const char *package, const struct codec_symbol *symbols,
                        size_t count, void *table, char problem[CODEC_ERROR_CAPACITY]) {
  problem[0] = 0;
  void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    codec_fail(problem, CODEC_UNIMPLEMENTED, "%s is not installed (Debian package %s): %s", soname,
               package, reason ? reason : "no reason given");
    return;
  }
  for (size_t index = 0; index < count; index++) {
    void *function = dlsym(library, symbols[index].name);
    if (!function) {
      codec_fail(problem, CODEC_UNIMPLEMENTED, "%s lacks %s (a newer Debian package %s is needed)",
                 soname, symbols[index].name, package);
      return;
    }
    memcpy((char *)table + symbols[index].offset, &function, sizeof function);
  }
}
