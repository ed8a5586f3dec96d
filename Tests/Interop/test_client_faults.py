"""Servers that are not there, go away, or are no gRPC servers at all."""

import socket
import threading
import time

import pytest

import abi
import servers
from host import Client

DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM


def test_nobody_listens(client_of, library):
    port = servers.free_port()
    client = client_of(f"127.0.0.1:{port}", timeout_ms=3000)
    began = time.monotonic()
    outcome = client.call(abi.LIST_OBJECTS)
    assert time.monotonic() - began < 3.5
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)
    assert f"127.0.0.1:{port}" in outcome.message
    assert "refused" in outcome.message
    assert library.client_connect(client.handle, 300) == abi.UNAVAILABLE
    assert f"127.0.0.1:{port}".encode() in library.last_error()
    assert client.state() in (abi.STATE_BACKOFF, abi.STATE_CONNECTING, abi.STATE_IDLE)
    stats = client.stats()
    assert stats["connects"] == 0 and stats["connect_failures"] >= 1


def test_a_socket_path_that_is_not_there(client_of, tmp_path):
    outcome = client_of(f"unix:{tmp_path}/none.sock").call(abi.LIST_OBJECTS, timeout_ms=1000)
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)
    assert "none.sock" in outcome.message


def test_a_name_that_does_not_exist(client_of):
    outcome = client_of("no-such-host.invalid:50051").call(abi.LIST_OBJECTS, timeout_ms=5000)
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)
    assert "no-such-host.invalid" in outcome.message


def http1(connection):
    connection.recv(65536)
    connection.sendall(
        b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nnope\n"
    )
    connection.recv(65536)


