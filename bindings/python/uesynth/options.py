"""What a client is made with: keywords, presets, the environment and gRPC's channel options."""

from __future__ import annotations

import ctypes
import dataclasses
import logging
import math
import os
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _abi
from ._arguments import boolean, choice, milliseconds, whole
from ._library import library
from ._security import Credentials, Metadata, metadata_of
from ._target import PLAIN_TARGET, environment_boolean, environment_number, refuse, target_of
from .errors import StatusCode, UESynthError, UESynthTypeError, error

logger = logging.getLogger("uesynth")

GrpcOptions = Sequence[Tuple[str, Any]]
MetadataPairs = Sequence[Tuple[str, Union[str, bytes]]]

#: What `pixel_format=` makes of colours.
PIXEL_FORMATS = {"rgb": "rgb8", "bgr": "bgr8", "gray": "gray8", "rgba": "rgba8", "bgra": "bgra8"}

_OVERFLOW = {
    "block": _abi.OVERFLOW_BLOCK,
    "drop_oldest": _abi.OVERFLOW_DROP_OLDEST,
    "drop_newest": _abi.OVERFLOW_DROP_NEWEST,
    "latest": _abi.OVERFLOW_LATEST,
}

#: The channel argument that says which name the server's certificate has to have.
SERVER_NAME = "grpc.ssl_target_name_override"

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
    #: True: while it pays; "always".
    enable_compression: Union[bool, str] = False
    stream_buffer_size: int = 1024
    stream_buffer_bytes: int = 512 * _MEBIBYTE
    max_concurrent_requests: int = 1024
    lanes: int = 1
    overflow: str = "block"
    distinct_cameras: bool = False
    pixel_format: Optional[str] = None
    grpc_options: Tuple[Tuple[str, Any], ...] = ()
    enable_ssl: bool = False
    ssl_ca_path: Optional[str] = None
    ssl_cert_path: Optional[str] = None
    ssl_key_path: Optional[str] = None
    #: Not shown: credentials, mostly.
    metadata: Metadata = dataclasses.field(default=(), repr=False)
    insecure_metadata: bool = False
    #: Of the blocking client.
    busy_poll_us: int = 0

    @property
    def ignored_grpc_options(self) -> Tuple[str, ...]:
        """Names that the library does not know."""
        return channel_arguments(self.grpc_options, _defaults())

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
        packed.overflow = _OVERFLOW[choice(self.overflow, "overflow", _OVERFLOW)]
        packed.when_full = _abi.WHEN_FULL_WOULD_BLOCK
        packed.distinct_cameras = int(self.distinct_cameras)
        packed.max_retries = whole(self.max_retries, "max_retries", 0, 100)
        packed.busy_poll_us = whole(self.busy_poll_us, "busy_poll_us", 0, 1_000_000)
        packed.compression = _compression(self.enable_compression)
        channel_arguments(self.grpc_options, packed)
        credentials = Credentials(
            self.ssl_ca_path,
            self.ssl_cert_path,
            self.ssl_key_path,
            dict(self.grpc_options).get(SERVER_NAME),
        )
        credentials.pack(packed, self.enable_ssl, self.metadata, self.insecure_metadata)
        return packed


def _compression(wanted: Union[bool, str]) -> int:
    if isinstance(wanted, str):
        if wanted != "always":
            raise refuse(
                f'enable_compression is {wanted!r:.80}; there are True, False and "always"'
            )
        return _abi.COMPRESSION_ON
    is_wanted = boolean(wanted, "enable_compression")
    return _abi.COMPRESSION_AUTO if is_wanted else _abi.COMPRESSION_OFF


def _defaults() -> _abi.ClientOptions:
    """What UESYNTH_CLIENT_OPTIONS_INIT says of options that clients have no keywords for."""
    packed = _abi.ClientOptions()
    packed.struct_size = ctypes.sizeof(packed)
    packed.max_receive_message_length = 64 * _MEBIBYTE
    packed.max_send_message_length = 4 * _MEBIBYTE
    packed.initial_backoff_ms, packed.max_backoff_ms = 1000, 120_000
    packed.keepalive_timeout_ms, packed.max_pings_without_data = 20_000, 2
    return packed


