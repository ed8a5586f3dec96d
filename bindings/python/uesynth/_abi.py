"""include/uesynth.h as a table: constants, structs and functions under the header's names.

Nothing is added, hidden or made comfortable here; tests/test_abi.py holds every line against the header.
"""

from __future__ import annotations

import ctypes
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
)
from typing import Any, Dict, List, Tuple, Type

# ---- Constants, without UESYNTH_ ----------------------------------------------------------------

VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH = 0, 1, 0

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16
WOULD_BLOCK = 100
NO_FRAME = 101
CLOSED = 102
MISUSE = 103
FORKED = 104
ALREADY_COMPLETED = 105
BUFFER_TOO_SMALL = 106
NO_ANSWER = 107

TRANSFORM_LOCATION = 1
TRANSFORM_ROTATION = 2
TRANSFORM_SCALE = 4

MODALITY_RGB = 1
MODALITY_DEPTH = 2
MODALITY_SEGMENTATION = 3
MODALITY_NORMALS = 4
MODALITY_OPTICAL_FLOW = 5

ACTION_SET_CAMERA_TRANSFORM = 2
ACTION_GET_CAMERA_TRANSFORM = 3
ACTION_CAPTURE_RGB = 4
ACTION_CAPTURE_DEPTH = 5
ACTION_CAPTURE_SEGMENTATION = 6
ACTION_CAPTURE_NORMALS = 7
ACTION_CAPTURE_OPTICAL_FLOW = 8
ACTION_SET_OBJECT_TRANSFORM = 9
ACTION_GET_OBJECT_TRANSFORM = 10
ACTION_CREATE_CAMERA = 11
ACTION_DESTROY_CAMERA = 12
ACTION_SET_RESOLUTION = 13
ACTION_SPAWN_OBJECT = 14
ACTION_DESTROY_OBJECT = 15
ACTION_SET_MATERIAL = 16
ACTION_LIST_OBJECTS = 17
ACTION_SET_LIGHTING = 18

FORMAT_UNKNOWN = 0
FORMAT_RGBA8 = 1
FORMAT_RGB8 = 2
FORMAT_BGRA8 = 3
FORMAT_GRAY8 = 4
FORMAT_F32 = 5
FORMAT_F32X2 = 6
FORMAT_F32X3 = 7
FORMAT_U32 = 8
FORMAT_F16 = 9
FORMAT_PNG = 10
FORMAT_JPEG = 11
FORMAT_EXR = 12
FORMAT_BGR8 = 32
FORMAT_GRAY16 = 33
FORMAT_F32X4 = 34
FORMAT_F32X3_PLANAR = 35
FORMAT_F32X4_PLANAR = 36

FRAME_FORMAT_MISMATCH = 1
FRAME_SIZE_MISMATCH = 2
FRAME_PLACEHOLDER = 4
FRAME_EMPTY = 8
FRAME_CHANGE_FAILED = 16
FRAME_HOST_MEMORY = 32
FRAME_HAS_POSE = 64

REPLY_SUCCESS = 1
REPLY_TRANSFORM = 2

EVENT_COMPLETED = 1
EVENT_FRAMESET = 2
EVENT_SAVED = 3
EVENT_STATE = 4
EVENT_LOG = 5
LOG_NONE = 0
LOG_ERROR = 1
LOG_WARNING = 2
LOG_INFO = 3
LOG_DEBUG = 4

THREAD_LOOP = 1
THREAD_DELIVERY = 2
THREAD_WORKER = 3

ROUTE_AUTO = 0
ROUTE_STREAM = 1
ROUTE_DIRECT = 2

OVERFLOW_BLOCK = 0
OVERFLOW_DROP_OLDEST = 1
OVERFLOW_DROP_NEWEST = 2
OVERFLOW_LATEST = 3

WHEN_FULL_WAIT = 0
WHEN_FULL_WOULD_BLOCK = 1

COMPRESSION_OFF = 0
COMPRESSION_ON = 1
COMPRESSION_AUTO = 2

PRESET_DEFAULT = 0
PRESET_DEVELOPMENT = 1
PRESET_PRODUCTION = 2
PRESET_HIGH_THROUGHPUT = 3
PRESET_LOW_MEMORY = 4

