"""What comes with a picture."""

from __future__ import annotations

import ctypes
import enum
import struct
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from . import _abi
from ._actions import MODALITY_NAMES
from .geometry import Rotator, Transform, Vector3


class FrameFlag(enum.IntFlag):
    """What is to be known about a frame before it is trusted.

    FORMAT_MISMATCH: the server claimed another format than was found. SIZE_MISMATCH: the length does not
    fit width and height. PLACEHOLDER: zeros of a server that has not implemented this modality. EMPTY: no
    bytes. CHANGE_FAILED: a change (a pose, a spawn ...) that was handed over before the capture did not
    succeed, and none of its kind and name has succeeded since, so the picture may not show what was asked
    for. HOST_MEMORY: the pixels lie in an array of yours. HAS_POSE: info.pose is known.
    """

    #: The server claimed another format than was found.
    FORMAT_MISMATCH = _abi.FRAME_FORMAT_MISMATCH
    #: The length does not fit width and height: the bytes come as they are.
    SIZE_MISMATCH = _abi.FRAME_SIZE_MISMATCH
    #: Zeros under a wrong label: the server has not implemented this modality.
    PLACEHOLDER = _abi.FRAME_PLACEHOLDER
    #: No bytes at all.
    EMPTY = _abi.FRAME_EMPTY
    #: A change that was handed over before the capture did not succeed, and none of its kind and name has
    #: succeeded since: the picture may not show what was asked for.
    CHANGE_FAILED = _abi.FRAME_CHANGE_FAILED
    #: The pixels lie in an array of yours (out=).
    HOST_MEMORY = _abi.FRAME_HOST_MEMORY
    #: info.pose is the camera's last acknowledged pose.
    HAS_POSE = _abi.FRAME_HAS_POSE


_FORMAT_NAMES = {
    value: name[len("FORMAT_") :].lower()
    for name, value in vars(_abi).items()
    if name.startswith("FORMAT_")
}

# Channels (0: rows of single values) and dtype of what has rows.
_LAYOUTS: Dict[int, Tuple[int, Any]] = {
    _abi.FORMAT_RGBA8: (4, np.dtype(np.uint8)),
    _abi.FORMAT_RGB8: (3, np.dtype(np.uint8)),
    _abi.FORMAT_BGRA8: (4, np.dtype(np.uint8)),
    _abi.FORMAT_GRAY8: (0, np.dtype(np.uint8)),
    _abi.FORMAT_F32: (0, np.dtype(np.float32)),
    _abi.FORMAT_F32X2: (2, np.dtype(np.float32)),
    _abi.FORMAT_F32X3: (3, np.dtype(np.float32)),
    _abi.FORMAT_U32: (0, np.dtype(np.uint32)),
    _abi.FORMAT_F16: (0, np.dtype(np.float16)),
}
BYTES = np.dtype(np.uint8)

_INFO_SIZE = ctypes.sizeof(_abi.FrameInfo)
#: Room for a uesynth_frame_info: its size, and the rest.
INFO_HEAD = struct.pack("@I", _INFO_SIZE)
INFO_REST = bytes(_INFO_SIZE - len(INFO_HEAD))
_unpack_info = struct.Struct(_abi.layout(_abi.FrameInfo)).unpack
# data, size, width, height, stride, format
unpack_shape = struct.Struct("@PNIINI").unpack_from
SHAPE_OFFSET = _abi.FrameInfo.data.offset


class FrameInfo(NamedTuple):
    """What came with a picture.

    Times are seconds of `time.monotonic()`; 0.0 where there is none.
    """

    modality: str
    camera: str
    width: int
    height: int
    #: What the bytes were found to be: "rgba8", "f32", "u32", "png" ...
    format: str
    #: What the server called them: "rgba".
    claimed_format: str
    flags: FrameFlag
    #: 1, 2, 3 ... per client in order of arrival.
    sequence: int
    request_id: str
    #: Frames of this camera and modality that were dropped since the one before.
    dropped_before: int
    submitted: float
    sent: float
    first_byte: float
    completed: float
    delivered: float
    #: The camera's last pose that the server had acknowledged; None if there was none.
    pose: Optional[Transform]

    @property
    def latency(self) -> float:
        """Seconds from submit to the last byte."""
        return self.completed - self.submitted


class FrameFlags:
    """numpy's flags of the array (`writeable`, `c_contiguous` ...) and the frame's (`placeholder`,
    `size_mismatch` ...: the names of `FrameFlag` in lower case)."""

    __slots__ = ("_array", "frame")

    def __init__(self, array: Any, frame: FrameFlag) -> None:
        object.__setattr__(self, "_array", array)
        object.__setattr__(self, "frame", frame)

    def __getattr__(self, name: str) -> Any:
        flag = FrameFlag.__members__.get(name.upper())
        return bool(self.frame & flag) if flag is not None else getattr(self._array, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._array, name, value)

    def __getitem__(self, name: str) -> Any:
        return self._array[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._array[name] = value

    def __contains__(self, flag: object) -> bool:
        if isinstance(flag, str):
            return flag.upper() in self.names
        return isinstance(flag, FrameFlag) and flag in self.frame

    @property
    def names(self) -> List[str]:
        """The frame's flags that are set."""
        return [name for name, flag in FrameFlag.__members__.items() if self.frame & flag]

    def __repr__(self) -> str:
        mine = " ".join(self.names) or "none"
        return f"{self._array!r}\n  FRAME : {mine}"


def read_info(raw: bytes) -> FrameInfo:
    (
        _, modality, _, _, width, height, _, found, flags, claimed, camera, sequence, request_id,
        _, dropped, submitted, sent, first_byte, completed, delivered, *pose,
    ) = _unpack_info(raw)  # fmt: skip
    return FrameInfo(
        MODALITY_NAMES.get(modality, str(modality)),
        _string(camera),
        width,
        height,
        _FORMAT_NAMES.get(found, str(found)),
        _string(claimed),
        FrameFlag(flags),
        sequence,
        str(request_id),
        dropped,
        submitted * 1e-9,
        sent * 1e-9,
        first_byte * 1e-9,
        completed * 1e-9,
        delivered * 1e-9,
        Transform(Vector3(*pose[:3]), Rotator(*pose[3:6]), Vector3(*pose[6:9]))
        if flags & _abi.FRAME_HAS_POSE
        else None,
    )


def _string(address: int) -> str:
    """Valid as long as the frame, which whoever asks is looking at."""
    return ctypes.string_at(address).decode("utf-8", "replace") if address else ""


def shape_of(raw: bytes) -> Tuple[Tuple[int, ...], Any, Optional[Tuple[int, ...]]]:
    """Shape, dtype and strides (None: tightly packed) of the array that a frame is."""
    _, size, width, height, stride, found = unpack_shape(raw, SHAPE_OFFSET)
    layout = _LAYOUTS.get(found)
    if layout is None or stride == 0:
        return (size,), BYTES, None
    channels, dtype = layout
    pixel = (channels or 1) * dtype.itemsize
    shape = (height, width, channels) if channels else (height, width)
    if stride == width * pixel:
        return shape, dtype, None
    strides = (stride, pixel, dtype.itemsize) if channels else (stride, pixel)
    return shape, dtype, strides
