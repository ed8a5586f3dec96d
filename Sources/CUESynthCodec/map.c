/* A colour map from far (dark and cold) to near (bright and warm): lightness rises evenly, so that the
 * order shows in grey too, while the hue turns once from violet through blue, green and yellow to a
 * pale orange. Drawn in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020),
 * where equal steps look equal; all of it lies inside sRGB. */
#include "codec.h"

#include <math.h>

static const double darkest = 0.27, lightest = 0.93;

/* Hue in degrees and chroma at even distances from the far end to the near one. */
static const double stops[][2] = {{300, 0.120}, {276, 0.165}, {252, 0.125}, {215, 0.090},
                                  {165, 0.118}, {120, 0.155}, {84, 0.140},  {66, 0.046}};
enum { STOPS = sizeof stops / sizeof *stops };

/* The stop's place on Oklab's axis a (0) or b (1); those at the ends stand for the ones beyond. */
static double place_of(int stop, int axis) {
  int inside = stop < 0 ? 0 : stop < STOPS ? stop : STOPS - 1;
  double hue = stops[inside][0] * 3.14159265358979323846 / 180;
  return stops[inside][1] * (axis ? sin(hue) : cos(hue));
}

/* A Catmull-Rom curve through the stops. */
static double curve(double place, int axis) {
  int stop = (int)place < STOPS - 2 ? (int)place : STOPS - 2;
  double t = place - stop, before = place_of(stop - 1, axis), here = place_of(stop, axis);
  double next = place_of(stop + 1, axis), after = place_of(stop + 2, axis);
  double first = next - before;
  double second = 2 * before - 5 * here + 4 * next - after;
  double third = 3 * (here - next) + after - before;
  return here + t * (first + t * (second + t * third)) / 2;
}

/* IEC 61966-2-1. */
static uint8_t srgb(double linear) {
  linear = linear < 0 ? 0 : linear > 1 ? 1 : linear;
  double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
  return (uint8_t)(value * 255 + 0.5);
}

void codec_fill_map(uint8_t colours[256][3]) {
  for (int index = 0; index < 256; index++) {
    double part = index / 255.0, lightness = darkest + part * (lightest - darkest);
    double a = curve(part * (STOPS - 1), 0), b = curve(part * (STOPS - 1), 1);
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    colours[index][0] = srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    colours[index][1] = srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    colours[index][2] = srgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
  }
}
