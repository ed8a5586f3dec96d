"""uesynth_raw.h: the cases of gRPC's interop tests against a stock server, and what can go wrong."""

import struct
import sys
import threading
import time

import pytest
import servers
from raw import COMPRESS, WAIT_FOR_READY, Raw

import abi
from host import wait_until

REQUEST_SIZES, REPLY_SIZES = [27182, 8, 1828, 45904], [31415, 9, 2653, 58979]
INITIAL = (b"x-grpc-test-echo-initial", b"test_initial_metadata_value")
TRAILING = (b"x-grpc-test-echo-trailing-bin", b"\xab\xab\xab\x00\x01")


def packed(*sizes):
    return struct.pack(f">{len(sizes)}I", *sizes)


@pytest.fixture(scope="module")
def echo():
    with servers.Server([sys.executable, servers.HERE / "echo_server.py"]) as server:
        yield server


@pytest.fixture
def raw(echo, client_of):
    return Raw(client_of(echo))


def test_empty_unary(raw):
    found = raw.call("/test.Echo/Empty")
    assert (found.status, found.data, found.message) == (abi.OK, b"", "")


def test_large_unary(raw):
    found = raw.call("/test.Echo/Unary", packed(314159) + bytes(271828))
    assert (found.status, found.data) == (abi.OK, bytes(314159))


def test_client_streaming(raw):
    with raw.stream("/test.Echo/Total") as stream:
        for size in REQUEST_SIZES:
            assert stream.write(bytes(size)) == abi.OK
        stream.done()
        assert stream.read() == packed(sum(REQUEST_SIZES))
        assert stream.read() == abi.OUT_OF_RANGE
        assert stream.finish().status == abi.OK


def test_server_streaming(raw):
    with raw.stream("/test.Echo/Send") as stream:
        assert stream.write(packed(*REPLY_SIZES)) == abi.OK
        stream.done()
        assert [len(stream.read()) for _ in REPLY_SIZES] == REPLY_SIZES
        assert stream.read() == abi.OUT_OF_RANGE
        assert stream.finish().status == abi.OK


def test_ping_pong(raw):
    with raw.stream("/test.Echo/PingPong") as stream:
        for asked, answered in zip(REQUEST_SIZES, REPLY_SIZES):
            assert stream.write(packed(answered) + bytes(asked)) == abi.OK
            assert len(stream.read()) == answered
        assert stream.read(timeout_ms=0) == abi.WOULD_BLOCK
        assert stream.finish(timeout_ms=0) == abi.WOULD_BLOCK
        stream.done()
        assert stream.finish().status == abi.OK


def test_empty_stream(raw):
    with raw.stream("/test.Echo/PingPong") as stream:
        stream.done()
        assert stream.read() == abi.OUT_OF_RANGE
        assert stream.finish().status == abi.OK


def test_custom_metadata(echo, client_of):
    raw = Raw(client_of(echo, insecure_metadata=1))
    found = raw.call("/test.Echo/Unary", packed(3), metadata=[INITIAL, TRAILING])
    assert found.status == abi.OK
    assert (INITIAL[0].decode(), INITIAL[1]) in found.initial
    assert found.trailing == [(TRAILING[0].decode(), TRAILING[1])]
    with raw.stream("/test.Echo/PingPong", metadata=[INITIAL, TRAILING]) as stream:
        stream.write(packed(1))
        assert stream.read() == bytes(1)
        stream.done()
        end = stream.finish()
        assert (INITIAL[0].decode(), INITIAL[1]) in end.initial
        assert end.trailing == [(TRAILING[0].decode(), TRAILING[1])]


def test_metadata_are_not_sent_for_all_to_read_unasked(raw):
    status, text = raw.call("/test.Echo/Unary", packed(3), metadata=[INITIAL])
    assert status == abi.MISUSE
    assert "insecure_metadata" in text
    with pytest.raises(AssertionError, match="insecure_metadata"):
        with raw.stream("/test.Echo/PingPong", metadata=[INITIAL]):
            pass
    assert raw.call("/test.Echo/Unary", packed(3)).data == bytes(3)


class Asked:
    """A metadata callback that gives what the server is to send back."""

    def __init__(self, table, status=abi.OK, seconds=0):
        self.table, self.status, self.seconds, self.methods = table, status, seconds, []
        self.function = abi.MetadataFunction(self)
        self.options = {"metadata_callback": self.function, "insecure_metadata": 1}

    def __call__(self, method, handle, _):
        self.methods.append(method.decode())
        time.sleep(self.seconds)
        key, value = TRAILING
        value = value + bytes([len(self.methods)])
        assert self.table.metadata_list_add(handle, key, value, len(value)) == abi.OK
        return self.status


