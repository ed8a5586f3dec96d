/* Frames as pictures: part of demo.c. What is not colour is drawn in colours. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <uesynth.h>

typedef struct picture {
  uint32_t width, height;
  uint8_t *pixels;   /* height x width x 3: red, green, blue; picture_free lets them go */
  char caption[128]; /* what the colours mean; if it could not be drawn, why */
} picture;

/* Draws a frame. Returns 0, or -1 with the reason in caption. */
int picture_draw(picture *self, const uesynth_frame_info *info);

/* Puts pictures of one size side by side at half their size. Returns 0 or -1. */
int picture_strip(picture *self, const picture *pictures, size_t count);

/* Writes a PNG file. Returns 0, or -1 with the reason in caption. */
int picture_write(picture *self, const char *path);

void picture_free(picture *self);

#endif
