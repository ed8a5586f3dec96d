#include "CUESynthProto.h"
