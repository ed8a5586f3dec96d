"""The asyncio side of a client: one descriptor in the loop, events in batches, futures.

No thread of ours, and no Python on the library's threads: the loop's selector says that the descriptor is
readable, `_drain` polls the events, and frames stay in the library's store until a task takes them.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import ctypes
import logging
import time
import weakref
from typing import Any, Callable, Coroutine, Deque, Dict, Generator, List, Optional, Tuple

from .. import _abi, _actions, pixels
from .._actions import Request
from .._core import EVENT_SIZE, Core, Events, closed, request_id, submit_options
from .._destination import SEM_POST, Destination
from ..errors import UESynthError, UESynthTimeoutError, UESynthValueError
from ..frame import Frame, into
from ..frameset import FrameSet, FramesetRequest
from ..options import ClientOptions
from ..results import CommandResult

logger = logging.getLogger("uesynth")

Loop = asyncio.AbstractEventLoop
Future = asyncio.Future

#: What streaming methods return: to be awaited, it gives the request's id at once.
RequestId = Coroutine[Any, Any, str]

#: Told of each event of a subscription: request id, status, action, address of the message.
Subscriber = Callable[[int, int, int, int], None]

#: An awaited call gives the loop its turn when it has had none for so long (seconds).
TURN = 0.0005
#: So long (seconds) get_latest_frame waits for a capture that is under way before it says None. A loop that
#: submits and looks, and awaits nothing else, would otherwise spin and see no frame at all.
PATIENCE = 0.001
_BATCH = 256
#: Events that one turn of the loop takes at most, so that other things get theirs.
_BATCHES_A_TURN = 8
_RESULTS_KEPT = 1024

#: Replies that say something.
_ANSWERS = frozenset(
    (
        _abi.ACTION_GET_CAMERA_TRANSFORM,
        _abi.ACTION_GET_OBJECT_TRANSFORM,
        _abi.ACTION_LIST_OBJECTS,
    )
)

_NOTIFY = _abi.SUBMIT_NOTIFY_ONLY
_now = time.perf_counter
_running_loop = asyncio.get_running_loop


_CAPTURES = _actions.CAPTURE_KINDS


class _Turn:
    """`await turn` lets the loop go round once."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


_turn = _Turn()


