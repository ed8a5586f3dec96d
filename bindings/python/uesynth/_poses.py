"""Poses and lenses as matrices, by the library's own hands."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _abi
from ._library import library
from .errors import StatusCode, UESynthTypeError, UESynthValueError, error

Matrix = npt.NDArray[np.float64]

AXES = {
    "unreal": _abi.AXES_UNREAL,
    "opencv": _abi.AXES_OPENCV,
    "ros": _abi.AXES_ROS,
    "opengl": _abi.AXES_OPENGL,
}


def _axes(name: Any) -> int:
    try:
        return AXES[name]
    except (KeyError, TypeError):
        known = ", ".join(AXES)
        raise UESynthValueError(
            f"{name!r:.80} are no axes: there are {known}", StatusCode.MISUSE
        ) from None


def _check(status: int) -> None:
    if status:
        raise error(status, library().last_error())


def matrix(transform: Any, axes: str, inverse: bool, metres: bool, scaled: bool) -> Matrix:
    flags = _abi.POSE_INVERSE if inverse else 0
    flags |= (_abi.POSE_METRES if metres else 0) | (_abi.POSE_SCALED if scaled else 0)
    found = np.empty((4, 4))
    _check(
        library().quick.pose_to_matrix(
            ctypes.byref(pose(transform)), _axes(axes), flags, found.ctypes.data
        )
    )
    return found


def quaternion(transform: Any, axes: str, inverse: bool) -> Matrix:
    found = np.empty(4)
    flags = _abi.POSE_INVERSE if inverse else 0
    _check(
        library().quick.pose_to_quaternion(
            ctypes.byref(pose(transform)), _axes(axes), flags, found.ctypes.data
        )
    )
    return found


def pose(transform: Any) -> _abi.Transform:
    """A transform as the library reads it."""
    from ._actions import numbers_of

    numbers = numbers_of(transform)
    try:
        return _abi.Transform(
            _abi.Vector3(*numbers[:3]), _abi.Rotator(*numbers[3:6]), _abi.Vector3(*numbers[6:])
        )
    except TypeError:
        raise UESynthTypeError(
            f"transform has to be made of numbers, not {transform!r:.80}", StatusCode.MISUSE
        ) from None


def intrinsics(fov: float, width: int, height: int) -> Matrix:
    """The 3 x 3 matrix K of a camera that sees `fov` degrees across its width (Unreal's: 90).

    With p = K @ point, the point in the camera's OpenCV axes, it lies at column p[0] / p[2] and row
    p[1] / p[2], counted from the picture's top left corner: the first pixel's middle is at 0.5, 0.5. Where
    whole numbers are middles of pixels, as in OpenCV, take 0.5 off K[0, 2] and K[1, 2].
    """
    found = np.empty((3, 3))
    try:
        status = library().quick.camera_intrinsics(fov, width, height, found.ctypes.data)
    except ctypes.ArgumentError:
        raise UESynthTypeError(
            f"fov, width and height have to be numbers, not {(fov, width, height)!r:.80}",
            StatusCode.MISUSE,
        ) from None
    _check(status)
    return found
