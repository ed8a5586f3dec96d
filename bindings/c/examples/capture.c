/* The smallest program: one picture, and what it is.
 *
 *     cc capture.c -luesynth -o capture && ./capture localhost:50051
 */
#include <stdio.h>
#include <uesynth.h>

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  uesynth_client *client = NULL;
  uesynth_frame *frame = NULL;
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;

  uesynth_status status = uesynth_client_new(target, NULL, &client);
  if (status == UESYNTH_OK)
    status = uesynth_client_capture(client, UESYNTH_MODALITY_RGB, "", 640, 480, &frame);
  if (status == UESYNTH_OK)
    status = uesynth_frame_view(frame, &info);

  if (status != UESYNTH_OK) {
    fprintf(stderr, "capture: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  } else {
    printf("%u x %u, %zu bytes, \"%s\", flags %#x\n", info.width, info.height, info.size,
           info.claimed_format, info.flags);
    if (info.format == UESYNTH_FORMAT_RGBA8 && info.size > 0) {
      const uint8_t *pixel = info.data + info.height / 2 * info.stride + info.width / 2 * 4;
      printf("centre pixel: red %u, green %u, blue %u\n", pixel[0], pixel[1], pixel[2]);
    }
  }
  uesynth_frame_release(frame);
  uesynth_client_free(client);
  return status == UESYNTH_OK ? 0 : 1;
}
