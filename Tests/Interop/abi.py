"""The whole of include/uesynth.h as ctypes: structs, constants, functions. Nothing is hidden or added.

test_abi.py holds it against the header: every function is here, and every struct has the layout that
the C compiler gives it.
"""

import ctypes
import os
import pathlib
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)
from typing import ClassVar

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include" / "uesynth.h"

# ---- Constants --------------------------------------------------------------------------------------

STATUS = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
    "WOULD_BLOCK": 100,
    "NO_FRAME": 101,
    "CLOSED": 102,
    "MISUSE": 103,
    "FORKED": 104,
    "ALREADY_COMPLETED": 105,
    "BUFFER_TOO_SMALL": 106,
    "NO_ANSWER": 107,
}
globals().update(STATUS)

RGB, DEPTH, SEGMENTATION, NORMALS, OPTICAL_FLOW = MODALITIES = range(1, 6)

ACTIONS = {
    "SET_CAMERA_TRANSFORM": 2,
    "GET_CAMERA_TRANSFORM": 3,
    "CAPTURE_RGB": 4,
    "CAPTURE_DEPTH": 5,
    "CAPTURE_SEGMENTATION": 6,
    "CAPTURE_NORMALS": 7,
    "CAPTURE_OPTICAL_FLOW": 8,
    "SET_OBJECT_TRANSFORM": 9,
    "GET_OBJECT_TRANSFORM": 10,
    "CREATE_CAMERA": 11,
    "DESTROY_CAMERA": 12,
    "SET_RESOLUTION": 13,
    "SPAWN_OBJECT": 14,
    "DESTROY_OBJECT": 15,
    "SET_MATERIAL": 16,
    "LIST_OBJECTS": 17,
    "SET_LIGHTING": 18,
}
globals().update(ACTIONS)

FORMATS = {
    name: value
    for value, name in enumerate(
        [
            "UNKNOWN",
            "RGBA8",
            "RGB8",
            "BGRA8",
            "GRAY8",
            "F32",
            "F32X2",
            "F32X3",
            "U32",
            "F16",
            "PNG",
            "JPEG",
            "EXR",
        ]
    )
}
MADE_FORMATS = ["BGR8", "GRAY16", "F32X4", "F32X3_PLANAR", "F32X4_PLANAR"]
FORMATS.update({name: value for value, name in enumerate(MADE_FORMATS, 32)})
FRAME_FLAGS = {
    "FORMAT_MISMATCH": 1,
    "SIZE_MISMATCH": 2,
    "PLACEHOLDER": 4,
    "EMPTY": 8,
    "CHANGE_FAILED": 16,
    "HOST_MEMORY": 32,
    "HAS_POSE": 64,
}
TRANSFORM_LOCATION, TRANSFORM_ROTATION, TRANSFORM_SCALE = 1, 2, 4
REPLY_SUCCESS, REPLY_TRANSFORM = 1, 2
EVENT_COMPLETED, EVENT_FRAMESET, EVENT_SAVED, EVENT_STATE, EVENT_LOG = 1, 2, 3, 4, 5
LOG_NONE, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG = 0, 1, 2, 3, 4
(
    PROBE_NOT_PROBED,
    PROBE_WORKS,
    PROBE_STUB,
    PROBE_PLACEHOLDER,
    PROBE_UNIMPLEMENTED,
    PROBE_SILENT,
    PROBE_FAILED,
) = range(7)
PROBE_UNKNOWN, PROBE_NO, PROBE_YES = 0, 1, 2
PROBE_SIZE_UNKNOWN, PROBE_SIZE_SCALES, PROBE_SIZE_CROPS = 0, 1, 2
PROBE_MAY_CHANGE = 1
FRAMESET_VERIFIED, FRAMESET_DIFFERENT = 1, 2
THREAD_LOOP, THREAD_DELIVERY, THREAD_WORKER = 1, 2, 3
ROUTE_AUTO, ROUTE_STREAM, ROUTE_DIRECT = 0, 1, 2
OVERFLOW_BLOCK, OVERFLOW_DROP_OLDEST, OVERFLOW_DROP_NEWEST, OVERFLOW_LATEST = 0, 1, 2, 3
WHEN_FULL_WAIT, WHEN_FULL_WOULD_BLOCK = 0, 1
COMPRESSION_OFF, COMPRESSION_ON, COMPRESSION_AUTO = 0, 1, 2
PRESETS = {"DEFAULT": 0, "DEVELOPMENT": 1, "PRODUCTION": 2, "HIGH_THROUGHPUT": 3, "LOW_MEMORY": 4}
STATE_IDLE, STATE_CONNECTING, STATE_READY, STATE_BACKOFF, STATE_CLOSED = range(5)
LATENCY_WAITING, LATENCY_FIRST_BYTE, LATENCY_TRANSFER, LATENCY_DELIVERY, LATENCY_TOTAL = range(1, 6)
AXES_UNREAL, AXES_OPENCV, AXES_ROS, AXES_OPENGL = range(4)
POSE_INVERSE, POSE_METRES, POSE_SCALED = 1, 2, 4
SUBMIT_NOTIFY_ONLY, SUBMIT_NO_EVENT, SUBMIT_ORDER_NONE = 1, 2, 4
SUBMIT_WAIT_FOR_READY = 8
FILE_PNG, FILE_JPEG, FILE_NPY = 1, 2, 3
PICTURE_AS_IS, PICTURE_PREVIEW = 0, 1
SAVE_NO_EVENT = 1

