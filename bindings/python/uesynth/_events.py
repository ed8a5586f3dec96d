"""Events as the library writes them, and the options of a submit as it reads them."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from . import _abi

EVENT_SIZE = ctypes.sizeof(_abi.Event)
# type, request_id, cookie, status, action, message, frame, reply, frameset, reserved
EVENT_FORMAT = "@4xIQQiIPPPPP"
_events = struct.Struct(EVENT_FORMAT)
read_event, read_events = _events.unpack_from, _events.iter_unpack
assert struct.calcsize(EVENT_FORMAT) == EVENT_SIZE

_OPTIONS_SIZE = ctypes.sizeof(_abi.SubmitOptions)
_pack_options = struct.Struct(_abi.layout(_abi.SubmitOptions)).pack
_address_of = ctypes.addressof


def submit_options(
    flags: int = 0,
    timeout_ms: int = 0,
    cookie: int = 0,
    destination: int = 0,
    capacity: int = 0,
    done: int = 0,
    user_data: int = 0,
    route: int = _abi.ROUTE_AUTO,
) -> bytes:
    """A packed uesynth_submit_options; addresses are numbers."""
    return _pack_options(
        _OPTIONS_SIZE, flags, route, 0, timeout_ms, cookie,
        destination, capacity, done, user_data,
    )  # fmt: skip


class Events:
    """Room for the events of one poll. OWNED events in it are let go by `release`."""

    __slots__ = (
        "_events",
        "address",
        "capacity",
        "count_address",
        "counter",
        "poll_arguments",
        "release_arguments",
        "view",
    )

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._events = (ctypes.c_char * (EVENT_SIZE * capacity))()
        self.counter = ctypes.c_size_t()
        self.view = memoryview(self._events).cast("B")
        self.address = _address_of(self._events)
        self.count_address = _address_of(self.counter)
        place, size = ctypes.c_void_p(self.address), ctypes.c_size_t(EVENT_SIZE)
        at_once = ctypes.c_int64(0)
        #: Of the unchecked functions, behind the client's handle.
        self.poll_arguments = (
            place,
            ctypes.c_size_t(capacity),
            size,
            at_once,
            ctypes.c_void_p(self.count_address),
        )
        self.release_arguments = (place, self.counter, size)

    @property
    def count(self) -> int:
        return self.counter.value

    def fill(self, count: int) -> None:
        """Another call than a poll has written events."""
        self.counter.value = count

    def __iter__(self) -> Any:
        count = self.counter.value
        if count == 1:
            return iter((read_event(self.view),))
        return read_events(self.view[: count * EVENT_SIZE])
