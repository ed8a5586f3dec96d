"""Sequences against a stock server: every picture is of its own pose, in order, at any speed of server and
consumer, with failures in their places, and nothing left at the end."""

import ctypes
import threading
import time

import numpy
import pytest

import abi
from host import Outcome, Recorder
from sequences import SIZE, Sequence

STREAM, DIRECT, AUTO = abi.ROUTE_STREAM, abi.ROUTE_DIRECT, abi.ROUTE_AUTO


def path(count, first=0):
    """Poses that the pictures of the stock server show: x is a whole number."""
    return [abi.Transform((first + i, 2 * i, -i), (0, i % 90, 0)) for i in range(count)]


def seed_of(picture):
    """The camera's x, which the stock server draws into its depth pictures."""
    return numpy.frombuffer(picture.data, "<f4")[0] - 100


def check(outcomes, poses):
    assert len(outcomes) == len(poses)
    for index, (outcome, pose) in enumerate(zip(outcomes, poses)):
        assert (outcome.status, outcome.cookie) == (abi.OK, index), outcome
        picture = outcome.picture
        assert picture.cookie == index
        assert seed_of(picture) == pose.location.x
        assert picture.pose.values() == pose.values()
        assert picture.flag_names == set()


def settled(client, seconds=5):
    """Nothing of it is left under way."""
    deadline = time.monotonic() + seconds
    while client.stats()["requests_in_flight"] and time.monotonic() < deadline:
        time.sleep(0.01)
    stats = client.stats()
    assert stats["requests_in_flight"] == stats["frames_queued"] == stats["events_queued"] == 0
    return stats


DEPTH = {"modality": abi.DEPTH}


@pytest.mark.parametrize("route", [AUTO, STREAM, DIRECT])
@pytest.mark.parametrize("ahead", [0, 1, 2, 7])
def test_every_picture_is_of_its_pose(stock, client_of, route, ahead):
    client, poses = client_of(stock, lanes=4), path(60)
    with Sequence(client, poses, ahead=ahead, route=route, **DEPTH) as sequence:
        check(sequence.all(), poses)
        assert sequence.next() == abi.OUT_OF_RANGE
        found = sequence.stats()
        assert (found.poses, found.submitted, found.handed_out) == (60, 60, 60)
        if ahead:
            assert found.ahead == found.ahead_peak == ahead
        else:
            assert 1 <= found.ahead <= found.ahead_peak <= 64
        assert found.waits <= 60 and found.waited_ns >= 0
    stats = settled(client)
    assert stats["frames_delivered"] == stats["frames_received"] == 60
    assert stats["requests_submitted"] == stats["completed_ok"] == 120


def test_never_more_than_so_many_ahead(stock, client_of):
    client, poses = client_of(stock), path(30)
    with Sequence(client, poses, ahead=5, **DEPTH) as sequence:
        outcomes = []
        while len(outcomes) < 30:
            time.sleep(0.02)
            found = sequence.stats()
            assert found.submitted - found.handed_out <= 5
            assert client.stats()["requests_submitted"] == 2 * found.submitted
            outcomes.append(sequence.next())
        check(outcomes, poses)


def test_a_slow_consumer_finds_the_next_ready(stock, client_of):
    client, poses = client_of(stock), path(12)
    with Sequence(client, poses, ahead=3, **DEPTH) as sequence:
        time.sleep(0.2)
        check(sequence.all(lambda: time.sleep(0.1)), poses)
        assert sequence.stats().waits <= 4


def test_a_fast_consumer_may_look_without_waiting(stock, client_of):
    client, poses, outcomes = client_of(stock), path(20), []
    with Sequence(client, poses, camera="other?slow=0.02", **DEPTH) as sequence:
        looks = 0
        deadline = time.monotonic() + 20
        while len(outcomes) < 20 and time.monotonic() < deadline:
            found = sequence.next(0)
            if found == abi.WOULD_BLOCK:
                looks += 1
                time.sleep(0.002)
            else:
                outcomes.append(found)
        assert looks > 0
        check(outcomes, poses)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_hardly_any_requests_allowed(stock, client_of, limit):
    client, poses = client_of(stock, max_concurrent_requests=limit), path(20)
    with Sequence(client, poses, ahead=8, **DEPTH) as sequence:
        check(sequence.all(), poses)


def test_room_that_others_take(stock, client_of):
    """The client is full of slow captures of the host's: the sequence goes on as they end."""
    client = client_of(stock, max_concurrent_requests=4, when_full=abi.WHEN_FULL_WOULD_BLOCK)
    for _ in range(4):
        client.submit(abi.CAPTURE_RGB, name="?slow=0.4", route=DIRECT, **SIZE)
    poses = path(10)
    with Sequence(client, poses, **DEPTH) as sequence:
        assert sequence.stats().submitted == 0
        assert sequence.next(50) == abi.WOULD_BLOCK
        check(sequence.all(), poses)
    assert len(client.collect(4)) == 4