# ---- Structs ----------------------------------------------------------------------------------------


class Sized(Structure):
    """A struct that begins with struct_size. INIT holds what its macro sets besides."""

    INIT: ClassVar = {}

    def __init__(self, **values):
        super().__init__()
        self.struct_size = sizeof(type(self))
        for name, value in {**self.INIT, **values}.items():
            setattr(self, name, value)


class Vector3(Structure):
    _fields_ = [("x", c_float), ("y", c_float), ("z", c_float)]


class Rotator(Structure):
    _fields_ = [("pitch", c_float), ("yaw", c_float), ("roll", c_float)]


class Transform(Structure):
    _fields_ = [("location", Vector3), ("rotation", Rotator), ("scale", Vector3)]

    def __init__(self, location=(0, 0, 0), rotation=(0, 0, 0), scale=(1, 1, 1)):
        super().__init__(Vector3(*location), Rotator(*rotation), Vector3(*scale))

    def values(self):
        parts = self.location, self.rotation, self.scale
        return tuple(getattr(part, name) for part in parts for name, _ in part._fields_)


class Action(Sized):
    INIT: ClassVar = {"intensity": 1, "color": Vector3(1, 1, 1), "transform": Transform()}
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


class FrameInfo(Sized):
    INIT: ClassVar = {"pose": Transform()}
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


class FramesetPart(Structure):
    _fields_ = [
        ("modality", c_uint32),
        ("width", c_uint32),
        ("height", c_uint32),
        ("reserved", c_uint32),
        ("camera", c_char_p),
    ]


class FramesetOptions(Sized):
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


class Event(Sized):
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


EventFunction = CFUNCTYPE(None, POINTER(Event), c_void_p)
DestroyFunction = CFUNCTYPE(None, c_void_p)
ThreadFunction = CFUNCTYPE(None, c_uint32, c_uint32, c_void_p)
AllocateFunction = CFUNCTYPE(c_void_p, c_size_t, c_size_t, c_void_p)
DeallocateFunction = CFUNCTYPE(None, c_void_p, c_size_t, c_void_p)


class Allocator(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("allocate", AllocateFunction),
        ("deallocate", DeallocateFunction),
        ("user_data", c_void_p),
        ("destroy", DestroyFunction),
    ]


class RuntimeOptions(Sized):
    INIT: ClassVar = {"loop_threads": 1}
    _fields_ = [
        ("struct_size", c_uint32),
        ("loop_threads", c_uint32),
        ("memory_bytes", c_uint64),
        ("thread_started", ThreadFunction),
        ("thread_stopping", ThreadFunction),
        ("user_data", c_void_p),
        ("destroy", DestroyFunction),
    ]


class TLSOptions(Sized):
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


MetadataFunction = CFUNCTYPE(c_int32, c_char_p, c_void_p, c_void_p)