def test_the_metadata_callback_is_asked_for_each_call(echo, client_of, library):
    asked = Asked(library)
    raw = Raw(client_of(echo, **asked.options))
    for count in 1, 2:
        found = raw.call("/test.Echo/Unary", packed(3), metadata=[INITIAL])
        assert (found.status, found.data) == (abi.OK, bytes(3))
        assert (INITIAL[0].decode(), INITIAL[1]) in found.initial
        assert found.trailing == [(TRAILING[0].decode(), TRAILING[1] + bytes([count]))]
    with raw.stream("/test.Echo/PingPong") as stream:
        stream.write(packed(1))
        assert stream.read() == bytes(1)
        stream.done()
        assert stream.finish().trailing == [(TRAILING[0].decode(), TRAILING[1] + b"\3")]
    assert asked.methods == ["/test.Echo/Unary"] * 2 + ["/test.Echo/PingPong"]


def test_a_metadata_callback_that_refuses_or_takes_long(echo, client_of, library):
    refusing = Asked(library, status=7)
    raw = Raw(client_of(echo, **refusing.options))
    found = raw.call("/test.Echo/Empty")
    assert (found.status, found.message.split(" (")[0]) == (
        7,
        "the metadata callback gave no metadata for /test.Echo/Empty",
    )
    slow = Asked(library, seconds=0.5)
    client = client_of(echo, **slow.options)
    raw = Raw(client)
    assert raw.call("/test.Echo/Empty", timeout_ms=50).status == abi.DEADLINE_EXCEEDED
    with raw.stream("/test.Echo/PingPong") as stream:
        stream.cancel()
        assert stream.finish().status == abi.CANCELLED
    with raw.stream("/test.Echo/PingPong") as stream:
        client.table.client_close(client.handle)
        assert stream.finish().status == abi.CLOSED


def test_status_code_and_message(raw):
    found = raw.call("/test.Echo/Status", b"2 test status message")
    assert (found.status, found.message, found.data) == (2, "test status message", b"")


def test_special_status_message(raw):
    words = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
    found = raw.call("/test.Echo/Status", b"2 " + words.encode())
    assert (found.status, found.message) == (2, words)


@pytest.mark.parametrize("method", ["/test.Echo/Nothing", "/test.Nobody/Unary"])
def test_unimplemented(raw, method):
    assert raw.call(method).status == abi.UNIMPLEMENTED
    with raw.stream(method) as stream:
        assert stream.finish().status == abi.UNIMPLEMENTED


def test_cancel_after_begin(raw):
    with raw.stream("/test.Echo/Total") as stream:
        stream.cancel()
        assert stream.read() == abi.OUT_OF_RANGE
        assert stream.finish().status == abi.CANCELLED
        assert stream.write(b"x") == abi.CLOSED


def test_cancel_after_first_response(raw):
    with raw.stream("/test.Echo/PingPong") as stream:
        stream.write(packed(31415) + bytes(27182))
        assert len(stream.read()) == 31415
        stream.cancel()
        assert stream.finish().status == abi.CANCELLED


def test_timeout_on_sleeping_server(raw):
    began = time.monotonic()
    found = raw.call("/test.Echo/Sleep", timeout_ms=100)
    assert found.status == abi.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 2.5
    with raw.stream("/test.Echo/PingPong", timeout_ms=50) as stream:
        assert stream.finish().status == abi.DEADLINE_EXCEEDED


def test_compressed_both_ways(echo, client_of):
    client = client_of(echo, compression=1)
    raw = Raw(client)
    found = raw.call("/test.Echo/Compressed", packed(314159) + bytes(271828), flags=COMPRESS)
    assert (found.status, found.data) == (abi.OK, bytes(314159))
    stats = client.stats()
    assert stats["bytes_sent"] < 10000
    assert stats["bytes_received"] < 10000


# ---- Limits and mistakes --------------------------------------------------------------------------


def test_messages_as_fast_as_they_go(raw):
    """More than any window, both ways, while another thread reads."""
    size, count = 100_000, 200
    with raw.stream("/test.Echo/PingPong") as stream:
        found = []

        def read():
            while not isinstance(message := stream.read(), int):
                found.append(len(message))

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(count):
            assert stream.write(packed(size) + bytes(size)) == abi.OK
        stream.done()
        reader.join(30)
        assert found == [size] * count
        assert stream.finish().status == abi.OK


def test_a_server_that_sends_more_than_is_read_has_to_wait(echo, client_of):
    client = client_of(echo)
    raw = Raw(client)
    with raw.stream("/test.Echo/Send") as stream:
        stream.write(packed(*[1 << 20] * 200))
        stream.done()
        assert len(stream.read()) == 1 << 20
        time.sleep(0.3)
        # What waits here, the window, and what is on the way.
        assert client.stats()["bytes_received"] < 40 << 20
        assert client.call(abi.LIST_OBJECTS, route=abi.ROUTE_DIRECT).status == abi.UNIMPLEMENTED
        assert stream.finish().status == abi.OK


