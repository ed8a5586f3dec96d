"""The blocking side of a client.

Signals are seen only by the main thread, and only when a call into the library returns: there, a request is
submitted and its event polled for in slices, and given up when Python raises. Other threads wait inside the
library.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Set

from .. import _abi, _arguments, _fork, pixels
from .._actions import Request
from .._core import SLICE_MS, Core, closed, silent
from .._destination import SEM_POST, Destination
from .._events import EVENT_SIZE, Events, submit_options
from ..errors import UESynthError
from ..frame import Frame, into
from ..frameset import FrameSet, FramesetRequest
from ..options import ClientOptions
from ..results import CommandResult

_main = threading.main_thread().ident


def _find_main() -> None:
    """The thread that forks is the main thread of the child."""
    global _main
    _main = threading.get_ident()


_fork.call(_find_main)


def _is_main() -> bool:
    return threading.get_ident() == _main


class BlockingSession:
    """What a UESynthClient and its groups share. Any thread."""

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self.timeout_ms = _arguments.milliseconds(options.timeout, "timeout")
        self.is_disconnected = False
        self.has_saves = False
        self._core: Optional[Core] = None
        self.after_fork()
        _fork.renew(self)
        # Of the main thread: requests whose events have to come, and what came while another was looked
        # for (a signal handler may use the client too).
        self._expected: Set[int] = set()
        self._arrived: Dict[int, Any] = {}
        #: Rooms for events that nobody uses now: one, and one more for each signal handler that polls while
        #: another poll is under way.
        self._rooms: List[Events] = []

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        # Held by the thread that polls; a signal handler of its own may poll as well.
        self._polling = threading.RLock()

    # ---- Life -------------------------------------------------------------------------------------

    def open(self) -> Core:
        """The client's core, made when it is first used."""
        core = self._core
        if core is not None:
            return core
        with self._lock:
            if self.is_disconnected:
                raise closed(self.options.target)
            if self._core is None:
                self._core = Core(self.options)
                self._expected.clear()
                self._arrived.clear()
            return self._core

    @contextlib.contextmanager
    def _inside(self) -> Iterator[Core]:
        """The core for calls that wait: it stays until the block is left."""
        core = self.open()
        core.enter()
        try:
            yield core
        finally:
            core.leave()

    @property
    def core(self) -> Optional[Core]:
        return self._core

    def disconnect(self) -> None:
        with self._lock:
            self.is_disconnected = True
            core, self._core = self._core, None
        if core is not None:
            core.dispose()

    def connect(self, timeout_ms: int) -> None:
        """Waits until the server has answered."""
        with self._lock:
            self.is_disconnected = False
        with self._inside() as core:
            try:
                self._connect(core, timeout_ms)
            finally:
                self.hear(core)

    @staticmethod
    def _connect(core: Core, timeout_ms: int) -> None:
        connect = core.library.blocking.client_connect
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            left = max(0, round((deadline - time.monotonic()) * 1000))
            status = connect(core.handle, max(1, min(SLICE_MS, left)))
            if status == 0:
                return
            if status != _abi.DEADLINE_EXCEEDED:
                raise core.error(status)
            if left <= SLICE_MS:
                raise silent(core.target, timeout_ms / 1000)

    # ---- Requests ---------------------------------------------------------------------------------

    def command(self, request: Request) -> CommandResult:
        """Does a request whose reply is no more than that it was done."""
        result = self.request(request)
        return result if isinstance(result, CommandResult) else CommandResult()

    def request(self, request: Request) -> Any:
        """Does one request by a call of its own, which the server answers whatever becomes of it: its reply,
        or its frame."""
        options = submit_options(timeout_ms=self.timeout_ms, route=_abi.ROUTE_DIRECT)
        core = self.open()
        core.enter()
        try:
            if threading.get_ident() == _main:
                return self._wait(core, self._submit(core, request, options))
            return self._call(core, request, options)
        finally:
            core.leave()

    def capture_into(self, request: Request, out: Any) -> Any:
        """Captures into an array of the caller's."""
        if self.options.pixel_format is not None:
            return into(self.request(request), out)
        destination = Destination(out)
        options = submit_options(
            0,
            self.timeout_ms,
            0,
            destination.address,
            destination.capacity,
            SEM_POST,
            destination.user_data,
            _abi.ROUTE_DIRECT,
        )
        try:
            with self._inside() as core:
                if _is_main():
                    number = self._submit(core, request, options, destination)
                    raw = self._wait(core, number)._raw
                else:
                    raw = self._call(core, request, options)._raw
            return destination.finish(raw)
        finally:
            destination.keep()

    def frameset(self, request: FramesetRequest) -> FrameSet:
        """Runs a set."""
        with self._inside() as core:
            if _is_main():
                raw = self._wait(core, self._submit_set(core, request))
            else:
                run = core.library.blocking.client_capture_set
                raw = self._called(core, lambda event: run(core.handle, request.address, event))
        return FrameSet(request.parts, raw)

    # ---- Files ------------------------------------------------------------------------------------

    def save(self, frame: Frame, path: Any, options: Any) -> None:
        """Hands a frame to the library's worker."""
        handle, where = frame._known(), pixels.path_of(path)
        packed = _abi.SaveOptions(
            ctypes.sizeof(_abi.SaveOptions),
            _abi.SAVE_NO_EVENT,
            SLICE_MS,
            0,
            ctypes.pointer(options),
        )
        self.has_saves = True
        with self._inside() as core:
            save = core.library.blocking.client_save
            while True:
                status = save(core.handle, handle, where, ctypes.byref(packed), None, None, None)
                if status == 0:
                    return
                if status != _abi.WOULD_BLOCK:
                    raise core.error(status)

    def flush_saves(self) -> None:
        """Waits for the worker."""
        if not self.has_saves or self._core is None:
            return
        with self._inside() as core:
            while True:
                status = core.library.blocking.client_flush_saves(core.handle, SLICE_MS)
                if status == 0:
                    return
                if status != _abi.WOULD_BLOCK:
                    raise core.error(status)

    # ---- The main thread --------------------------------------------------------------------------

    def _submit(
        self,
        core: Core,
        request: Request,
        options: bytes,
        destination: Optional[Destination] = None,
    ) -> int:
        number = ctypes.c_uint64()
        while True:
            status = core.quick.client_submit(
                core.handle, request[0], options, ctypes.byref(number), None, None, None
            )
            if status == 0:
                self._expected.add(number.value)
                return number.value
            failure = core.error(status)
            if destination is not None:
                destination.refused()
            if status != _abi.WOULD_BLOCK:
                raise failure
            self._poll(core)

    def _submit_set(self, core: Core, request: FramesetRequest) -> int:
        number = ctypes.c_uint64()
        while True:
            status = core.quick.client_submit_set(
                core.handle, request.address, ctypes.byref(number), None, None, None
            )
            if status == 0:
                self._expected.add(number.value)
                return number.value
            if status != _abi.WOULD_BLOCK:
                raise core.error(status)
            self._poll(core)

    def _wait(self, core: Core, number: int) -> Any:
        try:
            while not self._has(core, number):
                pass
            outcome = self._arrived.pop(number)
        except BaseException:
            self._give_up(core, number)
            raise
        self._expected.discard(number)
        if isinstance(outcome, UESynthError):
            raise outcome
        return outcome

    def _has(self, core: Core, number: int) -> bool:
        """Has the outcome come? Waits a slice of time for it."""
        with self._polling:
            if number in self._arrived:
                return True
            self._take(core, core.library.blocking.client_poll, SLICE_MS)
        return number in self._arrived

    def _poll(self, core: Core) -> None:
        """Waits a slice of time for events."""
        with self._polling:
            self._take(core, core.library.blocking.client_poll, SLICE_MS)

    def hear(self, core: Core) -> None:
        """Takes the log records that have come, unless another thread polls anyway."""
        if self._polling.acquire(blocking=False):
            try:
                while self._take(core, core.quick.client_poll, 0):
                    pass
            finally:
                self._polling.release()

    def _take(self, core: Core, poll: Any, milliseconds: int) -> bool:
        """Events, if there are any in time. Called by who holds `_polling`."""
        events = self._rooms.pop() if self._rooms else Events(8)
        try:
            status = poll(
                core.handle, events.address, events.capacity, EVENT_SIZE, milliseconds,
                events.count_address,
            )  # fmt: skip
            if status == _abi.WOULD_BLOCK:
                return False
            if status:
                raise core.error(status)
            try:
                for event in events:
                    if event[0] == _abi.EVENT_LOG:
                        core.log(event[4], event[5])
                    elif event[1] in self._expected and event[0] != _abi.EVENT_SAVED:
                        self._arrived[event[1]] = core.outcome(event)
            finally:
                core.quick.events_release(events.address, events.count, EVENT_SIZE)
            return True
        finally:
            self._rooms.append(events)

    def _give_up(self, core: Core, number: int) -> None:
        self._expected.discard(number)
        self._arrived.pop(number, None)
        core.quick.client_cancel(core.handle, number)

    # ---- Other threads ----------------------------------------------------------------------------

    def _call(self, core: Core, request: Request, options: bytes) -> Any:
        call = core.library.blocking.client_call
        try:
            return self._called(core, lambda event: call(core.handle, request[0], options, event))
        finally:
            self.hear(core)

    @staticmethod
    def _called(core: Core, call: Callable[[int], int]) -> Any:
        """Runs a call that writes one event."""
        events = Events(1)
        event = _abi.Event.from_address(events.address)
        event.struct_size = EVENT_SIZE
        status = call(events.address)
        if event.type == 0:
            raise core.error(status)
        events.fill(1)
        try:
            outcome = core.outcome(next(iter(events)))
        finally:
            core.quick.events_release(events.address, 1, EVENT_SIZE)
        if isinstance(outcome, UESynthError):
            raise outcome
        return outcome
