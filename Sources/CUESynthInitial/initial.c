#include "CUESynthInitial.h"
