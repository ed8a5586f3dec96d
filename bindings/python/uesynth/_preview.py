"""Pictures to look at, from frames of any modality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .errors import StatusCode, UESynthValueError

if TYPE_CHECKING:
    from .frame import FrameInfo

Picture = npt.NDArray[np.uint8]


def preview(array: npt.NDArray[Any], info: FrameInfo) -> Picture:
    """(height, width, 3) uint8, red first."""
    found = info.format
    if array.ndim < 2:
        why = ", ".join(f.name or "" for f in type(info.flags) if f & info.flags)
        raise UESynthValueError(
            f"this {info.modality} frame is {array.size} bytes of format {found!r}"
            + (f" ({why})" if why else "")
            + ", which are no pixels that can be shown",
            StatusCode.MISUSE,
        )
    if found == "bgra8":
        return np.ascontiguousarray(array[:, :, 2::-1])
    if found in ("rgba8", "rgb8"):
        return np.ascontiguousarray(array[:, :, :3])
    if found == "gray8":
        return _grey(array)
    if found == "u32":
        return _ids(array)
    if found == "f32x3":
        return _bytes((array + 1.0) * 127.5)
    if found == "f32x2":
        return _flow(array)
    return _depth(array)


def _bytes(values: npt.NDArray[Any]) -> Picture:
    """To 0 ... 255, rounded; what is no number becomes 0."""
    whole = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
    return np.asarray(np.clip(np.rint(whole), 0, 255), np.uint8)


def _grey(values: npt.NDArray[Any]) -> Picture:
    return np.repeat(values[:, :, None], 3, axis=2)


def _depth(depth: npt.NDArray[Any]) -> Picture:
    """Light is near. The scale is logarithmic from the nearest value to the farthest that is not sky."""
    values = depth.astype(np.float32)
    seen = values[np.isfinite(values) & (values > 0) & (values < 65_000)]
    if seen.size == 0:
        return np.zeros((*values.shape, 3), np.uint8)
    near, far = np.log(float(seen.min())), np.log(float(seen.max()))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (far - np.log(values)) / max(far - near, 1e-6)
    return _grey(_bytes(np.where(values > 0, np.clip(share, 0, 1) * 223 + 32, 0)))


def _ids(ids: npt.NDArray[Any]) -> Picture:
    """A colour for each id, the same in every picture; 0 is black."""
    mixed = ids.astype(np.uint32) * np.uint32(2_654_435_761)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(2_246_822_519)
    channels = [(mixed >> np.uint32(shift)) & np.uint32(0xFF) for shift in (0, 8, 16)]
    colours = np.stack(channels, axis=-1).astype(np.uint8) | np.uint8(0x40)
    colours[ids == 0] = 0
    return colours


def _flow(flow: npt.NDArray[Any]) -> Picture:
    """The direction is the hue, the length (up to the longest) the strength of the colour."""
    x, y = np.nan_to_num(flow[:, :, 0]), np.nan_to_num(flow[:, :, 1])
    length = np.hypot(x, y)
    strength = length / max(float(length.max(initial=0.0)), 1e-6)
    hue = np.arctan2(y, x)
    thirds = (0.0, 2 * np.pi / 3, 4 * np.pi / 3)
    channels = [255 * (1 - strength * (0.5 - 0.5 * np.cos(hue - third))) for third in thirds]
    return _bytes(np.stack(channels, axis=-1))
