"""Pictures along a list of poses: what both clients' sequences share."""

from __future__ import annotations

import ctypes
from typing import Any, Iterable, NamedTuple, Optional

from . import _abi, _actions, _arguments, _poses
from ._core import Core
from ._events import EVENT_SIZE, Events
from .errors import StatusCode, UESynthError, UESynthTypeError
from .frame import Frame
from .geometry import AnyTransform


class SequenceStats(NamedTuple):
    """How a sequence goes.

    Attributes:
        ahead: poses that are kept ahead of the program now, ahead_peak: at most so far.
        poses: in the list; submitted: of them; handed_out: to the program.
        waits: pictures that the program had to wait for, waited: how many seconds in all.
    """

    ahead: int
    ahead_peak: int
    poses: int
    submitted: int
    handed_out: int
    waits: int
    waited: float


class Sequence:
    """One uesynth_sequence."""

    def __init__(
        self,
        core: Core,
        poses: Iterable[AnyTransform],
        modality: str,
        camera: Optional[str],
        width: Any,
        height: Any,
        ahead: int,
        timeout_ms: int,
    ) -> None:
        self.core = core
        self._handle = 0
        try:
            packed = [_poses.pose(pose) for pose in poses]
        except UESynthError:
            raise
        except TypeError:
            raise UESynthTypeError(
                f"poses has to be a list of transforms, not {poses!r:.80}", StatusCode.MISUSE
            ) from None
        number = _actions.modality(modality)
        # Says what is wrong with these arguments as a capture does.
        _actions.capture(number, camera, width, height)
        name = _actions.text(camera, "camera_name")
        options = _abi.SequenceOptions(ctypes.sizeof(_abi.SequenceOptions), number, name[0])
        options.width, options.height = int(width or 0), int(height or 0)
        options.ahead = _arguments.whole(ahead, "ahead", 0, 4096)
        options.timeout_ms = timeout_ms
        self.count = len(packed)
        if not packed:
            return
        array = (_abi.Transform * len(packed))(*packed)
        handle = ctypes.c_void_p()
        status = core.quick.sequence_new(
            core.handle, ctypes.byref(options), array, len(packed), ctypes.byref(handle)
        )
        if status:
            raise core.error(status)
        self._handle = handle.value or 0

    def next(self, milliseconds: int, wait: Any) -> Any:
        """The next outcome, a frame or an exception; None if it has not come in time. Raises StopIteration
        after the last one."""
        if not self._handle:
            raise StopIteration
        events = Events(1)
        event = _abi.Event.from_address(events.address)
        event.struct_size = EVENT_SIZE
        status = wait(self._handle, milliseconds, events.address)
        if status == _abi.WOULD_BLOCK:
            return None
        if status in (_abi.OUT_OF_RANGE, _abi.CANCELLED):
            raise StopIteration
        if status:
            failure = self.core.error(status)
            self.close()
            raise failure
        events.fill(1)
        try:
            return self.core.outcome(next(iter(events)))
        finally:
            self.core.quick.events_release(events.address, 1, EVENT_SIZE)

    def __str__(self) -> str:
        found = self.stats()
        return f"{found.handed_out} of {found.poses} poses"

    def stats(self) -> SequenceStats:
        if not self._handle:
            return SequenceStats(0, 0, self.count, self.count, self.count, 0, 0.0)
        found = _abi.SequenceStats()
        found.struct_size = ctypes.sizeof(found)
        status = self.core.quick.sequence_get_stats(self._handle, ctypes.byref(found))
        if status:
            raise self.core.error(status)
        return SequenceStats(
            found.ahead,
            found.ahead_peak,
            found.poses,
            found.submitted,
            found.handed_out,
            found.waits,
            found.waited_ns * 1e-9,
        )

    def close(self) -> None:
        handle, self._handle = self._handle, 0
        if handle:
            self.core.quick.sequence_free(handle)

    def __del__(self) -> None:
        if self.__dict__.get("_handle"):
            self.close()


def frame_of(outcome: Any) -> Frame:
    """Raises an outcome that is an exception."""
    if isinstance(outcome, UESynthError):
        raise outcome
    frame: Frame = outcome
    return frame