class Session:
    """What an AsyncUESynthClient and its groups share. Belongs to one loop at a time; the descriptor's
    callback holds it weakly, so that a client that is dropped goes at once."""

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self.core: Optional[Core] = None
        self.is_disconnected = False
        self.timeout_ms = 0
        self._loop: Optional[Loop] = None
        self._fd = -1
        self._handle = 0
        self._events = Events(_BATCH)
        self._id = ctypes.c_uint64()
        self._id_address = ctypes.addressof(self._id)
        self._options = submit_options(_NOTIFY)
        #: Direct calls, by request id.
        self._waiting: Dict[int, Future[Any]] = {}
        #: Who waits for the frame of a streamed capture.
        self._watchers: Dict[int, List[Future[bool]]] = {}
        #: Who waits for room, in order.
        self._room: Deque[Future[None]] = collections.deque()
        #: What streamed requests that nobody awaited have come to: replies with content, and failures.
        self._results: Dict[int, Any] = {}
        self._subscribers: Dict[int, weakref.WeakMethod[Subscriber]] = {}
        self._cookies = 0
        #: Saves under way, by cookie.
        self._savers: Dict[int, Future[None]] = {}
        self._next_turn = 0.0
        #: Streamed captures under way, and who looks for the next frame of any.
        self._captures = 0
        self._lookers: List[Future[bool]] = []
        #: (modality, camera) of streamed captures.
        self.captured: Dict[Tuple[int, bytes], None] = {}

    # ---- The loop ---------------------------------------------------------------------------------

    def open(self) -> Core:
        """The client's core, made when it is first used, in the loop that runs."""
        loop = _running_loop()
        if self.core is not None and loop is self._loop:
            return self.core
        if self.is_disconnected:
            raise closed(self.options.target)
        if self._loop is not None and loop is not self._loop:
            self._leave(loop)
        core = self.core
        if core is None:
            core = self.core = Core(self.options)
            self._handle = core.handle
            self._submit = core.quick.client_submit
            self._poll = core.quick.client_poll
            self._release = core.quick.events_release
        self._fd = core.event_fd()
        me = weakref.ref(self)

        def readable() -> None:
            session = me()
            if session is not None:
                session._drain()

        loop.add_reader(self._fd, readable)
        self._loop = loop
        return core

    def _leave(self, loop: Loop) -> None:
        """A client goes on in a new loop when its old one is closed."""
        assert self._loop is not None
        if self.core is not None:
            self.core.state  # noqa: B018 - says FORKED in a child process
        if not self._loop.is_closed():
            raise UESynthValueError(
                "this client is used in another event loop; make one client for each loop",
                _abi.MISUSE,
            )
        self._forget_waiters()
        self._loop, self._fd = None, -1

    def _forget_waiters(self) -> None:
        self._waiting.clear()
        self._watchers.clear()
        self._room.clear()
        self._lookers.clear()
        self._savers.clear()

    def disconnect(self) -> None:
        """Ends everything; what is awaited fails with CLOSED."""
        self.is_disconnected = True
        core, self.core = self.core, None
        if core is None:
            return
        self._detach()
        core.dispose()
        for future in self._all_waiting():
            if not future.done():
                future.set_exception(closed(self.options.target))
        self._forget_waiters()
        for subscriber in list(self._subscribers.values()):
            deliver = subscriber()
            if deliver is not None:
                deliver(0, _abi.CLOSED, 0, 0)
        self._subscribers.clear()
        self._handle = 0
        self._captures = 0

    def _all_waiting(self) -> List[Future[Any]]:
        found = [*self._waiting.values(), *self._room, *self._lookers, *self._savers.values()]
        for watchers in self._watchers.values():
            found += watchers
        return found

    def _detach(self) -> None:
        if self._loop is not None and not self._loop.is_closed() and self._fd >= 0:
            self._loop.remove_reader(self._fd)
        self._loop, self._fd = None, -1

    def __del__(self) -> None:
        me = self.__dict__
        core, loop, fd = me.get("core"), me.get("_loop"), me.get("_fd", -1)
        if core is None or loop is None or loop.is_closed():
            return
        # The descriptor has to leave the selector before it is closed, and only the loop's own thread
        # may take it out.
        try:
            here = _running_loop() is loop
        except RuntimeError:
            here = not loop.is_running()
        if here:
            loop.remove_reader(fd)
        else:
            # The core lives on in the callback.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_remove_reader, loop, fd, core)

    def set_timeout(self, timeout_ms: int) -> None:
        """For every request from now on, end to end; 0 is the client's, which on a stream bounds the
        server's silence."""
        self.timeout_ms = timeout_ms
        self._options = submit_options(_NOTIFY, timeout_ms)

    async def connect(self, timeout: float) -> None:
        """Waits until the server has answered, by looking again and again."""
        self.is_disconnected = False
        core = self.open()
        failures = core.stats().connect_failures
        deadline = _now() + timeout
        pause = 0.001
        while True:
            status = core.quick.client_connect(core.handle, 0)
            if status == 0:
                return
            failure = core.error(status)
            if status == _abi.UNAVAILABLE and core.stats().connect_failures > failures:
                raise failure
            if status not in (_abi.UNAVAILABLE, _abi.DEADLINE_EXCEEDED):
                raise failure
            if _now() >= deadline:
                raise UESynthTimeoutError(
                    f"{self.options.target} has not answered within {timeout} s; is it a UESynth server?",
                    _abi.DEADLINE_EXCEEDED,
                )
            await asyncio.sleep(min(pause, max(0.0, deadline - _now())))
            pause = min(pause * 1.5, 0.02)

    # ---- Events -----------------------------------------------------------------------------------

    def _drain(self) -> int:
        """Takes the events that have come; returns how many."""
        core = self.core
        if core is None:
            return 0
        events = self._events
        self._next_turn = _now() + TURN
        taken = 0
        for _ in range(_BATCHES_A_TURN):
            status = self._poll(
                self._handle, events.address, _BATCH, EVENT_SIZE, 0, events.count_address
            )
            if status:
                break
            count = events.count
            taken += count
            try:
                self._dispatch(core, events)
            finally:
                self._release(events.address, count, EVENT_SIZE)
            if count < _BATCH:
                break
        if taken and self._room:
            self._make_room(taken)
        return taken

    def _dispatch(self, core: Core, events: Events) -> None:
        pop = self._waiting.pop
        watchers, subscribers = self._watchers, self._subscribers
        for event in events:
            kind, number, cookie, status, action, message, _, reply, _ = event
            if kind == _abi.EVENT_SAVED:
                self._saved(core, cookie, status, message)
                continue
            future = pop(number, None)
            if future is not None:
                if future.done():
                    continue
                if kind == _abi.EVENT_FRAMESET:
                    future.set_result(core.outcome(event))
                    self._make_room(len(self._room))
                elif status:
                    future.set_exception(core.event_error(status, action, message))
                else:
                    future.set_result(core.reply(action, reply) if reply else None)
                continue
            if kind == _abi.EVENT_FRAMESET:
                continue
            if cookie:
                subscriber = subscribers.get(cookie)
                deliver = subscriber() if subscriber is not None else None
                if deliver is not None:
                    deliver(number, status, action, message)
                elif status == 0:
                    core.discard(number)
                continue
            if status:
                self._failed(core, number, status, action, message)
            elif action in _ANSWERS:
                self._keep(number, core.reply(action, reply))
            if action in _CAPTURES:
                self._captures -= 1
                for looker in self._lookers:
                    if not looker.done():
                        looker.set_result(True)
            if watchers:
                for watcher in watchers.pop(number, ()):
                    if not watcher.done():
                        watcher.set_result(True)

    def _saved(self, core: Core, cookie: int, status: int, message: int) -> None:
        future = self._savers.pop(cookie, None)
        if future is None or future.done():
            return
        if status:
            words = ctypes.string_at(message).decode("utf-8", "replace") if message else ""
            future.set_exception(core.error(status, words))
        else:
            future.set_result(None)

    def _failed(self, core: Core, number: int, status: int, action: int, message: int) -> None:
        """A streamed request has failed, and nobody awaits it."""
        if status in (_abi.CANCELLED, _abi.CLOSED):
            return
        failure = core.event_error(status, action, message)
        logger.warning("request %d failed: %s", number, failure)
        self._keep(number, failure)

    def _keep(self, number: int, result: Any) -> None:
        if len(self._results) >= _RESULTS_KEPT:
            self._results.pop(next(iter(self._results)))
        self._results[number] = result

    # ---- Room -------------------------------------------------------------------------------------

    def _make_room(self, count: int) -> None:
        for future in self._room:
            if count == 0:
                break
            if not future.done():
                future.set_result(None)
                count -= 1

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

    async def breathe(self) -> None:
        """Lets the loop go round if it has not for a while."""
        if _now() > self._next_turn:
            await self.turn()

    def submit_capture(self, modality: int, camera: Any, width: Any, height: Any) -> RequestId:
        """A streamed capture, whose frame stays in the store until it is asked for."""
        request = _actions.capture(modality, camera, width, height)
        self.captured[modality, request[1][0]] = None
        return self.submit(request)

    async def submit(self, request: Request) -> str:
        """Hands over a request and returns its id; nobody awaits its outcome."""
        if self.core is None or _running_loop() is not self._loop:
            self.open()
        if not self._room:
            status = self._submit(
                self._handle, request[0], self._options, self._id_address, None, None, None
            )
            if status == 0:
                number = self._id.value
                if request[2] in _CAPTURES:
                    self._captures += 1
                if _now() > self._next_turn:
                    await self.turn()
                return str(number)
        number = await self._enter(request, self._options)
        if request[2] in _CAPTURES:
            self._captures += 1
        return str(number)

    async def turn(self) -> None:
        """Lets the loop go round once, and with it everything that has completed."""
        self._next_turn = _now() + TURN
        await _turn

    async def request(self, request: Request, options: Optional[bytes] = None) -> Any:
        """Hands over a request and awaits its reply."""
        number, future = await self._begin(request, options or self._options)
        return await self._outcome(number, future)

    async def _begin(
        self, request: Request, options: bytes, destination: Optional[Destination] = None
    ) -> Tuple[int, Future[Any]]:
        if self.core is None or _running_loop() is not self._loop:
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
        number, future = await self._begin(request, self._options)
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
            _NOTIFY,
            self.timeout_ms,
            0,
            destination.address,
            destination.capacity,
            SEM_POST,
            destination.user_data,
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

    # ---- Frames -----------------------------------------------------------------------------------

    async def latest(
        self, modality: Optional[str], camera: Optional[str], peek: bool
    ) -> Optional[Frame]:
        """The newest frame of what was captured and is asked for."""
        core = self.open()
        keys = self._keys(modality, camera)
        frame = self._newest(core, keys, peek)
        if frame is not None:
            if _now() > self._next_turn:
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
        if _now() > self._next_turn:
            await self.turn()
        status, frame = core.take(number)
        if frame is None and status not in (_abi.NO_FRAME, _abi.WOULD_BLOCK):
            raise self._failure(core, number, status)
        return frame

    async def wait_for_frame(self, text: Any, timeout: float) -> Frame:
        number = request_id(text)
        core = self.open()
        if _now() > self._next_turn:
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

    async def wait_for_result(self, text: Any, timeout: float) -> Any:
        """The reply to a streamed request that was no capture."""
        number = request_id(text)
        core = self.open()
        if _now() > self._next_turn:
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

    # ---- Subscriptions ----------------------------------------------------------------------------

    def subscribe(self, method: Subscriber) -> int:
        """The cookie whose events go to a method, as long as its object lives."""
        self._cookies += 1
        self._subscribers[self._cookies] = weakref.WeakMethod(method)
        return self._cookies

    def unsubscribe(self, cookie: int) -> None:
        self._subscribers.pop(cookie, None)


def _expire(future: Future[bool]) -> None:
    if not future.done():
        future.set_result(False)


def _remove_reader(loop: Loop, fd: int, core: Core) -> None:
    loop.remove_reader(fd)
