"""What an AsyncUESynthClient and its groups share."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .. import _abi, _actions
from .._core import Core, request_id
from ..errors import StatusCode, UESynthError, UESynthTimeoutError, UESynthTypeError
from ..frame import Frame
from ..results import CommandResult
from ._loop import Future, now
from ._requests import RequestId, RequestSession

#: So long (seconds) get_latest_frame waits for a capture that is under way before it says None. A loop that
#: submits and looks, and awaits nothing else, would otherwise spin and see no frame at all.
PATIENCE = 0.001


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
        status, frame = core.take(number)
        if frame is None and status not in (_abi.NO_FRAME, _abi.WOULD_BLOCK):
            raise self._failure(core, number, status)
        return frame

    async def wait_for_frame(self, text: Any, timeout: Any) -> Frame:
        """The frame of a request, awaited for so long."""
        number, timeout = request_id(text), _seconds(timeout)
        core = self.open()
        if now() > self._next_turn:
            await self.turn()
        status, frame = core.take(number)
        if frame is not None:
            return frame
        if status == _abi.WOULD_BLOCK:
            if not await self._watch(number, timeout):
                raise UESynthTimeoutError(
                    f"the frame of request {number} has not come within {timeout} s; it is still "
                    f"under way (server {self.options.target}), so wait_for_frame may be called again",
                    _abi.DEADLINE_EXCEEDED,
                )
            core = self.open()
            status, frame = core.take(number)
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
        if now() > self._next_turn:
            await self.turn()
        if number not in self._results:
            status, _ = core.take(number)
            if status == _abi.WOULD_BLOCK and not await self._watch(number, timeout):
                raise UESynthTimeoutError(
                    f"request {number} is not over within {timeout} s; it is still under way "
                    f"(server {self.options.target})",
                    _abi.DEADLINE_EXCEEDED,
                )
            self._drain()
        result = self._results.pop(number, None)
        if isinstance(result, UESynthError):
            raise result
        return CommandResult() if result is None else result

    async def _watch(self, number: int, timeout: float) -> bool:
        """Waits until a request is over; False if it is not in time."""
        assert self._loop is not None
        future: Future[bool] = self._loop.create_future()
        self._watchers.setdefault(number, []).append(future)
        timer = self._loop.call_later(max(0.0, timeout), _expire, future)
        try:
            return await future
        finally:
            timer.cancel()
            mine = self._watchers.get(number)
            if mine is not None:
                mine.remove(future)
                if not mine:
                    del self._watchers[number]


def _seconds(timeout: Any) -> float:
    """A time to wait for; none and less is a look."""
    try:
        seconds = float(timeout)
    except (TypeError, ValueError, OverflowError):
        raise UESynthTypeError(
            f"timeout has to be a number of seconds, not {timeout!r:.80}", StatusCode.MISUSE
        ) from None
    return _actions.milliseconds(min(seconds, 86_400.0), "timeout") / 1000 if seconds > 0 else 0.0


def _expire(future: Future[bool]) -> None:
    if not future.done():
        future.set_result(False)


__all__ = ["RequestId", "Session"]
