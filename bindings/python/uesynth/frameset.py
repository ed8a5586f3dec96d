"""One pose, many pictures."""

from __future__ import annotations

import ctypes
from typing import Any, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

from . import _abi, _actions, _arguments, _poses
from .errors import StatusCode, UESynthError, UESynthTypeError, UESynthValueError
from .frame import Frame
from .geometry import AnyTransform, Transform


class Part(NamedTuple):
    """One picture of a set."""

    camera: str
    modality: str


class RawFrameset(NamedTuple):
    """What the library says became of a set; outcomes are frames and exceptions, in the order of the parts."""

    outcomes: List[Any]
    pose_error: Optional[UESynthError]
    verified: Optional[bool]
    read_back: Optional[Transform]
    settled: int
    spread: float


class FrameSet:
    """Pictures that were asked for together, after one pose.

        frames = client.capture.frameset(pose, modalities=["rgb", "depth"])
        frames["rgb"], frames["depth"]              # raises what went wrong with that picture
        frames["left", "rgb"]                       # with several cameras

    That two pictures show the same tick of the engine is never claimed: the interface does not tell.

    Attributes:
        parts: which pictures they are, as (camera, modality).
        frames: the pictures in that order; None where one could not be had.
        errors: in the same order why not; None where all is well.
        pose_error: why the camera could not be moved; None if it was, or was not asked to.
        verified: with verify=True: is the pose that was read back the one that was set? None if it was
            not asked for or not answered.
        read_back: the pose that was read back.
        settled: captures that were thrown away before the kept ones.
        spread: seconds from the arrival of the first picture to the last one's.
    """

    def __init__(self, parts: Sequence[Part], raw: RawFrameset) -> None:
        self.parts = tuple(parts)
        outcomes = raw.outcomes
        self.frames: Tuple[Optional[Frame], ...] = tuple(
            None if isinstance(one, UESynthError) else one for one in outcomes
        )
        self.errors: Tuple[Optional[UESynthError], ...] = tuple(
            one if isinstance(one, UESynthError) else None for one in outcomes
        )
        self.pose_error = raw.pose_error
        self.verified = raw.verified
        self.read_back = raw.read_back
        self.settled = raw.settled
        self.spread = raw.spread

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Optional[Frame]]:
        return iter(self.frames)

    def __getitem__(self, key: Union[int, str, Tuple[str, str]]) -> Frame:
        index = key if isinstance(key, int) else self._find(key)
        failure = self.errors[index]
        if failure is not None:
            raise failure
        frame = self.frames[index]
        assert frame is not None
        return frame

    def _find(self, key: Union[str, Tuple[str, str]]) -> int:
        for index, part in enumerate(self.parts):
            if key in (part, part.modality):
                return index
        raise KeyError(key)

    def __repr__(self) -> str:
        words = [
            f"{part.camera!r} {part.modality}: {'failed' if frame is None else 'x'.join(map(str, frame.shape))}"
            for part, frame in zip(self.parts, self.frames)
        ]
        return f"<uesynth.FrameSet {', '.join(words)}>"


class FramesetRequest:
    """A set as the library reads it, with all that it points to."""

    def __init__(
        self,
        transform: Optional[AnyTransform],
        camera_name: Optional[str],
        modalities: Sequence[str],
        cameras: Optional[Sequence[str]],
        width: Any,
        height: Any,
        settle_captures: Any,
        settle: Any,
        verify: bool,
        timeout_ms: int,
    ) -> None:
        if isinstance(modalities, str) or isinstance(cameras, str):
            raise UESynthTypeError(
                "modalities and cameras are lists of names: modalities=['rgb']", StatusCode.MISUSE
            )
        self.parts = [
            Part(camera or "", name)
            for camera in ([camera_name] if cameras is None else cameras)
            for name in modalities
        ]
        if not self.parts:
            raise UESynthValueError("a set has at least one picture", StatusCode.MISUSE)
        self._texts = [_actions.text(camera_name, "camera_name")]
        parts = (_abi.FramesetPart * len(self.parts))()
        for packed, part in zip(parts, self.parts):
            # Says what is wrong with these arguments as a capture does.
            request = _actions.capture(_actions.modality(part.modality), part.camera, width, height)
            self._texts.append(_actions.text(part.camera, "camera_name"))
            packed.modality = request[2] - 3
            packed.width, packed.height = int(width or 0), int(height or 0)
            packed.camera = self._texts[-1][0]
        options = _abi.FramesetOptions()
        options.struct_size = ctypes.sizeof(options)
        options.camera = self._texts[0][0]
        if transform is not None:
            self._transform = _poses.pose(transform)
            options.transform = ctypes.pointer(self._transform)
        options.parts = ctypes.cast(parts, ctypes.POINTER(_abi.FramesetPart))
        options.part_count = len(parts)
        options.settle_captures = _arguments.whole(settle_captures, "settle_captures", 0, 64)
        options.settle_ms = _milliseconds(settle)
        options.verify = int(bool(verify))
        options.timeout_ms = timeout_ms
        # Calls of their own: the server answers each, works them side by side, and what it was not ready
        # for is tried again.
        options.route = _abi.ROUTE_DIRECT
        self._parts = parts
        self.options = options

    @property
    def address(self) -> int:
        return ctypes.addressof(self.options)


def _milliseconds(seconds: Any) -> int:
    """0 to 60 seconds."""
    if seconds == 0:
        return 0
    found = _arguments.milliseconds(seconds, "settle")
    if found > 60_000:
        raise UESynthValueError(f"settle is {seconds} s; it may be at most 60", StatusCode.MISUSE)
    return found
