"""Every option does something that can be seen: those of a client and of a runtime. What test_client_fetch
(overflow, stream_buffer_size), test_client_frames (max_receive_message_length, allocator),
test_client_stream (when_full), test_client_order (distinct_cameras), test_client_faults
(connect_timeout_ms), test_backpressure (stream_buffer_bytes) and test_ticks (lanes) show is not here."""

import ctypes
import resource
import time

import pytest

import abi
import pictures
import servers
from host import Client, action, runtime, wait_until
from test_backpressure import BYTES, FULL_HD, MIB, captures, still, take_size
from test_client_stream import submit_batch

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
SMALL = {"width": 8, "height": 8}


# ---- Presets ----------------------------------------------------------------------------------------


def preset(library, name, **changes):
    options = abi.ClientOptions()
    assert library.client_options_preset(abi.PRESETS[name], options) == abi.OK
    found = {field: getattr(options, field) for field, _ in options._fields_}
    return {**found, **changes}


@pytest.fixture
def deaf():
    """The target of a server that accepts and says nothing, so that whatever is submitted waits."""

    def sink(connection):
        while connection.recv(65536):
            pass

    with servers.socket_server(sink) as target:
        yield target


@pytest.mark.parametrize(
    ("name", "requests", "timeout"),
    [
        ("DEFAULT", 1024, 5000),
        ("DEVELOPMENT", 50, 30000),
        ("PRODUCTION", 500, 2000),
        ("HIGH_THROUGHPUT", 1000, 1000),
        ("LOW_MEMORY", 100, 5000),
    ],
)
def test_a_preset_allows_so_many_requests_for_so_long(deaf, client_of, library, name, requests, timeout):
    client = client_of(deaf, **preset(library, name, when_full=abi.WHEN_FULL_WOULD_BLOCK))
    array, submitted = (abi.Action * 1100)(*[action(abi.LIST_OBJECTS)] * 1100), ctypes.c_size_t()
    status = library.client_submit_batch(
        client.handle,
        array,
        1100,
        ctypes.sizeof(abi.Action),
        abi.SubmitOptions(route=DIRECT),
        None,
        submitted,
        abi.EventFunction(),
        None,
        abi.DestroyFunction(),
    )
    assert (status, submitted.value) == (abi.WOULD_BLOCK, requests)
    assert b"max_concurrent_requests" in library.last_error()
    if timeout <= 2000:
        outcomes = client.collect(requests, timeout_ms=timeout + 2000)
        assert {outcome.status for outcome in outcomes} == {abi.DEADLINE_EXCEEDED}
        assert f"{timeout / 1000} s" in outcomes[0].message
    else:
        assert client.poll(timeout_ms=300) == []


def test_the_preset_for_high_throughput_on_an_engine(simulators, client_of, library):
    """1,000 captures on one lane of 600 ticks a second take longer than its timeout, which bounds silence:
    all arrive, without a submit that has to wait."""
    client = client_of(
        simulators("--tick-hz", "600"),
        **preset(library, "HIGH_THROUGHPUT", when_full=abi.WHEN_FULL_WOULD_BLOCK),
    )
    numbers = captures(client, 1000, SMALL, STREAM)
    outcomes = client.collect(1000)
    assert [outcome.request_id for outcome in outcomes] == numbers
    assert {outcome.status for outcome in outcomes} == {abi.OK}


