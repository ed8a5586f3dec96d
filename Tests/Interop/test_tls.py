"""TLS: certificates that are good and bad, servers that do something else, both ways with stock peers."""

import contextlib
import ctypes
import os
import select
import shutil
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time

import grpc
import pytest

import abi
import servers
from certificates import Authority
from host import Client
from stock_client import StockClient

SIZE = dict(width=320, height=200)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


def tls(**values):
    """Keywords for a client that uses TLS."""
    encoded = {}
    for name, value in values.items():
        encoded[name] = value if value is None or isinstance(value, bytes) else str(value).encode()
    return {"tls": ctypes.pointer(abi.TLSOptions(**encoded))}


def pair(certificate):
    return certificate.file, certificate.key_file


@pytest.fixture(scope="module")
def tls_servers(authority):
    """tls_servers("good") is a simulator with that certificate; one for each."""
    running = {}

    def find(name, *options):
        if (name, options) not in running:
            certificate, key = pair(getattr(authority, name))
            running[name, options] = servers.simulator(
                "--tls-cert", certificate, "--tls-key", key, *options
            )
        return running[name, options].target

    yield find
    for server in running.values():
        server.stop()


@pytest.fixture(scope="module")
def stock_tls(authority):
    with servers.stock("--tls", *pair(authority.good)) as server:
        yield server


def refusal(library, client, milliseconds=5000):
    began = time.monotonic()
    status = library.client_connect(client.handle, milliseconds)
    assert status == abi.UNAVAILABLE, (status, library.last_error())
    assert time.monotonic() - began < milliseconds / 1000
    assert client.stats()["connects"] == 0
    return library.last_error().decode()


# ---- What works -------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [abi.ROUTE_STREAM, abi.ROUTE_DIRECT])
@pytest.mark.parametrize("peer", ["simulator", "stock"])
def test_pictures_through_tls(
    authority, tls_servers, stock_tls, simulators, stock, client_of, peer, route
):
    target = tls_servers("good") if peer == "simulator" else stock_tls.target
    plain = simulators("--objects", "60") if peer == "simulator" else stock.target
    expected = client_of(plain).call(abi.CAPTURE_RGB, **SIZE).picture.data
    client = client_of(target, **tls(ca_file=authority.ca.file))
    for _ in range(3):
        outcome = client.call(abi.CAPTURE_RGB, route=route, **SIZE)
        assert outcome.status == abi.OK, outcome
        assert outcome.picture.data == expected
    # Several frames of the largest size, more than a pass may read.
    for _ in range(3):
        large = client.call(abi.CAPTURE_DEPTH, route=route, width=1920, height=1080)
        assert large.status == abi.OK and large.picture.size == 1920 * 1080 * 4
    stats = client.stats()
    assert stats["connects"] == 1
    # What is on the wire is more than what is in it.
    assert stats["bytes_received"] > stats["image_bytes"]


def test_many_requests_at_once(authority, tls_servers, client_of):
    client = client_of(tls_servers("good"), lanes=4, **tls(ca_file=authority.ca.file))
    ids = [client.submit(abi.CAPTURE_RGB, width=200, height=100) for _ in range(200)]
    ids += [
        client.submit(abi.GET_CAMERA_TRANSFORM, route=abi.ROUTE_DIRECT) for _ in range(200)
    ]
    outcomes = client.collect(400)
    assert {o.request_id for o in outcomes} == set(ids)
    assert all(o.status == abi.OK for o in outcomes)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "ipv4:127.0.0.1"])
def test_names_and_addresses(authority, tls_servers, client_of, host):
    port = tls_servers("good").rsplit(":", 1)[1]
    client = client_of(f"{host}:{port}", **tls(ca_pem=authority.ca.text))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_chain(authority, tls_servers, client_of):
    client = client_of(tls_servers("chained"), **tls(ca_file=authority.ca.file))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_self_signed_certificate_that_is_given_as_ca(authority, tls_servers, client_of):
    client = client_of(tls_servers("self_signed"), **tls(ca_file=authority.self_signed.file))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


@pytest.mark.parametrize("name", ["render.example", "left.farm.example"])
def test_another_name(authority, tls_servers, client_of, name):
    options = tls(ca_file=authority.ca.file, server_name=name)
    assert client_of(tls_servers("elsewhere"), **options).call(abi.LIST_OBJECTS).status == abi.OK


