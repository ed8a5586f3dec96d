"""The library's memory as Python objects: read-only, and alive as long as anyone looks at it."""

from __future__ import annotations

import ctypes
from pickle import PickleBuffer
from typing import Any, Callable, Dict

from . import _fork
from ._library import library

# A child process must not touch the pool of its parent: what came before the fork is read there, and
# never given back.
_generation = 0


def _forked() -> None:
    global _generation
    _generation += 1
    _makers.clear()


_fork.call(_forked)

# By size: what makes the memory at an address.
_makers: Dict[int, Callable[[int], Any]] = {}
_MAKERS_KEPT = 256


def _maker(size: int) -> Callable[[int], Any]:
    """Makes ctypes arrays of that many bytes that own one reference to a frame each."""

    class FrameMemory(ctypes.c_ubyte * size):  # type: ignore[misc]
        __slots__ = ("handle",)

        def __del__(
            self,
            release: Callable[[int], None] = library().quick.frame_release,
            generation: int = _generation,
        ) -> None:
            if generation == _generation:
                release(self.handle)

    if len(_makers) >= _MAKERS_KEPT:
        _makers.clear()
    make: Callable[[int], Any] = FrameMemory.from_address
    _makers[size] = make
    return make


def own(handle: int, address: int, size: int) -> PickleBuffer:
    """The bytes of a frame; takes over the caller's reference to it."""
    make = _makers.get(size) or _maker(size)
    memory = make(address)
    memory.handle = handle
    # numpy reaches through a memoryview for what lies behind it, which could be written to. Nothing
    # shows through a PickleBuffer.
    return PickleBuffer(memoryview(memory).toreadonly())