def channel_arguments(options: GrpcOptions, packed: _abi.ClientOptions) -> Tuple[str, ...]:
    """Sets what gRPC's channel arguments stand for; returns the names that the library does not know."""
    if not options:
        return ()
    loaded = library()
    unknown = []
    for key, value in options:
        if key == SERVER_NAME:
            continue
        is_number = hasattr(value, "__index__")
        number = whole(_number(value), key, -(1 << 63), (1 << 63) - 1) if is_number else 1
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
                raise refuse(f"grpc_options: {key!r:.80} is no option of gRPC's (grpc.…)")
            if "\0" in key:
                raise refuse(f"grpc_options: {key!r:.80} contains a NUL character")
            if key == SERVER_NAME and not (isinstance(value, str) and value and "\0" not in value):
                raise refuse(f"grpc_options: {key} has to be a host's name, not {value!r:.80}")
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
    compression: Optional[Union[bool, str]] = None,
    enable_logging: Optional[bool] = None,
    grpc_options: Any = None,
    metadata: Any = None,
    **chosen: Any,
) -> ClientOptions:
    """Options from keywords (None: not given), then from the preset, then from the environment."""
    target, found_host, found_port = target_of(address, host, port)
    values: Dict[str, Any] = {}
    timeout = environment_number("UESYNTH_TIMEOUT", float)
    if timeout is not None:
        values["timeout"] = timeout
    if preset is not None:
        values.update(PRESETS[choice(preset, "preset", PRESETS)])
    if compression is not None and chosen.get("enable_compression") is None:
        chosen["enable_compression"] = compression
    values.update({name: value for name, value in chosen.items() if value is not None})
    if grpc_options is not None:
        values["grpc_options"] = grpc_options
    values["grpc_options"] = _grpc_options(values.get("grpc_options"))

    paths = {
        "ssl_ca_path": ssl_ca_path,
        "ssl_cert_path": ssl_cert_path,
        "ssl_key_path": ssl_key_path,
    }
    values.update({name: _path(path, name) for name, path in paths.items() if path is not None})
    if enable_ssl is None:
        enable_ssl = environment_boolean("UESYNTH_ENABLE_SSL") or any(
            path is not None for path in paths.values()
        )
    values["enable_ssl"] = boolean(enable_ssl, "enable_ssl")
    values["metadata"] = metadata_of(metadata)
    pixel_format = values.get("pixel_format")
    if pixel_format is not None:
        choice(pixel_format, "pixel_format", PIXEL_FORMATS)
    for name in ("distinct_cameras", "insecure_metadata"):
        values[name] = boolean(values.get(name, False), name)
    for name in ("timeout", "connect_timeout"):
        number = values.get(name)
        if isinstance(number, float) and math.isinf(number) and number > 0:
            values[name] = 86_400.0
        elif isinstance(number, (int, float)) and 1000 <= number <= 86_400:
            logger.warning("%s=%s is in seconds, %.0f minutes: is that meant?", name, number, number / 60)
    _set_up_logging(enable_logging)
    options = ClientOptions(target, found_host, found_port, **values)
    options.pack()
    if options.enable_ssl or options.metadata or not PLAIN_TARGET.fullmatch(target):
        # Only the library knows what it can read: names, certificates, keys.
        from ._core import Core

        Core(options).dispose()
    ignored = options.ignored_grpc_options
    if ignored:
        logger.debug("these gRPC options have no effect here: %s", ", ".join(ignored))
    return options


def _number(value: Any) -> Any:
    """Flags are numbers among channel arguments."""
    return int(value) if isinstance(value, bool) else value


def _path(path: Any, name: str) -> str:
    try:
        found = os.fsdecode(path)
    except TypeError:
        raise UESynthTypeError(
            f"{name} has to be a path, not {path!r:.80}", StatusCode.MISUSE
        ) from None
    if "\0" in found:
        raise refuse(f"{name} contains a NUL character")
    return found


def _set_up_logging(enable: Optional[bool]) -> None:
    level = os.environ.get("UESYNTH_LOG_LEVEL", "").strip().upper()
    if level:
        number = logging.getLevelName(level)
        if not isinstance(number, int):
            raise refuse(
                f"the environment variable UESYNTH_LOG_LEVEL is {level!r:.80}; there are DEBUG, INFO, "
                "WARNING, ERROR"
            )
        logger.setLevel(number)
    if enable is not None and boolean(enable, "enable_logging"):
        if not level and logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
        if not logger.hasHandlers():
            handler = logging.StreamHandler()
            handler.setFormatter(
                logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
            )
            logger.addHandler(handler)
