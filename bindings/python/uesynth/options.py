"""What a client is made with: keywords, presets, the environment and gRPC's channel options."""

from __future__ import annotations

import ctypes
import dataclasses
import logging
import math
import os
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import _abi
from ._actions import milliseconds, whole
from ._library import library
from .errors import StatusCode, UESynthError, UESynthTypeError, UESynthValueError, error

logger = logging.getLogger("uesynth")

GrpcOptions = Sequence[Tuple[str, Any]]

DEFAULT_HOST = "localhost"
DEFAULT_PORT = 50051

#: What `pixel_format=` makes of colours.
PIXEL_FORMATS = {"rgb": "rgb8", "bgr": "bgr8", "gray": "gray8", "rgba": "rgba8", "bgra": "bgra8"}

_OVERFLOW = {
    "block": _abi.OVERFLOW_BLOCK,
    "drop_oldest": _abi.OVERFLOW_DROP_OLDEST,
    "drop_newest": _abi.OVERFLOW_DROP_NEWEST,
    "latest": _abi.OVERFLOW_LATEST,
}

_MEBIBYTE = 1 << 20

_KEEPALIVE: List[Tuple[str, Any]] = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
]

#: Keywords for the clients: `AsyncUESynthClient(**uesynth.PRESETS["production"])`, or `preset="production"`.
PRESETS: Dict[str, Dict[str, Any]] = {
    "development": {
        "timeout": 30.0,
        "stream_buffer_size": 1024,
        "max_concurrent_requests": 50,
        "stream_buffer_bytes": 256 * _MEBIBYTE,
        "enable_compression": False,
    },
    "production": {
        "timeout": 2.0,
        "stream_buffer_size": 4096,
        "max_concurrent_requests": 500,
        "enable_compression": True,
        "grpc_options": _KEEPALIVE,
    },
    "high_throughput": {
        "timeout": 1.0,
        "stream_buffer_size": 8192,
        "max_concurrent_requests": 1000,
        "stream_buffer_bytes": 1024 * _MEBIBYTE,
        "enable_compression": True,
        "grpc_options": [
            ("grpc.keepalive_time_ms", 10_000),
            ("grpc.keepalive_timeout_ms", 2_000),
            ("grpc.http2.max_pings_without_data", 0),
            ("grpc.max_receive_message_length", 200 * _MEBIBYTE),
            ("grpc.max_send_message_length", 200 * _MEBIBYTE),
        ],
    },
    "low_memory": {
        "timeout": 5.0,
        "stream_buffer_size": 1024,
        "max_concurrent_requests": 100,
        "stream_buffer_bytes": 64 * _MEBIBYTE,
        "enable_compression": True,
    },
}


@dataclasses.dataclass(frozen=True)
class ClientOptions:
    """Everything a client is made of; what its keywords, its preset and the environment have come to."""

    target: str
    host: str
    port: int
    timeout: float = 5.0
    connect_timeout: float = 20.0
    max_retries: int = 3
    enable_compression: bool = False
    stream_buffer_size: int = 1024
    stream_buffer_bytes: int = 512 * _MEBIBYTE
    max_concurrent_requests: int = 1024
    lanes: int = 1
    overflow: str = "block"
    distinct_cameras: bool = False
    pixel_format: Optional[str] = None
    enable_ssl: bool = False
    ssl_cert_path: Optional[str] = None
    ssl_key_path: Optional[str] = None
    ssl_ca_path: Optional[str] = None
    grpc_options: Tuple[Tuple[str, Any], ...] = ()

    @property
    def ignored_grpc_options(self) -> Tuple[str, ...]:
        """Names that the library does not know."""
        return channel_arguments(self.grpc_options, _defaults())

    def _pack_tls(self) -> _abi.TLSOptions:
        packed = _abi.TLSOptions()
        packed.struct_size = ctypes.sizeof(packed)
        packed.ca_file = _path(self.ssl_ca_path, "ssl_ca_path")
        packed.certificate_file = _path(self.ssl_cert_path, "ssl_cert_path")
        packed.key_file = _path(self.ssl_key_path, "ssl_key_path")
        return packed

    def pack(self) -> _abi.ClientOptions:
        """The same for the library."""
        packed = _defaults()
        packed.lanes = whole(self.lanes, "lanes", 0, 64)
        packed.timeout_ms = milliseconds(self.timeout, "timeout")
        packed.connect_timeout_ms = milliseconds(self.connect_timeout, "connect_timeout")
        packed.stream_buffer_bytes = whole(
            self.stream_buffer_bytes, "stream_buffer_bytes", _MEBIBYTE, 1 << 46
        )
        packed.stream_buffer_size = whole(
            self.stream_buffer_size, "stream_buffer_size", 1, (1 << 32) - 1
        )
        packed.max_concurrent_requests = whole(
            self.max_concurrent_requests, "max_concurrent_requests", 1, 1_000_000
        )
        packed.overflow = _OVERFLOW[self.overflow]
        packed.when_full = _abi.WHEN_FULL_WOULD_BLOCK
        packed.distinct_cameras = int(self.distinct_cameras)
        packed.compression = (
            _abi.COMPRESSION_AUTO if self.enable_compression else _abi.COMPRESSION_OFF
        )
        if self.enable_ssl:
            packed.tls = ctypes.pointer(self._pack_tls())
        packed.max_retries = whole(self.max_retries, "max_retries", 0, 100)
        channel_arguments(self.grpc_options, packed)
        return packed