def banner(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    connection.recv(65536)


def rubbish(connection):
    connection.sendall(bytes(range(256)) * 40)
    connection.recv(65536)


def goodbye(connection):
    return connection.close()


def refusal(connection):
    """A proper HTTP/2 GOAWAY, at once."""
    connection.sendall(b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x08\7\0\0\0\0\0" + bytes(4) + b"\0\0\0\x0b")
    connection.recv(65536)
    time.sleep(0.1)
    connection.close()


@pytest.mark.parametrize("serve", [http1, banner, rubbish, goodbye, refusal])
def test_a_server_that_is_not_grpc(client_of, library, serve):
    with servers.socket_server(serve) as target:
        client = client_of(target, timeout_ms=3000)
        began = time.monotonic()
        assert library.client_connect(client.handle, 2000) != abi.OK or serve is refusal
        outcome = client.call(abi.LIST_OBJECTS)
        assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED, abi.INTERNAL), outcome
        assert outcome.message
        assert time.monotonic() - began < 8
        if serve in (http1, banner):
            said = outcome.message
            assert "closed" not in said, said
            assert "HTTP" in said or "SSH" in said or "gRPC" in said, said
        client.free()


def test_a_sink_that_says_nothing(client_of, library):
    def sink(connection):
        while connection.recv(65536):
            pass

    with servers.socket_server(sink) as target:
        client = client_of(target, timeout_ms=500)
        began = time.monotonic()
        assert library.client_connect(client.handle, 300) in (
            abi.UNAVAILABLE,
            abi.DEADLINE_EXCEEDED,
        )
        assert time.monotonic() - began < 1.5
        for route in DIRECT, STREAM:
            outcome = client.call(abi.CAPTURE_RGB, route=route)
            assert outcome.status == abi.DEADLINE_EXCEEDED, outcome
        assert time.monotonic() - began < 6
        began = time.monotonic()
        client.free()
        assert time.monotonic() - began < 1


def test_a_connect_attempt_is_bounded(client_of, library):
    """connect_timeout_ms is for one attempt: a sink that accepts and is silent is a failed one."""

    def sink(connection):
        while connection.recv(65536):
            pass

    with servers.socket_server(sink) as target:
        client = client_of(target, connect_timeout_ms=300)
        began = time.monotonic()
        assert library.client_connect(client.handle, 5000) == abi.UNAVAILABLE
        assert time.monotonic() - began < 3
        client.free()


def test_a_server_that_goes_away_and_comes_back(client_of, library):
    with servers.stock() as server:
        port = server.port
        client = client_of(server, timeout_ms=8000)
        assert client.call(abi.CAPTURE_RGB, width=8, height=8).status == abi.OK
        assert client.state() == abi.STATE_READY
        numbers = [
            client.submit(abi.CAPTURE_RGB, name="?slow=5", route=(DIRECT, STREAM)[i % 2])
            for i in range(8)
        ]
        time.sleep(0.2)
        server.kill()
        began = time.monotonic()
        outcomes = client.collect(8)
        assert time.monotonic() - began < 2
        assert sorted(o.request_id for o in outcomes) == numbers
        assert {o.status for o in outcomes} == {abi.UNAVAILABLE}
        assert all(o.message for o in outcomes)
    stats = client.stats()
    assert (stats["connects"], stats["disconnects"]) == (1, 1)
    with servers.stock("--port", port):
        client.check(library.client_connect(client.handle, 10000))
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
        assert client.stats()["connects"] == 2


def test_a_server_that_ends_politely(client_of):
    """SIGTERM: the server says GOAWAY and ends its streams. What was under way ends, once each."""
    with servers.stock() as server:
        client = client_of(server, timeout_ms=4000)
        assert client.call(abi.LIST_OBJECTS, route=STREAM).status == abi.OK
        client.submit(abi.CAPTURE_RGB, name="?slow=1", route=STREAM)
        client.submit(abi.CAPTURE_RGB, name="?slow=1", route=DIRECT)
        time.sleep(0.2)
        server.stop()
        outcomes = client.collect(2)
        assert all(o.status != abi.OK and o.message for o in outcomes)


def test_close_ends_what_is_under_way(stock, client_of, library):
    client = client_of(stock)
    client.check(library.client_connect(client.handle, 5000))
    numbers = [
        client.submit(abi.CAPTURE_RGB, name="?slow=2", route=(DIRECT, STREAM)[i % 2])
        for i in range(6)
    ]
    kept = client.call(abi.CAPTURE_RGB, width=8, height=8, route=DIRECT)
    assert kept.status == abi.OK
    client.check(library.client_close(client.handle))
    found = client.collect(6)
    assert sorted(o.request_id for o in found) == numbers
    assert {o.status for o in found} == {abi.CLOSED}
    assert client.poll(timeout_ms=0) is None
    assert client.state() == abi.STATE_CLOSED
    assert client.call(abi.LIST_OBJECTS).status == abi.CLOSED
    stats = client.stats()
    assert (stats["completed_closed"], stats["requests_in_flight"]) == (6, 0)
    client.check(library.client_close(client.handle))


def test_frames_can_be_fetched_after_close(stock, client_of, library):
    client = client_of(stock)
    number = client.submit(abi.CAPTURE_RGB, width=8, height=8, flags=abi.SUBMIT_NOTIFY_ONLY)
    client.collect(1)
    client.check(library.client_close(client.handle))
    status, picture = client.take(number)
    assert (status, picture.size) == (abi.OK, 256)


def test_free_with_requests_under_way_is_quick(stock, library):
    client = Client(library, stock.target)
    for i in range(6):
        client.submit(abi.CAPTURE_RGB, name="?slow=2", route=(DIRECT, STREAM)[i % 2])
    began = time.monotonic()
    client.free()
    assert time.monotonic() - began < 0.5


def test_a_blocking_call_ends_when_the_client_is_closed(stock, client_of, library):
    client, found = client_of(stock), []
    caller = threading.Thread(
        target=lambda: found.append(client.call(abi.CAPTURE_RGB, name="?slow=3", route=DIRECT))
    )
    caller.start()
    time.sleep(0.2)
    client.check(library.client_close(client.handle))
    caller.join(2)
    assert [outcome.status for outcome in found] == [abi.CLOSED]


def test_a_connection_that_is_cut_inside_a_picture(stock, client_of):
    """A proxy that lets 100,000 bytes pass: the request fails, and the half picture is nowhere."""
    passed = 100_000

    def proxy(connection):
        with socket.create_connection(("127.0.0.1", stock.port)) as upstream:

            def forward():
                try:
                    while data := connection.recv(65536):
                        upstream.sendall(data)
                except OSError:
                    pass

            forwarder = threading.Thread(target=forward, daemon=True)
            forwarder.start()
            left = passed
            while left > 0 and (data := upstream.recv(min(left, 65536))):
                connection.sendall(data)
                left -= len(data)
            connection.shutdown(socket.SHUT_RDWR)

    for route in DIRECT, STREAM:
        with servers.socket_server(proxy) as target:
            client = client_of(target, timeout_ms=5000)
            outcome = client.call(abi.CAPTURE_RGB, width=640, height=480, route=route)
            assert outcome.status == abi.UNAVAILABLE
            assert outcome.picture is None
            stats = client.stats()
            assert stats["frames_queued"] == 0
            client.free()
