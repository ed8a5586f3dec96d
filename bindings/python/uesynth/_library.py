"""Finds libuesynth.so and loads it, once."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from pathlib import Path
from typing import Any, List, Optional

from . import _abi

_NAMES = ("libuesynth.so", "libuesynth.so.0")


def candidates() -> List[Path]:
    """Where the library is looked for, in order. UESYNTH_LIBRARY, if it is set, is the only place."""
    named = os.environ.get("UESYNTH_LIBRARY")
    if named:
        return [Path(named)]
    package = Path(__file__).resolve().parent
    places = [package / "lib" / name for name in _NAMES]
    # bindings/python/uesynth of a checkout: what `make` or `swift build` has left.
    if len(package.parents) > 2:
        build = package.parents[2] / ".build"
        places += [build / kind / _NAMES[0] for kind in ("release", "debug")]
    prefix = Path(sys.prefix) / "lib"
    folders = [prefix, Path("/usr/local/lib"), Path("/usr/lib")]
    return places + [folder / name for folder in folders for name in _NAMES]


class LibraryNotFoundError(ImportError):
    """libuesynth.so is not there, or does not load."""


class Functions:
    """The functions of the ABI as attributes, by their names without "uesynth_"."""

    def __init__(self, library: ctypes.CDLL) -> None:
        for name, (result, arguments) in _abi.FUNCTIONS.items():
            function = library[name]
            function.restype, function.argtypes = result, arguments
            setattr(self, name[len("uesynth_") :], function)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"libuesynth has no uesynth_{name}")


class Unchecked:
    """A few quick functions for hot paths, which take their arguments as they come: ctypes objects of the
    right types, bytes for pointers, and None. Looking at seven arguments takes a microsecond."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        self.submit = library["uesynth_client_submit"]
        self.poll = library["uesynth_client_poll"]
        self.release = library["uesynth_events_release"]
        self.release.restype = None
        self.take = library["uesynth_client_take_frame"]


class Library:
    """libuesynth, for calls that may wait (`blocking`: the GIL is let go) and for calls that return at
    once (`quick`: it is kept, which is faster and lets no other thread take it)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.blocking = Functions(ctypes.CDLL(path))
        self.quick = Functions(ctypes.PyDLL(path))
        self.unchecked = Unchecked(ctypes.PyDLL(path))
        found = int(self.quick.version_number())
        if found // 1_000_000 != _abi.VERSION_MAJOR or (
            _abi.VERSION_MAJOR == 0 and found // 1000 % 1000 != _abi.VERSION_MINOR
        ):
            raise LibraryNotFoundError(
                f"{path} is libuesynth {self.version}, but this package needs "
                f"{_abi.VERSION_MAJOR}.{_abi.VERSION_MINOR}: install the two together"
            )

    @property
    def version(self) -> str:
        return str(self.quick.version().decode())

    def last_error(self) -> str:
        """What the last failing call on this thread had to say."""
        return str(self.quick.last_error().decode("utf-8", "replace"))

    def status_name(self, status: int) -> str:
        return str(self.quick.status_name(status).decode())


_loaded: Optional[Library] = None
_lock = threading.Lock()


def library() -> Library:
    """The library; loaded by the first call."""
    global _loaded
    if _loaded is not None:
        return _loaded
    with _lock:
        if _loaded is None:
            _loaded = _load()
        return _loaded


def _load() -> Library:
    places = candidates()
    tried: List[str] = []
    for place in places:
        if not place.exists():
            tried.append(f"{place}: not there")
            continue
        try:
            return Library(str(place))
        except OSError as error:
            tried.append(f"{place}: {error}")
        except AttributeError as error:
            tried.append(f"{place}: not this version of libuesynth ({error})")
    where = "\n  ".join(tried)
    raise LibraryNotFoundError(
        "libuesynth.so was not found. Build it with `make` in the checkout, install the wheel, or set "
        f"UESYNTH_LIBRARY to its path. It was looked for here:\n  {where}"
    )
