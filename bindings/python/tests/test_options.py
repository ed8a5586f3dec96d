"""Keywords, presets, the environment, gRPC's options."""

import inspect
import logging

import numpy as np
import pytest

import uesynth
from uesynth import PRESETS, AsyncUESynthClient, StatusCode, UESynthClient, UESynthError

KINDS = [UESynthClient, AsyncUESynthClient]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("HOST", "PORT", "TIMEOUT", "LOG_LEVEL", "ENABLE_SSL"):
        monkeypatch.delenv(f"UESYNTH_{name}", raising=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("values", "target", "host", "port"),
    [
        ({}, "localhost:50051", "localhost", 50051),
        ({"address": "unreal"}, "unreal:50051", "unreal", 50051),
        ({"address": "unreal:7"}, "unreal:7", "unreal", 7),
        ({"host": "unreal", "port": 7}, "unreal:7", "unreal", 7),
        ({"host": "unreal:7"}, "unreal:7", "unreal", 7),
        ({"port": 7}, "localhost:7", "localhost", 7),
        ({"address": "10.0.0.5:9", "port": 9}, "10.0.0.5:9", "10.0.0.5", 9),
        ({"address": "[::1]:8"}, "[::1]:8", "::1", 8),
        ({"host": "::1"}, "[::1]:50051", "::1", 50051),
        ({"address": "dns:///unreal:8"}, "dns:///unreal:8", "unreal", 8),
        ({"address": "ipv4:10.0.0.5:8"}, "ipv4:10.0.0.5:8", "10.0.0.5", 8),
        ({"address": "unix:/run/u.sock"}, "unix:/run/u.sock", "unix:/run/u.sock", 0),
    ],
)
def test_where_the_server_is(kind, values, target, host, port):
    client = kind(**values)
    assert (client.options.target, client.host, client.port) == (target, host, port)
    assert client.ssl_enabled is False
    assert target in repr(client)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "values",
    [
        {"address": ""},
        {"address": "a b"},
        {"address": "unix:/run/a\0b"},
        {"address": "unreal\0:7"},
        {"host": "unreal\0"},
        {"address": "x:y"},
        {"address": "unreal:7", "host": "other"},
        {"address": "unreal:7", "port": 8},
        {"port": 0},
        {"port": 70000},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"max_retries": -1},
        {"max_retries": 101},
        {"lanes": -1},
        {"lanes": 65},
        {"overflow": "explode"},
        {"preset": "fastest"},
        {"stream_buffer_size": 0},
        {"stream_buffer_bytes": 5},
        {"max_concurrent_requests": 0},
        {"grpc_options": [("keepalive", 1)]},
        {"grpc_options": [("grpc.max_receive_message_length", 0)]},
    ],
)
def test_out_of_range(kind, values):
    with pytest.raises(ValueError) as caught:
        kind(**values)
    assert caught.value.code == StatusCode.MISUSE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "values",
    [
        {"bogus": 1},
        {"address": 5},
        {"port": "x"},
        {"timeout": "soon"},
        {"lanes": 1.5},
        {"grpc_options": 5},
        {"grpc_options": [1]},
        {"grpc_options": [(1, 2)]},
    ],
)
def test_wrong_types(kind, values):
    with pytest.raises(TypeError):
        kind(**values)


ODD = [
    ["x"], {"a": 1}, object(), b"x", 1.5, -1, "", "false", float("nan"), {1}, (1,), 1j, 10**30,
    np.array([1, 2]), len,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(set(inspect.signature(AsyncUESynthClient).parameters)))
def test_odd_values_are_refused_by_name(kind, name):
    """Nothing raw of Python's, and nothing that is merely not empty taken for True."""
    refused = 0
    for value in ODD:
        try:
            kind(**{name: value})
        except UESynthError as failure:
            refused += 1
            assert failure.code == StatusCode.MISUSE
            assert isinstance(failure, (TypeError, ValueError))
            assert len(failure.details) > 20
    # timeouts may be 1.5 and, like retries, large; an address may be any name; "" is no option at all.
    assert refused >= len(ODD) - 3
    flags = ["enable_ssl", "enable_compression", "compression", "enable_logging"]
    if name in [*flags, "distinct_cameras", "insecure_metadata"]:
        assert refused == len(ODD)


def test_the_blocking_client_may_look_without_sleeping(simulator):
    with UESynthClient(simulator.target, busy_poll_us=50) as client:
        assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)
    for value in -1, 1_000_001, 1.5, "50":
        with pytest.raises((ValueError, TypeError), match="busy_poll_us"):
            UESynthClient(busy_poll_us=value)


def test_units(caplog):
    client = UESynthClient()
    for value, words in [(2.5, "2500"), (0.5, "500"), ("5", "milliseconds"), (True, "milliseconds")]:
        with pytest.raises((ValueError, TypeError), match=words):
            client.config.set_timeout(value)
    assert client.timeout == 5
    assert not caplog.records
    client.config.set_timeout(5)
    assert "set_timeout(5000)" in caplog.text
    client.config.set_timeout(np.int64(2500))
    assert client.timeout == 2.5
    caplog.clear()
    UESynthClient(timeout=90)
    assert not caplog.records
    assert UESynthClient(timeout=5000).timeout == 5000
    assert "83 minutes" in caplog.text
    for timeout in ["5", True, b"5"]:
        with pytest.raises(TypeError, match="seconds"):
            UESynthClient(timeout=timeout)


