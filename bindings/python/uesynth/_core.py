"""One uesynth_client and what both clients do with it."""

from __future__ import annotations

import ctypes
import logging
import struct
import threading
from typing import Any, List, Optional, Tuple

from . import _abi, _actions, _fork
from ._library import library
from ._words import python_words
from .errors import (
    UESynthConnectionError,
    UESynthError,
    UESynthTimeoutError,
    UESynthTypeError,
    UESynthValueError,
    error,
)
from .frame import Frame, converted, frame_of
from .frameset import RawFrameset
from .geometry import Pose, Rotator, Transform, Vector3
from .options import PIXEL_FORMATS, ClientOptions
from .results import CommandResult, ObjectName, Stats

_REPLY_SIZE = ctypes.sizeof(_abi.Reply)
# transform (nine numbers), message, name_count, names
_unpack_reply = struct.Struct("@8x9fPNP").unpack
_string_at = ctypes.string_at
_address_of = ctypes.addressof

#: The stretches of a request's life.
STAGES = {
    "waiting": _abi.LATENCY_WAITING,
    "first_byte": _abi.LATENCY_FIRST_BYTE,
    "transfer": _abi.LATENCY_TRANSFER,
    "delivery": _abi.LATENCY_DELIVERY,
    "total": _abi.LATENCY_TOTAL,
}

#: Actions by their names: "capture_rgb".
ACTIONS = {name: number for number, name in _actions.KIND_NAMES.items()}

STATES = ("idle", "connecting", "ready", "backoff", "closed")

logger = logging.getLogger("uesynth")

#: The library's levels, the most talkative one first, as `logging` has them.
LEVELS = {
    _abi.LOG_DEBUG: logging.DEBUG,
    _abi.LOG_INFO: logging.INFO,
    _abi.LOG_WARNING: logging.WARNING,
    _abi.LOG_ERROR: logging.ERROR,
}

#: A blocking call looks after signals this often: Ctrl-C has to work.
SLICE_MS = 100