STATE_IDLE = 0
STATE_CONNECTING = 1
STATE_READY = 2
STATE_BACKOFF = 3
STATE_CLOSED = 4

SUBMIT_NOTIFY_ONLY = 1
SUBMIT_NO_EVENT = 2
SUBMIT_ORDER_NONE = 4
SUBMIT_WAIT_FOR_READY = 8

FRAMESET_VERIFIED = 1
FRAMESET_DIFFERENT = 2

PROBE_NOT_PROBED = 0
PROBE_WORKS = 1
PROBE_STUB = 2
PROBE_PLACEHOLDER = 3
PROBE_UNIMPLEMENTED = 4
PROBE_SILENT = 5
PROBE_FAILED = 6

PROBE_UNKNOWN = 0
PROBE_NO = 1
PROBE_YES = 2

PROBE_SIZE_UNKNOWN = 0
PROBE_SIZE_SCALES = 1
PROBE_SIZE_CROPS = 2

PROBE_MAY_CHANGE = 1

FILE_PNG = 1
FILE_JPEG = 2
FILE_NPY = 3

PICTURE_AS_IS = 0
PICTURE_PREVIEW = 1

SAVE_NO_EVENT = 1

LATENCY_WAITING = 1
LATENCY_FIRST_BYTE = 2
LATENCY_TRANSFER = 3
LATENCY_DELIVERY = 4
LATENCY_TOTAL = 5

AXES_UNREAL = 0
AXES_OPENCV = 1
AXES_ROS = 2
AXES_OPENGL = 3

POSE_INVERSE = 1
POSE_METRES = 2
POSE_SCALED = 4

# ---- Structs ------------------------------------------------------------------------------------


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


