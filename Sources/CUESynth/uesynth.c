#include "uesynth.h"
#include "uesynth_raw.h"
