"""include/uesynth.h as a table: constants, structs and functions under the header's names.

Nothing is added, hidden or made comfortable here; tests/test_abi.py holds every line against the header.
"""

from __future__ import annotations

from ctypes import Structure
from typing import Dict, Type

from .constants import *
from .events import *
from .functions import FUNCTIONS as FUNCTIONS
from .layouts import layout as layout
from .options import *
from .reports import *

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
