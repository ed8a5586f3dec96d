/* The messages of uesynth.proto as protobuf-c structs, for Swift. */
#ifndef CUESYNTHPROTO_H
#define CUESYNTHPROTO_H

#include "uesynth.pb-c.h"

#endif
