#include "CUESynthSys.h"
