"""Frames by callback, by poll and its descriptor, by id, the latest, by subscription; and what gives way
when nobody fetches. Against a stock server."""

import ctypes
import select
import threading
import time

import pytest

import abi
import pictures
from host import Flag, Picture, Recorder, action

SIZE = {"width": 32, "height": 24}
BYTES = 32 * 24 * 4
EXPECTED = pictures.picture(pictures.RGB, 32, 24)
DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.002)


# ---- Callback ---------------------------------------------------------------------------------------


def test_callback(stock, client_of, library):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    number = client.submit(abi.CAPTURE_RGB, recorder, destroyed, cookie=3, **SIZE)
    [outcome] = recorder.wait(1)
    assert (outcome.status, outcome.request_id, outcome.cookie) == (abi.OK, number, 3)
    assert outcome.picture.data == EXPECTED
    assert destroyed.wait() == 1
    assert client.poll(timeout_ms=0) == []
    assert client.stats()["frames_delivered"] == 1


def test_a_callback_gets_its_user_data(stock, client_of, library):
    client, seen = client_of(stock), []
    callback = client.keep(abi.EventFunction(lambda event, data: seen.append(data)))
    destroy = client.keep(abi.DestroyFunction(lambda data: seen.append(-data)))
    client.check(
        library.client_submit(
            client.handle, action(abi.LIST_OBJECTS), None, None, callback, 4711, destroy
        )
    )
    wait_until(lambda: len(seen) == 2)
    assert seen == [4711, -4711]


def test_a_retained_frame_outlives_callback_and_client(stock, client_of, library):
    client, kept = client_of(stock), []
    client.submit(
        abi.CAPTURE_RGB, lambda event, _: kept.append(library.frame_retain(event[0].frame)), **SIZE
    )
    wait_until(lambda: kept)
    client.free()
    assert Picture(library, kept[0]).data == EXPECTED
    library.frame_release(kept[0])


def test_in_a_callback(stock, client_of, library):
    """A submit works, a blocking call goes by unary RPC, a wait for other callbacks is refused."""
    client, found, done = client_of(stock), {}, threading.Event()
    second = Recorder(library)

    def first(event, _):
        found["submit"] = client.submit(abi.CAPTURE_RGB, second, **SIZE)
        found["call"] = client.call(abi.GET_CAMERA_TRANSFORM).status
        frame = ctypes.c_void_p()
        found["take"] = library.client_take_frame(client.handle, 999999, -1, frame)
        found["poll"] = client.poll(timeout_ms=-1)
        found["connect"] = library.client_connect(client.handle, 1000)
        done.set()

    client.submit(abi.LIST_OBJECTS, first)
    assert done.wait(20)
    assert second.wait(1)[0].picture.data == EXPECTED
    assert found["call"] == abi.OK
    assert found["poll"] == []
    assert found["take"] in (abi.NO_FRAME, abi.MISUSE, abi.WOULD_BLOCK)
    assert found["connect"] == abi.MISUSE
    assert (abi.GET_CAMERA_TRANSFORM, "unary", "") in stock.control.log()


def test_a_submit_in_a_callback_never_waits(stock, client_of, library):
    client = client_of(stock, max_concurrent_requests=1, timeout_ms=5000)
    found, done = [], threading.Event()

    def callback(event, _):
        # One of them fills the client, so that the other finds no room.
        for _ in range(2):
            found.append(
                library.client_submit(
                    client.handle,
                    action(abi.CAPTURE_RGB, name="?slow=1"),
                    None,
                    None,
                    abi.EventFunction(),
                    None,
                    abi.DestroyFunction(),
                )
            )
        done.set()

    began = time.monotonic()
    client.submit(abi.LIST_OBJECTS, callback)
    assert done.wait(10)
    assert time.monotonic() - began < 0.9
    assert abi.WOULD_BLOCK in found and set(found) <= {abi.OK, abi.WOULD_BLOCK}


def test_free_in_a_callback(stock, client_of, library):
    client, destroyed = client_of(stock), Flag()
    freed = threading.Event()

    def callback(event, _):
        library.client_free(client.handle)
        freed.set()

    client.submit(abi.LIST_OBJECTS, callback, destroyed)
    assert freed.wait(10)
    client.handle = ctypes.c_void_p()
    assert destroyed.wait() == 1