class ProbeReport(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("camera_names_matter", c_uint8),
        ("view_follows_camera", c_uint8),
        ("size", c_uint8),
        ("reserved", c_uint8),
        ("direct", c_uint8 * 32),
        ("stream", c_uint8 * 32),
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


class Stats(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("state", c_uint32),
        ("requests_submitted", c_uint64),
        ("requests_in_flight", c_uint64),
        ("completed_ok", c_uint64),
        ("completed_cancelled", c_uint64),
        ("completed_deadline_exceeded", c_uint64),
        ("completed_unavailable", c_uint64),
        ("completed_no_answer", c_uint64),
        ("completed_closed", c_uint64),
        ("completed_other", c_uint64),
        ("retries", c_uint64),
        ("late_replies", c_uint64),
        ("unknown_replies", c_uint64),
        ("frames_received", c_uint64),
        ("frames_delivered", c_uint64),
        ("frames_queued", c_uint64),
        ("frames_dropped_superseded", c_uint64),
        ("frames_dropped_oldest", c_uint64),
        ("frames_dropped_newest", c_uint64),
        ("frames_dropped_latest", c_uint64),
        ("frames_dropped_expired", c_uint64),
        ("frames_dropped_abandoned", c_uint64),
        ("frames_dropped_settling", c_uint64),
        ("bytes_sent", c_uint64),
        ("bytes_received", c_uint64),
        ("image_bytes", c_uint64),
        ("image_bytes_copied", c_uint64),
        ("buffer_bytes", c_uint64),
        ("buffer_bytes_peak", c_uint64),
        ("host_frame_bytes", c_uint64),
        ("pool_bytes", c_uint64),
        ("events_queued", c_uint64),
        ("connects", c_uint64),
        ("connect_failures", c_uint64),
        ("disconnects", c_uint64),
        ("subscription_beats_missed", c_uint64),
        ("frame_bytes_kept", c_uint64),
        ("loop_wakeups", c_uint64),
        ("pool_hits", c_uint64),
        ("pool_misses", c_uint64),
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


class Beat(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("number", c_uint64),
        ("missed_before", c_uint64),
        ("intended_ns", c_int64),
        ("actual_ns", c_int64),
    ]


class PacerStats(Structure):
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


class SequenceStats(Structure):
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


STRUCTS: Dict[str, Type[Structure]] = {
    "uesynth_watch_options": WatchOptions,
    "uesynth_vector3": Vector3,
    "uesynth_rotator": Rotator,
    "uesynth_transform": Transform,
    "uesynth_action": Action,
    "uesynth_frame_info": FrameInfo,
    "uesynth_reply": Reply,
    "uesynth_event": Event,
    "uesynth_frameset_part": FramesetPart,
    "uesynth_frameset_options": FramesetOptions,
    "uesynth_frameset_result": FramesetResult,
    "uesynth_frameset": Frameset,
    "uesynth_probe_report": ProbeReport,
    "uesynth_pixels": Pixels,
    "uesynth_picture_options": PictureOptions,
    "uesynth_save_options": SaveOptions,
    "uesynth_allocator": Allocator,
    "uesynth_runtime_options": RuntimeOptions,
    "uesynth_tls_options": TLSOptions,
    "uesynth_metadata": Metadata,
    "uesynth_client_options": ClientOptions,
    "uesynth_submit_options": SubmitOptions,
    "uesynth_subscription_options": SubscriptionOptions,
    "uesynth_stats": Stats,
    "uesynth_beat": Beat,
    "uesynth_pacer_stats": PacerStats,
    "uesynth_sequence_options": SequenceOptions,
    "uesynth_sequence_stats": SequenceStats,
}

# ---- Functions: name -> (result, arguments) -----------------------------------------------------
#
# Pointers are c_void_p: it takes an address, None, bytes, byref() and ctypes instances alike, and costs
# the least. `pointer` says so where the header has a type that ctypes could check.

status = c_int32
pointer = c_void_p

FUNCTIONS: Dict[str, Tuple[Any, List[Any]]] = {
    "uesynth_version": (c_char_p, []),
    "uesynth_version_number": (c_uint32, []),
    "uesynth_status_name": (c_char_p, [status]),
    "uesynth_last_error": (c_char_p, []),
    "uesynth_frame_view": (status, [pointer, pointer]),
    "uesynth_frame_retain": (pointer, [pointer]),
    "uesynth_frame_release": (None, [pointer]),
    "uesynth_events_release": (None, [pointer, c_size_t, c_size_t]),
    "uesynth_runtime_new": (status, [pointer, pointer]),
    "uesynth_runtime_free": (None, [pointer]),
    "uesynth_client_options_preset": (status, [c_uint32, pointer]),
    "uesynth_client_options_channel_argument": (status, [pointer, c_char_p, c_int64]),
    "uesynth_client_options_environment": (status, [pointer, c_char_p, c_size_t]),
    "uesynth_metadata_list_add": (status, [pointer, c_char_p, pointer, c_size_t]),
    "uesynth_client_new": (status, [c_char_p, pointer, pointer]),
    "uesynth_client_connect": (status, [pointer, c_int64]),
    "uesynth_client_state": (status, [pointer, pointer]),
    "uesynth_client_close": (status, [pointer]),
    "uesynth_client_free": (None, [pointer]),
    "uesynth_client_call": (status, [pointer, pointer, pointer, pointer]),
    "uesynth_client_capture": (
        status,
        [pointer, c_uint32, c_char_p, c_uint32, c_uint32, pointer],
    ),
    "uesynth_client_set_camera_transform": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_get_camera_transform": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_set_object_transform": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_get_object_transform": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_submit": (
        status,
        [pointer, pointer, pointer, pointer, pointer, pointer, pointer],
    ),
    "uesynth_client_submit_batch": (
        status,
        [pointer, pointer, c_size_t, c_size_t, pointer, pointer, pointer, *[pointer] * 3],
    ),
    "uesynth_client_cancel": (status, [pointer, c_uint64]),
    "uesynth_client_poll": (
        status,
        [pointer, pointer, c_size_t, c_size_t, c_int64, pointer],
    ),
    "uesynth_client_event_fd": (status, [pointer, pointer]),
    "uesynth_client_latest_frame": (status, [pointer, c_uint32, pointer, c_int, pointer]),
    "uesynth_client_take_frame": (status, [pointer, c_uint64, c_int64, pointer]),
    "uesynth_client_subscribe": (
        status,
        [pointer, pointer, pointer, pointer, pointer, pointer],
    ),
    "uesynth_subscription_close": (None, [pointer]),
    "uesynth_client_capture_set": (status, [pointer, pointer, pointer]),
    "uesynth_client_submit_set": (
        status,
        [pointer, pointer, pointer, pointer, pointer, pointer],
    ),
    "uesynth_client_probe": (status, [pointer, c_uint32, c_int64, pointer]),
    "uesynth_pacer_new": (status, [c_double, pointer]),
    "uesynth_pacer_wait": (status, [pointer, c_int64, pointer]),
    "uesynth_pacer_fd": (status, [pointer, pointer]),
    "uesynth_pacer_get_stats": (status, [pointer, pointer]),
    "uesynth_pacer_late": (status, [pointer, c_double, pointer]),
    "uesynth_pacer_free": (None, [pointer]),
    "uesynth_sequence_new": (status, [pointer, pointer, pointer, c_size_t, pointer]),
    "uesynth_sequence_next": (status, [pointer, c_int64, pointer]),
    "uesynth_sequence_cancel": (status, [pointer]),
    "uesynth_sequence_get_stats": (status, [pointer, pointer]),
    "uesynth_sequence_free": (None, [pointer]),
    "uesynth_frame_decode": (status, [pointer, pointer]),
    "uesynth_frame_convert": (status, [pointer, pointer]),
    "uesynth_frame_encode": (status, [pointer, c_uint32, pointer, pointer, pointer]),
    "uesynth_bytes_free": (None, [pointer]),
    "uesynth_frame_save": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_save": (
        status,
        [pointer, pointer, c_char_p, pointer, pointer, pointer, pointer],
    ),
    "uesynth_client_watch": (status, [pointer, pointer, pointer, pointer, pointer]),
    "uesynth_client_flush_saves": (status, [pointer, c_int64]),
    "uesynth_client_prewarm": (status, [pointer, c_size_t, c_uint32]),
    "uesynth_client_stats": (status, [pointer, pointer]),
    "uesynth_stat_count": (c_size_t, []),
    "uesynth_stat_name": (c_char_p, [c_size_t]),
    "uesynth_client_stat_values": (status, [pointer, pointer, c_size_t]),
    "uesynth_client_stat_value": (status, [pointer, c_char_p, pointer]),
    "uesynth_client_latency": (
        status,
        [pointer, c_uint32, c_uint32, c_double, pointer, pointer],
    ),
    "uesynth_client_stats_text": (status, [pointer, c_char_p, pointer, c_size_t, pointer]),
    "uesynth_pose_to_matrix": (status, [pointer, c_uint32, c_uint32, pointer]),
    "uesynth_pose_to_quaternion": (status, [pointer, c_uint32, c_uint32, pointer]),
    "uesynth_camera_intrinsics": (status, [c_double, c_uint32, c_uint32, pointer]),
}

# ---- Layouts as formats of the struct module ----------------------------------------------------

_CODES: Dict[Any, str] = {
    c_uint8: "B",
    c_float: "f",
    c_double: "d",
    c_int: "i",
    c_uint32: "I",
    c_int64: "q",
    c_uint64: "Q",
}


def layout(structure: Type[Structure]) -> str:
    """The native format that packs a struct field by field, nested ones flattened, in the order of its
    fields; pointers are addresses."""

    def fields(kind: Type[Structure], base: int) -> List[Tuple[int, str, int]]:
        found: List[Tuple[int, str, int]] = []
        for field in kind._fields_:
            name, member = field[0], field[1]
            offset = base + getattr(kind, name).offset
            if issubclass(member, Structure):
                found += fields(member, offset)
            else:
                code = _CODES.get(member, "P")
                if issubclass(member, ctypes.Array):
                    code = f"{ctypes.sizeof(member)}s"
                found.append((offset, code, ctypes.sizeof(member)))
        return found

    text, end = "@", 0
    for offset, code, size in fields(structure, 0):
        text += "x" * (offset - end) + code
        end = offset + size
    return text + "x" * (ctypes.sizeof(structure) - end)