def test_the_other_name_is_asked_for(authority, client_of):
    asked = []

    def serve(connection):
        context = server_context(authority)
        context.sni_callback = lambda ssl_socket, name, _: asked.append(name)
        speak_http2(context, connection)

    with servers.socket_server(serve) as target:
        options = tls(ca_file=authority.ca.file, server_name="localhost")
        client_of(target, **options).call(abi.LIST_OBJECTS, timeout_ms=1500)
        # An address is no name: none is asked for.
        client_of(target, **tls(ca_file=authority.ca.file)).call(abi.LIST_OBJECTS, timeout_ms=500)
    assert asked == ["localhost", None]


@pytest.mark.parametrize("how", ["file", "text"])
def test_client_certificates(authority, tls_servers, client_of, how):
    target = tls_servers("good", "--tls-client-ca", authority.ca.file)
    own = authority.client
    given = (
        {"certificate_file": own.file, "key_file": own.key_file}
        if how == "file"
        else {"certificate_pem": own.text, "key_pem": own.key_text}
    )
    client = client_of(target, **tls(ca_file=authority.ca.file, **given))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_stock_client_of_the_simulator(authority, tls_servers):
    plain = grpc.ssl_channel_credentials(authority.ca.text)
    with StockClient(tls_servers("good"), plain) as client:
        assert len(client.call(4, **SIZE).image_data) == 320 * 200 * 4
        stream = client.stream()
        for name in "abcdef":
            stream.send(name, 4, width=1280, height=720)
        for name in "abcdef":
            reply = stream.receive()
            assert (reply.request_id, len(reply.image_response.image_data)) == (name, 3686400)
        stream.close()
    target = tls_servers("good", "--tls-client-ca", authority.ca.file)
    own = authority.client
    mutual = grpc.ssl_channel_credentials(authority.ca.text, own.key_text, own.text)
    with StockClient(target, mutual) as client:
        assert client.call(17).object_names
    with StockClient(target, plain) as client, pytest.raises(grpc.RpcError):
        client.call(17, seconds=3)


# ---- Certificates that are not accepted ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "ca", "words"),
    [
        ("expired", "ca", ["expired", "GMT"]),
        ("early", "ca", ["not yet valid", "clock"]),
        ("elsewhere", "ca", ["DNS:render.example", "IP:192.0.2.7", "not for 127.0.0.1"]),
        ("nameless", "ca", ["no host at all", "not for 127.0.0.1"]),
        ("self_signed", "ca", ["signed by itself", "ca_file"]),
        ("foreign", "ca", ["not trusted", "Another CA", "ca_file"]),
        ("good", "other_ca", ["not trusted", "UESynth Test CA", "ca_file"]),
        ("good", None, ["not trusted", "UESynth Test CA", "ca_file"]),
    ],
)
def test_certificates_that_are_not_accepted(
    authority, tls_servers, client_of, library, server, ca, words
):
    target = tls_servers(server)
    trusted = getattr(authority, ca).file if ca else None
    client = client_of(target, timeout_ms=3000, **tls(ca_file=trusted))
    said = refusal(library, client)
    for word in [target, *words]:
        assert word in said, said
    outcome = client.call(abi.CAPTURE_RGB, **SIZE)
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)
    # A refused certificate is not the end: the server is used like any other by one who trusts it.
    if server == "good":
        other = client_of(target, **tls(ca_file=authority.ca.file))
        assert other.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_name_that_is_not_the_servers(authority, tls_servers, client_of, library):
    port = tls_servers("elsewhere").rsplit(":", 1)[1]
    for name in "localhost", "farm.example", "a.b.farm.example":
        options = tls(ca_file=authority.ca.file, server_name=name)
        said = refusal(library, client_of(f"127.0.0.1:{port}", **options))
        assert f"not for {name}" in said and "DNS:*.farm.example" in said, said


@pytest.mark.parametrize("peer", ["simulator", "stock"])
@pytest.mark.parametrize("which", [None, "foreign_client", "expired_client"])
def test_client_certificates_that_are_not_accepted(
    authority, tls_servers, client_of, library, which, peer
):
    with contextlib.ExitStack() as stack:
        if peer == "simulator":
            target = tls_servers("good", "--tls-client-ca", authority.ca.file)
        else:
            options = "--tls", *pair(authority.good), "--client-ca", authority.ca.file
            target = stack.enter_context(servers.stock(*options)).target
        own = getattr(authority, which) if which else None
        given = {"certificate_file": own.file, "key_file": own.key_file} if own else {}
        client = client_of(target, **tls(ca_file=authority.ca.file, **given))
        said = refusal(library, client)
        assert target in said
        if which is None:
            assert "asked for a client certificate" in said, said
            assert "tls.certificate_file" in said
        elif peer == "simulator":
            assert "certificate" in said, said


# ---- Servers that do something else -------------------------------------------------------------------


