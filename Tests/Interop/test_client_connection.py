"""The life of a connection: servers that go away, come back, or never were there."""

import ctypes
import os
import signal
import time

import pytest
import servers

import abi
from host import Recorder, wait_until


def test_no_call_is_lost_when_connections_grow_old(client_of):
    """A stock server sends GOAWAY after 200 ms of a connection's life, and hangs up 2 s later."""
    with servers.stock(
        "--argument=grpc.max_connection_age_ms=200",
        "--argument=grpc.max_connection_age_grace_ms=2000",
    ) as server:
        client = client_of(server, lanes=4)
        began, calls = time.monotonic(), 0
        while time.monotonic() < began + 2:
            for route in abi.ROUTE_DIRECT, abi.ROUTE_STREAM:
                outcome = client.call(abi.GET_CAMERA_TRANSFORM, route=route)
                assert outcome.status == abi.OK, outcome
                calls += 1
        stats = client.stats()
        assert stats["connects"] >= 4
        assert stats["completed_ok"] == calls


def test_streamed_requests_survive_an_old_connection(client_of):
    with servers.stock("--argument=grpc.max_connection_age_ms=200") as server:
        client = client_of(server, lanes=2, max_concurrent_requests=64)
        recorder = Recorder(client.table)
        began, count = time.monotonic(), 0
        while time.monotonic() < began + 2:
            client.submit(abi.GET_CAMERA_TRANSFORM, recorder)
            count += 1
        outcomes = recorder.wait(count)
        assert {outcome.status for outcome in outcomes} == {abi.OK}, client.stats()
        assert client.stats()["connects"] >= 4


def test_waiting_for_a_server_that_comes_later(client_of):
    port = servers.free_port()
    client = client_of(f"127.0.0.1:{port}", initial_backoff_ms=50, max_backoff_ms=100)
    impatient = client.call(abi.LIST_OBJECTS)
    assert impatient.status == abi.UNAVAILABLE
    flags, recorder = abi.SUBMIT_WAIT_FOR_READY, Recorder(client.table)
    for route in abi.ROUTE_STREAM, abi.ROUTE_DIRECT:
        client.submit(abi.LIST_OBJECTS, recorder, flags=flags, route=route, timeout_ms=20000)
    client.submit(abi.LIST_OBJECTS, recorder, flags=flags, timeout_ms=150)
    late = recorder.wait(1)
    assert late[0].status == abi.DEADLINE_EXCEEDED
    assert "refused" in late[0].message
    with servers.stock("--port", str(port)):
        assert [o.status for o in recorder.wait(3)[1:]] == [abi.OK, abi.OK]


def test_waiting_ends_with_the_clients_timeout(client_of):
    client = client_of(f"127.0.0.1:{servers.free_port()}", timeout_ms=300)
    began = time.monotonic()
    outcome = client.call(abi.LIST_OBJECTS, flags=abi.SUBMIT_WAIT_FOR_READY)
    assert outcome.status == abi.DEADLINE_EXCEEDED
    assert 0.25 < time.monotonic() - began < 5


def test_the_pause_between_attempts_is_as_asked(client_of):
    client = client_of(
        f"127.0.0.1:{servers.free_port()}", initial_backoff_ms=40, max_backoff_ms=40
    )
    recorder = Recorder(client.table)
    client.submit(
        abi.LIST_OBJECTS, recorder, flags=abi.SUBMIT_WAIT_FOR_READY, timeout_ms=1000
    )
    recorder.wait(1)
    # 1000 / 40 with a jitter of a fifth, were the machine never late.
    assert 5 <= client.stats()["connect_failures"] <= 32


@pytest.mark.slow
def test_keepalive_pings_back_off_when_the_server_complains(client_of):
    """Every 10 s, the least that is allowed, is too often for a stock server."""
    with servers.stock("--argument=grpc.http2.max_ping_strikes=1") as server:
        client = client_of(
            server, keepalive_ms=1, keepalive_without_calls=1, max_pings_without_data=0
        )
        client.watch(log_level=abi.LOG_WARNING, states=0)
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
        assert "less than 300 s apart" in client.poll(timeout_ms=5000)[0].message
        outcomes = client.poll(timeout_ms=45000)
        assert outcomes and "too_many_pings" in outcomes[0].message
        assert "20.0 s" in outcomes[0].message
        assert client.call(abi.LIST_OBJECTS).status == abi.OK


@pytest.mark.parametrize("milliseconds, warns", [(0, 0), (30000, 1), (299999, 1), (300000, 0)])
def test_keepalive_that_stock_servers_punish_is_warned_of_once(
    stock, client_of, milliseconds, warns
):
    client = client_of(stock, keepalive_ms=milliseconds, initial_backoff_ms=20)
    client.watch(log_level=abi.LOG_WARNING, states=0)
    for _ in range(2):
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
    found = [outcome.message for outcome in client.poll(timeout_ms=200)]
    assert ["less than 300 s apart" in message for message in found] == [True] * warns


