/*
 * The messages of uesynth.proto as protobuf-c structs, for Swift, which cannot take the address of
 * a C constant: hence the descriptors as functions.
 */
#ifndef CUESYNTHPROTO_H
#define CUESYNTHPROTO_H

#include "uesynth.pb-c.h"

typedef const ProtobufCMessageDescriptor *UESynthDescriptor;

static inline UESynthDescriptor uesynth_describe_command_response(void)
{
  return &uesynth__command_response__descriptor;
}

static inline UESynthDescriptor uesynth_describe_camera_transform_response(void)
{
  return &uesynth__get_camera_transform_response__descriptor;
}

static inline UESynthDescriptor uesynth_describe_object_transform_response(void)
{
  return &uesynth__get_object_transform_response__descriptor;
}

static inline UESynthDescriptor uesynth_describe_objects_list(void)
{
  return &uesynth__list_objects_response__descriptor;
}

static inline UESynthDescriptor uesynth_describe_action_request(void)
{
  return &uesynth__action_request__descriptor;
}

#endif