class ClientOptions(Sized):
    INIT: ClassVar = {
        "lanes": 1,
        "timeout_ms": 5000,
        "connect_timeout_ms": 20000,
        "stream_buffer_bytes": 512 << 20,
        "stream_buffer_size": 1024,
        "max_concurrent_requests": 1024,
        "max_receive_message_length": 64 << 20,
        "max_retries": 3,
        "max_send_message_length": 4 << 20,
        "initial_backoff_ms": 1000,
        "max_backoff_ms": 120000,
        "keepalive_timeout_ms": 20000,
        "max_pings_without_data": 2,
    }
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
        ("metadata_callback", MetadataFunction),
        ("metadata_user_data", c_void_p),
        ("metadata_destroy", DestroyFunction),
    ]


class SubmitOptions(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("route", c_uint32),
        ("reserved", c_uint32),
        ("timeout_ms", c_int64),
        ("cookie", c_uint64),
        ("destination", c_void_p),
        ("destination_capacity", c_size_t),
        ("destination_done", DestroyFunction),
        ("destination_user_data", c_void_p),
    ]


class SubscriptionOptions(Sized):
    INIT: ClassVar = {"modality": RGB}
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


class ProbeReport(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("camera_names_matter", c_uint8),
        ("view_follows_camera", c_uint8),
        ("size", c_uint8),
        ("reserved", c_uint8),
        ("direct", c_uint8 * 32),
        ("stream", c_uint8 * 32),
    ]


class Pixels(Sized):
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


class PictureOptions(Sized):
    INIT: ClassVar = {"quality": 95, "compression": -1}
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


class SaveOptions(Sized):
    INIT: ClassVar = {"timeout_ms": -1}
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("timeout_ms", c_int64),
        ("cookie", c_uint64),
        ("picture", POINTER(PictureOptions)),
    ]


class WatchOptions(Sized):
    INIT: ClassVar = {"states": 1, "log_level": LOG_WARNING}
    _fields_ = [
        ("struct_size", c_uint32),
        ("states", c_uint32),
        ("log_level", c_uint32),
        ("reserved", c_uint32),
        ("cookie", c_uint64),
    ]


class Stats(Sized):
    _fields_ = [("struct_size", c_uint32), ("state", c_uint32)] + [
        (name, c_uint64)
        for name in [
            "requests_submitted",
            "requests_in_flight",
            "completed_ok",
            "completed_cancelled",
            "completed_deadline_exceeded",
            "completed_unavailable",
            "completed_no_answer",
            "completed_closed",
            "completed_other",
            "retries",
            "late_replies",
            "unknown_replies",
            "frames_received",
            "frames_delivered",
            "frames_queued",
            "frames_dropped_superseded",
            "frames_dropped_oldest",
            "frames_dropped_newest",
            "frames_dropped_latest",
            "frames_dropped_expired",
            "frames_dropped_abandoned",
            "frames_dropped_settling",
            "bytes_sent",
            "bytes_received",
            "image_bytes",
            "image_bytes_copied",
            "buffer_bytes",
            "buffer_bytes_peak",
            "host_frame_bytes",
            "pool_bytes",
            "events_queued",
            "connects",
            "connect_failures",
            "disconnects",
            "subscription_beats_missed",
            "frame_bytes_kept",
            "loop_wakeups",
            "pool_hits",
            "pool_misses",
        ]
    ]
    _fields_ += [
        ("connected_since_ns", c_int64),
        ("frames_per_second", c_double),
        ("commands_per_second", c_double),
        ("bytes_received_per_second", c_double),
        ("bytes_sent_per_second", c_double),
        ("copies_per_frame", c_double),
        ("watch_events_dropped", c_uint64),
        ("compressed_messages", c_uint64),
        ("compressed_bytes", c_uint64),
        ("inflated_bytes", c_uint64),
        ("compression_offers", c_uint64),
        ("compression_offered", c_uint64),
        ("link_bytes_per_second", c_double),
        ("inflated_bytes_per_second", c_double),
    ]

    def as_dict(self):
        return {name: getattr(self, name) for name, _ in self._fields_[1:]}


class Beat(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("number", c_uint64),
        ("missed_before", c_uint64),
        ("intended_ns", c_int64),
        ("actual_ns", c_int64),
    ]


