"""Frames as they come."""

from __future__ import annotations

import asyncio
import collections
import ctypes
import struct
from types import TracebackType
from typing import Any, Deque, Optional, Type, Union

from .. import _abi, _actions
from .._core import Core, closed
from ..errors import StatusCode, UESynthError, UESynthTypeError
from ..frame import Frame
from ._loop import running_loop
from ._session import Session

_pack = struct.Struct(_abi.layout(_abi.SubscriptionOptions)).pack


class FrameStream:
    """An endless asynchronous iterator of frames.

    It begins with the first frame that is awaited, and ends when it is closed, which leaving an `async
    for` loop does. A capture that failed raises its UESynthError; the stream goes on with the next frame
    if it is asked for one.
    """

    __slots__ = (
        "__weakref__",
        "_arguments",
        "_arrived",
        "_awaited",
        "_cookie",
        "_core",
        "_handle",
        "_is_closed",
        "_latest",
        "_name",
        "_session",
    )

    def __init__(
        self,
        session: Session,
        fps: float,
        modality: int,
        camera: Optional[str],
        width: Any,
        height: Any,
        depth: Any,
        latest: bool,
    ) -> None:
        # Says what is wrong with these arguments before the stream begins.
        _actions.capture(modality, camera, width, height)
        self._session = session
        self._core: Optional[Core] = None
        self._handle = 0
        self._cookie = 0
        self._latest = latest
        self._name = _actions.text(camera, "camera_name")
        self._arguments = (modality, width or 0, height or 0, fps, depth)
        # Ids of frames in the store, and failures, in order.
        self._arrived: Deque[Union[int, UESynthError]] = collections.deque()
        self._awaited: Optional[asyncio.Future[None]] = None
        self._is_closed = False

    def _begin(self) -> Core:
        core = self._session.open()
        self._cookie = self._session.subscribe(self)
        modality, width, height, fps, depth = self._arguments
        try:
            packed = _pack(
                ctypes.sizeof(_abi.SubscriptionOptions), modality, self._name[1], width, height,
                fps, depth, _abi.ROUTE_AUTO, self._cookie,
            )  # fmt: skip
        except (struct.error, TypeError, OverflowError):
            raise UESynthTypeError(
                f"fps={fps!r:.80} and depth={depth!r:.80} have to be numbers, depth a whole one",
                StatusCode.MISUSE,
            ) from None
        handle = ctypes.c_void_p()
        status = core.quick.client_subscribe(
            core.handle, packed, ctypes.byref(handle), None, None, None
        )
        if status:
            raise core.error(status)
        self._handle = handle.value or 0
        self._core = core
        return core

    def event(self, number: int, status: int, action: int, message: int) -> None:
        """Told by the session: a frame has come, or has failed to."""
        if status == 0:
            self._arrived.append(number)
        elif status == _abi.CLOSED and self._core is not None and not number:
            self._arrived.append(closed(self._core.target))
        elif self._core is not None and status != _abi.CANCELLED:
            self._arrived.append(self._core.event_error(status, action, message))
        awaited = self._awaited
        if awaited is not None and not awaited.done():
            awaited.set_result(None)

    def __repr__(self) -> str:
        modality, width, height, fps, _ = self._arguments
        try:
            rate = f"{fps:g} fps" if fps else "as fast as the server"
        except (TypeError, ValueError):
            rate = f"{fps!r:.80} fps"
        size = f"{width}x{height}" if width or height else "the server's size"
        state = "closed" if self._is_closed else "running" if self._handle else "not begun"
        return f"<uesynth.FrameStream {_actions.MODALITY_NAMES[modality]} {size}, {rate}, {state}>"

    def __aiter__(self) -> FrameStream:
        return self

    async def __anext__(self) -> Frame:
        if self._is_closed:
            raise StopAsyncIteration
        core = self._core if self._core is not None else self._begin()
        ready = self._arrived
        # Who has to wait for the next frame gives others their turn anyway.
        if ready and self._session.is_turn:
            await self._session.turn()
        while True:
            if self._latest:
                while len(ready) > 1:
                    self._skip(core, ready.popleft())
            if ready:
                arrived = ready.popleft()
                if isinstance(arrived, UESynthError):
                    raise arrived
                status, frame = core.take(arrived)
                if frame is not None:
                    return frame
                if status != _abi.NO_FRAME:
                    raise core.error(status)
                continue
            if self._awaited is not None:
                raise UESynthError("two tasks await one stream", StatusCode.MISUSE)
            awaited = self._awaited = asyncio.Future(loop=running_loop())
            try:
                await awaited
            finally:
                self._awaited = None

    @staticmethod
    def _skip(core: Core, arrived: Union[int, UESynthError]) -> None:
        if isinstance(arrived, UESynthError):
            raise arrived
        core.discard(arrived)

    def close(self) -> None:
        """Ends the stream: captures under way are cancelled, frames that were not taken are let go."""
        self._is_closed = True
        core, self._core = self._core, None
        self._session.unsubscribe(self._cookie)
        handle, self._handle = self._handle, 0
        if core is not None:
            core.quick.subscription_close(handle)
            while self._arrived and core.handle:
                arrived = self._arrived.popleft()
                if isinstance(arrived, int):
                    core.discard(arrived)

    async def aclose(self) -> None:
        """As `close`."""
        self.close()

    async def __aenter__(self) -> FrameStream:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", 0):
            self.close()
