"""The whole of include/uesynth.h as ctypes. Structs and constants are the Python package's own table
(bindings/python/uesynth/_abi), which test_abi.py holds against the header, and its structs begin as their
INIT macros say. The functions have types here that ctypes checks.
"""

import ctypes
import importlib.util
import os
import pathlib
import sys
from ctypes import (
    POINTER,
    Structure,
    c_char_p,
    c_double,
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include" / "uesynth.h"


def _table():
    """A copy of its own, so that nothing that is done to it here reaches the package."""
    folder = ROOT / "bindings" / "python" / "uesynth" / "_abi"
    spec = importlib.util.spec_from_file_location(
        "uesynth_abi_of_the_tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


table = _table()
STRUCTS = table.STRUCTS

# ---- Constants --------------------------------------------------------------------------------------


def _constants(prefix=""):
    """Those with this prefix, without it."""
    return {
        name.removeprefix(prefix): value
        for name, value in vars(table).items()
        if name.startswith(prefix) and name.isupper() and isinstance(value, int)
    }


STATUS_NAMES = """
    OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS
    PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE
    UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED WOULD_BLOCK NO_FRAME
    CLOSED MISUSE FORKED ALREADY_COMPLETED BUFFER_TOO_SMALL NO_ANSWER
""".split()
STATUS = {name: getattr(table, name) for name in STATUS_NAMES}
ACTIONS = _constants("ACTION_")
FORMATS = _constants("FORMAT_")
FRAME_FLAGS = _constants("FRAME_")
PRESETS = _constants("PRESET_")
globals().update(_constants())
globals().update(ACTIONS)

RGB, DEPTH, SEGMENTATION, NORMALS, OPTICAL_FLOW = MODALITIES = range(1, 6)
# What the library makes and no server sends.
MADE_FORMATS = ["BGR8", "GRAY16", "F32X4", "F32X3_PLANAR", "F32X4_PLANAR"]

# ---- Structs ----------------------------------------------------------------------------------------

EventFunction, DestroyFunction = table.event_fn, table.destroy_fn
ThreadFunction, MetadataFunction = table.thread_fn, table.metadata_fn
AllocateFunction, DeallocateFunction = table.allocate_fn, table.deallocate_fn

globals().update({struct.__name__: struct for struct in STRUCTS.values()})
Vector3, Rotator, Transform = table.Vector3, table.Rotator, table.Transform
Action, Event, Stats, FrameInfo = table.Action, table.Event, table.Stats, table.FrameInfo
ClientOptions, SubmitOptions = table.ClientOptions, table.SubmitOptions


def _transform(self, location=(0, 0, 0), rotation=(0, 0, 0), scale=(1, 1, 1)):
    Structure.__init__(self, Vector3(*location), Rotator(*rotation), Vector3(*scale))


def _transform_values(self):
    parts = self.location, self.rotation, self.scale
    return tuple(getattr(part, name) for part in parts for name, _ in part._fields_)


def _stats_as_dict(self):
    return {name: getattr(self, name) for name, _ in self._fields_[1:]}


Transform.__init__, Transform.values = _transform, _transform_values
Stats.as_dict = _stats_as_dict

# What INIT macros set besides struct_size.
INIT = {
    Action: {"intensity": 1, "color": Vector3(1, 1, 1), "transform": Transform()},
    FrameInfo: {"pose": Transform()},
    table.RuntimeOptions: {"loop_threads": 1},
    ClientOptions: {
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
    },
    table.SubscriptionOptions: {"modality": RGB},
    table.PictureOptions: {"quality": 95, "compression": -1},
    table.SaveOptions: {"timeout_ms": -1},
    table.WatchOptions: {"states": 1, "log_level": table.LOG_WARNING},
    table.SequenceOptions: {"modality": RGB},
}


def _sized(self, **values):
    Structure.__init__(self)
    self.struct_size = sizeof(type(self))
    for name, value in {**INIT.get(type(self), {}), **values}.items():
        setattr(self, name, value)


for _struct in STRUCTS.values():
    # These two come from the library and are never made.
    if _struct._fields_[0][0] == "struct_size" and _struct not in (table.Reply, table.Frameset):
        _struct.__init__ = _sized

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
    "runtime_new": (status, [POINTER(table.RuntimeOptions), out]),
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
    "client_probe": (status, [handle, c_uint32, c_int64, POINTER(table.ProbeReport)]),
    "client_capture_set": (status, [handle, POINTER(table.FramesetOptions), POINTER(Event)]),
    "client_submit_set": (
        status,
        [
            handle,
            POINTER(table.FramesetOptions),
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
    "client_subscribe": (status, [handle, POINTER(table.SubscriptionOptions), out, *callback]),
    "subscription_close": (None, [handle]),
    "frame_decode": (status, [handle, POINTER(table.Pixels)]),
    "frame_convert": (status, [handle, POINTER(table.Pixels)]),
    "frame_encode": (
        status,
        [handle, c_uint32, POINTER(table.PictureOptions), POINTER(POINTER(c_uint8)), POINTER(c_size_t)],
    ),
    "bytes_free": (None, [POINTER(c_uint8)]),
    "frame_save": (status, [handle, c_char_p, POINTER(table.PictureOptions)]),
    "client_save": (status, [handle, handle, c_char_p, POINTER(table.SaveOptions), *callback]),
    "client_watch": (status, [handle, POINTER(table.WatchOptions), *callback]),
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
    "pacer_wait": (status, [handle, c_int64, POINTER(table.Beat)]),
    "pacer_fd": (status, [handle, POINTER(c_int)]),
    "pacer_get_stats": (status, [handle, POINTER(table.PacerStats)]),
    "pacer_late": (status, [handle, c_double, POINTER(c_int64)]),
    "pacer_free": (None, [handle]),
    "sequence_new": (
        status,
        [handle, POINTER(table.SequenceOptions), POINTER(Transform), c_size_t, out],
    ),
    "sequence_next": (status, [handle, c_int64, POINTER(Event)]),
    "sequence_cancel": (status, [handle]),
    "sequence_get_stats": (status, [handle, POINTER(table.SequenceStats)]),
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
