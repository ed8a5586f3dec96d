"""Hosts that are slower than the server: nothing is lost, the memory stays under its cap, the server is made
to wait, and all else goes on. Against the stock server, whose log says how much it has done, and against
prepared pictures of the simulator."""

import ctypes
import threading
import time

import pytest

import abi
import pictures
import servers
from host import Recorder, action, wait_until
from stock_client import StockClient
from test_client_stream import submit_batch

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
FULL_HD, ULTRA_HD = {"width": 1920, "height": 1080}, {"width": 3840, "height": 2160}
BYTES = {1920: 1920 * 1080 * 4, 3840: 3840 * 2160 * 4}
MIB = 1 << 20
NO_EVENT = abi.SUBMIT_NO_EVENT


def captures(client, count, size, route, **options):
    actions = [action(abi.CAPTURE_RGB, **size) for _ in range(count)]
    return submit_batch(client, actions, route=route, **options)


def take_size(client, number, timeout_ms=20000):
    """Fetches a frame and lets it go, without a look at its bytes."""
    frame, info = ctypes.c_void_p(), abi.FrameInfo()
    client.check(client.table.client_take_frame(client.handle, number, timeout_ms, frame))
    client.check(client.table.frame_view(frame, info))
    client.table.frame_release(frame)
    return info.size


def still(value, seconds=0.4):
    """The value, once it has not changed for a while."""
    last, since = value(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.02)
        if (now := value()) != last:
            last, since = now, time.monotonic()
    return last


# ---- The server waits -------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_with_block_the_server_stands_still_until_frames_are_fetched(stock, client_of, route):
    """Some 30 MiB of room hold two or three pictures of 1080p. The server is stopped in the middle of one
    of those that follow, long before it has done all that it was asked for."""
    cap = 32 * MIB
    client = client_of(stock, stream_buffer_bytes=cap, timeout_ms=30000)
    numbers = captures(client, 24, FULL_HD, route, flags=NO_EVENT)
    done = still(lambda: len(stock.control.log()))
    stats = client.stats()
    assert 2 <= stats["frames_queued"] <= 3
    assert done < 20 or route == DIRECT
    assert stats["frame_bytes_kept"] == stats["frames_queued"] * BYTES[1920]
    assert stats["buffer_bytes_peak"] <= cap
    received = stats["bytes_received"]
    assert still(lambda: client.stats()["bytes_received"], 0.2) == received
    for number in numbers:
        assert take_size(client, number) == BYTES[1920]
    stats = client.stats()
    assert (stats["frames_received"], stats["frames_delivered"]) == (24, 24)
    assert stats["buffer_bytes_peak"] <= cap


@pytest.fixture
def stopped(client_of):
    """A client of four lanes whose frames nobody fetches, so that one of its streams stands still; of a
    server that asks by pings whether it is alive."""
    options = ["--keepalive-ms", "1000"]
    with servers.stock(*options) as server, StockClient(server.target) as control:
        server.control = control
        client = client_of(server, stream_buffer_bytes=32 * MIB, lanes=4, timeout_ms=30000)
        client.waiting = captures(client, 12, FULL_HD, STREAM, flags=NO_EVENT)
        still(lambda: client.stats()["bytes_received"])
        assert client.stats()["frames_queued"] < 12
        yield client


def test_while_one_stream_stands_still_all_else_goes_on(stopped, library):
    """Unary calls and small replies pass, deadlines are kept, and pings are answered: the server closes a
    connection that leaves one unanswered for a second."""
    began = time.monotonic()
    assert stopped.call(abi.LIST_OBJECTS, route=DIRECT, timeout_ms=5000).status == abi.OK
    assert stopped.call(abi.CAPTURE_RGB, route=DIRECT, width=64, height=48).status == abi.OK
    late = stopped.submit(abi.CAPTURE_RGB, route=DIRECT, timeout_ms=300, **FULL_HD)
    [outcome] = stopped.collect(1)
    assert (outcome.request_id, outcome.status) == (late, abi.DEADLINE_EXCEEDED)
    while time.monotonic() - began < 3.2:
        assert stopped.call(abi.LIST_OBJECTS, route=DIRECT, timeout_ms=5000).status == abi.OK
        time.sleep(0.2)
    stats = stopped.stats()
    assert (stats["disconnects"], stats["frames_queued"]) == (0, 3)
    for number in stopped.waiting:
        assert take_size(stopped, number) == BYTES[1920]


