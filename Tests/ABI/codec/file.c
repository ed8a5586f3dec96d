#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/codec-file-XXXXXX";

static const char *in_folder(const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int entries(void) {
  DIR *directory = opendir(folder);
  int count = -2;
  while (readdir(directory))
    count++;
  closedir(directory);
  return count;
}

static int holds(const char *path, const char *text) {
  char buffer[64] = "";
  FILE *file = fopen(path, "rb");
  if (!file)
    return 0;
  size_t size = fread(buffer, 1, sizeof buffer, file);
  fclose(file);
  return size == strlen(text) && memcmp(buffer, text, size) == 0;
}

static void refused(const char *path, const char *words) {
  char error[CODEC_ERROR_CAPACITY] = "";
  int32_t status = codec_save_bytes(path, "x", 1, error);
  CHECK(status == CODEC_MISUSE, "%s: %d %s", path, status, error);
  CHECK(strstr(error, words) != NULL, "%s", error);
  size_t length = strlen(path);
  CHECK(strstr(error, path + (length > 100 ? length - 100 : 0)) != NULL, "%s", error);
}

/* A write that stops half way: the old file is still there, and nothing else. */
static void no_space(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
    char error[CODEC_ERROR_CAPACITY] = "", data[4000] = "";
    int32_t status = codec_save_bytes(in_folder("old"), data, sizeof data, error);
    _exit(status == CODEC_RESOURCE_EXHAUSTED && strstr(error, "File too large") ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0, "the child ended with %d", status);
  CHECK(holds(in_folder("old"), "second") && entries() == 1, "%d entries", entries());
}

void test_file(void) {
  CHECK(mkdtemp(folder), "mkdtemp");
  STATUS(codec_save_bytes(in_folder("old"), "first", 5, error), CODEC_OK);
  STATUS(codec_save_bytes(in_folder("old"), "second", 6, error), CODEC_OK);
  CHECK(holds(in_folder("old"), "second") && entries() == 1, "%d entries", entries());
  struct stat found;
  stat(in_folder("old"), &found);
  mode_t mask = umask(0);
  umask(mask);
  CHECK((found.st_mode & 0777) == (0666 & ~mask), "mode %o", found.st_mode & 0777);
  no_space();

  CHECK(symlink("old", in_folder("link")) == 0, "symlink");
  STATUS(codec_save_bytes(in_folder("link"), "third", 5, error), CODEC_OK);
  CHECK(holds(in_folder("old"), "third"), "the link's target");
  lstat(in_folder("link"), &found);
  CHECK(S_ISLNK(found.st_mode), "the link is gone");
  unlink(in_folder("link"));

  refused(in_folder("none/x"), "No such file or directory");
  refused(in_folder("old/x"), "Not a directory");
  refused(folder, "Is a directory");
  CHECK(mkfifo(in_folder("pipe"), 0600) == 0, "mkfifo");
  refused(in_folder("pipe"), "not a regular file");
  CHECK(symlink("pipe", in_folder("link")) == 0, "symlink");
  refused(in_folder("link"), "not a regular file");
  stat(in_folder("pipe"), &found);
  CHECK(S_ISFIFO(found.st_mode), "the pipe is gone");
  unlink(in_folder("link"));
  unlink(in_folder("pipe"));
  STATUS(codec_save_bytes("", "x", 1, error), CODEC_MISUSE);
  STATUS(codec_save_bytes(NULL, "x", 1, error), CODEC_MISUSE);
  STATUS(codec_save_bytes(in_folder("none"), NULL, 1, error), CODEC_MISUSE);
  char name[400];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  refused(in_folder(name), "File name too long");
  CHECK(entries() == 1, "%d entries", entries());

  CHECK(chdir(folder) == 0, "chdir");
  STATUS(codec_save_bytes("relative", "", 0, error), CODEC_OK);
  CHECK(holds("relative", "") && entries() == 2, "%d entries", entries());
  unlink("relative");

  uint8_t *rgba = picture(8, 8), back[256];
  codec_source source = tight(rgba, 8, 8, CODEC_RGBA8);
  for (int jpeg = 0; jpeg < 2; jpeg++) {
    const char *path = in_folder("picture");
    STATUS(jpeg ? codec_save_jpeg(path, &source, NULL, error)
                : codec_save_png(path, &source, NULL, error),
           CODEC_OK);
    uint8_t bytes[4096];
    FILE *file = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    codec_target target = {.bytes = back, .capacity = 256, .format = CODEC_RGBA8};
    codec_info info;
    STATUS(codec_decode(bytes, size, &target, &info, error), CODEC_OK);
    CHECK(info.kind == (jpeg ? CODEC_KIND_JPEG : CODEC_KIND_PNG), "kind %d", (int)info.kind);
  }
  free(rgba);
  unlink(in_folder("picture"));
  unlink(in_folder("old"));
  CHECK(rmdir(folder) == 0, "something was left behind");
}