def test_free_waits_for_the_running_callback(stock, client_of, library):
    client, order, entered = client_of(stock), [], threading.Event()

    def callback(event, _):
        entered.set()
        time.sleep(0.3)
        order.append("callback")

    client.submit(abi.LIST_OBJECTS, callback)
    assert entered.wait(10)
    client.free()
    order.append("free")
    assert order == ["callback", "free"]


def test_a_slow_callback_delays_only_delivery(stock, client_of, library):
    client, entered, go = client_of(stock), threading.Event(), threading.Event()

    def callback(event, _):
        entered.set()
        go.wait(10)

    client.submit(abi.LIST_OBJECTS, callback)
    assert entered.wait(10)
    assert client.call(abi.CAPTURE_RGB, **SIZE).status == abi.OK
    client.submit(abi.CAPTURE_RGB, **SIZE)
    assert len(client.collect(1)) == 1
    go.set()


# ---- Poll -------------------------------------------------------------------------------------------


def readable(descriptor, seconds=0.0):
    return bool(select.select([descriptor], [], [], seconds)[0])


def test_the_event_fd_is_readable_exactly_while_events_are_there(stock, client_of, library):
    client, descriptor = client_of(stock), ctypes.c_int(-1)
    client.check(library.client_event_fd(client.handle, descriptor))
    fd = descriptor.value
    assert fd >= 0 and not readable(fd)
    for _ in range(3):
        client.submit(abi.LIST_OBJECTS)
    assert readable(fd, 10)
    wait_until(lambda: client.stats()["events_queued"] == 3)
    for left in 2, 1, 0:
        assert len(client.poll(capacity=1)) == 1
        assert readable(fd) == (left > 0)
    client.check(library.client_event_fd(client.handle, descriptor))
    assert descriptor.value == fd


def test_poll_waits_no_longer_than_it_may(stock, client_of):
    client = client_of(stock)
    began = time.monotonic()
    assert client.poll(timeout_ms=0) == []
    assert time.monotonic() - began < 0.1
    assert client.poll(timeout_ms=150) == []
    assert 0.14 < time.monotonic() - began < 1


def test_a_waiting_poll_wakes_when_the_client_is_closed(stock, client_of, library):
    client, found = client_of(stock), []
    waiter = threading.Thread(target=lambda: found.append(client.poll(timeout_ms=-1)))
    waiter.start()
    time.sleep(0.1)
    client.check(library.client_close(client.handle))
    waiter.join(5)
    assert found == [None]


def test_several_threads_poll(stock, client_of):
    client, seen, lock = client_of(stock, timeout_ms=20000), [], threading.Lock()

    def poll():
        while True:
            outcomes = client.poll(capacity=3, timeout_ms=400)
            if not outcomes:
                return
            with lock:
                seen.extend(outcome.request_id for outcome in outcomes)

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    numbers = [client.submit(abi.LIST_OBJECTS) for _ in range(200)]
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(numbers)


def test_events_of_an_older_and_a_newer_header(stock, client_of, library):
    """Elements of the size that the host says, smaller or larger than the library's."""
    client = client_of(stock)
    size = ctypes.sizeof(abi.Event)
    for larger in 0, 16, 64:
        memory = (ctypes.c_char * ((size + larger) * 2))(*b"\xaa" * 0)
        ctypes.memset(memory, 0xAA, len(memory))
        numbers = [client.submit(abi.CAPTURE_RGB, **SIZE) for _ in range(2)]
        wait_until(lambda: client.stats()["events_queued"] == 2)
        count = ctypes.c_size_t()
        events = ctypes.cast(memory, ctypes.POINTER(abi.Event))
        client.check(library.client_poll(client.handle, events, 2, size + larger, 0, count))
        assert count.value == 2
        found = [abi.Event.from_buffer(memory, i * (size + larger)).request_id for i in range(2)]
        assert sorted(found) == numbers
        library.events_release(events, 2, size + larger)
    assert client.stats()["host_frame_bytes"] == 0


