"""A client's place in an event loop: one descriptor, events in batches.

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
from typing import Any, Deque, Dict, Generator, List, Optional, Protocol, Tuple

from .. import _abi, _actions
from .._core import Core, closed, silent
from .._events import Events, read_event, submit_options
from ..errors import UESynthError, UESynthValueError
from ..frame import Frame
from ..options import ClientOptions

logger = logging.getLogger("uesynth")

Loop = asyncio.AbstractEventLoop
Future = asyncio.Future


class Subscriber(Protocol):
    """Who is told of each event of a subscription."""

    def event(self, number: int, status: int, action: int, message: int) -> None:
        """The request's id, how it ended, what it was, and the address of the message."""


#: An awaited call gives the loop its turn when it has had none for so long (seconds).
TURN = 0.0005
_BATCH = 256
#: Events that one turn of the loop takes at most, so that other things get theirs.
_BATCHES_A_TURN = 8
RESULTS_KEPT = 1024

#: Replies that say something.
_ANSWERS = frozenset(
    (
        _abi.ACTION_GET_CAMERA_TRANSFORM,
        _abi.ACTION_GET_OBJECT_TRANSFORM,
        _abi.ACTION_LIST_OBJECTS,
    )
)

NOTIFY = _abi.SUBMIT_NOTIFY_ONLY
now = time.perf_counter
running_loop = asyncio.get_running_loop
CAPTURES = _actions.CAPTURE_KINDS


