"""The functions of include/uesynth.h: name -> (result, arguments)."""

from __future__ import annotations

from ctypes import c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, Dict, List, Tuple

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
