"""Beats at a fixed rate, without drift."""

from __future__ import annotations

import asyncio
import ctypes
from types import TracebackType
from typing import Any, NamedTuple, Optional, Type

from . import _abi
from ._library import library
from .errors import StatusCode, UESynthConnectionError, UESynthTypeError, UESynthValueError, error

_SLICE_MS = 100


class Beat(NamedTuple):
    """One beat.

    Attributes:
        number: 0, 1, 2 …; missed ones count.
        missed_before: beats right before this one that nobody took.
        intended: when it was due, in seconds of `time.monotonic()`.
        actual: when it was taken.
    """

    number: int
    missed_before: int
    intended: float
    actual: float

    @property
    def late(self) -> float:
        """Seconds."""
        return self.actual - self.intended


class PacerStats(NamedTuple):
    """How a pacer has done; times in seconds."""

    rate: float
    beats: int
    beats_missed: int
    late_p50: float
    late_p90: float
    late_p99: float
    late_max: float


class Pacer:
    """Beats at a fixed rate: beat n is due n / rate seconds after the first one, however late others were.

        for beat in uesynth.Pacer(60):              # or: async for
            ...                                     # 60 times a second

    A beat that finds the program busy is missed, and counted, not made up for. Ends by `close()`.

    Args:
        rate: beats a second, 0.001 to 100000.
    """

    def __init__(self, rate: float) -> None:
        self._handle = 0
        self._library = library()
        handle = ctypes.c_void_p()
        try:
            status = self._library.quick.pacer_new(rate, ctypes.byref(handle))
        except ctypes.ArgumentError:
            raise UESynthTypeError(
                f"rate has to be a number of beats a second, not {rate!r:.80}", StatusCode.MISUSE
            ) from None
        if status:
            raise error(status, self._library.last_error())
        self._handle = handle.value or 0
        self._is_closed = False
        self._waiter: Optional[asyncio.Future[None]] = None

    def __del__(self) -> None:
        if self._handle:
            self._library.quick.pacer_free(self._handle)

    def close(self) -> None:
        """Ends it: iterations over it stop."""
        self._is_closed = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def wait(self, timeout: Optional[float] = None) -> Beat:
        """Waits for the next beat, at most `timeout` seconds. Ctrl-C interrupts it.

        Raises:
            UESynthTimeoutError: none was due in time.
            UESynthConnectionError: the pacer was closed (CLOSED).
        """
        left = None if timeout is None else max(0, round(timeout * 1000))
        while True:
            slice_ms = _SLICE_MS if left is None else min(_SLICE_MS, left)
            beat = self._take(slice_ms, self._library.blocking.pacer_wait)
            if beat is not None:
                return beat
            if left is not None:
                left -= slice_ms
                if left <= 0:
                    raise error(
                        _abi.DEADLINE_EXCEEDED, f"no beat was due within {timeout} s: raise timeout"
                    )

    def _take(self, milliseconds: int, wait: Any) -> Optional[Beat]:
        if self._is_closed:
            raise UESynthConnectionError("the pacer was closed", StatusCode.CLOSED)
        beat = _abi.Beat()
        beat.struct_size = ctypes.sizeof(beat)
        status = wait(self._handle, milliseconds, ctypes.byref(beat))
        if status == _abi.WOULD_BLOCK:
            return None
        if status:
            raise error(status, self._library.last_error())
        return Beat(beat.number, beat.missed_before, beat.intended_ns * 1e-9, beat.actual_ns * 1e-9)

    async def tick(self) -> Beat:
        """The same for asyncio: the loop goes on meanwhile."""
        loop = asyncio.get_running_loop()
        while True:
            beat = self._take(0, self._library.quick.pacer_wait)
            if beat is not None:
                await asyncio.sleep(0)
                return beat
            if self._waiter is not None:
                raise UESynthValueError("two tasks await one pacer", StatusCode.MISUSE)
            descriptor = ctypes.c_int()
            status = self._library.quick.pacer_fd(self._handle, ctypes.byref(descriptor))
            if status:
                raise error(status, self._library.last_error())
            waiter = self._waiter = loop.create_future()
            loop.add_reader(descriptor.value, _wake, waiter)
            try:
                await waiter
            finally:
                self._waiter = None
                loop.remove_reader(descriptor.value)

    def __iter__(self) -> Pacer:
        return self

    def __next__(self) -> Beat:
        try:
            return self.wait()
        except UESynthConnectionError:
            raise StopIteration from None

    def __aiter__(self) -> Pacer:
        return self

    async def __anext__(self) -> Beat:
        try:
            return await self.tick()
        except UESynthConnectionError:
            raise StopAsyncIteration from None

    def __enter__(self) -> Pacer:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._is_closed:
            return "<uesynth.Pacer closed>"
        found = self.stats()
        return (
            f"<uesynth.Pacer {found.rate:g} Hz, {found.beats} beats, {found.beats_missed} missed>"
        )

    def stats(self) -> PacerStats:
        """How many beats there were, and how late they were taken."""
        found = _abi.PacerStats()
        found.struct_size = ctypes.sizeof(found)
        status = self._library.quick.pacer_get_stats(self._handle, ctypes.byref(found))
        if status:
            raise error(status, self._library.last_error())
        late = (found.late_p50_ns, found.late_p90_ns, found.late_p99_ns, found.late_max_ns)
        return PacerStats(
            found.rate_hz, found.beats, found.beats_missed, *(value * 1e-9 for value in late)
        )


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
