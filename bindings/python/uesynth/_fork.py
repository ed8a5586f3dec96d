"""A child process begins with what its parent had at the moment of the fork: also with locks that a thread
held which is not there any more. They are made anew."""

from __future__ import annotations

import os
import weakref
from typing import Any, Callable, List

_renewed: weakref.WeakSet[Any] = weakref.WeakSet()
_functions: List[Callable[[], None]] = []


def renew(thing: Any) -> None:
    """thing.after_fork() runs in a child process, as long as the thing lives."""
    _renewed.add(thing)


def call(function: Callable[[], None]) -> None:
    """function() runs in a child process."""
    _functions.append(function)


def _forked() -> None:
    for function in _functions:
        function()
    for thing in list(_renewed):
        thing.after_fork()


os.register_at_fork(after_in_child=_forked)