class PacerStats(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("rate_hz", c_double),
        ("started_ns", c_int64),
        ("beats", c_uint64),
        ("beats_missed", c_uint64),
        ("late_p50_ns", c_int64),
        ("late_p90_ns", c_int64),
        ("late_p99_ns", c_int64),
        ("late_max_ns", c_int64),
    ]


class SequenceOptions(Sized):
    INIT: ClassVar = {"modality": RGB}
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


class SequenceStats(Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("ahead", c_uint32),
        ("ahead_peak", c_uint32),
        ("reserved", c_uint32),
        ("poses", c_uint64),
        ("submitted", c_uint64),
        ("handed_out", c_uint64),
        ("waits", c_uint64),
        ("waited_ns", c_int64),
    ]


STRUCTS = {
    "uesynth_vector3": Vector3,
    "uesynth_rotator": Rotator,
    "uesynth_transform": Transform,
    "uesynth_action": Action,
    "uesynth_frame_info": FrameInfo,
    "uesynth_reply": Reply,
    "uesynth_event": Event,
    "uesynth_allocator": Allocator,
    "uesynth_runtime_options": RuntimeOptions,
    "uesynth_client_options": ClientOptions,
    "uesynth_tls_options": TLSOptions,
    "uesynth_metadata": Metadata,
    "uesynth_submit_options": SubmitOptions,
    "uesynth_subscription_options": SubscriptionOptions,
    "uesynth_pixels": Pixels,
    "uesynth_picture_options": PictureOptions,
    "uesynth_save_options": SaveOptions,
    "uesynth_stats": Stats,
    "uesynth_probe_report": ProbeReport,
    "uesynth_beat": Beat,
    "uesynth_pacer_stats": PacerStats,
    "uesynth_sequence_options": SequenceOptions,
    "uesynth_sequence_stats": SequenceStats,
    "uesynth_watch_options": WatchOptions,
    "uesynth_frameset_part": FramesetPart,
    "uesynth_frameset_options": FramesetOptions,
    "uesynth_frameset_result": FramesetResult,
    "uesynth_frameset": Frameset,
}

# ---- Functions --------------------------------------------------------------------------------------

status, handle, out = c_int32, c_void_p, POINTER(c_void_p)
callback = [EventFunction, c_void_p, DestroyFunction]

