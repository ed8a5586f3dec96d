"""The library's memory as Python objects: read-only, and alive as long as anyone looks at it."""

from __future__ import annotations

import ctypes
from pickle import PickleBuffer
from typing import Any, Dict, Type

from . import _fork
from ._library import library

# A child process must not touch the pool of its parent: what came before the fork is read there, and
# never given back.
_generation = 0


def _forked() -> None:
    global _generation
    _generation += 1


_fork.call(_forked)

_types: Dict[int, Type[Any]] = {}
_TYPES_KEPT = 256


def _type(size: int) -> Type[Any]:
    """The ctypes array of that many bytes that owns one reference to a frame."""
    release = library().quick.frame_release

    class FrameMemory(ctypes.c_ubyte * size):  # type: ignore[misc]
        __slots__ = ("generation", "handle")

        def __del__(self, release: Any = release) -> None:
            if self.generation == _generation:
                release(self.handle)

    if len(_types) >= _TYPES_KEPT:
        _types.clear()
    _types[size] = FrameMemory
    return FrameMemory


def own(handle: int, address: int, size: int) -> PickleBuffer:
    """The bytes of a frame; takes over the caller's reference to it."""
    kind = _types.get(size)
    if kind is None:
        kind = _type(size)
    memory = kind.from_address(address)
    memory.handle = handle
    memory.generation = _generation
    # numpy reaches through a memoryview for what lies behind it, which could be written to. Nothing
    # shows through a PickleBuffer.
    return PickleBuffer(memoryview(memory).toreadonly())