class Core:
    """Owns a uesynth_client, which goes with this object or by `dispose`.

    Quick calls keep the GIL, so nobody is inside one when `dispose` runs. Who makes a call that lets it go
    stands between `enter` and `leave`, and the last of them to leave frees a client that was disposed.
    """

    __slots__ = (
        "__weakref__",
        "_is_disposed",
        "_lock",
        "_take",
        "_take_arguments",
        "_taken",
        "_taken_id",
        "_users",
        "_wanted",
        "free",
        "handle",
        "library",
        "options",
        "quick",
        "target",
    )

    def __init__(self, options: ClientOptions) -> None:
        self.handle = 0
        self.after_fork()
        _fork.renew(self)
        self._users = 0
        self._is_disposed = False
        self.options = options
        self.target = options.target
        wanted = options.pixel_format
        self._wanted = None if wanted is None else PIXEL_FORMATS[wanted]
        self.library = library()
        self.quick = self.library.quick
        self.free = self.library.blocking.client_free
        self._take = self.library.unchecked.take
        self._taken, self._taken_id = ctypes.c_void_p(), ctypes.c_uint64()
        handle = ctypes.c_void_p()
        status = self.quick.client_new(
            options.target.encode("utf-8", "surrogateescape"),
            ctypes.byref(options.pack()),
            ctypes.byref(handle),
        )
        if status:
            raise error(status, self.library.last_error(), self.target)
        self.handle = handle.value or 0
        at_once = ctypes.c_int64(0)
        self._take_arguments = (handle, self._taken_id, at_once, ctypes.pointer(self._taken))
        self._listen()

    def _listen(self) -> None:
        """Asks for the log records that the logger lets through as it is set now."""
        level = next((number for number, mine in LEVELS.items() if logger.isEnabledFor(mine)), 0)
        options = _abi.WatchOptions(ctypes.sizeof(_abi.WatchOptions), 0, level)
        self.quick.client_watch(self.handle, ctypes.byref(options), None, None, None)

    def log(self, level: int, message: int) -> None:
        """Hands on what the library has to say."""
        words = _string_at(message).decode("utf-8", "replace") if message else ""
        logger.log(LEVELS.get(level, logging.DEBUG), "%s", python_words(words))

    def __del__(self) -> None:
        if self.handle:
            self.free(self.handle)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def enter(self) -> None:
        with self._lock:
            if self._is_disposed:
                raise closed(self.target)
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
        if self._is_disposed:
            self._free_unused()

    def dispose(self) -> None:
        """Ends what is under way, and frees the client as soon as nobody is inside a call."""
        with self._lock:
            if self._is_disposed:
                return
            self._is_disposed = True
        self.quick.client_close(self.handle)
        self._free_unused()

    def _free_unused(self) -> None:
        with self._lock:
            if self._users:
                return
            handle, self.handle = self.handle, 0
            self._take_arguments[0].value = None
        if handle:
            self.free(handle)

    # ---- Errors -----------------------------------------------------------------------------------

    def error(self, status: int, text: Optional[str] = None) -> UESynthError:
        """For a call that has just failed on this thread, or for a completion with its own text."""
        if not self.handle:
            return closed(self.target)
        return error(status, self.library.last_error() if text is None else text, self.target)

    def event_error(self, status: int, action: int, message: int) -> UESynthError:
        words = _string_at(message).decode("utf-8", "replace") if message else ""
        what = _actions.KIND_NAMES.get(action, "request")
        name = self.library.status_name(status)
        if not words or words == name:
            words = ""
        return error(
            status, f"{what}: {words}" if words else f"{what}: {_plain(name)}", self.target
        )

    # ---- Replies ----------------------------------------------------------------------------------

    def reply(self, action: int, reply: int) -> Any:
        """What a completion without a frame says, as a value of its own."""
        if not reply:
            return CommandResult()
        numbers = _unpack_reply(_string_at(reply, _REPLY_SIZE)[:_UNPACKED])
        message_address, count, names = numbers[9:]
        message = _string_at(message_address).decode("utf-8", "replace") if message_address else ""
        if action in _GETS:
            return Pose(
                Transform(Vector3(*numbers[:3]), Rotator(*numbers[3:6]), Vector3(*numbers[6:9])),
                message,
            )
        if action == _abi.ACTION_LIST_OBJECTS:
            addresses = (ctypes.c_void_p * count).from_address(names) if count else ()
            return [
                ObjectName(_string_at(address).decode("utf-8", "replace"))
                for address in addresses
                if address is not None
            ]
        return CommandResult(True, message)

    def outcome(self, event: Tuple[int, ...]) -> Any:
        """What an event says, as a value of its own or an exception. Its frames are retained."""
        kind, _, _, status, action, message, frame, reply, frameset, _ = event
        if kind == _abi.EVENT_FRAMESET and frameset:
            return self.frameset(frameset)
        if status:
            return self.event_error(status, action, message)
        if frame:
            return self.frame(self.quick.frame_retain(frame))
        return self.reply(action, reply)

    def frameset(self, address: int) -> RawFrameset:
        found = _abi.Frameset.from_address(address)
        outcomes: List[Any] = []
        for result in found.results[: found.result_count]:
            if result.frame:
                outcomes.append(self.frame(self.quick.frame_retain(result.frame)))
            else:
                words = (result.message or b"").decode("utf-8", "replace")
                outcomes.append(error(result.status, words, self.target))
        pose_error = None
        if found.pose_status:
            name = self.library.status_name(found.pose_status)
            pose_error = error(found.pose_status, f"moving the camera: {_plain(name)}", self.target)
        known = found.flags & (_abi.FRAMESET_VERIFIED | _abi.FRAMESET_DIFFERENT)
        pose = found.read_back
        read_back = Transform(
            Vector3(pose.location.x, pose.location.y, pose.location.z),
            Rotator(pose.rotation.pitch, pose.rotation.yaw, pose.rotation.roll),
            Vector3(pose.scale.x, pose.scale.y, pose.scale.z),
        )
        return RawFrameset(
            outcomes,
            pose_error,
            bool(found.flags & _abi.FRAMESET_VERIFIED) if known else None,
            read_back if known else None,
            found.settled,
            found.spread_ns * 1e-9,
        )

    # ---- Frames -----------------------------------------------------------------------------------

    def frame(self, handle: int) -> Frame:
        """The array over a frame, in the format that the client wants; takes over the reference."""
        frame = frame_of(handle)
        return frame if self._wanted is None else converted(frame, self._wanted)

    def take(self, request_id: int) -> Tuple[int, Optional[Frame]]:
        """The frame of a request if it is there: (status, frame). From one thread only."""
        self._taken_id.value = request_id
        status = self._take(*self._take_arguments)
        if status:
            return status, None
        frame = frame_of(self._taken.value or 0)
        return 0, frame if self._wanted is None else converted(frame, self._wanted)

    def discard(self, request_id: int) -> None:
        """Lets go of the frame of a request that nobody wants any more."""
        frame = ctypes.c_void_p()
        if not self.quick.client_take_frame(self.handle, request_id, 0, _address_of(frame)):
            self.quick.frame_release(frame)

    def latest(self, modality: int, camera: bytes, peek: bool) -> Optional[Frame]:
        frame = ctypes.c_void_p()
        status = self.quick.client_latest_frame(
            self.handle, modality, camera, bool(peek), _address_of(frame)
        )
        if status:
            if status == _abi.NO_FRAME:
                return None
            raise self.error(status)
        return self.frame(frame.value or 0)

    # ---- State ------------------------------------------------------------------------------------

    @property
    def state(self) -> int:
        state = ctypes.c_uint32()
        status = self.quick.client_state(self.handle, _address_of(state))
        if status:
            raise self.error(status)
        return state.value

    def stats(self) -> Stats:
        counters = _abi.Stats()
        counters.struct_size = ctypes.sizeof(counters)
        status = self.quick.client_stats(self.handle, _address_of(counters))
        if status:
            raise self.error(status)
        numbers: List[Any] = [getattr(counters, name) for name in Stats._fields]
        numbers[0] = STATES[counters.state] if counters.state < len(STATES) else "unknown"
        return Stats(*numbers)

    def latency(self, stage: Any, percentile: Any, action: Any) -> Tuple[float, int]:
        """Seconds, and how many requests count."""
        if stage not in STAGES:
            raise UESynthValueError(
                f"stage is {stage!r:.80}; there are {', '.join(STAGES)}", _abi.MISUSE
            )
        if action is not None and action not in ACTIONS:
            raise UESynthValueError(
                f"action is {action!r:.80}; there are {', '.join(ACTIONS)}", _abi.MISUSE
            )
        nanoseconds, count = ctypes.c_int64(), ctypes.c_uint64()
        try:
            status = self.quick.client_latency(
                self.handle,
                0 if action is None else ACTIONS[action],
                STAGES[stage],
                percentile,
                _address_of(nanoseconds),
                _address_of(count),
            )
        except ctypes.ArgumentError:
            raise UESynthTypeError(
                f"percentile has to be a number from 0 to 100, not {percentile!r:.80}", _abi.MISUSE
            ) from None
        if status:
            raise self.error(status)
        return nanoseconds.value * 1e-9, count.value

    def stats_text(self, labels: Any) -> str:
        """The counters for Prometheus."""
        braces = None
        if labels:
            try:
                braces = ",".join(f'{key}="{value}"' for key, value in labels.items()).encode()
            except (AttributeError, UnicodeEncodeError):
                raise UESynthTypeError(
                    f"labels have to be a dict of texts, not {labels!r:.80}", _abi.MISUSE
                ) from None
        size, capacity = ctypes.c_size_t(), 0
        while True:
            buffer = ctypes.create_string_buffer(capacity) if capacity else None
            status = self.quick.client_stats_text(
                self.handle, braces, buffer, capacity, _address_of(size)
            )
            if status and status != _abi.BUFFER_TOO_SMALL:
                raise self.error(status)
            if buffer is not None and not status:
                return buffer.value.decode()
            capacity = size.value

    def event_fd(self) -> int:
        descriptor = ctypes.c_int()
        status = self.quick.client_event_fd(self.handle, _address_of(descriptor))
        if status:
            raise self.error(status)
        return descriptor.value


