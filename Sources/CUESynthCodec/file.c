#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerror_r that returns the text, O_CLOEXEC */
#endif
#include "codec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int32_t status_of(int code) {
  switch (code) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
    return CODEC_RESOURCE_EXHAUSTED;
  case ENOENT:
  case ENOTDIR:
  case EISDIR:
  case EACCES:
  case EPERM:
  case EROFS:
  case ELOOP:
  case ENAMETOOLONG:
  case EINVAL:
    return CODEC_MISUSE;
  default:
    return CODEC_INTERNAL;
  }
}

/* A long path keeps its end, so that the reason always fits. */
static int32_t system_error(const struct codec_file *file, const char *verb, int code) {
  char text[64];
  const char *reason = strerror_r(code, text, sizeof text);
  size_t length = strlen(file->path);
  int cut = length > 150;
  return codec_fail(file->error, status_of(code), "cannot %s %s%s: %s", verb, cut ? "..." : "",
                    file->path + (cut ? length - 150 : 0), reason);
}

static void forget(struct codec_file *file) {
  free(file->final);
  free(file->temporary);
  file->final = file->temporary = NULL;
}

/* Resolves a link and refuses what a rename would destroy: a device, a pipe, a folder. */
static int32_t choose_final(struct codec_file *file) {
  struct stat found;
  if (lstat(file->path, &found) == 0 && S_ISLNK(found.st_mode)) {
    file->final = realpath(file->path, NULL);
    if (!file->final)
      return system_error(file, "write to", errno);
    if (stat(file->final, &found) != 0)
      return system_error(file, "write to", errno);
  } else {
    file->final = strdup(file->path);
    if (!file->final)
      return system_error(file, "write to", ENOMEM);
    if (lstat(file->path, &found) != 0)
      return errno == ENOENT ? CODEC_OK : system_error(file, "write to", errno);
  }
  if (S_ISDIR(found.st_mode))
    return system_error(file, "write to", EISDIR);
  if (!S_ISREG(found.st_mode))
    return codec_fail(file->error, CODEC_MISUSE, "cannot write to %.150s: not a regular file",
                      file->path);
  return CODEC_OK;
}

static int32_t create_temporary(struct codec_file *file) {
  const char *slash = strrchr(file->final, '/');
  size_t folder = slash ? (size_t)(slash - file->final) + 1 : 0;
  if (file->final[folder] == 0)
    return system_error(file, "write to", folder ? EISDIR : ENOENT);
  size_t capacity = folder + 64;
  file->temporary = malloc(capacity);
  if (!file->temporary)
    return system_error(file, "write to", ENOMEM);
  memcpy(file->temporary, file->final, folder);
  for (int attempt = 0;; attempt++) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* The stack address tells threads apart, the pid processes; O_EXCL decides in any case. */
    snprintf(file->temporary + folder, capacity - folder, ".uesynth-%x-%x-%x.tmp",
             (unsigned)getpid(), (unsigned)((uintptr_t)file >> 4),
             (unsigned)now.tv_nsec + (unsigned)attempt);
    file->descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->descriptor >= 0)
      return CODEC_OK;
    if (errno != EINTR && (errno != EEXIST || attempt == 100))
      return system_error(file, "create a file for", errno);
  }
}

int32_t codec_file_open(struct codec_file *file, const char *path, char *error) {
  *file = (struct codec_file){.descriptor = -1, .path = path, .error = error};
  if (!path || !path[0])
    return codec_fail(error, CODEC_MISUSE, "the path is empty");
  int32_t status = choose_final(file);
  if (status == CODEC_OK)
    status = create_temporary(file);
  if (status)
    forget(file);
  return status;
}

int32_t codec_file_append(struct codec_file *file, const void *bytes, size_t size) {
  const uint8_t *next = bytes;
  while (size) {
    ssize_t written = write(file->descriptor, next, size < (1u << 30) ? size : 1u << 30);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return system_error(file, "write to", written < 0 ? errno : EIO);
    next += written;
    size -= (size_t)written;
  }
  return CODEC_OK;
}

int32_t codec_file_close(struct codec_file *file, int32_t status) {
  if (file->descriptor < 0)
    return status;
  if (close(file->descriptor) != 0 && errno != EINTR && status == CODEC_OK)
    status = system_error(file, "write to", errno);
  if (status == CODEC_OK && rename(file->temporary, file->final) != 0)
    status = system_error(file, "rename a file to", errno);
  if (status)
    unlink(file->temporary);
  forget(file);
  return status;
}

int32_t codec_save_bytes(const char *path, const void *bytes, size_t size, char *error) {
  if (!bytes && size)
    return codec_fail(error, CODEC_MISUSE, "no bytes to save (NULL)");
  struct codec_file file;
  int32_t status = codec_file_open(&file, path, error);
  if (status)
    return status;
  return codec_file_close(&file, codec_file_append(&file, bytes, size));
}

int32_t codec_save_png(const char *path, const codec_source *source,
                       const codec_png_options *options, char *error) {
  uint8_t *bytes;
  size_t size;
  int32_t status = codec_encode_png(source, options, &bytes, &size, error);
  if (status)
    return status;
  status = codec_save_bytes(path, bytes, size, error);
  free(bytes);
  return status;
}

int32_t codec_save_jpeg(const char *path, const codec_source *source,
                        const codec_jpeg_options *options, char *error) {
  uint8_t *bytes;
  size_t size;
  int32_t status = codec_encode_jpeg(source, options, &bytes, &size, error);
  if (status)
    return status;
  status = codec_save_bytes(path, bytes, size, error);
  free(bytes);
  return status;
}
