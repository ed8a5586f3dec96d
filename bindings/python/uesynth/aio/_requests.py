"""Requests of an asyncio client: handed over when there is room, and awaited."""

from __future__ import annotations

import asyncio
import ctypes
from typing import Any, Coroutine, List, Optional, Tuple

from .. import _abi, _actions, pixels
from .._actions import Request
from .._core import Core, closed
from .._destination import SEM_POST, Destination
from .._events import submit_options
from ..errors import UESynthError
from ..frame import Frame, into
from ..frameset import FrameSet, FramesetRequest
from ._loop import CAPTURES, NOTIFY, TURN, Future, LoopSession, now, one_turn, running_loop

#: What streaming methods return: to be awaited, it gives the request's id at once.
RequestId = Coroutine[Any, Any, str]


class RequestSession(LoopSession):
    """Hands requests over when there is room, and awaits their outcomes."""

    # ---- Room -------------------------------------------------------------------------------------

    async def _enter(
        self,
        request: Request,
        options: bytes,
        destination: Optional[Destination] = None,
        frameset: Optional[FramesetRequest] = None,
    ) -> int:
        """Submits when there is room; those who came first go first."""
        me: Optional[Future[None]] = None
        try:
            while True:
                core = self.open()
                if self._room[0] is me if self._room else True:
                    if frameset is not None:
                        status = core.quick.client_submit_set(
                            self._handle, frameset.address, self._id_address, None, None, None
                        )
                    else:
                        status = self._submit(
                            self._handle, request[0], options, self._id_address, None, None, None
                        )
                    if status == 0:
                        if me is not None:
                            self._room.popleft()
                        return self._id.value
                    failure = core.error(status)
                    if destination is not None:
                        destination.refused()
                    if status != _abi.WOULD_BLOCK and not (
                        status == _abi.RESOURCE_EXHAUSTED and self._drain()
                    ):
                        raise failure
                assert self._loop is not None
                fresh: Future[None] = self._loop.create_future()
                if me is None:
                    self._room.append(fresh)
                else:
                    self._room[self._room.index(me)] = fresh
                me = fresh
                # Events may wait since before: then nobody else wakes us.
                self._drain()
                await me
        except BaseException:
            if me is not None and me in self._room:
                self._room.remove(me)
                # The room that was meant for this one is for the next.
                self._make_room(1)
            raise

    # ---- Requests ---------------------------------------------------------------------------------

    @property
    def is_turn(self) -> bool:
        """Has the loop not gone round for a while?"""
        return now() > self._next_turn

    def submit_capture(self, modality: int, camera: Any, width: Any, height: Any) -> RequestId:
        """A streamed capture, whose frame stays in the store until it is asked for."""
        request = _actions.capture(modality, camera, width, height)
        self.captured[modality, request[1][0]] = None
        return self.submit(request)

    async def submit(self, request: Request) -> str:
        """Hands over a request and returns its id; nobody awaits its outcome."""
        if self.core is None or running_loop() is not self._loop:
            self.open()
        if not self._room:
            status = self._submit(
                self._handle, request[0], self._options, self._id_address, None, None, None
            )
            if status == 0:
                number = self._id.value
                if request[2] in CAPTURES:
                    self._captures += 1
                if now() > self._next_turn:
                    await self.turn()
                return str(number)
        number = await self._enter(request, self._options)
        if request[2] in CAPTURES:
            self._captures += 1
        return str(number)

    async def turn(self) -> None:
        """Lets the loop go round once, and with it everything that has completed."""
        self._next_turn = now() + TURN
        await one_turn

    async def request(self, request: Request) -> Any:
        """Does one request by a call of its own, which the server answers whatever becomes of it, and awaits
        its reply."""
        number, future = await self._begin(request, self._direct_options)
        return await self._outcome(number, future)

    async def _begin(
        self, request: Request, options: bytes, destination: Optional[Destination] = None
    ) -> Tuple[int, Future[Any]]:
        if self.core is None or running_loop() is not self._loop:
            self.open()
        if self._room or destination is not None:
            number = await self._enter(request, options, destination)
        else:
            status = self._submit(
                self._handle, request[0], options, self._id_address, None, None, None
            )
            number = self._id.value if status == 0 else await self._enter(request, options)
        assert self._loop is not None
        future = self._waiting[number] = self._loop.create_future()
        return number, future

    async def _outcome(self, number: int, future: Future[Any]) -> Any:
        core = self.core
        try:
            return await future
        except UESynthError:
            raise
        except BaseException:
            self.give_up(core, number)
            raise

    def give_up(self, core: Optional[Core], number: int) -> None:
        """Nobody wants the outcome of a request any more."""
        self._waiting.pop(number, None)
        if core is not None and core.quick.client_cancel(core.handle, number):
            core.discard(number)

    async def capture(self, request: Request, out: Any = None) -> Any:
        """Captures and awaits the frame; it leaves the store only here."""
        if out is not None and self.options.pixel_format is None:
            return await self._capture_into(request, Destination(out))
        number, future = await self._begin(request, self._direct_options)
        await self._outcome(number, future)
        return self._take(number) if out is None else into(self._take(number), out)

    def _take(self, number: int) -> Frame:
        core = self.core
        if core is None:
            raise closed(self.options.target)
        status, frame = core.take(number)
        if frame is None:
            raise core.error(status)
        return frame

    async def _capture_into(self, request: Request, destination: Destination) -> Any:
        options = submit_options(
            NOTIFY,
            self.timeout_ms,
            0,
            destination.address,
            destination.capacity,
            SEM_POST,
            destination.user_data,
            _abi.ROUTE_DIRECT,
        )
        number, future = await self._begin(request, options, destination)
        try:
            await self._outcome(number, future)
            return destination.finish(self._take(number)._raw or b"")
        finally:
            destination.keep()

    async def frameset(self, request: FramesetRequest) -> FrameSet:
        """Runs a set."""
        packed = (b"", (), 0)
        number = await self._enter(packed, b"", frameset=request)
        assert self._loop is not None
        future = self._waiting[number] = self._loop.create_future()
        raw = await self._outcome(number, future)
        if isinstance(raw, UESynthError):
            raise raw
        return FrameSet(request.parts, raw)

    async def submit_captures(self, requests: List[Request]) -> List[int]:
        """Hands several streamed captures over in one call, as far as there is room, and the rest one by
        one. Their ids."""
        core = self.open()
        numbers: List[int] = []
        if not self._room:
            joined = b"".join(request[0] for request in requests)
            ids = (ctypes.c_uint64 * len(requests))()
            submitted = ctypes.c_size_t()
            status = core.quick.client_submit_batch(
                self._handle, joined, len(requests), _actions.ACTION_SIZE, self._options,
                ids, ctypes.byref(submitted), None, None, None,
            )  # fmt: skip
            if status not in (0, _abi.WOULD_BLOCK):
                raise core.error(status)
            numbers = list(ids[: submitted.value])
            self._captures += len(numbers)
        for request in requests[len(numbers) :]:
            numbers.append(await self._enter(request, self._options))
            self._captures += 1
        return numbers

    async def save(self, frame: Frame, path: Any, options: Any) -> None:
        """Writes a file on the library's worker, and awaits it."""
        core = self.open()
        self._cookies += 1
        cookie = self._cookies
        where = pixels.path_of(path)
        packed = _abi.SaveOptions(ctypes.sizeof(_abi.SaveOptions), 0, 0, cookie)
        packed.picture = ctypes.pointer(options)
        handle = frame._known()
        while True:
            status = core.quick.client_save(
                core.handle, handle, where, ctypes.byref(packed), None, None, None
            )
            if status != _abi.WOULD_BLOCK:
                break
            # The worker's queue is full.
            await asyncio.sleep(0.005)
            core = self.open()
        if status:
            raise core.error(status)
        assert self._loop is not None
        future = self._savers[cookie] = self._loop.create_future()
        try:
            await future
        finally:
            self._savers.pop(cookie, None)
