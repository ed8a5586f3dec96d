"""Servers that speak TLS in another way, or something else."""

import contextlib
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

import abi
import servers
from tls import refusal, server_context, speak_http2, tls

SIZE = dict(width=320, height=200)


@pytest.mark.parametrize("protocols", [(), ("http/1.1",)])
def test_a_server_without_http2(authority, client_of, library, protocols):
    def serve(connection):
        with server_context(authority, *protocols).wrap_socket(connection, server_side=True) as s:
            s.recv(65536)

    with servers.socket_server(serve) as target:
        said = refusal(library, client_of(target, **tls(ca_file=authority.ca.file)))
    assert target in said and "HTTP/2" in said and "ALPN" in said, said


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_and_goodbyes(authority, client_of, version):
    goodbyes = []

    def serve(connection):
        context = server_context(authority, "h2")
        context.minimum_version = context.maximum_version = version
        with context.wrap_socket(
            connection, server_side=True, suppress_ragged_eofs=False
        ) as secure:
            secure.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            try:
                while secure.recv(65536):
                    pass
                goodbyes.append("close_notify")
            except ssl.SSLError as error:
                goodbyes.append(repr(error))
            except OSError:
                goodbyes.append("reset")

    with servers.socket_server(serve) as target:
        client = client_of(target, **tls(ca_file=authority.ca.file))
        client.check(client.table.client_connect(client.handle, 5000))
        client.free()
        deadline = time.monotonic() + 5
        while not goodbyes and time.monotonic() < deadline:
            time.sleep(0.01)
    assert goodbyes == ["close_notify"]


def test_an_older_version(authority, client_of, library):
    def serve(connection):
        context = server_context(authority, "h2")
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)

    with pytest.warns(DeprecationWarning), servers.socket_server(serve) as target:
        said = refusal(library, client_of(target, **tls(ca_file=authority.ca.file)))
    assert "version" in said, said


def http1(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    connection.recv(65536)


def goodbye(connection):
    connection.recv(65536)
    connection.shutdown(socket.SHUT_RDWR)


def rubbish(connection):
    connection.recv(65536)
    connection.sendall(bytes(range(22, 250)) * 100)
    connection.recv(65536)


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (http1, ["does not speak TLS", "HTTP/1.1 400"]),
        (goodbye, ["closed the connection during the TLS handshake"]),
        (rubbish, ["TLS"]),
    ],
)
def test_servers_that_do_not_speak_tls(authority, client_of, library, serve, words):
    with servers.socket_server(serve) as target:
        said = refusal(library, client_of(target, **tls(ca_file=authority.ca.file)))
    for word in [target, *words]:
        assert word in said, said


@pytest.mark.parametrize("peer", ["simulator", "stock"])
def test_a_plain_server_is_never_talked_to_without_tls(
    authority, simulators, stock, client_of, library, peer
):
    target = simulators("--objects", "60") if peer == "simulator" else stock.target
    client = client_of(target, **tls(ca_file=authority.ca.file), timeout_ms=2000)
    said = refusal(library, client)
    assert "TLS" in said and target in said, said
    outcome = client.call(abi.CAPTURE_RGB, **SIZE)
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)


@pytest.mark.parametrize("peer", ["simulator", "stock"])
def test_a_tls_server_and_a_client_without(tls_servers, stock_tls, client_of, library, peer):
    target = tls_servers("good") if peer == "simulator" else stock_tls.target
    said = refusal(library, client_of(target))
    assert "TLS" in said, said


def test_the_handshake_counts_in_the_connect_timeout(authority, client_of, library):
    def serve(connection):
        while connection.recv(65536):
            pass

    with servers.socket_server(serve) as target:
        options = tls(ca_file=authority.ca.file)
        client = client_of(target, connect_timeout_ms=400, **options)
        began = time.monotonic()
        said = refusal(library, client)
        assert 0.3 < time.monotonic() - began < 2
        assert "0.4" in said, said