@pytest.mark.parametrize("room", [1, 2, 50])
def test_hardly_any_room_for_frames(stock, client_of, room):
    client, poses = client_of(stock, stream_buffer_size=room, timeout_ms=400), path(12)
    with Sequence(client, poses, ahead=6, **DEPTH) as sequence:
        # Longer than the timeout: what waits for a slow consumer does not expire.
        time.sleep(1)
        check(sequence.all(lambda: time.sleep(0.05)), poses)
    assert settled(client)["frames_dropped_expired"] == 0


def test_hardly_any_room_for_bytes(stock, client_of):
    size = {"width": 400, "height": 300}  # 480,000 bytes each
    client, poses = client_of(stock, stream_buffer_bytes=1 << 20, timeout_ms=400), path(12)
    with Sequence(client, poses, ahead=6, **{**DEPTH, **size}) as sequence:
        time.sleep(1)
        check(sequence.all(lambda: time.sleep(0.02)), poses)
        assert client.stats()["buffer_bytes_peak"] <= 1 << 20


def test_frames_of_others_that_nobody_fetches_give_way(stock, client_of):
    client = client_of(stock, stream_buffer_size=4, timeout_ms=300)
    for _ in range(4):
        client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE)
    while client.stats()["frames_queued"] < 4:
        time.sleep(0.01)
    poses = path(10)
    with Sequence(client, poses, **DEPTH) as sequence:
        check(sequence.all(), poses)


def test_frames_that_give_way_are_events_in_their_places(stock, client_of):
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_size=2)
    with Sequence(client, path(6), ahead=6, **DEPTH) as sequence:
        deadline = time.monotonic() + 5
        while client.stats()["frames_received"] < 6 and time.monotonic() < deadline:
            time.sleep(0.01)
        outcomes = sequence.all()
        assert [o.status for o in outcomes] == [abi.NO_FRAME] * 4 + [abi.OK] * 2
        assert all("gave way" in o.message for o in outcomes[:4])
        assert [o.cookie for o in outcomes] == list(range(6))
    assert settled(client)["frames_dropped_oldest"] == 4


def test_captures_that_fail_come_in_their_places(stock, client_of):
    client = client_of(stock, max_retries=0)
    with Sequence(client, path(7), camera="?fail=INTERNAL", route=DIRECT, **DEPTH) as sequence:
        outcomes = sequence.all()
    assert len(outcomes) == 7
    assert {(o.status, o.picture) for o in outcomes} == {(abi.INTERNAL, None)}
    assert {o.action for o in outcomes} <= {abi.SET_CAMERA_TRANSFORM, abi.CAPTURE_DEPTH}
    settled(client)


def test_no_server(client_of):
    client = client_of("127.0.0.1:1", timeout_ms=1000)
    with Sequence(client, path(5), **DEPTH) as sequence:
        outcomes = sequence.all()
    assert {o.status for o in outcomes} == {abi.UNAVAILABLE}
    assert {o.action for o in outcomes} == {abi.SET_CAMERA_TRANSFORM}
    assert all(o.message for o in outcomes)


def test_a_silent_server_ends_in_time(stock, client_of):
    client = client_of(stock, timeout_ms=300)
    began = time.monotonic()
    with Sequence(client, path(3), camera="?silent=1", route=STREAM, **DEPTH) as sequence:
        outcomes = sequence.all()
    assert all(o.status in (abi.DEADLINE_EXCEEDED, abi.NO_ANSWER) for o in outcomes)
    assert len(outcomes) == 3
    assert time.monotonic() - began < 8


def test_cancel_with_everything_under_way(stock, client_of):
    client = client_of(stock)
    with Sequence(client, path(100), camera="other?slow=0.05", ahead=20, **DEPTH) as sequence:
        assert isinstance(sequence.next(), Outcome)
        client.check(client.table.sequence_cancel(sequence.handle))
        assert sequence.next(-1) == abi.CANCELLED
        client.check(client.table.sequence_cancel(sequence.handle))
        stats = settled(client)
        assert stats["completed_cancelled"] > 0
        assert stats["frames_delivered"] == 1
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_cancel_ends_a_wait(stock, client_of):
    client, found = client_of(stock), []
    with Sequence(client, path(3), camera="other?slow=3", **DEPTH) as sequence:
        waiter = threading.Thread(target=lambda: found.append(sequence.next(-1)))
        waiter.start()
        time.sleep(0.2)
        client.check(client.table.sequence_cancel(sequence.handle))
        waiter.join(5)
        assert found == [abi.CANCELLED]


def test_free_with_frames_ready(stock, client_of):
    client = client_of(stock)
    sequence = Sequence(client, path(50), ahead=8, **DEPTH)
    while client.stats()["frames_queued"] < 8:
        time.sleep(0.01)
    sequence.free()
    stats = settled(client)
    assert stats["frames_dropped_abandoned"] == 8
    assert (stats["requests_submitted"], stats["completed_ok"]) == (16, 16)


