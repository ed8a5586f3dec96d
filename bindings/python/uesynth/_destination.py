"""Arrays of the caller's as the place where a picture is to lie (out=).

The library says that it is done with an array by calling a function on a thread of its own. No Python may
run there, so the function is libc's sem_post, and a semaphore is looked at afterwards.
"""

from __future__ import annotations

import ctypes
import threading
from typing import Any, List

import numpy as np
import numpy.typing as npt

from . import _fork
from ._frame_info import shape_of
from .errors import StatusCode, UESynthTypeError, UESynthValueError

_libc = ctypes.CDLL(None)
_SEMAPHORE_SIZE = 64  # sem_t has 32 bytes where glibc runs
_sem_init = _libc.sem_init
_sem_init.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint]
_sem_trywait = _libc.sem_trywait
_sem_trywait.argtypes = [ctypes.c_void_p]
SEM_POST = ctypes.cast(_libc.sem_post, ctypes.c_void_p).value or 0

# Arrays that the library may still write to, with their semaphores: of requests that were given up.
_pending: List[Destination] = []
_lock = threading.Lock()


def _forked() -> None:
    """What the library may still write to is the parent's memory, not this process's."""
    global _lock
    _lock = threading.Lock()
    _pending.clear()


_fork.call(_forked)


class Destination:
    """One array for one picture."""

    __slots__ = ("_semaphore", "address", "array", "capacity")

    def __init__(self, array: Any) -> None:
        if not isinstance(array, np.ndarray):
            raise UESynthTypeError(
                f"out has to be a numpy array, not {type(array).__name__}", StatusCode.MISUSE
            )
        if not array.flags.writeable or not array.flags.c_contiguous:
            raise UESynthValueError(
                "out has to be writable and contiguous (numpy.ascontiguousarray)", StatusCode.MISUSE
            )
        if array.nbytes == 0 or array.dtype.hasobject:
            raise UESynthValueError(
                f"out of shape {array.shape} and dtype {array.dtype} has no room for a picture",
                StatusCode.MISUSE,
            )
        self.array: npt.NDArray[Any] = array
        self.address: int = array.ctypes.data
        self.capacity: int = array.nbytes
        self._semaphore = ctypes.create_string_buffer(_SEMAPHORE_SIZE)
        _sem_init(self._semaphore, 0, 0)

    @property
    def user_data(self) -> int:
        return ctypes.addressof(self._semaphore)

    @property
    def is_done(self) -> bool:
        return bool(_sem_trywait(self._semaphore) == 0)

    def refused(self) -> None:
        """A submit that failed is done with it as well: that was not the end of the next one."""
        while self.is_done:
            pass

    def keep(self) -> None:
        """The caller goes. If the library may still write to the array, it stays until that is over."""
        sweep()
        if not self.is_done:
            with _lock:
                _pending.append(self)

    def finish(self, raw: bytes) -> npt.NDArray[Any]:
        """The array, if what came into it (a packed uesynth_frame_info) has its shape and dtype."""
        shape, dtype, _ = shape_of(raw)
        array = self.array
        if array.shape != shape or array.dtype != dtype:
            raise UESynthValueError(
                f"the picture is {shape} {dtype}, and out is {array.shape} {array.dtype}",
                StatusCode.BUFFER_TOO_SMALL,
            )
        return array


def sweep() -> None:
    """Lets go of the arrays that the library is done with."""
    with _lock:
        _pending[:] = [destination for destination in _pending if not destination.is_done]


def pending() -> int:
    """How many arrays the library may still write to."""
    sweep()
    return len(_pending)


__all__ = ["SEM_POST", "Destination", "pending", "sweep"]