def test_a_host_that_writes_more_than_is_read_has_to_wait(raw):
    with raw.stream("/test.Echo/Send") as stream:
        assert stream.write(packed(*[1 << 20] * 60)) == abi.OK
        status = abi.OK
        for _ in range(200):
            status = stream.write(bytes(1 << 20), timeout_ms=200)
            if status != abi.OK:
                break
        assert status in (abi.WOULD_BLOCK, abi.CLOSED)


def test_too_long_both_ways(echo, client_of):
    raw = Raw(client_of(echo, max_receive_message_length=1000, max_send_message_length=2000))
    found = raw.call("/test.Echo/Unary", packed(1001))
    assert found.status == abi.RESOURCE_EXHAUSTED
    assert "max_receive_message_length" in found.message
    status, text = raw.call("/test.Echo/Unary", bytes(2001))
    assert status == abi.RESOURCE_EXHAUSTED
    assert "max_send_message_length" in text
    assert raw.call("/test.Echo/Unary", packed(1000)).status == abi.OK


@pytest.mark.parametrize(
    ("method", "members"),
    [
        (None, {}),
        ("", {}),
        ("test.Echo/Unary", {}),
        ("/test.Echo", {}),
        ("//Unary", {}),
        ("/a/b/c", {}),
        ("/test.Echo/Un ary", {}),
        ("/test.Echo/Ünary", {}),
        ("/" + "a" * 2000 + "/b", {}),
        ("/test.Echo/Unary", {"flags": 4}),
        ("/test.Echo/Unary", {"timeout_ms": -1}),
        ("/test.Echo/Unary", {"metadata": [(b"grpc-x", b"y")]}),
        ("/test.Echo/Unary", {"metadata": [(b"key", b"\x01")]}),
    ],
)
def test_mistakes_are_refused(raw, method, members):
    status, text = raw.call(method, packed(1), **members)
    assert status == abi.MISUSE
    assert text


def test_null_handles(raw):
    functions = raw.functions
    assert functions["raw_stream_cancel"](None) == abi.OK
    functions["raw_stream_free"](None)
    functions["raw_result_free"](None)
    for status in (
        functions["call_raw"](None, b"/a/b", b"", 0, None, None),
        functions["call_raw"](raw.client.handle, b"/a/b", None, 5, None, None),
        functions["raw_stream_open"](raw.client.handle, b"/a/b", None, None),
        functions["raw_stream_open"](None, b"/a/b", None, None),
        functions["raw_stream_write"](None, b"", 0, 0),
        functions["raw_stream_writes_done"](None),
        functions["raw_stream_read"](None, 0, None, None),
        functions["raw_stream_finish"](None, 0, None),
    ):
        assert status == abi.MISUSE


def test_no_server(client_of):
    port = servers.free_port()
    raw = Raw(client_of(f"127.0.0.1:{port}", initial_backoff_ms=50))
    assert raw.call("/test.Echo/Empty").status == abi.UNAVAILABLE
    late = raw.call("/test.Echo/Empty", flags=WAIT_FOR_READY, timeout_ms=300)
    assert late.status == abi.DEADLINE_EXCEEDED


def test_calls_end_with_the_server_and_with_the_client(client_of):
    with servers.Server([sys.executable, servers.HERE / "echo_server.py"]) as server:
        client = client_of(server)
        raw = Raw(client)
        with raw.stream("/test.Echo/PingPong") as stream:
            stream.write(packed(5))
            assert len(stream.read()) == 5
            server.kill()
            assert stream.finish().status == abi.UNAVAILABLE
    with servers.Server([sys.executable, servers.HERE / "echo_server.py"]) as server:
        client = client_of(server)
        raw = Raw(client)
        with raw.stream("/test.Echo/PingPong") as stream:
            stream.write(packed(5))
            assert len(stream.read()) == 5
            client.check(client.table.client_close(client.handle))
            assert stream.finish().status == abi.CLOSED
            client.free()
            assert stream.write(b"x") == abi.CLOSED


def test_nothing_is_left(echo, client_of):
    """Two hundred calls of every kind, and the memory and the descriptors of before."""
    import os
    import resource

    raw = Raw(client_of(echo))

    def session():
        assert raw.call("/test.Echo/Unary", packed(100_000)).status == abi.OK
        with raw.stream("/test.Echo/PingPong") as stream:
            stream.write(packed(100_000))
            assert len(stream.read()) == 100_000
        with raw.stream("/test.Echo/Send") as stream:
            stream.write(packed(*[50_000] * 5))
            stream.done()

    for _ in range(50):
        session()
    files = len(os.listdir("/proc/self/fd"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        session()
    wait_until(lambda: len(os.listdir("/proc/self/fd")) == files)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10
