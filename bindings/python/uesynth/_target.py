"""Where the server is: by address, by host and port, by the environment."""

from __future__ import annotations

import os
import re
from typing import Any, Optional, Tuple

from ._arguments import whole
from .errors import StatusCode, UESynthTypeError, UESynthValueError

DEFAULT_HOST = "localhost"
DEFAULT_PORT = 50051


def refuse(text: str) -> UESynthValueError:
    return UESynthValueError(text, StatusCode.MISUSE)


_WORDS = {word: True for word in ("1", "true", "yes", "on")}
_WORDS.update((word, False) for word in ("", "0", "false", "no", "off"))


def environment_boolean(name: str) -> bool:
    text = os.environ.get(name, "")
    try:
        return _WORDS[text.strip().lower()]
    except KeyError:
        raise refuse(
            f"the environment variable {name} is {text!r:.80}; there are 1, true, yes, on, and 0, false, "
            "no, off"
        ) from None


def environment_number(name: str, kind: Any) -> Any:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise refuse(f"the environment variable {name} is {text!r:.80}, not a number") from None


PLAIN_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,250}:[0-9]{1,5}")
_SCHEMES = ("unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:")


def _split(address: str) -> Tuple[str, Optional[int]]:
    """Host and port of an address, for the attributes of those names."""
    text = address
    for scheme in _SCHEMES:
        if text.startswith(scheme):
            if scheme.startswith("unix"):
                return text, None
            text = text[len(scheme) :].lstrip("/")
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest[1:]
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    return host, int(port) if port.isdigit() else None


def target_of(address: Any, host: Any, port: Any) -> Tuple[str, str, int]:
    for name, value in (("address", address), ("host", host)):
        if value is not None and not isinstance(value, str):
            raise UESynthTypeError(
                f'{name} has to be a str like "localhost:50051", not {value!r:.80}',
                StatusCode.MISUSE,
            )
        if value is not None and "\0" in value:
            raise refuse(f"{name} contains a NUL character")
    if address is not None and host is not None:
        raise refuse("say where the server is either by address= or by host=, not by both")
    named = address if address is not None else host
    if named is None:
        named = os.environ.get("UESYNTH_HOST") or DEFAULT_HOST
    if not named:
        raise refuse('the address is empty: say "localhost:50051"')
    found, found_port = _split(named)
    if found.startswith("unix"):
        return named, found, 0
    if port is None:
        port = found_port if found_port is not None else environment_number("UESYNTH_PORT", int)
    elif found_port is not None and found_port != port:
        raise refuse(f"the address {named} and port={port} say different ports")
    chosen = DEFAULT_PORT if port is None else whole(port, "port", 1, 65_535)
    if found_port is not None:
        return named, found, chosen
    if named.startswith(("dns:", "ipv4:")):
        return f"{named}:{chosen}", found, chosen
    if found.count(":") > 1:
        return f"[{found}]:{chosen}", found, chosen
    if ":" in named:
        raise refuse(f'the address {named!r:.80} has no port behind its colon: say "host:50051"')
    return f"{named}:{chosen}", found, chosen
