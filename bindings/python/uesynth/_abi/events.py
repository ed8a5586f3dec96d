"""Structs of include/uesynth.h: actions, frames and events, and the functions that are told of them."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)


class Vector3(Structure):
    _fields_ = [("x", c_float), ("y", c_float), ("z", c_float)]


class Rotator(Structure):
    _fields_ = [("pitch", c_float), ("yaw", c_float), ("roll", c_float)]


class Transform(Structure):
    _fields_ = [("location", Vector3), ("rotation", Rotator), ("scale", Vector3)]


class Action(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_uint32),
        ("name", c_char_p),
        ("transform", Transform),
        ("transform_fields", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("asset_path", c_char_p),
        ("material_property", c_char_p),
        ("material_value", c_char_p),
        ("intensity", c_float),
        ("color", Vector3),
    ]


class FrameInfo(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("modality", c_uint32),
        ("data", c_void_p),
        ("size", c_size_t),
        ("width", c_uint32),
        ("height", c_uint32),
        ("stride", c_size_t),
        ("format", c_uint32),
        ("flags", c_uint32),
        ("claimed_format", c_char_p),
        ("camera", c_char_p),
        ("sequence", c_uint64),
        ("request_id", c_uint64),
        ("cookie", c_uint64),
        ("dropped_before", c_uint64),
        ("submitted_ns", c_int64),
        ("sent_ns", c_int64),
        ("first_byte_ns", c_int64),
        ("completed_ns", c_int64),
        ("delivered_ns", c_int64),
        ("pose", Transform),
    ]


class Reply(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("transform", Transform),
        ("message", c_char_p),
        ("name_count", c_size_t),
        ("names", POINTER(c_char_p)),
    ]


class FramesetResult(Structure):
    _fields_ = [
        ("status", c_int32),
        ("modality", c_uint32),
        ("message", c_char_p),
        ("frame", c_void_p),
    ]


class Frameset(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("pose_status", c_int32),
        ("settled", c_uint32),
        ("spread_ns", c_int64),
        ("read_back", Transform),
        ("result_count", c_size_t),
        ("results", POINTER(FramesetResult)),
    ]


class Event(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("type", c_uint32),
        ("request_id", c_uint64),
        ("cookie", c_uint64),
        ("status", c_int32),
        ("action", c_uint32),
        ("message", c_char_p),
        ("frame", c_void_p),
        ("reply", POINTER(Reply)),
        ("frameset", POINTER(Frameset)),
        ("reserved", c_void_p),
    ]


event_fn = CFUNCTYPE(None, POINTER(Event), c_void_p)
destroy_fn = CFUNCTYPE(None, c_void_p)
thread_fn = CFUNCTYPE(None, c_uint32, c_uint32, c_void_p)
allocate_fn = CFUNCTYPE(c_void_p, c_size_t, c_size_t, c_void_p)
deallocate_fn = CFUNCTYPE(None, c_void_p, c_size_t, c_void_p)