@pytest.mark.parametrize("kind", KINDS)
def test_the_environment(kind, monkeypatch):
    monkeypatch.setenv("UESYNTH_HOST", "unreal")
    monkeypatch.setenv("UESYNTH_PORT", "99")
    monkeypatch.setenv("UESYNTH_TIMEOUT", "2.5")
    client = kind()
    assert (client.options.target, client.timeout) == ("unreal:99", 2.5)
    client = kind("other:1", timeout=3)
    assert (client.options.target, client.timeout) == ("other:1", 3)
    assert kind(preset="production").timeout == 2
    monkeypatch.setenv("UESYNTH_PORT", "ninety")
    with pytest.raises(ValueError, match="UESYNTH_PORT"):
        kind()
    monkeypatch.setenv("UESYNTH_PORT", "")


def test_presets():
    for name, values in PRESETS.items():
        options = AsyncUESynthClient(preset=name).options
        for key, value in values.items():
            if key != "grpc_options":
                assert getattr(options, key) == value
        assert AsyncUESynthClient(**values).options == options
    options = AsyncUESynthClient(preset="production", timeout=9, max_concurrent_requests=7).options
    assert (options.timeout, options.max_concurrent_requests) == (9, 7)
    assert options.stream_buffer_size == 4096


_BY_CHANNEL = (
    "keepalive_ms",
    "keepalive_timeout_ms",
    "max_pings_without_data",
    "max_send_message_length",
)


def test_presets_agree_with_the_librarys():
    import ctypes

    from uesynth import _abi
    from uesynth._library import library

    for number, name in enumerate(["", *PRESETS]):
        packed = _abi.ClientOptions()
        packed.struct_size = ctypes.sizeof(packed)
        assert library().quick.client_options_preset(number, ctypes.byref(packed)) == 0
        options = AsyncUESynthClient(preset=name or None).options
        mine = options.pack()
        for field, _ in _abi.ClientOptions._fields_:
            # The binding yields where the library would wait, and its presets have the guide's gRPC options.
            if field in ("when_full", *(_BY_CHANNEL if name else ())):
                continue
            if field in ("allocator", "tls", "metadata", "metadata_callback", "metadata_destroy"):
                assert not getattr(mine, field)
                assert not getattr(packed, field)
            else:
                assert getattr(mine, field) == getattr(packed, field), (name, field)


def test_compression_has_two_names():
    assert UESynthClient(compression=True).options.enable_compression
    assert not UESynthClient(compression=True, enable_compression=False).options.enable_compression


def test_grpc_options():
    pairs = [
        ("grpc.keepalive_time_ms", 30000),
        ("grpc.max_receive_message_length", 1 << 28),
        ("grpc.max_send_message_length", np.int64(1 << 20)),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.keepalive_permit_without_calls", True),
        ("grpc.primary_user_agent", "mine"),
        ("grpc.enable_retries", 1),
    ]
    client = UESynthClient(grpc_options=pairs)
    packed = client.options.pack()
    assert packed.max_receive_message_length == 1 << 28
    assert packed.max_send_message_length == 1 << 20
    assert (packed.keepalive_ms, packed.max_pings_without_data) == (30000, 0)
    assert packed.keepalive_without_calls == 1
    assert client.ignored_grpc_options == ("grpc.primary_user_agent",)
    unlimited = UESynthClient(grpc_options=[("grpc.max_receive_message_length", -1)])
    assert unlimited.options.pack().max_receive_message_length == (1 << 64) - 1
    assert UESynthClient(grpc_options=dict(pairs)).options.grpc_options == tuple(pairs)
    for bad in [("grpc.keepalive_time_ms", "x"), ("grpc.keepalive_time_ms", 0), ("grpc.a\0", 1)]:
        with pytest.raises((ValueError, TypeError), match="grpc") as caught:
            UESynthClient(grpc_options=[bad])
        assert caught.value.code == StatusCode.MISUSE


def test_logging(monkeypatch, capsys):
    logger = logging.getLogger("uesynth")
    before = logger.level, list(logger.handlers), logger.propagate
    try:
        monkeypatch.setenv("UESYNTH_LOG_LEVEL", "debug")
        UESynthClient()
        assert logger.level == logging.DEBUG
        monkeypatch.setenv("UESYNTH_LOG_LEVEL", "loud")
        with pytest.raises(ValueError, match="UESYNTH_LOG_LEVEL"):
            UESynthClient()
        monkeypatch.delenv("UESYNTH_LOG_LEVEL")
        logger.setLevel(logging.NOTSET)
        logger.propagate = False
        UESynthClient(enable_logging=True)
        UESynthClient(enable_logging=True)
        assert logger.level == logging.INFO
        assert len(logger.handlers) == len(before[1]) + 1
    finally:
        logger.setLevel(before[0])
        logger.handlers[:] = before[1]
        logger.propagate = before[2]


def test_nothing_is_connected_or_started_by_construction():
    import threading

    count = threading.active_count()
    clients = [uesynth.AsyncUESynthClient() for _ in range(50)]
    assert threading.active_count() == count
    assert all(client._session.core is None for client in clients)


def test_what_the_environment_says_of_tls(monkeypatch):
    for words in ("maybe", "2", "tru"):
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", words)
        with pytest.raises(ValueError, match=f"UESYNTH_ENABLE_SSL is '{words}'"):
            UESynthClient()
        assert not UESynthClient(enable_ssl=False).ssl_enabled
    for words, wanted in [("1", True), (" On ", True), ("0", False), ("off", False), ("", False)]:
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", words)
        assert UESynthClient().ssl_enabled is wanted
