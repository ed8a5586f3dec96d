/* What a host sees without the libraries, and that nothing is opened before it is used. */
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

static int mapped(const char *name) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  int found = 0;
  while (fgets(line, sizeof line, maps))
    found |= strstr(line, name) != NULL;
  fclose(maps);
  return found;
}

static void try_both(const char *soname, const char *word) {
  codec_png_soname = codec_jpeg_soname = soname;
  static const uint8_t red[4] = {255, 0, 0, 255};
  codec_source source = tight(red, 1, 1, CODEC_RGBA8);
  uint8_t *bytes = NULL, pixels[4];
  size_t size = 0;
  char error[CODEC_ERROR_CAPACITY] = "";
  for (int again = 0; again < 2; again++) {
    CHECK(codec_encode_png(&source, NULL, &bytes, &size, error) == CODEC_UNIMPLEMENTED, "%s",
          error);
    CHECK(strstr(error, "libpng16-16") && strstr(error, word), "%s", error);
    CHECK(codec_encode_jpeg(&source, NULL, &bytes, &size, error) == CODEC_UNIMPLEMENTED, "%s",
          error);
    CHECK(strstr(error, "libturbojpeg0") && strstr(error, word), "%s", error);
  }
  CHECK(bytes == NULL && size == 0, "outputs were touched");
  struct bytes png =
      plain_png(&(struct plain_png){.width = 1, .height = 1, .colour = 6, .depth = 8, .rows = red});
  codec_target target = {.bytes = pixels, .capacity = 4, .format = CODEC_RGBA8};
  STATUS(codec_decode(png.at, png.size, &target, NULL, error), CODEC_UNIMPLEMENTED);
  codec_info info;
  STATUS(codec_identify(png.at, png.size, &info, error), CODEC_OK);
  free(png.at);
}

static void in_child(const char *soname, const char *word) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    checks = failures = 0;
    try_both(soname, word);
    fflush(stdout);
    _exit(checks == 0 || failures != 0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0, "the child ended with %d", status);
}

void test_missing(void) {
  CHECK(!mapped("libpng16"), "libpng is open before its first use");
  CHECK(!mapped("libturbojpeg"), "TurboJPEG is open before its first use");
  in_child("libno-such-codec.so.9", "not installed");
  in_child("libpthread.so.0", "lacks");
  CHECK(!mapped("libpng16"), "libpng is open before its first use");
}
