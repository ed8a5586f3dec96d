"""uesynth: drive an Unreal Engine scene through the UESynth plugin and receive its pictures as numpy arrays.

    import uesynth

    with uesynth.UESynthClient("localhost:50051") as client:
        frame = client.capture.rgb(width=640, height=480)

See `UESynthClient` (blocking) and `AsyncUESynthClient` (asyncio).
"""

from __future__ import annotations

from ._frame_info import FrameFlag, FrameInfo
from ._groups import ModalityFrames
from ._library import LibraryNotFoundError
from ._poses import intrinsics
from .aio import AsyncUESynthClient, FrameStream
from .errors import (
    StatusCode,
    UESynthConnectionError,
    UESynthError,
    UESynthForkedError,
    UESynthTimeoutError,
    UESynthTypeError,
    UESynthValueError,
)
from .frame import Frame
from .frameset import FrameSet
from .geometry import Location, Pose, Rotation, Rotator, Transform, Vector3
from .monitor import PerformanceMonitor
from .options import PRESETS, ClientOptions
from .pacer import Beat, Pacer, PacerStats
from .results import CommandResult, ObjectName, Stats
from .simulator import Simulator, sim
from .sync import UESynthClient

__version__ = "0.1.0"

__all__ = [
    "PRESETS",
    "AsyncUESynthClient",
    "Beat",
    "ClientOptions",
    "CommandResult",
    "Frame",
    "FrameFlag",
    "FrameInfo",
    "FrameSet",
    "FrameStream",
    "LibraryNotFoundError",
    "Location",
    "ModalityFrames",
    "ObjectName",
    "Pacer",
    "PacerStats",
    "PerformanceMonitor",
    "Pose",
    "Rotation",
    "Rotator",
    "Simulator",
    "Stats",
    "StatusCode",
    "Transform",
    "UESynthClient",
    "UESynthConnectionError",
    "UESynthError",
    "UESynthForkedError",
    "UESynthTimeoutError",
    "UESynthTypeError",
    "UESynthValueError",
    "Vector3",
    "__version__",
    "intrinsics",
    "sim",
]