def test_the_client_is_closed(stock, client_of):
    client = client_of(stock)
    with Sequence(client, path(40), camera="other?slow=0.2", ahead=6, **DEPTH) as sequence:
        assert isinstance(sequence.next(), Outcome)
        submitted = sequence.stats().submitted
        client.check(client.table.client_close(client.handle))
        outcomes = []
        while isinstance(found := sequence.next(-1), Outcome):
            outcomes.append(found)
        assert found == abi.CLOSED
        assert [o.cookie for o in outcomes] == list(range(1, submitted))
        assert {o.status for o in outcomes} <= {abi.OK, abi.CLOSED}
        assert abi.CLOSED in {o.status for o in outcomes}
        assert sequence.next(-1) == abi.CLOSED
        status = client.table.sequence_new(
            client.handle, abi.SequenceOptions(), sequence.poses, 1, ctypes.c_void_p()
        )
        assert status == abi.CLOSED
    settled(client)


@pytest.mark.parametrize("limit", [1, 1024])
def test_the_client_goes_first(stock, client_of, limit):
    client = client_of(stock, max_concurrent_requests=limit)
    sequence = Sequence(client, path(40), camera="other?slow=0.2", ahead=6, **DEPTH)
    time.sleep(0.05)
    client.free()
    while isinstance(found := sequence.next(-1), Outcome):
        assert found.status in (abi.OK, abi.CLOSED)
    assert found == abi.CLOSED
    sequence.free()


def test_two_at_once_and_several_threads(stock, client_of):
    client = client_of(stock, lanes=2)
    poses, found, lock = path(80), [], threading.Lock()
    with Sequence(client, poses, **DEPTH) as sequence:

        def work():
            while isinstance(outcome := sequence.next(), Outcome):
                with lock:
                    found.append(outcome)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        check(sorted(found, key=lambda outcome: outcome.cookie), poses)


def test_in_a_callback_it_does_not_wait(stock, client_of, library):
    client, found, ended = client_of(stock), [], threading.Event()
    with Sequence(client, path(2), camera="other?slow=0.5", **DEPTH) as sequence:

        def called(_event, _):
            found.append(sequence.next(-1))
            ended.set()

        # Reads keep ORDER too, and a slow pose is under way.
        client.submit(abi.LIST_OBJECTS, called, route=DIRECT, flags=abi.SUBMIT_ORDER_NONE)
        assert ended.wait(10)
        assert found == [abi.WOULD_BLOCK]
        sequence.all()


def test_latest_and_callbacks_beside_it(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    poses = path(40)
    with Sequence(client, poses, **DEPTH) as sequence:
        outcomes = []
        for index in range(40):
            if index % 4 == 0:
                client.submit(abi.LIST_OBJECTS, recorder)
            if index % 5 == 0:
                client.latest(abi.DEPTH)
            outcomes.append(sequence.next())
        check(outcomes, poses)
    recorder.wait(10)
    settled(client)


def test_what_is_refused(stock, client_of, library):
    client, handle = client_of(stock), ctypes.c_void_p()
    poses = (abi.Transform * 2)()

    def new(options, list_=poses, count=2, output=handle):
        return library.sequence_new(client.handle, options, list_, count, output)

    assert new(None) == abi.MISUSE
    assert new(abi.SequenceOptions(), None) == abi.MISUSE
    assert new(abi.SequenceOptions(), count=0) == abi.MISUSE
    assert new(abi.SequenceOptions(), count=10_000_001) == abi.MISUSE
    assert new(abi.SequenceOptions(), count=2**64 - 1) == abi.MISUSE
    assert new(abi.SequenceOptions(), output=None) == abi.MISUSE
    for wrong in (
        {"modality": 9},
        {"camera": b"\xff"},
        {"width": 65537},
        {"ahead": 4097},
        {"route": 3},
        {"timeout_ms": -1},
    ):
        assert new(abi.SequenceOptions(**wrong)) == abi.MISUSE, wrong
    poses[1].location.y = float("nan")
    assert new(abi.SequenceOptions()) == abi.MISUSE
    assert handle.value is None
    assert client.stats()["requests_submitted"] == 0
    library.sequence_free(None)
    with Sequence(client, path(1), **DEPTH) as sequence:
        event = abi.Event()
        event.struct_size = 16
        assert library.sequence_next(sequence.handle, 1000, event) == abi.MISUSE
        assert library.sequence_next(sequence.handle, 1000, None) == abi.MISUSE
        assert library.sequence_get_stats(sequence.handle, None) == abi.MISUSE
        assert sequence.next().status == abi.OK


def test_against_the_simulator(simulators, client_of):
    """60 ticks a second, one camera: a pose and a capture take two ticks, whoever asks, so that 30 images a
    second are all there are."""
    client = client_of(simulators("--tick-hz", "60", "--plugin-quirks"))
    poses = path(45)
    with Sequence(client, poses, width=64, height=48) as sequence:
        began = time.monotonic()
        outcomes = sequence.all()
        seconds = time.monotonic() - began
    assert {o.status for o in outcomes} == {abi.OK}
    assert [o.picture.pose.values() for o in outcomes] == [p.values() for p in poses]
    assert 1.2 < seconds < 15
