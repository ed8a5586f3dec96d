"""What an AsyncUESynthClient and its groups share."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator, List, Optional, Tuple

from .. import _abi, _actions, _arguments
from .._core import Core, request_id
from ..errors import StatusCode, UESynthError, UESynthTimeoutError
from ..frame import Frame
from ._loop import RESULTS_KEPT, Future, now
from ._requests import RequestId, RequestSession

#: So long (seconds) get_latest_frame waits for a capture that is under way before it says None. A loop that
#: submits and looks, and awaits nothing else, would otherwise spin and see no frame at all.
PATIENCE = 0.001

#: What waiting comes to when the time is over.
LATE = object()


class Session(RequestSession):
    """Fetches what streamed requests have come to: the library keeps it until then."""

    async def latest(
        self, modality: Optional[str], camera: Optional[str], peek: bool
    ) -> Optional[Frame]:
        """The newest frame of what was captured and is asked for."""
        core = self.open()
        keys = self._keys(modality, camera)
        frame = self._newest(core, keys, peek)
        if frame is not None:
            if now() > self._next_turn:
                await self.turn()
            return frame
        await self._look()
        return self._newest(self.open(), keys, peek)

    async def _look(self) -> None:
        """Waits a moment for the next frame of a streamed capture, if one is under way."""
        if self._captures <= 0:
            await self.turn()
            return
        assert self._loop is not None
        future: Future[bool] = self._loop.create_future()
        timer = self._loop.call_later(PATIENCE, _expire, future)
        self._lookers.append(future)
        try:
            await future
        finally:
            timer.cancel()
            if future in self._lookers:
                self._lookers.remove(future)

    def _keys(self, modality: Optional[str], camera: Optional[str]) -> List[Tuple[int, bytes]]:
        wanted = None if modality is None else _actions.modality(modality)
        name = None if camera is None else _actions.text(camera, "camera_name")[0]
        if wanted is not None and name is not None:
            return [(wanted, name)]
        return [
            key for key in self.captured if wanted in (None, key[0]) and name in (None, key[1])
        ] or [(wanted or _abi.MODALITY_RGB, name or b"")]

    @staticmethod
    def _newest(core: Core, keys: List[Tuple[int, bytes]], peek: bool) -> Optional[Frame]:
        if len(keys) == 1:
            return core.latest(*keys[0], peek)
        newest, found = None, 0
        for key in keys:
            frame = core.latest(*key, True)
            if frame is None:
                continue
            info = frame.info
            if info.sequence > found and (peek or not info.delivered):
                newest, found = key, info.sequence
        return None if newest is None else core.latest(*newest, peek)

    async def frame_by_id(self, text: Any) -> Optional[Frame]:
        number = request_id(text)
        core = self.open()
        if now() > self._next_turn:
            await self.turn()
        status, frame = self._fetch(core, number)
        if frame is None and status not in (_abi.NO_FRAME, _abi.WOULD_BLOCK):
            raise self._failure(core, number, status)
        return frame

    async def wait_for_frame(self, text: Any, timeout: Any) -> Frame:
        """The frame of a request, awaited for so long."""
        number, timeout = request_id(text), _seconds(timeout)
        core = self.open()
        if now() > self._next_turn:
            await self.turn()
        status, frame = self._fetch(core, number)
        if frame is not None:
            return frame
        if status == _abi.WOULD_BLOCK:
            with self._watching(number) as told:
                if await self._await(told, timeout) is LATE:
                    raise self._late(f"the frame of request {number} has not come", timeout)
            core = self.open()
            status, frame = self._fetch(core, number)
            if frame is not None:
                return frame
        raise self._failure(core, number, status)

    def _failure(self, core: Core, number: int, status: int) -> UESynthError:
        """Why a frame is not there; call right after the library has said so."""
        failure = core.error(status)
        # What the server said may still wait in the queue.
        self._drain()
        known = self._results.pop(number, None)
        return known if isinstance(known, UESynthError) else failure

    async def wait_for_result(self, text: Any, timeout: Any) -> Any:
        """The reply to a streamed request that was no capture."""
        number, timeout = request_id(text), _seconds(timeout)
        core = self.open()
        frame: Optional[Frame] = None
        with self._watching(number) as told:
            if now() > self._next_turn:
                await self.turn()
            result = self._result(number, told)
            if result is None:
                status, frame = self._fetch(core, number)
                if frame is not None:
                    self._aside[number] = frame
                elif status != _abi.WOULD_BLOCK:
                    # The reply may still wait in the queue, behind others.
                    while result is None and self._drain():
                        result = self._result(number, told)
                else:
                    result = await self._await(told, timeout)
                    if result is LATE:
                        raise self._late(f"request {number} is not over", timeout)
                    self._result(number, told)
        if isinstance(result, UESynthError):
            raise result
        if result is None or result is True:
            if result is True or frame is not None:
                raise UESynthError(
                    f"request {number} was a capture, which has no reply but a frame: wait_for_frame "
                    f"gives it (server {self.options.target})",
                    StatusCode.NO_FRAME,
                )
            raise UESynthError(
                f"no reply to request {number}: unknown, given before, or forgotten: the last "
                f"{RESULTS_KEPT} replies are kept (server {self.options.target})",
                StatusCode.NOT_FOUND,
            )
        return result

    def _late(self, what: str, seconds: float) -> UESynthTimeoutError:
        """For who waited for so long; the request may come to something yet."""
        target, state = self.options.target, self.open().state
        if state == _abi.STATE_READY:
            why = f"it is still under way (server {target}), so it may be waited for again"
        else:
            why = (
                f"{target} has not answered at all: is it a UESynth server? The client goes on trying "
                f"for connect_timeout={self.options.connect_timeout:g} s, and the request goes when it is "
                "connected"
            )
        return UESynthTimeoutError(
            f"{what} within {seconds:g} s; {why}", StatusCode.DEADLINE_EXCEEDED
        )

    def _result(self, number: int, told: Future[Any]) -> Any:
        """What a request has come to, once, but for all who wait for it now; None if that is not there."""
        result = self._results.pop(number, None)
        if result is None:
            result = self._done.pop(number, None)
        if result is None:
            return told.result() if told.done() else None
        for other in self._watchers.get(number, ()):
            if not other.done():
                other.set_result(result)
        return result

    def _fetch(self, core: Core, number: int) -> Tuple[int, Optional[Frame]]:
        """The frame of a request, as `Core.take` says it."""
        frame = self._aside.pop(number, None) if self._aside else None
        return core.take(number) if frame is None else (_abi.OK, frame)

    @contextlib.contextmanager
    def _watching(self, number: int) -> Iterator[Future[Any]]:
        """Is told what a request comes to, its reply or failure, of a capture True: by its event, or by
        another one who waits and has taken the result."""
        assert self._loop is not None
        told: Future[Any] = self._loop.create_future()
        self._watchers.setdefault(number, []).append(told)
        try:
            yield told
        finally:
            others = self._watchers.get(number, [])
            if told in others:
                others.remove(told)
                if not others:
                    del self._watchers[number]
            if told.done() and not told.cancelled():
                # asyncio complains of failures that nobody has looked at.
                told.exception()

    async def _await(self, told: Future[Any], timeout: float) -> Any:
        """What a watcher is told; LATE if it is not in time."""
        assert self._loop is not None
        timer = self._loop.call_later(max(0.0, timeout), _expire, told, LATE)
        try:
            return await told
        finally:
            timer.cancel()


def _seconds(timeout: Any) -> float:
    """A time to wait for; none and less is a look."""
    seconds = _arguments.seconds(timeout, "timeout")
    if not seconds > 0:
        return 0.0
    return _arguments.milliseconds(min(seconds, 86_400.0), "timeout") / 1000


def _expire(future: Future[Any], result: Any = False) -> None:
    if not future.done():
        future.set_result(result)


__all__ = ["RequestId", "Session"]