def server_context(authority, *protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair(authority.good))
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def speak_http2(context, connection):
    """Empty SETTINGS, then whatever comes is read and left unanswered."""
    context.set_alpn_protocols(["h2"])
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        while secure.recv(65536):
            pass


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


# ---- Arguments and the process ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"ca_file": "/no/such/file.pem"}, "/no/such/file.pem"),
        ({"ca_pem": b"nonsense"}, "tls.ca"),
        ({"ca_pem": b""}, "tls.ca"),
        ({"ca_file": "CA", "ca_pem": b"x"}, "both"),
        ({"certificate_file": "CLIENT"}, "without its private key"),
        ({"key_file": "CLIENTKEY"}, "without its certificate"),
        ({"certificate_file": "CLIENT", "key_file": "GOODKEY"}, "not the key"),
        ({"certificate_file": "CLIENT", "key_file": "CLIENT"}, "tls.key"),
        ({"certificate_file": "CLIENTKEY", "key_file": "CLIENTKEY"}, "tls.certificate"),
        ({"certificate_file": "CLIENT", "key_file": "LOCKED"}, "encrypted"),
        ({"server_name": b"\xff"}, "UTF-8"),
        ({"reserved": 1}, "reserved"),
        ({"struct_size": 8}, "struct_size"),
    ],
)
def test_options_that_are_refused(authority, library, values, word):
    own = authority.client
    named = {"CA": authority.ca.file, "CLIENT": own.file, "CLIENTKEY": own.key_file}
    named.update({"GOODKEY": authority.good.key_file, "LOCKED": own.lock(b"secret")})
    chosen = abi.TLSOptions()
    for name, value in values.items():
        value = named.get(value, value)
        is_text = not isinstance(value, (bytes, int))
        setattr(chosen, name, str(value).encode() if is_text else value)
    out = ctypes.c_void_p()
    options = abi.ClientOptions(tls=ctypes.pointer(chosen))
    assert library.client_new(b"localhost", options, out) == abi.MISUSE
    assert word in library.last_error().decode(), library.last_error()
    assert not out.value


def test_the_environment(library, monkeypatch):
    for text in "1", "true", "YES", "on":
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", text)
        options = abi.ClientOptions()
        assert library.client_options_environment(options, None, 0) == abi.OK
        assert bytes(options.tls.contents) == bytes(abi.TLSOptions())
    own = abi.TLSOptions(server_name=b"other")
    options = abi.ClientOptions(tls=ctypes.pointer(own))
    assert library.client_options_environment(options, None, 0) == abi.OK
    assert options.tls.contents.server_name == b"other"
    for text in "0", "False", "no", "off":
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", text)
        assert library.client_options_environment(options, None, 0) == abi.OK
        assert not options.tls
    monkeypatch.setenv("UESYNTH_ENABLE_SSL", "perhaps")
    assert library.client_options_environment(options, None, 0) == abi.MISUSE
    assert b"UESYNTH_ENABLE_SSL" in library.last_error()


def test_a_process_that_exits_with_tls_on(authority, tls_servers, stock_tls):
    """Frames are on their way while exit handlers run; Python's own ssl has been used before."""
    program = textwrap.dedent(
        """
        import ctypes, sys, threading
        import abi
        from host import Client
        if sys.argv[3] == "ssl":
            import ssl
            ssl.create_default_context()
        table = abi.load(abi.library_path())
        options = abi.TLSOptions(ca_file=sys.argv[2].encode())
        client = Client(table, sys.argv[1], tls=ctypes.pointer(options))
        for _ in range(60):
            client.submit(abi.CAPTURE_RGB, width=640, height=480, flags=abi.SUBMIT_NOTIFY_ONLY)
        assert client.poll(capacity=1)
        print("out", flush=True)
        sys.exit(7)
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(servers.HERE)}
    for target in tls_servers("good"), stock_tls.target:
        for first in "ssl", "none":
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, "-c", program, target, authority.ca.file, first],
                    env=environment, capture_output=True, text=True, timeout=30,
                )
                assert (done.returncode, done.stdout) == (7, "out\n"), done.stderr


def test_no_descriptors_are_left(authority, tls_servers, library):
    def open_files():
        return len(os.listdir("/proc/self/fd"))

    target, foreign = tls_servers("good"), tls_servers("foreign")
    options = tls(ca_file=authority.ca.file)
    with Client(library, target, **options) as client:
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
    before = open_files()
    for _ in range(10):
        for one in target, foreign:
            with Client(library, one, **options) as client:
                library.client_connect(client.handle, 3000)
    assert open_files() <= before
