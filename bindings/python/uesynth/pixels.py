"""Frames in other formats, and as files, by the library's own hands."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import os
import threading
from typing import Any, Optional, Tuple

import numpy as np
import numpy.typing as npt

from . import _abi
from ._library import library
from .errors import StatusCode, UESynthError, UESynthTypeError, UESynthValueError, error

#: Formats that a frame can be had in: channels (0: single values), dtype, planar.
FORMATS = {
    "gray8": (_abi.FORMAT_GRAY8, 0, np.uint8, False),
    "gray16": (_abi.FORMAT_GRAY16, 0, np.uint16, False),
    "rgb8": (_abi.FORMAT_RGB8, 3, np.uint8, False),
    "bgr8": (_abi.FORMAT_BGR8, 3, np.uint8, False),
    "rgba8": (_abi.FORMAT_RGBA8, 4, np.uint8, False),
    "bgra8": (_abi.FORMAT_BGRA8, 4, np.uint8, False),
    "f32": (_abi.FORMAT_F32, 0, np.float32, False),
    "f32x2": (_abi.FORMAT_F32X2, 2, np.float32, False),
    "f32x3": (_abi.FORMAT_F32X3, 3, np.float32, False),
    "f32x4": (_abi.FORMAT_F32X4, 4, np.float32, False),
    "f32x3_planar": (_abi.FORMAT_F32X3_PLANAR, 3, np.float32, True),
    "f32x4_planar": (_abi.FORMAT_F32X4_PLANAR, 4, np.float32, True),
    "u32": (_abi.FORMAT_U32, 0, np.uint32, False),
    "f16": (_abi.FORMAT_F16, 0, np.float16, False),
}
_NAMES = {number: name for name, (number, *_) in FORMATS.items()}
_FILES = {"png": _abi.FILE_PNG, "jpeg": _abi.FILE_JPEG, "jpg": _abi.FILE_JPEG, "npy": _abi.FILE_NPY}
_NPY_MAGIC = b"\x93NUMPY\x01\x00"


def _check(status: int) -> None:
    if status:
        raise error(status, library().last_error())


def format_number(name: Any) -> int:
    try:
        return FORMATS[name][0]
    except (KeyError, TypeError):
        known = ", ".join(FORMATS)
        raise UESynthValueError(
            f"{name!r:.80} is no pixel format: there are {known}", StatusCode.MISUSE
        ) from None


def decode(handle: int, name: Optional[str], out: Any) -> npt.NDArray[Any]:
    """The frame's pixels in another format (None: its own), in an array of the caller's or a new one."""
    decode = library().blocking.frame_decode
    pixels = _abi.Pixels()
    pixels.struct_size = ctypes.sizeof(pixels)
    pixels.format = _abi.FORMAT_UNKNOWN if name is None else format_number(name)
    _check(decode(handle, ctypes.byref(pixels)))
    shape, dtype = _shape(pixels)
    if out is None:
        out = np.empty(shape, dtype)
    else:
        fits(out, shape, dtype)
    pixels.data, pixels.capacity = out.ctypes.data, out.nbytes
    _check(decode(handle, ctypes.byref(pixels)))
    array: npt.NDArray[Any] = out
    return array


def _shape(pixels: _abi.Pixels) -> Tuple[Tuple[int, ...], Any]:
    _, channels, dtype, planar = FORMATS[_NAMES[pixels.made_format]]
    size = (pixels.height, pixels.width)
    if not channels:
        return size, np.dtype(dtype)
    return ((channels, *size) if planar else (*size, channels)), np.dtype(dtype)


def fits(out: Any, shape: Tuple[int, ...], dtype: Any) -> None:
    if not isinstance(out, np.ndarray):
        raise UESynthTypeError(
            f"out has to be a numpy array, not {type(out).__name__}", StatusCode.MISUSE
        )
    if out.shape != shape or out.dtype != dtype:
        raise UESynthValueError(
            f"the pixels are {shape} {dtype}, and out is {out.shape} {out.dtype}",
            StatusCode.BUFFER_TOO_SMALL,
        )
    if not out.flags.writeable or not out.flags.c_contiguous:
        raise UESynthValueError("out has to be writable and contiguous", StatusCode.MISUSE)


# ---- Files ------------------------------------------------------------------------------------------


def picture_options(
    preview: bool,
    quality: int = 95,
    full_chroma: bool = False,
    compression: int = -1,
    keep_alpha: bool = False,
    depth_range: Optional[Tuple[float, float]] = None,
    flow_full: float = 0.0,
) -> _abi.PictureOptions:
    """What files are made like; see `Frame.save`."""
    options = _abi.PictureOptions()
    options.struct_size = ctypes.sizeof(options)
    try:
        near, far = (0.0, 0.0) if depth_range is None else depth_range
        options.kind = _abi.PICTURE_PREVIEW if preview else _abi.PICTURE_AS_IS
        options.quality = quality
        options.full_chroma, options.keep_alpha = int(full_chroma), int(keep_alpha)
        options.compression = compression
        options.depth_near, options.depth_far, options.flow_full = near, far, flow_full
    except (TypeError, ValueError) as failure:
        raise UESynthTypeError(
            f"an option of the file cannot be used: {failure}", StatusCode.MISUSE
        ) from None
    return options


class _Bytes:
    """Memory that the library has made; goes with the last array over it."""

    def __init__(self, address: int, size: int) -> None:
        self._address = address
        self._free = library().quick.bytes_free
        self.__array_interface__ = {
            "shape": (size,),
            "typestr": "|u1",
            "data": (address, False),
            "version": 3,
        }

    def __del__(self) -> None:
        self._free(self._address)


def encode(handle: int, file: Any, options: _abi.PictureOptions) -> npt.NDArray[np.uint8]:
    """A file in memory."""
    try:
        number = _FILES[file]
    except (KeyError, TypeError):
        raise UESynthValueError(
            f"{file!r:.80} is no kind of file that is written: there are png, jpeg, npy",
            StatusCode.MISUSE,
        ) from None
    data, size = ctypes.c_void_p(), ctypes.c_size_t()
    _check(
        library().blocking.frame_encode(
            handle, number, ctypes.byref(options), ctypes.byref(data), ctypes.byref(size)
        )
    )
    return np.asarray(_Bytes(data.value or 0, size.value))


def preview(handle: int) -> npt.NDArray[np.uint8]:
    """The pixels of a preview: those of the NPY file that the library makes, without its header."""
    file = encode(handle, "npy", picture_options(True))
    head = file[:10].tobytes()
    if head[:8] != _NPY_MAGIC:
        raise UESynthError("the library's NPY file has another version", StatusCode.INTERNAL)
    start = 10 + int.from_bytes(head[8:10], "little")
    header = eval(file[10:start].tobytes(), {"__builtins__": {}})
    pixels: npt.NDArray[np.uint8] = file[start:].view(header["descr"]).reshape(header["shape"])
    return pixels


def path_of(path: Any) -> bytes:
    try:
        found = os.fsencode(path)
    except TypeError:
        raise UESynthTypeError(
            f"path has to be a path, not {type(path).__name__}", StatusCode.MISUSE
        ) from None
    if b"\0" in found:
        raise UESynthValueError("path contains a NUL character", StatusCode.MISUSE)
    return found


def array_file(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The NPY file of an array that the library does not have."""
    file = io.BytesIO()
    np.save(file, array)
    return np.frombuffer(file.getvalue(), np.uint8)


def save_array(array: npt.NDArray[Any], path: Any) -> None:
    """The same as a file that appears when it is whole."""
    where = path_of(path)
    part = where + b".%d.%d.part" % (os.getpid(), threading.get_ident())
    try:
        with open(part, "wb") as file:
            np.save(file, array)
        os.replace(part, where)
    except OSError as failure:
        with contextlib.suppress(OSError):
            os.unlink(part)
        full = failure.errno in (errno.ENOSPC, errno.EDQUOT)
        status = _abi.RESOURCE_EXHAUSTED if full else _abi.MISUSE
        raise error(status, f"{os.fspath(path)!r}: {failure.strerror}") from None


def save(handle: int, path: Any, options: _abi.PictureOptions) -> None:
    status = library().blocking.frame_save(handle, path_of(path), ctypes.byref(options))
    if status:
        raise error(status, f"{os.fspath(path)!r}: {library().last_error()}")
