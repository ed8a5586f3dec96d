"""Events by callback and by poll with its descriptor, against a stock server."""

import ctypes
import select
import threading
import time

import abi
import pictures
from host import Flag, Picture, Recorder, action, wait_until

SIZE = {"width": 32, "height": 24}
BYTES = 32 * 24 * 4
EXPECTED = pictures.picture(pictures.RGB, 32, 24)
DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM


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
