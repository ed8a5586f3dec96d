"""Frames as DLPack capsules, also as versioned ones that say "read-only".

numpy refuses to export read-only arrays to consumers that do not know DLPack 1.0, and before 2.1 to all.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    Structure,
    c_int32,
    c_int64,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, Optional, Tuple

import numpy as np

from .errors import StatusCode, UESynthTypeError

# The names are DLPack's own (dlpack.h).
_CPU = 1
_READ_ONLY = 1
_COPIED = 2
_TYPE_CODES = {"i": 0, "u": 1, "f": 2}


class _DLTensor(Structure):
    _fields_ = [
        ("data", c_void_p),
        ("device_type", c_int32),
        ("device_id", c_int32),
        ("ndim", c_int32),
        ("dtype_code", c_uint8),
        ("dtype_bits", c_uint8),
        ("dtype_lanes", c_uint16),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
        ("byte_offset", c_uint64),
    ]


class _DLManagedTensor(Structure):
    _fields_ = [("dl_tensor", _DLTensor), ("manager_ctx", c_void_p), ("deleter", c_void_p)]


class _DLManagedTensorVersioned(Structure):
    _fields_ = [
        ("major", c_uint32),
        ("minor", c_uint32),
        ("manager_ctx", c_void_p),
        ("deleter", c_void_p),
        ("flags", c_uint64),
        ("dl_tensor", _DLTensor),
    ]


# What a consumer holds: the tensor, its shape and strides, and the array, by the tensor's address.
_held: Dict[int, Tuple[Any, ...]] = {}


def _let_go(tensor: Optional[int]) -> None:
    """Runs on whatever thread the consumer lets go of the tensor."""
    if tensor is not None:
        _held.pop(tensor, None)


_api = ctypes.pythonapi
_new = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, ctypes.c_char_p, c_void_p)(
    ("PyCapsule_New", _api)
)
_is_valid = ctypes.PYFUNCTYPE(ctypes.c_int, c_void_p, ctypes.c_char_p)(("PyCapsule_IsValid", _api))
_pointer = ctypes.PYFUNCTYPE(c_void_p, c_void_p, ctypes.c_char_p)(("PyCapsule_GetPointer", _api))

_delete = ctypes.CFUNCTYPE(None, c_void_p)(_let_go)

# Capsules keep the pointer to their name.
_NAME, _VERSIONED_NAME = b"dltensor", b"dltensor_versioned"


def _capsule_goes(capsule: Optional[int]) -> None:
    """A capsule goes that nobody has consumed; a consumed one has another name."""
    for name in (_NAME, _VERSIONED_NAME):
        if _is_valid(capsule, name):
            _held.pop(_pointer(capsule, name), None)


_forget = ctypes.PYFUNCTYPE(None, c_void_p)(_capsule_goes)


def _pair(value: Any, name: str) -> Tuple[int, int]:
    try:
        first, second = value
        return int(first), int(second)
    except (TypeError, ValueError, OverflowError):
        raise UESynthTypeError(
            f"{name} has to be a pair of whole numbers, not {value!r:.80}", StatusCode.MISUSE
        ) from None


def export(
    array: Any,
    stream: Any,
    max_version: Optional[Tuple[int, int]],
    dl_device: Optional[Tuple[Any, int]],
    copy: Optional[bool],
) -> Any:
    """The capsule that `array.__dlpack__` returns."""
    if stream is not None:
        raise BufferError("a frame lies in the memory of the CPU: stream has to be None")
    if dl_device is not None and _pair(dl_device, "dl_device") != (_CPU, 0):
        raise BufferError("a frame lies in the memory of the CPU and is not moved from there")
    source = array.view(np.ndarray)
    if copy:
        source = source.copy()
    shape = (c_int64 * source.ndim)(*source.shape)
    strides = (c_int64 * source.ndim)(*(step // source.itemsize for step in source.strides))
    content = _DLTensor(
        source.ctypes.data,
        _CPU,
        0,
        source.ndim,
        _TYPE_CODES[source.dtype.kind],
        source.itemsize * 8,
        1,
        shape,
        strides,
        0,
    )
    deleter = ctypes.cast(_delete, c_void_p).value
    tensor: Any
    if max_version is not None and _pair(max_version, "max_version") >= (1, 0):
        flags = (0 if source.flags.writeable else _READ_ONLY) | (_COPIED if copy else 0)
        tensor = _DLManagedTensorVersioned(1, 0, None, deleter, flags, content)
        name = _VERSIONED_NAME
    else:
        tensor = _DLManagedTensor(content, None, deleter)
        name = _NAME
    address = ctypes.addressof(tensor)
    _held[address] = (tensor, shape, strides, source)
    return _new(address, name, ctypes.cast(_forget, c_void_p))
