#include "uesynth.h"