@pytest.mark.parametrize("route", [STREAM, DIRECT])
@pytest.mark.parametrize("full", [{"stream_buffer_size": 3}, {"stream_buffer_bytes": 32 * MIB}], ids=str)
def test_captures_that_wait_for_a_place_hold_back_nobody(stock, client_of, full, route):
    """Commands and reads that are submitted behind them pass, also on the one lane that there is."""
    client = client_of(stock, timeout_ms=30000, **full)
    numbers = captures(client, 12, FULL_HD, route, flags=NO_EVENT)
    still(lambda: client.stats()["bytes_received"], 0.2)
    assert client.stats()["frames_queued"] <= 3
    listed = client.submit(abi.LIST_OBJECTS, route=route)
    [outcome] = client.poll(timeout_ms=5000)
    assert (outcome.request_id, outcome.status) == (listed, abi.OK)
    assert client.stats()["frames_queued"] <= 3
    # A change waits for the captures before it, as ORDER says.
    moved = client.submit(abi.SET_CAMERA_TRANSFORM, route=route)
    assert client.poll(timeout_ms=100) == []
    for number in numbers:
        assert take_size(client, number) == BYTES[1920]
    assert [o.request_id for o in client.collect(1)] == [moved]


def test_lanes_whose_server_is_slow_do_not_hold_back_others(stock, client_of):
    client = client_of(stock, lanes=3, timeout_ms=30000)
    slow = [client.submit(abi.CAPTURE_RGB, name="?slow=1", route=STREAM) for _ in range(2)]
    listed = client.submit(abi.LIST_OBJECTS, route=STREAM)
    first, *others = [outcome.request_id for outcome in client.collect(3)]
    assert first == listed and sorted(others) == slow


@pytest.mark.parametrize("wait_ms", [-1, 20000])
def test_waiting_for_one_frame_while_others_fill_the_buffer_comes_to_an_end(stock, client_of, wait_ms):
    """The frame that is waited for is the slow one, of another lane, and there is room for two. Nobody
    fetches those that came before it: after one timeout they give way."""
    client = client_of(stock, stream_buffer_size=2, lanes=2, timeout_ms=300)
    slow = client.submit(abi.CAPTURE_RGB, name="?slow=0.1", flags=NO_EVENT, width=8, height=8)
    captures(client, 4, {"width": 8, "height": 8}, STREAM, flags=NO_EVENT)
    last = client.submit(abi.CAPTURE_RGB, flags=NO_EVENT, width=8, height=8)
    assert client.take(last, wait_ms)[0] == abi.OK
    stats = client.stats()
    assert stats["frames_dropped_expired"] >= 3
    assert client.take(slow)[0] in (abi.OK, abi.NO_FRAME)


# ---- Under the cap ----------------------------------------------------------------------------------

POLICIES = {
    "BLOCK": abi.OVERFLOW_BLOCK,
    "DROP_OLDEST": abi.OVERFLOW_DROP_OLDEST,
    "DROP_NEWEST": abi.OVERFLOW_DROP_NEWEST,
    "LATEST": abi.OVERFLOW_LATEST,
}


@pytest.mark.parametrize(
    ("size", "route"), [(FULL_HD, STREAM), (FULL_HD, DIRECT), (ULTRA_HD, STREAM)]
)
@pytest.mark.parametrize("policy", POLICIES)
def test_a_slow_consumer_stays_under_the_cap(simulators, client_of, policy, size, route):
    """What the client holds never exceeds the cap, whatever gives way. A frame that comes is fetched,
    gives way, or is waited for: each request ends once."""
    cap, length = 96 * MIB, BYTES[size["width"]]
    client = client_of(
        simulators("--replay"),
        stream_buffer_bytes=cap,
        overflow=POLICIES[policy],
        lanes=4,
        timeout_ms=20000,
    )
    numbers = captures(client, 10, size, route, flags=abi.SUBMIT_NOTIFY_ONLY)
    fetched = 0
    for number in numbers:
        frame = ctypes.c_void_p()
        status = client.table.client_take_frame(client.handle, number, 20000, frame)
        client.table.frame_release(frame)
        assert status in (abi.OK, abi.NO_FRAME)
        fetched += status == abi.OK
        time.sleep(0.01)
        assert client.stats()["buffer_bytes"] <= cap
    assert len(client.collect(10)) == 10
    stats = client.stats()
    assert length <= stats["buffer_bytes_peak"] <= cap
    assert (stats["frames_delivered"], stats["frames_received"]) == (fetched, 10)
    assert fetched == 10 if policy == "BLOCK" else fetched >= 1