@pytest.mark.parametrize(
    ("name", "kept"), [("LOW_MEMORY", 7), ("DEVELOPMENT", 31), ("DEFAULT", 40)]
)
def test_a_preset_keeps_so_much(simulators, client_of, library, name, kept):
    """Pictures of 1080p that nobody fetches, as many as its bytes hold."""
    options = preset(library, name, overflow=abi.OVERFLOW_DROP_NEWEST)
    client = client_of(simulators("--replay"), **options)
    captures(client, 40, FULL_HD, STREAM, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    stats = client.stats()
    assert kept - 2 <= stats["frames_queued"] <= kept
    assert stats["buffer_bytes_peak"] <= options["stream_buffer_bytes"]


def test_the_preset_for_high_throughput_takes_longer_messages(stock, client_of, library):
    """70 MB, which is more than the 64 MiB of the others (test_a_reply_over_the_default_limit)."""
    client = client_of(stock, **preset(library, "HIGH_THROUGHPUT", timeout_ms=20000))
    assert client.call(abi.CAPTURE_RGB, name="?huge=70000000", **SMALL).status == abi.OK


# ---- Retries ----------------------------------------------------------------------------------------


def tries(stock, kind=abi.CAPTURE_RGB):
    return sum(done == kind for done, _, _ in stock.control.log())


@pytest.mark.parametrize("most", [0, 1, 3])
def test_max_retries(stock, client_of, most):
    client = client_of(stock, max_retries=most)
    outcome = client.call(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT, **SMALL)
    assert outcome.status == abi.INTERNAL and "Failed to capture image" in outcome.message
    assert (tries(stock), client.stats()["retries"]) == (1 + most, most)


def test_a_capture_that_works_at_last(library):
    with servers.simulator("--capture-fails", "2") as server:
        with Client(library, server.target, max_retries=2) as client:
            assert client.call(abi.CAPTURE_RGB, route=DIRECT, **SMALL).status == abi.OK
            assert client.stats()["retries"] == 2


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        (abi.SET_CAMERA_TRANSFORM, "?fail=INTERNAL", abi.INTERNAL),
        (abi.GET_CAMERA_TRANSFORM, "?fail=INTERNAL", abi.INTERNAL),
        (abi.CAPTURE_RGB, "?fail=NOT_FOUND", abi.NOT_FOUND),
        (abi.CAPTURE_RGB, "?fail=UNAVAILABLE", abi.UNAVAILABLE),
    ],
)
def test_nothing_else_is_tried_again(stock, client_of, kind, name, status):
    client = client_of(stock, max_retries=5)
    assert client.call(kind, name=name, route=DIRECT).status == status
    assert (tries(stock, kind), client.stats()["retries"]) == (1, 0)


def test_retries_have_a_budget(stock, client_of):
    """A server that fails everything is tried ten times in vain, not a hundred times for each; what
    succeeds earns new ones."""
    client = client_of(stock, max_retries=100, timeout_ms=20000)

    def fail(count):
        for _ in range(count):
            client.submit(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT, timeout_ms=3000)
        assert {outcome.status for outcome in client.collect(count)} == {abi.INTERNAL}
        return client.stats()["retries"]

    first = fail(30)
    assert first <= 10
    assert fail(5) == first
    for _ in range(40):
        assert client.call(abi.CAPTURE_RGB, route=DIRECT, **SMALL).status == abi.OK
    assert first < fail(20) <= first + 4


# ---- What clients of a runtime share ----------------------------------------------------------------


def test_memory_bytes_is_one_cap_for_all_clients_of_a_runtime(simulators, library):
    """Each client alone may hold 512 MiB; together they get 64: what one holds the other cannot have. What
    comes within the windows of their streams may be beyond."""
    target = simulators("--replay")
    with runtime(library, memory_bytes=64 * MIB) as shared:
        clients = [Client(library, target, runtime=shared, timeout_ms=20000) for _ in range(2)]
        asked = [
            captures(client, 10, FULL_HD, STREAM, flags=abi.SUBMIT_NO_EVENT) for client in clients
        ]

        def kept():
            # Two looks are not of one moment, in which a frame may leave here and another come there.
            return min(
                sum(client.stats()["frame_bytes_kept"] for client in clients) for _ in range(4)
            )

        most = 64 * MIB + 2 * MIB
        assert 5 * BYTES[1920] <= still(kept) <= most
        for client, numbers in zip(clients, asked):
            for number in numbers:
                assert take_size(client, number) == BYTES[1920]
                assert kept() <= most
        for client in clients:
            client.free()


