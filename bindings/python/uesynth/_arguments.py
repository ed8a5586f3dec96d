"""Arguments that say what is wrong with them."""

from __future__ import annotations

import math
import operator
from typing import Any, Collection

import numpy as np

from .errors import StatusCode, UESynthTypeError, UESynthValueError


def whole(value: Any, name: str, least: int, most: int) -> int:
    """A whole number within its range."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except (TypeError, ValueError, OverflowError):
        raise UESynthTypeError(
            f"{name} has to be a whole number, not {value!r:.80}", StatusCode.MISUSE
        ) from None
    if not least <= number <= most:
        raise UESynthValueError(
            f"{name} is {number}; it may be {least} to {most}", StatusCode.MISUSE
        )
    return number


def seconds(value: Any, name: str) -> float:
    """A duration in seconds, whatever its size."""
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise UESynthTypeError(
            f"{name} has to be a number of seconds, not {value!r:.80}", StatusCode.MISUSE
        ) from None


def milliseconds(value: Any, name: str) -> int:
    """A duration in seconds as the library takes it: at least 1 ms, at most a day."""
    found = seconds(value, name)
    if not 0 < found <= 86_400 or math.isnan(found):
        raise UESynthValueError(
            f"{name} is {found} s; it may be more than 0 and at most 86400", StatusCode.MISUSE
        )
    return max(1, round(found * 1000))


def boolean(value: Any, name: str) -> bool:
    """True or False, also as 1 and 0. What is merely not empty ("false") is a mistake."""
    if isinstance(value, (bool, np.bool_)) or (type(value) is int and value in (0, 1)):
        return bool(value)
    raise UESynthTypeError(f"{name} is True or False, not {value!r:.80}", StatusCode.MISUSE)


def choice(value: Any, name: str, known: Collection[str]) -> str:
    """One of several words."""
    if not isinstance(value, str):
        raise UESynthTypeError(
            f"{name} has to be a str, one of {', '.join(known)}, not {value!r:.80}",
            StatusCode.MISUSE,
        )
    if value not in known:
        raise UESynthValueError(
            f"{name} is {value!r:.80}; there are {', '.join(known)}", StatusCode.MISUSE
        )
    return value