# ---- Frames that are larger than what is granted ----------------------------------------------------


@pytest.mark.parametrize("route", [STREAM, DIRECT])
@pytest.mark.parametrize("lanes", [1, 16])
def test_a_frame_larger_than_any_window(simulators, client_of, route, lanes):
    """32 MiB of pixels through windows of 1 MiB and less."""
    client = client_of(simulators("--replay"), stream_buffer_bytes=64 * MIB, lanes=lanes)
    for _ in range(3):
        outcome = client.call(abi.CAPTURE_RGB, route=route, **ULTRA_HD)
        assert (outcome.status, outcome.picture.size) == (abi.OK, BYTES[3840])
    assert BYTES[3840] <= client.stats()["buffer_bytes_peak"] <= 64 * MIB


def test_a_frame_that_can_never_fit_names_the_option_and_the_size(simulators, client_of):
    client = client_of(simulators("--replay"), stream_buffer_bytes=30 * MIB, lanes=4)
    outcome = client.call(abi.CAPTURE_RGB, **ULTRA_HD)
    assert outcome.status == abi.RESOURCE_EXHAUSTED
    assert "stream_buffer_bytes" in outcome.message
    least = int(outcome.message.rsplit(" ", 1)[1])
    assert least >= 2 * BYTES[3840]
    assert client.call(abi.CAPTURE_RGB, **FULL_HD).status == abi.OK
    enough = client_of(simulators("--replay"), stream_buffer_bytes=least, lanes=4)
    assert enough.call(abi.CAPTURE_RGB, **ULTRA_HD).status == abi.OK


def four_thousand(client, count, routes, frames=BYTES[3840]):
    """So many 4K captures by turns on these routes, each let go as it comes: all arrive."""
    sizes, changed = [], threading.Condition()

    def callback(event, _):
        info = abi.FrameInfo()
        client.table.frame_view(event[0].frame, info)
        with changed:
            sizes.append((event[0].status, info.size))
            changed.notify_all()

    for number in range(count):
        client.submit(abi.CAPTURE_RGB, callback, route=routes[number % len(routes)], **ULTRA_HD)
    with changed:
        assert changed.wait_for(lambda: len(sizes) == count, 40), len(sizes)
    assert set(sizes) == {(abi.OK, frames)}
    assert client.stats()["frames_delivered"] == count
    return client.stats()["buffer_bytes_peak"]


@pytest.mark.parametrize("routes", [[STREAM], [DIRECT], [STREAM, DIRECT]], ids=str)
def test_half_received_frames_do_not_lock_each_other_out(simulators, client_of, routes):
    """Sixteen lanes or calls send a 4K picture each (31.6 MiB), and there is room for one and a bit: the
    first to come is let through, then the next."""
    client = client_of(
        simulators("--replay"), stream_buffer_bytes=40 * MIB, lanes=16, timeout_ms=30000
    )
    assert BYTES[3840] < four_thousand(client, 24, routes) <= 40 * MIB


def test_a_large_frame_waits_for_the_windows_of_small_ones(simulators, client_of):
    """Many small calls have the windows that a 4K picture needs: it waits until they are over, and no
    further ones begin before it."""
    client = client_of(simulators("--replay"), stream_buffer_bytes=40 * MIB, timeout_ms=30000)
    small = [
        client.submit(abi.CAPTURE_DEPTH, route=DIRECT, width=256, height=256, flags=NO_EVENT)
        for _ in range(30)
    ]
    large = captures(client, 1, ULTRA_HD, STREAM, flags=NO_EVENT)
    small += [
        client.submit(abi.CAPTURE_DEPTH, route=DIRECT, width=256, height=256, flags=NO_EVENT)
        for _ in range(30)
    ]
    for number in small:
        assert take_size(client, number) == 256 * 256 * 4
    assert take_size(client, *large) == BYTES[3840]
    assert client.stats()["buffer_bytes_peak"] <= 40 * MIB