def test_a_frame_moved_out_of_its_event(stock, client_of, library):
    client = client_of(stock)
    client.submit(abi.CAPTURE_RGB, **SIZE)
    event, count, size = abi.Event(), ctypes.c_size_t(), ctypes.sizeof(abi.Event)
    client.check(library.client_poll(client.handle, event, 1, size, 10000, count))
    frame, event.frame = event.frame, None
    library.events_release(event, 1, size)
    assert client.stats()["host_frame_bytes"] == BYTES
    assert Picture(library, frame).data == EXPECTED
    library.frame_release(frame)
    assert client.stats()["host_frame_bytes"] == 0


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


def test_the_byte_cap_is_kept(stock, client_of):
    cap = 4 << 20
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_bytes=cap)
    for _ in range(30):
        client.submit(abi.CAPTURE_RGB, width=640, height=480, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 20)
    stats = client.stats()
    assert 0 < stats["buffer_bytes_peak"] <= cap
    assert stats["frames_dropped_oldest"] >= 30 - cap // (640 * 480 * 4)


# ---- Subscription -----------------------------------------------------------------------------------


def subscribe(client, callback, destroy=None, **options):
    handle = ctypes.c_void_p()
    client.check(
        client.table.client_subscribe(
            client.handle,
            abi.SubscriptionOptions(**options),
            handle,
            client.keep(abi.EventFunction(callback)),
            None,
            client.keep(abi.DestroyFunction(destroy) if destroy else abi.DestroyFunction()),
        )
    )
    return handle


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_subscription(stock, client_of, library, route):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    subscription = subscribe(client, recorder, destroyed, route=route, cookie=8, depth=4, **SIZE)
    outcomes = recorder.wait(60)
    library.subscription_close(subscription)
    count = len(recorder.outcomes)
    time.sleep(0.1)
    assert len(recorder.outcomes) == count
    assert destroyed.wait() == 1
    assert {(o.status, o.cookie, o.action) for o in outcomes} == {(abi.OK, 8, abi.CAPTURE_RGB)}
    assert {o.picture.data for o in outcomes} == {EXPECTED}
    assert len({o.request_id for o in outcomes}) == len(outcomes)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_subscription_keeps_its_rate(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(client, recorder, rate_hz=20, **SIZE)
    began = time.monotonic()
    recorder.wait(20)
    took = time.monotonic() - began
    library.subscription_close(subscription)
    assert 0.8 < took < 3


def test_beats_that_find_no_room_are_counted(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(
        client, recorder, rate_hz=100, depth=1, route=DIRECT, camera=b"?slow=0.1", **SIZE
    )
    recorder.wait(4)
    library.subscription_close(subscription)
    assert client.stats()["subscription_beats_missed"] >= 10


def test_a_subscription_goes_on_after_a_failure(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(
        client, recorder, rate_hz=50, route=DIRECT, camera=b"?fail=INTERNAL", **SIZE
    )
    outcomes = recorder.wait(5)
    library.subscription_close(subscription)
    assert {outcome.status for outcome in outcomes} == {abi.INTERNAL}
    assert "Failed to capture image" in outcomes[0].message


def test_a_subscription_closed_in_its_callback(stock, client_of, library):
    client, destroyed, seen, handle = client_of(stock), Flag(), [], []

    def callback(event, _):
        seen.append(event[0].status)
        if len(seen) == 3:
            library.subscription_close(handle[0])

    # The callback may come before subscribe has returned: it closes at the third event only.
    handle.append(subscribe(client, callback, destroyed, rate_hz=50, depth=1, **SIZE))
    assert destroyed.wait() == 1
    time.sleep(0.1)
    assert len(seen) == 3


def test_freeing_the_client_ends_its_subscriptions(stock, client_of, library):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    subscription = subscribe(client, recorder, destroyed, **SIZE)
    recorder.wait(3)
    client.free()
    count = len(recorder.outcomes)
    time.sleep(0.1)
    assert len(recorder.outcomes) == count
    library.subscription_close(subscription)
    assert destroyed.wait() == 1