def one_byte_at_a_time(authority, connection):
    """A server whose records arrive in single bytes."""
    context = server_context(authority, "h2")
    near, far = socket.socketpair()
    done = threading.Event()

    def upstream():
        with contextlib.suppress(OSError):
            while data := connection.recv(65536):
                far.sendall(data)
        with contextlib.suppress(OSError):
            far.shutdown(socket.SHUT_WR)

    def downstream():
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            while data := far.recv(1):
                connection.sendall(data)
        done.set()

    for work in upstream, downstream:
        threading.Thread(target=work, daemon=True).start()
    with contextlib.suppress(OSError, ssl.SSLError):
        speak_http2(context, near)
    near.close()
    done.wait(5)


def test_records_in_single_bytes(authority, client_of):
    with servers.socket_server(lambda c: one_byte_at_a_time(authority, c)) as target:
        client = client_of(target, **tls(ca_file=authority.ca.file))
        client.check(client.table.client_connect(client.handle, 10000))
        assert client.state() == abi.STATE_READY


def test_records_that_are_damaged(authority, tls_servers, client_of):
    """A bit that flips on the way ends the connection and nothing else."""
    upstream = tls_servers("good").rsplit(":", 1)
    passed = []

    def serve(connection):
        with socket.create_connection((upstream[0], int(upstream[1]))) as far:
            isolated = connection, far
            while True:
                ready, _, _ = select.select(isolated, [], [], 5)
                for source in ready:
                    data = bytearray(source.recv(4096))
                    if not data:
                        return
                    if source is far:
                        passed.append(len(data))
                        if sum(passed) > 60000 and len(passed) < 10000:
                            data[len(data) // 2] ^= 4
                            passed.extend([0] * 10000)
                    (far if source is connection else connection).sendall(data)

    with servers.socket_server(serve) as target:
        options = tls(ca_file=authority.ca.file)
        client = client_of(target, timeout_ms=4000, max_retries=0, **options)
        # A connection on which nothing was done would count as a failed attempt to connect.
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
        outcome = client.call(abi.CAPTURE_RGB, **SIZE)
        assert outcome.status == abi.UNAVAILABLE, outcome
        assert "TLS" in outcome.message, outcome
        assert client.call(abi.CAPTURE_RGB, **SIZE).status == abi.OK


def spoil(authority, connection):
    """A good record and a damaged one in one packet, when a call is under way; then silence."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = server_context(authority, "h2").wrap_bio(incoming, outgoing, server_side=True)

    def turn(work):
        while True:
            try:
                result = work()
                connection.sendall(outgoing.read())
                return result
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(65536))

    turn(secure.do_handshake)
    turn(lambda: secure.write(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])))
    received = b""
    while received.count(b"\1\4\0\0\0\1") == 0:  # HEADERS, END_HEADERS, of stream 1
        received += turn(lambda: secure.read(65536))
    secure.write(bytes([0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1]))  # WINDOW_UPDATE
    connection.sendall(outgoing.read() + b"\x17\3\3\0\x20" + bytes(32))
    while connection.recv(65536):
        pass


def test_a_damaged_record_behind_a_good_one(authority, client_of):
    """Nothing more comes on the socket, and the call does not wait for it."""
    with servers.socket_server(lambda c: spoil(authority, c)) as target:
        client = client_of(target, **tls(ca_file=authority.ca.file))
        outcome = client.call(abi.LIST_OBJECTS, route=abi.ROUTE_DIRECT, timeout_ms=15000)
        assert outcome.status == abi.UNAVAILABLE, outcome
        assert "TLS" in outcome.message, outcome


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")
def test_a_server_that_renegotiates_is_refused(authority, client_of):
    port = servers.free_port()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_2", "-alpn", "h2"]
    command += ["-cert", authority.good.file, "-key", authority.good.key_file]
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 10
        while b"ACCEPT" not in process.stdout.readline():
            assert time.monotonic() < deadline
        client = client_of(f"127.0.0.1:{port}", **tls(ca_file=authority.ca.file))
        # It is no HTTP/2 server: the connection never becomes ready, but TLS is up.
        client.table.client_connect(client.handle, 1000)
        process.stdin.write(b"R\n")
        process.stdin.flush()
        time.sleep(0.7)
        client.free()
        process.stdin.close()
        process.terminate()
        said = process.stdout.read().decode(errors="replace")
        assert "no renegotiation" in said, said
    finally:
        process.kill()
        process.wait(5)