FUNCTIONS = {
    "version": (c_char_p, []),
    "version_number": (c_uint32, []),
    "status_name": (c_char_p, [status]),
    "last_error": (c_char_p, []),
    "frame_view": (status, [handle, POINTER(FrameInfo)]),
    "frame_retain": (handle, [handle]),
    "frame_release": (None, [handle]),
    "events_release": (None, [POINTER(Event), c_size_t, c_size_t]),
    "runtime_new": (status, [POINTER(RuntimeOptions), out]),
    "runtime_free": (None, [handle]),
    "client_options_preset": (status, [c_uint32, POINTER(ClientOptions)]),
    "client_options_channel_argument": (status, [POINTER(ClientOptions), c_char_p, c_int64]),
    "client_options_environment": (status, [POINTER(ClientOptions), c_char_p, c_size_t]),
    "metadata_list_add": (status, [handle, c_char_p, c_void_p, c_size_t]),
    "client_new": (status, [c_char_p, POINTER(ClientOptions), out]),
    "client_connect": (status, [handle, c_int64]),
    "client_state": (status, [handle, POINTER(c_uint32)]),
    "client_close": (status, [handle]),
    "client_free": (None, [handle]),
    "client_call": (status, [handle, POINTER(Action), POINTER(SubmitOptions), POINTER(Event)]),
    "client_capture": (status, [handle, c_uint32, c_char_p, c_uint32, c_uint32, out]),
    "client_set_camera_transform": (status, [handle, c_char_p, POINTER(Transform)]),
    "client_get_camera_transform": (status, [handle, c_char_p, POINTER(Transform)]),
    "client_set_object_transform": (status, [handle, c_char_p, POINTER(Transform)]),
    "client_get_object_transform": (status, [handle, c_char_p, POINTER(Transform)]),
    "client_submit": (
        status,
        [handle, POINTER(Action), POINTER(SubmitOptions), POINTER(c_uint64), *callback],
    ),
    "client_probe": (status, [handle, c_uint32, c_int64, POINTER(ProbeReport)]),
    "client_capture_set": (status, [handle, POINTER(FramesetOptions), POINTER(Event)]),
    "client_submit_set": (
        status,
        [
            handle,
            POINTER(FramesetOptions),
            POINTER(c_uint64),
            EventFunction,
            c_void_p,
            DestroyFunction,
        ],
    ),
    "client_submit_batch": (
        status,
        [handle, POINTER(Action), c_size_t, c_size_t, POINTER(SubmitOptions)]
        + [POINTER(c_uint64), POINTER(c_size_t), *callback],
    ),
    "client_cancel": (status, [handle, c_uint64]),
    "client_poll": (
        status,
        [handle, POINTER(Event), c_size_t, c_size_t, c_int64, POINTER(c_size_t)],
    ),
    "client_event_fd": (status, [handle, POINTER(c_int)]),
    "client_latest_frame": (status, [handle, c_uint32, c_char_p, c_int, out]),
    "client_take_frame": (status, [handle, c_uint64, c_int64, out]),
    "client_subscribe": (status, [handle, POINTER(SubscriptionOptions), out, *callback]),
    "subscription_close": (None, [handle]),
    "frame_decode": (status, [handle, POINTER(Pixels)]),
    "frame_convert": (status, [handle, POINTER(Pixels)]),
    "frame_encode": (
        status,
        [handle, c_uint32, POINTER(PictureOptions), POINTER(POINTER(c_uint8)), POINTER(c_size_t)],
    ),
    "bytes_free": (None, [POINTER(c_uint8)]),
    "frame_save": (status, [handle, c_char_p, POINTER(PictureOptions)]),
    "client_save": (status, [handle, handle, c_char_p, POINTER(SaveOptions), *callback]),
    "client_watch": (status, [handle, POINTER(WatchOptions), *callback]),
    "client_flush_saves": (status, [handle, c_int64]),
    "client_prewarm": (status, [handle, c_size_t, c_uint32]),
    "client_stats": (status, [handle, POINTER(Stats)]),
    "stat_count": (c_size_t, []),
    "stat_name": (c_char_p, [c_size_t]),
    "client_stat_values": (status, [handle, POINTER(c_double), c_size_t]),
    "client_stat_value": (status, [handle, c_char_p, POINTER(c_double)]),
    "client_latency": (
        status,
        [handle, c_uint32, c_uint32, c_double, POINTER(c_int64), POINTER(c_uint64)],
    ),
    "client_stats_text": (status, [handle, c_char_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "pacer_new": (status, [c_double, out]),
    "pacer_wait": (status, [handle, c_int64, POINTER(Beat)]),
    "pacer_fd": (status, [handle, POINTER(c_int)]),
    "pacer_get_stats": (status, [handle, POINTER(PacerStats)]),
    "pacer_late": (status, [handle, c_double, POINTER(c_int64)]),
    "pacer_free": (None, [handle]),
    "sequence_new": (
        status,
        [handle, POINTER(SequenceOptions), POINTER(Transform), c_size_t, out],
    ),
    "sequence_next": (status, [handle, c_int64, POINTER(Event)]),
    "sequence_cancel": (status, [handle]),
    "sequence_get_stats": (status, [handle, POINTER(SequenceStats)]),
    "sequence_free": (None, [handle]),
    "pose_to_matrix": (status, [POINTER(Transform), c_uint32, c_uint32, POINTER(c_double)]),
    "pose_to_quaternion": (status, [POINTER(Transform), c_uint32, c_uint32, POINTER(c_double)]),
    "camera_intrinsics": (status, [c_double, c_uint32, c_uint32, POINTER(c_double)]),
}


def library_path():
    """UESYNTH_LIBRARY, or what the build left in this tree; None if there is none."""
    named = os.environ.get("UESYNTH_LIBRARY")
    if named:
        return pathlib.Path(named)
    for kind in "release", "debug":
        path = ROOT / ".build" / kind / "libuesynth.so"
        if path.exists():
            return path
    return None


def load(path):
    """The library as an object with one attribute a function, without the prefix."""
    library = ctypes.CDLL(str(path))

    class Table:
        pass

    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, "uesynth_" + name)
        function.restype, function.argtypes = result, arguments
        setattr(Table, name, staticmethod(function))
    return Table
