"""Metadata that goes with calls: fixed, and asked for by a callback."""

import ctypes
import threading
import time

import pytest

import abi
from host import Flag

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT


class Pairs:
    """Keywords for a client with these pairs; keeps what they point to."""

    def __init__(self, *pairs):
        array = (abi.Metadata * len(pairs))()
        self.kept = []
        for entry, (key, value) in zip(array, pairs):
            buffer = ctypes.create_string_buffer(value)
            self.kept.append(buffer)
            entry.key, entry.value = key, ctypes.addressof(buffer)
            entry.size = len(value) if key.endswith(b"-bin") else 0
        self.options = {"metadata": array, "metadata_count": len(pairs)}


class Tokens:
    """A callback that gives "Bearer 1", "Bearer 2" ..., and notes what it was asked."""

    def __init__(self, table, seconds=0, status=abi.OK):
        self.table, self.seconds, self.status = table, seconds, status
        self.methods, self.threads, self.statuses = [], set(), []
        self.release = Flag()
        self.function = abi.MetadataFunction(self)
        self.destroy = abi.DestroyFunction(self.release)

    def __call__(self, method, handle, _):
        self.methods.append(method.decode().rsplit("/", 1)[1])
        self.threads.add(threading.get_native_id())
        time.sleep(self.seconds)
        value = f"Bearer {len(self.methods)}".encode()
        self.statuses.append(self.table.metadata_list_add(handle, b"Authorization", value, 0))
        return self.status

    @property
    def options(self):
        return {
            "metadata_callback": self.function,
            "metadata_destroy": self.destroy,
            "insecure_metadata": 1,
        }


def test_fixed_pairs_go_with_every_call(stock, client_of):
    pairs = Pairs((b"X-Token", b"a b~"), (b"trace-bin", b"\0\xff\1"), (b"empty", b""))
    client = client_of(stock, insecure_metadata=1, **pairs.options)
    for route in STREAM, DIRECT, DIRECT:
        assert client.call(abi.CAPTURE_RGB, width=8, height=8, route=route).status == abi.OK
    seen = stock.control.metadata()
    assert [method for method, _ in seen] == ["ControlStream", "CaptureRgbImage", "CaptureRgbImage"]
    for _, found in seen:
        assert found["x-token"] == "a b~"
        assert found["trace-bin"] == {"hex": "00ff01"}
        assert found["empty"] == ""


@pytest.mark.parametrize("count", range(1, 8))
def test_bytes_of_any_length(stock, client_of, count):
    value = bytes(range(250, 250 - count, -1))
    pairs = Pairs((b"v-bin", value))
    client = client_of(stock, insecure_metadata=1, **pairs.options)
    assert client.call(abi.LIST_OBJECTS, route=DIRECT).status == abi.OK
    assert stock.control.metadata()[0][1]["v-bin"] == {"hex": value.hex()}


def test_a_callback_is_asked_for_each_call(stock, client_of, library):
    tokens = Tokens(library)
    client = client_of(stock, **tokens.options)
    for route in STREAM, STREAM, DIRECT, DIRECT:
        assert client.call(abi.CAPTURE_RGB, width=8, height=8, route=route).status == abi.OK
    # One stream is one call.
    expected = ["ControlStream", "CaptureRgbImage", "CaptureRgbImage"]
    assert tokens.methods == expected
    seen = stock.control.metadata()
    assert [method for method, _ in seen] == expected
    assert [found["authorization"] for _, found in seen] == ["Bearer 1", "Bearer 2", "Bearer 3"]
    assert tokens.statuses == [abi.OK] * 3
    assert len(tokens.threads) == 1 and threading.get_native_id() not in tokens.threads
    assert tokens.release.count == 0
    client.free()
    assert tokens.release.wait() == 1


