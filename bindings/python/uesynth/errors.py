"""What goes wrong, as exceptions that carry the status and say what can be done."""

from __future__ import annotations

import asyncio
import enum
import sys
from typing import Any, Dict, Tuple, Type

from . import _abi


class StatusCode(enum.IntEnum):
    """How a request ended: gRPC's codes by their own numbers, then the library's."""

    OK = _abi.OK
    CANCELLED = _abi.CANCELLED
    UNKNOWN = _abi.UNKNOWN
    INVALID_ARGUMENT = _abi.INVALID_ARGUMENT
    DEADLINE_EXCEEDED = _abi.DEADLINE_EXCEEDED
    NOT_FOUND = _abi.NOT_FOUND
    ALREADY_EXISTS = _abi.ALREADY_EXISTS
    PERMISSION_DENIED = _abi.PERMISSION_DENIED
    RESOURCE_EXHAUSTED = _abi.RESOURCE_EXHAUSTED
    FAILED_PRECONDITION = _abi.FAILED_PRECONDITION
    ABORTED = _abi.ABORTED
    OUT_OF_RANGE = _abi.OUT_OF_RANGE
    UNIMPLEMENTED = _abi.UNIMPLEMENTED
    INTERNAL = _abi.INTERNAL
    UNAVAILABLE = _abi.UNAVAILABLE
    DATA_LOSS = _abi.DATA_LOSS
    UNAUTHENTICATED = _abi.UNAUTHENTICATED
    WOULD_BLOCK = _abi.WOULD_BLOCK
    NO_FRAME = _abi.NO_FRAME
    CLOSED = _abi.CLOSED
    MISUSE = _abi.MISUSE
    FORKED = _abi.FORKED
    ALREADY_COMPLETED = _abi.ALREADY_COMPLETED
    BUFFER_TOO_SMALL = _abi.BUFFER_TOO_SMALL
    NO_ANSWER = _abi.NO_ANSWER


def status_code(number: int) -> StatusCode:
    try:
        return StatusCode(number)
    except ValueError:
        return StatusCode.UNKNOWN


class UESynthError(Exception):
    """A request or a call failed.

    Attributes:
        code: why, as a `StatusCode` (`error.code.name` is "DEADLINE_EXCEEDED").
        details: what happened and what to try, as shown by `str(error)`.
    """

    code: StatusCode
    details: str

    def __init__(self, details: str = "", code: int = StatusCode.UNKNOWN) -> None:
        super().__init__(details)
        self.code = status_code(code)
        self.details = details

    def __str__(self) -> str:
        return f"{self.code.name}: {self.details}"

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.details, int(self.code))


class UESynthConnectionError(UESynthError, ConnectionError):
    """The server cannot be reached, the connection was lost, or the client was disconnected."""


if sys.version_info >= (3, 11):

    class UESynthTimeoutError(UESynthError, TimeoutError):
        """No answer in time."""

else:

    class UESynthTimeoutError(UESynthError, TimeoutError, asyncio.TimeoutError):
        """No answer in time."""


class UESynthValueError(UESynthError, ValueError):
    """An argument is out of range, or a call is not allowed here (code MISUSE)."""


class UESynthTypeError(UESynthError, TypeError):
    """An argument is of a type that cannot be used here (code MISUSE)."""


class UESynthForkedError(UESynthError, RuntimeError):
    """The client belongs to the parent process (code FORKED): make a new one after the fork."""


_CLASSES: Dict[int, Type[UESynthError]] = {
    _abi.DEADLINE_EXCEEDED: UESynthTimeoutError,
    _abi.UNAVAILABLE: UESynthConnectionError,
    _abi.CLOSED: UESynthConnectionError,
    _abi.MISUSE: UESynthValueError,
    _abi.FORKED: UESynthForkedError,
}

# A cure, where the text has none yet: (status, a word that shows that it has one, the cure).
_CURES: Dict[int, Tuple[str, str]] = {
    _abi.DEADLINE_EXCEEDED: ("aise timeout", "raise timeout= if the engine needs longer"),
    _abi.UNAVAILABLE: ("?", "is this the address of an engine in Play with the UESynth plugin?"),
    _abi.UNIMPLEMENTED: ("newer plugin", "the server does not offer this: see which plugin it runs"),
    _abi.INTERNAL: (
        "?",
        "just after Play the viewport may not be ready yet: try again, or raise max_retries=",
    ),
    _abi.NO_ANSWER: (
        "?",
        "the plugin leaves what it cannot do unanswered on its stream; client.stats() counts such requests",
    ),
    _abi.NO_FRAME: (
        "?",
        "fetch frames sooner or raise stream_buffer_size=; client.stats() counts what was dropped and why",
    ),
}


def error(status: int, text: str, target: str = "") -> UESynthError:
    """The exception for a status, with the server's address and what to try."""
    found = status_code(status)
    if not text or text == found.name:
        text = found.name.replace("_", " ").lower()
    if target and target not in text:
        text = f"{text} (server {target})"
    # The library names its own options.
    text = text.replace("timeout_ms", "timeout=")
    sign, cure = _CURES.get(status, ("", ""))
    if cure and sign not in text and (status != _abi.INTERNAL or "capture image" in text):
        text = f"{text}; {cure}"
    return _CLASSES.get(status, UESynthError)(text, found)


def unimplemented(what: str, instead: str) -> UESynthError:
    """For what the wire has no message for."""
    return UESynthError(
        f"{what}: UESynth's interface has no message for this, so no server can do it; {instead}",
        StatusCode.UNIMPLEMENTED,
    )