@pytest.mark.parametrize("megabytes", [2, 12])
def test_a_memory_cap_smaller_than_a_window_stops_nobody(simulators, library, megabytes):
    """More comes than any window holds, a reply at a time: credit is returned between them, and as there is
    room the latest picture stays."""
    with runtime(library, memory_bytes=megabytes * MIB) as shared:
        client = Client(library, simulators("--replay"), runtime=shared, timeout_ms=5000)
        while client.stats()["bytes_received"] < 20 * MIB:
            for _ in range(100):
                assert client.call(abi.CAPTURE_RGB, route=STREAM, width=32, height=32).status == abi.OK
                assert client.call(abi.LIST_OBJECTS, route=STREAM).status == abi.OK
            assert client.latest(peek=1)[0] == abi.OK
        client.free()


def test_without_memory_bytes_each_client_has_its_own(simulators, library):
    target = simulators("--replay")
    with runtime(library) as shared:
        clients = [Client(library, target, runtime=shared, timeout_ms=20000) for _ in range(2)]
        for client in clients:
            captures(client, 10, FULL_HD, STREAM, flags=abi.SUBMIT_NO_EVENT)
        for client in clients:
            wait_until(lambda client=client: client.stats()["frames_queued"] == 10)
            client.free()


# ---- The others -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [1, 3, 12])
def test_lanes_are_that_many_streams(stock, client_of, lanes):
    client = client_of(stock, lanes=lanes)
    actions = [action(abi.GET_CAMERA_TRANSFORM, name="?slow=0.01")] * 60
    submit_batch(client, actions, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    assert stock.control.streams() == lanes


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_timeout_ms_of_a_client_and_of_a_request(stock, client_of, route):
    client = client_of(stock, timeout_ms=250)
    slow = {"name": "?slow=0.6", "route": route, **SMALL}
    assert client.call(abi.CAPTURE_RGB, **slow).status == abi.DEADLINE_EXCEEDED
    assert client.call(abi.CAPTURE_RGB, timeout_ms=5000, **slow).status == abi.OK
    began = time.monotonic()
    assert client.call(abi.CAPTURE_RGB, timeout_ms=50, **slow).status == abi.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 0.5


def test_stream_buffer_size_bounds_what_waits_for_the_host(stock, client_of):
    for frames in 1, 7:
        client = client_of(stock, stream_buffer_size=frames, timeout_ms=20000)
        numbers = captures(client, 20, SMALL, STREAM, flags=abi.SUBMIT_NO_EVENT)
        assert still(lambda client=client: client.stats()["frames_queued"], 0.2) == frames
        for number in numbers:
            status, picture = client.take(number, 5000)
            assert (status, picture.data) == (abi.OK, pictures.picture(pictures.RGB, 8, 8))
            assert client.stats()["frames_queued"] <= frames


def sleeps(work):
    """How often this thread went to sleep meanwhile."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    work()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before


@pytest.mark.parametrize("way", ["call", "poll", "take"])
def test_busy_poll_us_keeps_a_waiting_thread_awake(stock, client_of, way):
    def work(client):
        for _ in range(10):
            if way == "call":
                assert client.call(abi.CAPTURE_RGB, name="?slow=0.005", **SMALL).status == abi.OK
                continue
            flags = 0 if way == "poll" else abi.SUBMIT_NO_EVENT
            (number,) = captures(client, 1, {"name": "?slow=0.005", **SMALL}, STREAM, flags=flags)
            if way == "poll":
                assert [event.request_id for event in client.poll(5000)] == [number]
            else:
                assert client.take(number, 5000)[0] == abi.OK

    busy, sleepy = client_of(stock, busy_poll_us=1_000_000), client_of(stock)
    for client in busy, sleepy:
        client.check(client.table.client_connect(client.handle, 5000))
    assert sleeps(lambda: work(sleepy)) >= 10
    # A lock that another thread holds may put it to sleep all the same.
    assert sleeps(lambda: work(busy)) < 8


def test_busy_poll_us_has_an_end(stock, client_of):
    """A second is the most; then the thread sleeps as any other, and a wait has its own end."""
    client = client_of(stock, busy_poll_us=20_000)
    began = time.process_time()
    assert client.call(abi.CAPTURE_RGB, name="?slow=0.8", **SMALL).status == abi.OK
    assert time.process_time() - began < 0.4