def _path(value: Any, name: str) -> Optional[bytes]:
    if value is None:
        return None
    try:
        path = os.fsencode(value)
    except TypeError:
        raise UESynthTypeError(
            f"{name} has to be a path, not {value!r:.80}", StatusCode.MISUSE
        ) from None
    if b"\0" in path:
        raise _refuse(f"{name} contains a NUL character")
    return path


def _defaults() -> _abi.ClientOptions:
    """What UESYNTH_CLIENT_OPTIONS_INIT says of options that clients have no keywords for."""
    packed = _abi.ClientOptions()
    packed.struct_size = ctypes.sizeof(packed)
    packed.max_receive_message_length = 64 * _MEBIBYTE
    packed.max_send_message_length = 4 * _MEBIBYTE
    packed.initial_backoff_ms, packed.max_backoff_ms = 1000, 120_000
    packed.keepalive_timeout_ms, packed.max_pings_without_data = 20_000, 2
    return packed


def _refuse(text: str) -> UESynthValueError:
    return UESynthValueError(text, StatusCode.MISUSE)


def channel_arguments(options: GrpcOptions, packed: _abi.ClientOptions) -> Tuple[str, ...]:
    """Sets what gRPC's channel arguments stand for; returns the names that the library does not know."""
    if not options:
        return ()
    loaded = library()
    unknown = []
    for key, value in options:
        is_number = hasattr(value, "__index__")
        number = whole(int(value), key, -(1 << 63), (1 << 63) - 1) if is_number else 1
        status = loaded.quick.client_options_channel_argument(
            ctypes.byref(packed), key.encode("utf-8", "surrogateescape"), number
        )
        if status == _abi.NOT_FOUND:
            unknown.append(key)
        elif not is_number:
            raise UESynthTypeError(
                f"grpc_options: {key} has to be a whole number, not {value!r:.80}",
                StatusCode.MISUSE,
            )
        elif status:
            raise error(status, f"grpc_options: {loaded.last_error()}")
    return tuple(unknown)


def _grpc_options(options: Any) -> Tuple[Tuple[str, Any], ...]:
    if options is None:
        return ()
    if isinstance(options, Mapping):
        options = options.items()
    found = []
    try:
        for key, value in options:
            if not isinstance(key, str):
                raise TypeError
            if not key.startswith("grpc."):
                raise _refuse(f"grpc_options: {key!r:.80} is no option of gRPC's (grpc.…)")
            if "\0" in key:
                raise _refuse(f"grpc_options: {key!r:.80} contains a NUL character")
            found.append((key, value))
    except (TypeError, ValueError) as failure:
        if isinstance(failure, UESynthError):
            raise
        raise UESynthTypeError(
            "grpc_options has to be a list of pairs: "
            f"[('grpc.keepalive_time_ms', 30000), …], not {options!r:.80}",
            StatusCode.MISUSE,
        ) from None
    return tuple(found)


# ---- Where the server is ----------------------------------------------------------------------------

_PLAIN_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,250}:[0-9]{1,5}")
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