# ---- Nobody fetches ---------------------------------------------------------------------------------


def test_five_thousand_captures_that_nobody_fetches(simulators, client_of):
    """Under BLOCK the oldest give way after one timeout, so that a program cannot stall itself."""
    client = client_of(simulators("--replay"), timeout_ms=200, max_concurrent_requests=6000)
    captures(client, 5000, {"width": 16, "height": 12}, STREAM, flags=NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 20)
    stats = client.stats()
    assert stats["frames_received"] == stats["completed_ok"] == 5000
    assert stats["frames_dropped_expired"] == 5000 - stats["frames_queued"]
    assert stats["frames_queued"] <= 1024


def test_both_habits(simulators, client_of):
    """Submit all and wait for each; and submit one and look at the latest alone."""
    client = client_of(simulators("--replay"), timeout_ms=10000)
    numbers = captures(client, 80, FULL_HD, STREAM, flags=NO_EVENT)
    assert {take_size(client, number) for number in numbers} == {BYTES[1920]}
    seen = 0
    for _ in range(80):
        client.submit(abi.CAPTURE_RGB, flags=NO_EVENT, **FULL_HD)
        frame = ctypes.c_void_p()
        if client.table.client_latest_frame(client.handle, abi.RGB, b"", 0, frame) == abi.OK:
            seen += 1
            client.table.frame_release(frame)
    while client.stats()["requests_in_flight"]:
        frame = ctypes.c_void_p()
        if client.table.client_latest_frame(client.handle, abi.RGB, b"", 0, frame) == abi.OK:
            seen += 1
            client.table.frame_release(frame)
    stats = client.stats()
    assert seen > 0 and stats["frames_received"] == 160
    assert stats["frames_delivered"] == 80 + seen
    assert stats["buffer_bytes_peak"] <= 512 * MIB


def test_pictures_are_whole_when_they_had_to_wait(stock, client_of, library):
    """Every byte, of pictures whose stream was stopped in the middle of them."""
    client, recorder = client_of(stock, stream_buffer_bytes=20 * MIB, lanes=3), Recorder(library)
    for x in range(4):
        pose = abi.Transform((x, 0, 0))
        client.submit(abi.SET_CAMERA_TRANSFORM, transform=pose, flags=NO_EVENT)
        client.submit(abi.CAPTURE_RGB, recorder, cookie=x, **FULL_HD)
    for outcome in recorder.wait(4):
        assert outcome.picture.data == pictures.picture(pictures.RGB, 1920, 1080, outcome.cookie)


def test_the_peak_is_never_below_the_level(stock, client_of):
    client = client_of(stock, stream_buffer_bytes=8 << 20)
    seen = []
    for _ in range(12):
        client.submit(abi.CAPTURE_RGB, width=256, height=256, flags=abi.SUBMIT_NO_EVENT)
        stats = client.stats()
        seen.append((stats["buffer_bytes"], stats["buffer_bytes_peak"]))
    wait_until(lambda: client.stats()["frames_queued"] == 12)
    stats = client.stats()
    seen.append((stats["buffer_bytes"], stats["buffer_bytes_peak"]))
    assert stats["buffer_bytes"] >= 12 * 256 * 256 * 4
    assert all(level <= peak for level, peak in seen), seen
    peaks = [peak for _, peak in seen]
    assert peaks == sorted(peaks) and peaks[-1] <= 8 << 20


def test_what_nobody_fetches_gives_way_at_the_speed_of_the_server(stock, client_of):
    """The first frame waits for one timeout. From then on one gives way for the next, without another."""
    timeout, count = 0.8, 40
    client = client_of(stock, stream_buffer_size=2, timeout_ms=int(timeout * 1000))
    began = time.monotonic()
    for _ in range(count):
        client.submit(abi.CAPTURE_RGB, width=8, height=8, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 30)
    took = time.monotonic() - began
    stats = client.stats()
    assert stats["completed_ok"] == count
    assert stats["frames_dropped_expired"] == count - 2
    # A timeout for each of them would be 15 s or more.
    assert timeout <= took < timeout * (count - 2) / 2