_GETS = (_abi.ACTION_GET_CAMERA_TRANSFORM, _abi.ACTION_GET_OBJECT_TRANSFORM)
_UNPACKED = struct.calcsize("@8x9fPNP")


def _plain(name: str) -> str:
    return name.replace("_", " ").lower()


def closed(target: str) -> UESynthConnectionError:
    return UESynthConnectionError(
        f"the client of {target} was disconnected; connect() makes it usable again", _abi.CLOSED
    )


def silent(target: str, seconds: float) -> UESynthTimeoutError:
    """For who waited for a connection, and nobody said anything there."""
    return UESynthTimeoutError(
        f"{target} has not answered within {seconds:g} s, and the client goes on trying: is it a UESynth "
        "server? An engine that is loading or paused needs more: raise timeout=",
        _abi.DEADLINE_EXCEEDED,
    )


def request_id(text: Any) -> int:
    """A request id as the streaming methods give it: "17"."""
    try:
        if isinstance(text, str):
            number = int(text)
        elif isinstance(text, int) and not isinstance(text, bool):
            number = text
        else:
            raise ValueError
        if 0 <= number < 1 << 64:
            return number
    except ValueError:
        pass
    raise UESynthValueError(
        f"{text!r:.80} is no request id: take what a streaming method returned", _abi.MISUSE
    )