class _Turn:
    """`await turn` lets the loop go round once."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


one_turn = _Turn()


class LoopSession:
    """What an AsyncUESynthClient and its groups share. Belongs to one loop at a time; the descriptor's
    callback holds it weakly, so that a client that is dropped goes at once."""

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self.core: Optional[Core] = None
        self.is_disconnected = False
        self.timeout_ms = 0
        self._loop: Optional[Loop] = None
        self._fd = -1
        self._handle = ctypes.c_void_p()
        self._events = Events(_BATCH)
        self._poll_arguments = (self._handle, *self._events.poll_arguments)
        self._id = ctypes.c_uint64()
        self._id_address = ctypes.c_void_p(ctypes.addressof(self._id))
        #: Of streamed requests, and of those that are awaited.
        self._options = submit_options(NOTIFY)
        self._direct_options = submit_options(NOTIFY, route=_abi.ROUTE_DIRECT)
        #: Direct calls, by request id.
        self._waiting: Dict[int, Future[Any]] = {}
        #: Who waits for the outcome of a streamed request.
        self._watchers: Dict[int, List[Future[Any]]] = {}
        #: Who waits for room, in order.
        self._room: Deque[Future[None]] = collections.deque()
        #: What streamed requests that nobody awaited have come to: replies with content, and failures.
        self._results: Dict[int, Any] = {}
        #: Streamed commands that succeeded: apart, so that they push out no answer and no failure.
        self._done: Dict[int, Any] = {}
        #: Frames that were found by who asked for a reply: they wait for who asks for the frame.
        self._aside: Dict[int, Frame] = {}
        self._subscribers: Dict[int, weakref.ref[Subscriber]] = {}
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
        loop = running_loop()
        if self.core is not None and loop is self._loop:
            return self.core
        if self.is_disconnected:
            raise closed(self.options.target)
        if self._loop is not None and loop is not self._loop:
            self._leave(loop)
        core = self.core
        if core is None:
            core = self.core = Core(self.options)
            # Another core counts its requests from the beginning.
            self._results.clear()
            self._done.clear()
            self._aside.clear()
            self._handle.value = core.handle
            unchecked = core.library.unchecked
            self._submit, self._poll = unchecked.submit, unchecked.poll
            self._release = unchecked.release
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
        for found in list(self._subscribers.values()):
            subscriber = found()
            if subscriber is not None:
                subscriber.event(0, _abi.CLOSED, 0, 0)
        self._subscribers.clear()
        self._handle.value = None
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
            here = running_loop() is loop
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
        self._options = submit_options(NOTIFY, timeout_ms)
        self._direct_options = submit_options(NOTIFY, timeout_ms, route=_abi.ROUTE_DIRECT)

    async def connect(self, timeout: float) -> None:
        """Waits until the server has answered, by looking again and again."""
        self.is_disconnected = False
        core = self.open()
        failures = core.stats().connect_failures
        deadline = now() + timeout
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
            if now() >= deadline:
                raise silent(self.options.target, timeout)
            await asyncio.sleep(min(pause, max(0.0, deadline - now())))
            pause = min(pause * 1.5, 0.02)

    # ---- Events -----------------------------------------------------------------------------------

    def _drain(self) -> int:
        """Takes the events that have come; returns how many."""
        core = self.core
        if core is None:
            return 0
        if self._poll(*self._poll_arguments):
            self._next_turn = now() + TURN
            return 0
        events = self._events
        taken = events.counter.value
        if taken == 1:
            # A big picture comes alone, and to caches that the copying of it has emptied: every line of code
            # and data on its way counts. Its event holds nothing that would have to be let go.
            kind, number, cookie, status, action, message, frame, _, _, held = read_event(
                events.view
            )
            found = self._subscribers.get(cookie)
            if found is not None and not (status or frame or held):
                subscriber = found()
                if subscriber is not None:
                    subscriber.event(number, 0, action, message)
                    return 1
        self._next_turn = now() + TURN
        count = taken
        for left in range(_BATCHES_A_TURN - 1, -1, -1):
            try:
                self._dispatch(core, events)
            finally:
                self._release(*events.release_arguments)
            if count < _BATCH or not left or self._poll(*self._poll_arguments):
                break
            count = events.counter.value
            taken += count
        if self._room:
            self._make_room(taken)
        return taken

    def _dispatch(self, core: Core, events: Events) -> None:
        pop = self._waiting.pop
        watchers, subscribers = self._watchers, self._subscribers
        for event in events:
            kind, number, cookie, status, action, message, _, reply, _, _ = event
            if cookie:
                if kind == _abi.EVENT_SAVED:
                    self._saved(core, cookie, status, message)
                    continue
                found = subscribers.get(cookie)
                subscriber = found() if found is not None else None
                if subscriber is not None:
                    subscriber.event(number, status, action, message)
                elif status == 0:
                    core.discard(number)
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
            if kind != _abi.EVENT_COMPLETED:
                if kind == _abi.EVENT_LOG:
                    core.log(action, message)
                continue
            outcome: Any = True
            if status:
                outcome = self._failed(core, number, status, action, message)
            elif action not in CAPTURES:
                outcome = core.reply(action, reply)
                _keep(self._results if action in _ANSWERS else self._done, number, outcome)
            if action in CAPTURES:
                self._captures -= 1
                for looker in self._lookers:
                    if not looker.done():
                        looker.set_result(True)
            if watchers:
                for watcher in watchers.pop(number, ()):
                    if not watcher.done():
                        watcher.set_result(outcome)

    def _make_room(self, count: int) -> None:
        """Wakes as many of those who wait for room."""
        for future in self._room:
            if count == 0:
                break
            if not future.done():
                future.set_result(None)
                count -= 1

    def _saved(self, core: Core, cookie: int, status: int, message: int) -> None:
        future = self._savers.pop(cookie, None)
        if future is None or future.done():
            return
        if status:
            words = ctypes.string_at(message).decode("utf-8", "replace") if message else ""
            future.set_exception(core.error(status, words))
        else:
            future.set_result(None)

    def _failed(
        self, core: Core, number: int, status: int, action: int, message: int
    ) -> UESynthError:
        """A streamed request has failed, and nobody awaits it."""
        failure = core.event_error(status, action, message)
        if status not in (_abi.CANCELLED, _abi.CLOSED):
            logger.warning("request %d failed: %s", number, failure)
            _keep(self._results, number, failure)
        return failure

    # ---- Subscriptions ----------------------------------------------------------------------------

    def subscribe(self, subscriber: Subscriber) -> int:
        """The cookie whose events go to a subscriber, as long as it lives."""
        self._cookies += 1
        self._subscribers[self._cookies] = weakref.ref(subscriber)
        return self._cookies

    def unsubscribe(self, cookie: int) -> None:
        self._subscribers.pop(cookie, None)


def _keep(table: Dict[int, Any], number: int, result: Any) -> None:
    if len(table) >= RESULTS_KEPT:
        table.pop(next(iter(table)))
    table[number] = result


def _remove_reader(loop: Loop, fd: int, core: Core) -> None:
    loop.remove_reader(fd)
