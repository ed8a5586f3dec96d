"""Frames that stay with the client: by id, the latest, and what gives way when nobody fetches. Against a
stock server."""

import pytest

import abi
import pictures
from host import wait_until

SIZE = {"width": 32, "height": 24}
BYTES = 32 * 24 * 4
EXPECTED = pictures.picture(pictures.RGB, 32, 24)
DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM


# ---- By id, and the latest --------------------------------------------------------------------------


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_notify_only_and_take(stock, client_of, route):
    client = client_of(stock)
    numbers = [
        client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NOTIFY_ONLY, route=route, **SIZE)
        for _ in range(3)
    ]
    outcomes = client.collect(3)
    assert all(o.status == abi.OK and o.picture is None for o in outcomes)
    assert client.stats()["frames_queued"] == 3
    for number in reversed(numbers):
        status, picture = client.take(number)
        assert (status, picture.request_id, picture.data) == (abi.OK, number, EXPECTED)
        assert client.take(number) == (abi.NO_FRAME, None)
    assert client.stats()["frames_queued"] == 0


def test_no_event_and_a_waiting_take(stock, client_of):
    client = client_of(stock)
    number = client.submit(abi.CAPTURE_RGB, name="?slow=0.3", flags=abi.SUBMIT_NO_EVENT, **SIZE)
    assert client.take(number, 0) == (abi.WOULD_BLOCK, None)
    assert client.take(number, 50) == (abi.WOULD_BLOCK, None)
    status, picture = client.take(number, 5000)
    assert (status, picture.data) == (abi.OK, EXPECTED)
    assert client.poll(timeout_ms=0) == []


def test_take_what_is_not_there(stock, client_of):
    client = client_of(stock)
    assert client.take(123456, 0) == (abi.NO_FRAME, None)
    listed = client.submit(abi.LIST_OBJECTS, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    assert client.take(listed, 0) == (abi.NO_FRAME, None)
    failed = client.submit(
        abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT, flags=abi.SUBMIT_NO_EVENT
    )
    assert client.take(failed, 5000) == (abi.INTERNAL, None)
    assert client.take(failed, 0) == (abi.NO_FRAME, None)


def test_latest(stock, client_of):
    client = client_of(stock)
    assert client.latest() == (abi.NO_FRAME, None)
    last = 0
    for x in range(1, 5):
        pose = abi.Transform((x, 0, 0))
        client.submit(abi.SET_CAMERA_TRANSFORM, transform=pose, flags=abi.SUBMIT_NO_EVENT)
        last = client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    for _ in range(2):
        status, peeked = client.latest(peek=1)
        assert (status, peeked.request_id) == (abi.OK, last)
    status, picture = client.latest()
    assert (status, picture.request_id) == (abi.OK, last)
    assert picture.data == pictures.picture(pictures.RGB, 32, 24, 4)
    assert client.latest() == (abi.NO_FRAME, None)
    for _ in range(2):
        status, peeked = client.latest(peek=1)
        assert (status, peeked.request_id) == (abi.OK, last)
    assert client.latest(modality=abi.DEPTH) == (abi.NO_FRAME, None)
    assert client.latest(camera="other") == (abi.NO_FRAME, None)
    assert client.take(last) == (abi.NO_FRAME, None)


def test_latest_is_for_each_camera_and_modality(stock, client_of):
    client = client_of(stock)
    wanted = {}
    for camera in "a", "b":
        for modality in abi.RGB, abi.DEPTH:
            wanted[camera, modality] = client.submit(
                3 + modality, name=camera, flags=abi.SUBMIT_NO_EVENT, **SIZE
            )
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    for (camera, modality), number in wanted.items():
        status, picture = client.latest(modality, camera)
        assert (status, picture.request_id) == (abi.OK, number)
        assert (picture.camera.decode(), picture.modality) == (camera, modality)


# ---- What gives way ---------------------------------------------------------------------------------


def undelivered(client, count):
    """So many frames that nobody fetches; their request ids."""
    numbers = [
        client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE) for _ in range(count)
    ]
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    return numbers


def left(client, numbers):
    return [number for number in numbers if client.take(number)[0] == abi.OK]


@pytest.mark.parametrize(
    ("policy", "counter", "kept"),
    [
        (abi.OVERFLOW_DROP_OLDEST, "frames_dropped_oldest", slice(-4, None)),
        (abi.OVERFLOW_DROP_NEWEST, "frames_dropped_newest", slice(0, 4)),
        (abi.OVERFLOW_LATEST, "frames_dropped_latest", slice(-1, None)),
    ],
)
def test_overflow(stock, client_of, policy, counter, kept):
    client = client_of(stock, overflow=policy, stream_buffer_size=4)
    numbers = undelivered(client, 10)
    stats = client.stats()
    assert left(client, numbers) == numbers[kept]
    assert stats[counter] == 10 - len(numbers[kept])
    assert stats["frames_queued"] == len(numbers[kept])


def test_dropped_before(stock, client_of):
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_size=2)
    numbers = undelivered(client, 6)
    taken = [client.take(number)[1] for number in numbers[-2:]]
    assert sum(picture.dropped_before for picture in taken) == 4


def test_block_holds_the_server_back_and_loses_nothing(stock, client_of):
    """Three frames fit; the rest comes as they are fetched."""
    client = client_of(stock, stream_buffer_size=3, timeout_ms=20000)
    numbers = [client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE) for _ in range(12)]
    for number in numbers:
        status, picture = client.take(number, 15000)
        assert (status, picture.data) == (abi.OK, EXPECTED)
    stats = client.stats()
    assert (stats["frames_received"], stats["frames_delivered"]) == (12, 12)


def test_block_with_nobody_there_expires(stock, client_of):
    client = client_of(stock, stream_buffer_size=2, timeout_ms=300)
    for _ in range(6):
        client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE)
    wait_until(lambda: client.stats()["frames_dropped_expired"] > 0)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 15)
    assert client.call(abi.CAPTURE_RGB, **SIZE).status == abi.OK


def test_block_with_nobody_there_and_more_than_is_on_the_wire(stock, client_of):
    """The byte cap withholds credit while further requests wait to be sent: they get through too."""
    client = client_of(
        stock, stream_buffer_bytes=4 << 20, timeout_ms=150, max_concurrent_requests=100
    )
    for _ in range(60):
        client.submit(abi.CAPTURE_RGB, width=640, height=480, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 25)
    stats = client.stats()
    assert stats["completed_ok"] == stats["frames_received"] == 60
    assert stats["frames_dropped_expired"] + stats["frames_queued"] == 60


def test_an_event_of_a_frame_that_was_taken_before(stock, client_of):
    """Nobody may ever poll it, so it does not hold the picture's memory."""
    client = client_of(stock)
    number = client.submit(abi.CAPTURE_RGB, **SIZE)
    status, picture = client.take(number, 5000)
    assert (status, picture.data) == (abi.OK, EXPECTED)
    [outcome] = client.collect(1)
    assert (outcome.status, outcome.request_id, outcome.picture) == (abi.NO_FRAME, number, None)
    assert client.stats()["host_frame_bytes"] == 0


def test_the_byte_cap_is_kept(stock, client_of):
    cap = 4 << 20
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_bytes=cap)
    for _ in range(30):
        client.submit(abi.CAPTURE_RGB, width=640, height=480, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 20)
    stats = client.stats()
    assert 0 < stats["buffer_bytes_peak"] <= cap
    assert stats["frames_dropped_oldest"] >= 30 - cap // (640 * 480 * 4)