@pytest.mark.slow
def test_keepalive_finds_a_server_that_hangs(client_of):
    """Its process is stopped: the kernel still acknowledges, the server does not."""
    with servers.stock() as server:
        client = client_of(server, keepalive_ms=10000, keepalive_timeout_ms=500)
        recorder = Recorder(client.table)
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            client.submit(abi.LIST_OBJECTS, recorder, timeout_ms=60000)
            outcome = recorder.wait(1, seconds=30)[0]
            assert outcome.status == abi.UNAVAILABLE
            assert "keepalive" in outcome.message
            assert time.monotonic() - began < 20
        finally:
            os.kill(server.process.pid, signal.SIGCONT)


def test_a_request_longer_than_allowed_is_not_sent(stock, client_of):
    client = client_of(stock, max_send_message_length=100)
    short = client.call(abi.GET_OBJECT_TRANSFORM, name="x" * 50, route=abi.ROUTE_DIRECT)
    assert short.status != abi.RESOURCE_EXHAUSTED
    outcome = client.call(abi.GET_OBJECT_TRANSFORM, name="x" * 200)
    assert outcome.status == abi.RESOURCE_EXHAUSTED
    assert "max_send_message_length" in outcome.message


CHANNEL_ARGUMENTS = {
    "grpc.keepalive_time_ms": ("keepalive_ms", 30000),
    "grpc.keepalive_timeout_ms": ("keepalive_timeout_ms", 5000),
    "grpc.keepalive_permit_without_calls": ("keepalive_without_calls", 1),
    "grpc.http2.max_pings_without_data": ("max_pings_without_data", 0),
    "grpc.initial_reconnect_backoff_ms": ("initial_backoff_ms", 10),
    "grpc.max_reconnect_backoff_ms": ("max_backoff_ms", 20),
    "grpc.max_receive_message_length": ("max_receive_message_length", 1000),
    "grpc.max_send_message_length": ("max_send_message_length", 1000),
    "grpc.default_compression_algorithm": ("compression", abi.COMPRESSION_ON),
}


@pytest.mark.parametrize("name", CHANNEL_ARGUMENTS)
def test_channel_arguments_by_their_grpc_names(library, name):
    member, value = CHANNEL_ARGUMENTS[name]
    options = abi.ClientOptions()
    assert library.client_options_channel_argument(options, name.encode(), value) == abi.OK
    expected = abi.ClientOptions()
    setattr(expected, member, value)
    assert bytes(options) == bytes(expected)


def test_what_is_no_channel_argument(library):
    options = abi.ClientOptions()
    before = bytes(options)
    assert library.client_options_channel_argument(options, b"grpc.nonsense", 1) == abi.NOT_FOUND
    assert b"grpc.nonsense" in library.last_error()
    assert library.client_options_channel_argument(options, b"grpc.keepalive_time_ms", -5) == abi.MISUSE
    assert library.client_options_channel_argument(options, None, 1) == abi.MISUSE
    assert library.client_options_channel_argument(None, b"grpc.keepalive_time_ms", 1) == abi.MISUSE
    assert bytes(options) == before
    assert (
        library.client_options_channel_argument(options, b"grpc.max_receive_message_length", -1)
        == abi.OK
    )
    assert options.max_receive_message_length == 2**64 - 1
    assert library.client_options_channel_argument(options, b"grpc.enable_retries", 0) == abi.OK
    algorithm = b"grpc.default_compression_algorithm"
    for value, choice in (2, abi.COMPRESSION_ON), (0, abi.COMPRESSION_OFF):
        assert library.client_options_channel_argument(options, algorithm, value) == abi.OK
        assert options.compression == choice
    assert library.client_options_channel_argument(options, algorithm, 3) == abi.MISUSE


def environment(library, monkeypatch, **variables):
    # os.environ changes the environment of the process, which the library reads.
    for name in "HOST", "PORT", "TIMEOUT":
        monkeypatch.delenv("UESYNTH_" + name, raising=False)
    for name, value in variables.items():
        monkeypatch.setitem(os.environ, "UESYNTH_" + name, value)
    options, target = abi.ClientOptions(), ctypes.create_string_buffer(64)
    status = library.client_options_environment(options, target, len(target))
    return status, target.value.decode(), options.timeout_ms


def test_the_environment_is_read_when_asked(library, monkeypatch):
    assert environment(library, monkeypatch) == (abi.OK, "localhost:50051", 5000)
    assert environment(
        library, monkeypatch, HOST="10.0.0.5", PORT="6000", TIMEOUT="1.5"
    ) == (abi.OK, "10.0.0.5:6000", 1500)
    assert environment(library, monkeypatch, HOST="::1")[1] == "[::1]:50051"
    for variables in {"PORT": "0"}, {"PORT": "many"}, {"TIMEOUT": "-1"}, {"TIMEOUT": "nan"}:
        assert environment(library, monkeypatch, **variables)[0] == abi.MISUSE
        assert f"UESYNTH_{next(iter(variables))}" in library.last_error().decode()
    monkeypatch.setenv("UESYNTH_HOST", "h" * 80)
    small = ctypes.create_string_buffer(20)
    monkeypatch.delenv("UESYNTH_TIMEOUT")
    assert library.client_options_environment(None, small, 20) == abi.BUFFER_TOO_SMALL
    assert library.client_options_environment(None, None, 0) == abi.OK


def test_the_state_follows(client_of):
    client = client_of(f"127.0.0.1:{servers.free_port()}")
    assert client.state() == 0
    assert client.table.client_connect(client.handle, 5000) == abi.UNAVAILABLE
    wait_until(lambda: client.state() == 3)