def _boolean(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on")


def _environment_number(name: str, kind: Any) -> Any:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise _refuse(f"the environment variable {name} is {text!r:.80}, not a number") from None


def _target(address: Any, host: Any, port: Any) -> Tuple[str, str, int]:
    for name, value in (("address", address), ("host", host)):
        if value is not None and not isinstance(value, str):
            raise UESynthTypeError(
                f'{name} has to be a str like "localhost:50051", not {value!r:.80}',
                StatusCode.MISUSE,
            )
    if address is not None and host is not None:
        raise _refuse("say where the server is either by address= or by host=, not by both")
    named = address if address is not None else host
    if named is None:
        named = os.environ.get("UESYNTH_HOST") or DEFAULT_HOST
    if not named:
        raise _refuse('the address is empty: say "localhost:50051"')
    found, found_port = _split(named)
    if found.startswith("unix"):
        return named, found, 0
    if port is None:
        port = found_port if found_port is not None else _environment_number("UESYNTH_PORT", int)
    elif found_port is not None and found_port != port:
        raise _refuse(f"the address {named} and port={port} say different ports")
    chosen = DEFAULT_PORT if port is None else whole(port, "port", 1, 65_535)
    if found_port is not None:
        return named, found, chosen
    if named.startswith(("dns:", "ipv4:")):
        return f"{named}:{chosen}", found, chosen
    if found.count(":") > 1:
        return f"[{found}]:{chosen}", found, chosen
    if ":" in named:
        raise _refuse(f'the address {named!r:.80} has no port behind its colon: say "host:50051"')
    return f"{named}:{chosen}", found, chosen


# ---- All of it --------------------------------------------------------------------------------------


def resolve(
    address: Optional[str] = None,
    *,
    host: Optional[str] = None,
    port: Optional[int] = None,
    preset: Optional[str] = None,
    enable_ssl: Optional[bool] = None,
    ssl_cert_path: Optional[str] = None,
    ssl_key_path: Optional[str] = None,
    ssl_ca_path: Optional[str] = None,
    compression: Optional[bool] = None,
    enable_logging: Optional[bool] = None,
    grpc_options: Any = None,
    **chosen: Any,
) -> ClientOptions:
    """Options from keywords (None: not given), then from the preset, then from the environment."""
    target, found_host, found_port = _target(address, host, port)
    values: Dict[str, Any] = {}
    timeout = _environment_number("UESYNTH_TIMEOUT", float)
    if timeout is not None:
        values["timeout"] = timeout
    if preset is not None:
        if preset not in PRESETS:
            known = ", ".join(PRESETS)
            raise _refuse(f"preset is {preset!r:.80}; there are {known}")
        values.update(PRESETS[preset])
    if compression is not None and chosen.get("enable_compression") is None:
        chosen["enable_compression"] = compression
    values.update({name: value for name, value in chosen.items() if value is not None})
    if grpc_options is not None:
        values["grpc_options"] = grpc_options
    values["grpc_options"] = _grpc_options(values.get("grpc_options"))

    if enable_ssl is None:
        enable_ssl = _boolean(os.environ.get("UESYNTH_ENABLE_SSL", ""))
    paths = {
        "ssl_cert_path": ssl_cert_path,
        "ssl_key_path": ssl_key_path,
        "ssl_ca_path": ssl_ca_path,
    }
    if not enable_ssl and any(paths.values()):
        given = ", ".join(name for name, path in paths.items() if path)
        raise _refuse(f"{given} without TLS: say enable_ssl=True")
    values["enable_ssl"] = bool(enable_ssl)
    if enable_ssl:
        values.update({name: path or None for name, path in paths.items()})
    pixel_format = values.get("pixel_format")
    if pixel_format is not None and pixel_format not in PIXEL_FORMATS:
        known = ", ".join(PIXEL_FORMATS)
        raise _refuse(f"pixel_format is {pixel_format!r:.80}; there are {known}")
    if values.get("overflow", "block") not in _OVERFLOW:
        known = ", ".join(_OVERFLOW)
        raise _refuse(f"overflow is {values['overflow']!r:.80}; there are {known}")
    for name in ("timeout", "connect_timeout"):
        number = values.get(name)
        if isinstance(number, float) and math.isinf(number) and number > 0:
            values[name] = 86_400.0
    _set_up_logging(enable_logging)
    options = ClientOptions(target, found_host, found_port, **values)
    options.pack()
    if enable_ssl or not _PLAIN_TARGET.fullmatch(target):
        # Only the library knows what it can read: addresses, certificates.
        from ._core import Core

        Core(options).dispose()
    ignored = options.ignored_grpc_options
    if ignored:
        logger.debug("these gRPC options have no effect here: %s", ", ".join(ignored))
    return options


def _set_up_logging(enable: Optional[bool]) -> None:
    level = os.environ.get("UESYNTH_LOG_LEVEL", "").strip().upper()
    if level:
        number = logging.getLevelName(level)
        if not isinstance(number, int):
            raise _refuse(
                f"the environment variable UESYNTH_LOG_LEVEL is {level!r:.80}; there are DEBUG, INFO, "
                "WARNING, ERROR"
            )
        logger.setLevel(number)
    if enable:
        if not level and logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
        if not logger.hasHandlers():
            handler = logging.StreamHandler()
            handler.setFormatter(
                logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
            )
            logger.addHandler(handler)
