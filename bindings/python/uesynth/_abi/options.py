"""Structs of include/uesynth.h: what clients, requests and files are made with."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)

from .events import Transform, destroy_fn, thread_fn, allocate_fn, deallocate_fn


class Allocator(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("allocate", allocate_fn),
        ("deallocate", deallocate_fn),
        ("user_data", c_void_p),
        ("destroy", destroy_fn),
    ]


class RuntimeOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("loop_threads", c_uint32),
        ("memory_bytes", c_uint64),
        ("thread_started", thread_fn),
        ("thread_stopping", thread_fn),
        ("user_data", c_void_p),
        ("destroy", destroy_fn),
    ]


class TLSOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("ca_file", c_char_p),
        ("ca_pem", c_char_p),
        ("certificate_file", c_char_p),
        ("certificate_pem", c_char_p),
        ("key_file", c_char_p),
        ("key_pem", c_char_p),
        ("server_name", c_char_p),
    ]


class Metadata(Structure):
    _fields_ = [
        ("key", c_char_p),
        ("value", c_void_p),
        ("size", c_size_t),
    ]


metadata_fn = CFUNCTYPE(c_int32, c_char_p, c_void_p, c_void_p)


class ClientOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("lanes", c_uint32),
        ("timeout_ms", c_int64),
        ("connect_timeout_ms", c_int64),
        ("stream_buffer_bytes", c_uint64),
        ("stream_buffer_size", c_uint32),
        ("max_concurrent_requests", c_uint32),
        ("max_receive_message_length", c_uint64),
        ("overflow", c_uint32),
        ("when_full", c_uint32),
        ("distinct_cameras", c_uint32),
        ("max_retries", c_uint32),
        ("runtime", c_void_p),
        ("allocator", POINTER(Allocator)),
        ("max_send_message_length", c_uint64),
        ("initial_backoff_ms", c_int64),
        ("max_backoff_ms", c_int64),
        ("keepalive_ms", c_int64),
        ("keepalive_timeout_ms", c_int64),
        ("keepalive_without_calls", c_uint32),
        ("max_pings_without_data", c_uint32),
        ("compression", c_uint32),
        ("insecure_metadata", c_uint32),
        ("busy_poll_us", c_uint32),
        ("reserved", c_uint32),
        ("tls", POINTER(TLSOptions)),
        ("metadata", POINTER(Metadata)),
        ("metadata_count", c_size_t),
        ("metadata_callback", metadata_fn),
        ("metadata_user_data", c_void_p),
        ("metadata_destroy", destroy_fn),
    ]


class SubmitOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("route", c_uint32),
        ("reserved", c_uint32),
        ("timeout_ms", c_int64),
        ("cookie", c_uint64),
        ("destination", c_void_p),
        ("destination_capacity", c_size_t),
        ("destination_done", destroy_fn),
        ("destination_user_data", c_void_p),
    ]


class SubscriptionOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("modality", c_uint32),
        ("camera", c_char_p),
        ("width", c_uint32),
        ("height", c_uint32),
        ("rate_hz", c_double),
        ("depth", c_uint32),
        ("route", c_uint32),
        ("cookie", c_uint64),
    ]


class FramesetPart(Structure):
    _fields_ = [
        ("modality", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("reserved", c_uint32),
        ("camera", c_char_p),
    ]


class FramesetOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("route", c_uint32),
        ("camera", c_char_p),
        ("transform", POINTER(Transform)),
        ("parts", POINTER(FramesetPart)),
        ("part_count", c_size_t),
        ("settle_captures", c_uint32),
        ("verify", c_uint32),
        ("settle_ms", c_int64),
        ("timeout_ms", c_int64),
        ("cookie", c_uint64),
    ]


class Pixels(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("format", c_uint32),
        ("data", c_void_p),
        ("capacity", c_size_t),
        ("stride", c_size_t),
        ("width", c_uint32),
        ("height", c_uint32),
        ("made_format", c_uint32),
        ("reserved", c_uint32),
        ("made_stride", c_size_t),
        ("size", c_size_t),
    ]


class PictureOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_uint32),
        ("quality", c_uint32),
        ("full_chroma", c_uint32),
        ("compression", c_int32),
        ("keep_alpha", c_uint32),
        ("depth_near", c_float),
        ("depth_far", c_float),
        ("flow_full", c_float),
    ]


class SaveOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("timeout_ms", c_int64),
        ("cookie", c_uint64),
        ("picture", POINTER(PictureOptions)),
    ]


class WatchOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("states", c_uint32),
        ("log_level", c_uint32),
        ("reserved", c_uint32),
        ("cookie", c_uint64),
    ]


class SequenceOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("modality", c_uint32),
        ("camera", c_char_p),
        ("width", c_uint32),
        ("height", c_uint32),
        ("ahead", c_uint32),
        ("route", c_uint32),
        ("timeout_ms", c_int64),
    ]