def test_a_slow_callback_delays_nothing_but_its_call(stock, client_of, library):
    tokens = Tokens(library, seconds=0.4)
    client = client_of(stock, timeout_ms=5000, **tokens.options)
    assert client.call(abi.LIST_OBJECTS).status == abi.OK
    began = time.monotonic()
    slow = client.submit(abi.LIST_OBJECTS, route=DIRECT)
    for _ in range(20):
        assert client.call(abi.LIST_OBJECTS, route=STREAM).status == abi.OK
    assert time.monotonic() - began < 0.4
    assert [o.request_id for o in client.collect(1)] == [slow]
    # What is given up while the host thinks is over at once.
    late = client.call(abi.LIST_OBJECTS, route=DIRECT, timeout_ms=100)
    assert late.status == abi.DEADLINE_EXCEEDED
    began = time.monotonic()
    client.submit(abi.LIST_OBJECTS, route=DIRECT)
    time.sleep(0.05)
    client.free()
    # The one that runs is waited for.
    assert time.monotonic() - began < 1.5
    assert tokens.release.wait() == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (abi.PERMISSION_DENIED, abi.PERMISSION_DENIED),
        (abi.UNAVAILABLE, abi.UNAVAILABLE),
        (77, abi.UNAUTHENTICATED),
        (-1, abi.UNAUTHENTICATED),
    ],
)
@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_a_callback_that_refuses(stock, client_of, library, said, status, route):
    tokens = Tokens(library, status=said)
    client = client_of(stock, **tokens.options)
    ids = [client.submit(abi.LIST_OBJECTS, route=route) for _ in range(3)]
    outcomes = client.collect(3)
    assert {o.request_id for o in outcomes} == set(ids)
    for outcome in outcomes:
        assert outcome.status == status and "metadata callback" in outcome.message, outcome
    assert stock.control.metadata() == []
    # It may think better of it.
    tokens.status = abi.OK
    assert client.call(abi.LIST_OBJECTS, route=route).status == abi.OK


def test_many_calls_at_once(stock, client_of, library):
    tokens = Tokens(library)
    client = client_of(stock, lanes=2, **tokens.options)
    for _ in range(100):
        client.submit(abi.LIST_OBJECTS, route=DIRECT)
        client.submit(abi.LIST_OBJECTS, route=STREAM)
    assert all(o.status == abi.OK for o in client.collect(200))
    seen = stock.control.metadata()
    given = [found["authorization"] for _, found in seen]
    assert len(given) == len(set(given)) == len(tokens.methods) <= 102


def test_a_retry_has_the_metadata_of_its_call(stock, client_of, library):
    tokens = Tokens(library)
    client = client_of(stock, max_retries=2, **tokens.options)
    outcome = client.call(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT)
    assert outcome.status == abi.INTERNAL
    given = [found["authorization"] for _, found in stock.control.metadata()]
    assert given == ["Bearer 1"] * 3 and len(tokens.methods) == 1


def refused(library, **options):
    out = ctypes.c_void_p()
    status = library.client_new(b"localhost", abi.ClientOptions(**options), out)
    assert status == abi.MISUSE and not out.value
    return library.last_error().decode()


def test_nothing_is_sent_for_all_to_read_unasked(library):
    pairs, tokens = Pairs((b"authorization", b"x")), Tokens(library)
    for options in pairs.options, {**tokens.options, "insecure_metadata": 0}:
        said = refused(library, **options)
        assert "insecure_metadata" in said and "options.tls" in said
    assert tokens.release.wait() == 1


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        (b"", b"x", "key"),
        (b"a key", b"x", "a key"),
        (b":path", b"x", ":path"),
        (b"grpc-timeout", b"x", "grpc-timeout"),
        (b"Content-Type", b"x", "content-type"),
        (b"te", b"x", "te"),
        (b"k", "é".encode(), "ASCII"),
        (b"k", b"a\nb", "ASCII"),
        (b"k", b"v" * 7200, "7168"),
    ],
)
def test_pairs_that_are_refused(library, key, value, word):
    assert word in refused(library, insecure_metadata=1, **Pairs((key, value)).options)


def test_other_wrong_arguments(library):
    assert "NULL" in refused(library, insecure_metadata=1, metadata_count=1)
    many = Pairs(*[(b"k", b"v")] * 257)
    assert "256" in refused(library, insecure_metadata=1, **many.options)
    assert "insecure_metadata" in refused(library, insecure_metadata=2)
    assert library.metadata_list_add(None, b"k", None, 0) == abi.MISUSE


def test_a_callback_that_adds_too_much(stock, client_of, library):
    class Greedy(Tokens):
        def __call__(self, method, handle, _):
            for _ in range(3):
                status = self.table.metadata_list_add(handle, b"k", b"v" * 3000, 0)
                self.statuses.append(status)
            return abi.OK

    tokens = Greedy(library)
    client = client_of(stock, **tokens.options)
    assert client.call(abi.LIST_OBJECTS, route=DIRECT).status == abi.OK
    assert tokens.statuses == [abi.OK, abi.OK, abi.MISUSE]
