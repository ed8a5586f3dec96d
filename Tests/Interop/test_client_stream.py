"""Many requests at once, cancel, replies that do not fit, and the two laws of the statistics, against a
stock server."""

import ctypes
import threading
import time

import pytest

import abi
import servers
from host import Flag, Recorder, action
from stock_client import StockClient

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
MANY = 10_000


def submit_batch(client, actions, callback=None, destroy=None, **options):
    """The ids of those that were accepted."""
    count = len(actions)
    array, ids = (abi.Action * count)(*actions), (ctypes.c_uint64 * count)()
    submitted = ctypes.c_size_t()
    client.check(
        client.table.client_submit_batch(
            client.handle,
            array,
            count,
            ctypes.sizeof(abi.Action),
            abi.SubmitOptions(**options),
            ids,
            submitted,
            client.keep(abi.EventFunction(callback) if callback else abi.EventFunction()),
            None,
            client.keep(abi.DestroyFunction(destroy) if destroy else abi.DestroyFunction()),
        )
    )
    assert submitted.value == count
    return list(ids)


@pytest.fixture
def own_server():
    """A stock server whose log has nothing of other tests: what they gave up is done late."""
    with servers.stock() as server, StockClient(server.target) as control:
        server.control = control
        yield server


def test_ten_thousand_streamed_commands_complete_exactly_once(own_server, client_of):
    client = client_of(own_server, timeout_ms=30000)
    commands = [action(abi.SET_OBJECT_TRANSFORM, name=f"cube?n={i % 7}") for i in range(500)]
    numbers, statuses = [], []

    def submit():
        for _ in range(MANY // 500):
            numbers.extend(submit_batch(client, commands, route=STREAM))

    submitter = threading.Thread(target=submit)
    submitter.start()
    seen = []
    while len(seen) < MANY:
        outcomes = client.poll(capacity=512, timeout_ms=20000)
        assert outcomes, f"{len(seen)} of {MANY} came"
        seen += [outcome.request_id for outcome in outcomes]
        statuses += [outcome.status for outcome in outcomes]
        client.stats()
    submitter.join()
    assert client.poll(timeout_ms=0) == []
    assert len(set(numbers)) == MANY
    assert sorted(seen) == sorted(numbers)
    assert set(statuses) == {abi.OK}
    stats = client.stats()
    assert (stats["requests_submitted"], stats["completed_ok"]) == (MANY, MANY)
    assert (stats["requests_in_flight"], stats["events_queued"]) == (0, 0)
    done = [(kind, route) for kind, route, _ in own_server.control.log()]
    assert done == [(abi.SET_OBJECT_TRANSFORM, "stream")] * MANY


def test_a_batch_by_callback_and_one_destroy(stock, client_of, library):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    commands = [action(abi.LIST_OBJECTS) for _ in range(300)]
    numbers = submit_batch(client, commands, recorder, destroyed, cookie=5)
    outcomes = recorder.wait(300)
    assert destroyed.wait() == 1
    assert sorted(o.request_id for o in outcomes) == sorted(numbers)
    assert {(o.status, o.cookie) for o in outcomes} == {(abi.OK, 5)}
    assert len(recorder.threads) == 1 and threading.get_native_id() not in recorder.threads
    client.free()
    assert (len(recorder.outcomes), destroyed.count) == (300, 1)


def test_a_batch_with_one_wrong_action_accepts_none(stock, client_of, library):
    client, destroyed = client_of(stock), Flag()
    actions = (abi.Action * 3)(action(abi.LIST_OBJECTS), action(abi.LIST_OBJECTS), action(99))
    submitted = ctypes.c_size_t(7)
    status = library.client_submit_batch(
        client.handle,
        actions,
        3,
        ctypes.sizeof(abi.Action),
        None,
        None,
        submitted,
        abi.EventFunction(),
        None,
        client.keep(abi.DestroyFunction(destroyed)),
    )
    assert (status, submitted.value) == (abi.MISUSE, 0)
    assert destroyed.wait() == 1
    assert client.stats()["requests_submitted"] == 0


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_cancel(stock, client_of, library, route):
    client = client_of(stock)
    client.check(library.client_connect(client.handle, 5000))
    under_way = client.submit(abi.CAPTURE_RGB, name="?slow=1", route=route)
    waiting = client.submit(abi.CAPTURE_RGB, name="?slow=1", route=route)
    time.sleep(0.1)
    client.check(library.client_cancel(client.handle, waiting))
    client.check(library.client_cancel(client.handle, under_way))
    assert library.client_cancel(client.handle, under_way) == abi.ALREADY_COMPLETED
    began = time.monotonic()
    found = {outcome.request_id: outcome.status for outcome in client.collect(2)}
    assert time.monotonic() - began < 0.8
    assert found == {under_way: abi.CANCELLED, waiting: abi.CANCELLED}
    assert client.call(abi.LIST_OBJECTS, route=DIRECT).status == abi.OK
    done = client.submit(abi.LIST_OBJECTS, route=DIRECT)
    client.collect(1)
    assert library.client_cancel(client.handle, done) == abi.ALREADY_COMPLETED
    assert client.stats()["completed_cancelled"] == 2


def test_cancel_races_with_completion(stock, client_of, library):
    """Each cancel that says OK ends as CANCELLED, each that says ALREADY_COMPLETED ends otherwise."""
    client, decided = client_of(stock), {}
    for i in range(400):
        number = client.submit(abi.LIST_OBJECTS, route=(STREAM, DIRECT)[i % 2])
        if i % 3 == 0:
            time.sleep(0.001)
        decided[number] = library.client_cancel(client.handle, number)
    found = {outcome.request_id: outcome.status for outcome in client.collect(400)}
    for number, decision in decided.items():
        assert decision in (abi.OK, abi.ALREADY_COMPLETED)
        assert found[number] == (abi.CANCELLED if decision == abi.OK else abi.OK)


def replies_of(client, *names):
    """Submits these on one stream and returns the statuses in order."""
    numbers = [
        client.submit(
            abi.GET_CAMERA_TRANSFORM, name=name, route=STREAM, flags=abi.SUBMIT_ORDER_NONE
        )
        for name in names
    ]
    found = {outcome.request_id: outcome.status for outcome in client.collect(len(names))}
    return [found[number] for number in numbers]


def test_a_reply_to_an_id_that_was_never_asked(stock, client_of):
    client = client_of(stock)
    assert replies_of(client, "?alien=1", "") == [abi.OK, abi.OK]
    assert client.stats()["unknown_replies"] == 1


def test_a_reply_twice(stock, client_of):
    client = client_of(stock)
    assert replies_of(client, "?twice=1", "", "") == [abi.OK] * 3
    stats = client.stats()
    assert stats["completed_ok"] == 3
    assert stats["unknown_replies"] + stats["late_replies"] == 1


def test_a_reply_without_an_id(stock, client_of):
    client = client_of(stock, timeout_ms=1500)
    statuses = replies_of(client, "", "?anonymous=1", "")
    assert statuses[0] == statuses[2] == abi.OK
    assert statuses[1] in (abi.OK, abi.NO_ANSWER, abi.DEADLINE_EXCEEDED)
    assert client.stats()["requests_in_flight"] == 0


def test_replies_in_another_order(stock, client_of):
    """The first time, a later reply looks like a dropped request; once seen, reordering is known."""
    client = client_of(stock, timeout_ms=1500)
    first = replies_of(client, "?hold=1", "")
    assert first[1] == abi.OK and first[0] in (abi.OK, abi.NO_ANSWER)
    assert replies_of(client, "?hold=1", "") == [abi.OK, abi.OK]


def test_a_silent_request_alone_ends_by_its_deadline(stock, client_of):
    client = client_of(stock, timeout_ms=400)
    began = time.monotonic()
    assert replies_of(client, "?silent=1") == [abi.DEADLINE_EXCEEDED]
    assert time.monotonic() - began < 3
    assert replies_of(client, "") == [abi.OK]


def test_the_timeout_bounds_silence_and_not_the_queue(stock, client_of):
    """Eight captures of 150 ms each on a serial stream, with a timeout of 600 ms: all arrive."""
    client = client_of(stock, timeout_ms=600)
    assert replies_of(client, *["?slow=0.15"] * 8) == [abi.OK] * 8


def test_a_stream_that_is_hung_up(stock, client_of):
    client = client_of(stock, timeout_ms=3000)
    assert replies_of(client, "") == [abi.OK]
    [status] = replies_of(client, "?hangup=UNAVAILABLE")
    assert status not in (abi.OK, abi.DEADLINE_EXCEEDED)
    assert replies_of(client, "") == [abi.OK]


def test_lanes_work_side_by_side(stock, client_of):
    client = client_of(stock, lanes=4)
    client.check(client.table.client_connect(client.handle, 5000))
    began = time.monotonic()
    assert replies_of(client, *["?slow=0.4"] * 4) == [abi.OK] * 4
    assert time.monotonic() - began < 1.3


def test_full_and_not_allowed_to_wait(stock, client_of, library):
    client = client_of(stock, max_concurrent_requests=3, when_full=abi.WHEN_FULL_WOULD_BLOCK)
    numbers = [client.submit(abi.LIST_OBJECTS, route=DIRECT) for _ in range(0)]
    for _ in range(3):
        numbers.append(client.submit(abi.CAPTURE_RGB, name="?slow=0.5", route=DIRECT))
    refused, destroyed = ctypes.c_uint64(99), Flag()
    status = library.client_submit(
        client.handle,
        action(abi.LIST_OBJECTS),
        None,
        refused,
        abi.EventFunction(),
        None,
        client.keep(abi.DestroyFunction(destroyed)),
    )
    assert (status, refused.value) == (abi.WOULD_BLOCK, 99)
    assert library.last_error()
    assert destroyed.wait() == 1
    assert sorted(o.request_id for o in client.collect(3)) == sorted(numbers)
    client.submit(abi.LIST_OBJECTS)
    client.collect(1)


def test_full_and_waiting(stock, client_of):
    client = client_of(stock, max_concurrent_requests=2)
    began = time.monotonic()
    for _ in range(4):
        client.submit(abi.CAPTURE_RGB, name="?slow=0.3", route=DIRECT, width=8, height=8)
    assert 0.25 < time.monotonic() - began < 3
    assert {o.status for o in client.collect(4)} == {abi.OK}


def test_full_and_waiting_in_vain(stock, client_of, library):
    client = client_of(stock, max_concurrent_requests=1, timeout_ms=300)
    client.submit(abi.CAPTURE_RGB, name="?slow=2", route=DIRECT, timeout_ms=5000)
    began = time.monotonic()
    status = library.client_submit(
        client.handle,
        action(abi.LIST_OBJECTS),
        None,
        None,
        abi.EventFunction(),
        None,
        abi.DestroyFunction(),
    )
    assert status in (abi.WOULD_BLOCK, abi.DEADLINE_EXCEEDED)
    assert 0.2 < time.monotonic() - began < 1.8


def test_the_laws_hold_at_every_moment(stock, client_of):
    """stats() checks both laws; here it is asked while three threads submit, cancel and fetch."""
    client, ended, snapshots = client_of(stock, lanes=2, timeout_ms=2000), threading.Event(), []
    size = {"width": 64, "height": 64}

    def submit(seed):
        for i in range(150):
            number = client.submit(
                (abi.CAPTURE_RGB, abi.LIST_OBJECTS, abi.CAPTURE_DEPTH)[i % 3],
                route=(STREAM, DIRECT)[(i + seed) % 2],
                flags=(0, abi.SUBMIT_NO_EVENT, abi.SUBMIT_NOTIFY_ONLY)[i % 3],
                name="?fail=INTERNAL" if i % 29 == 0 and i % 3 != 1 else "",
                **size,
            )
            if i % 7 == 0:
                client.table.client_cancel(client.handle, number)
            if i % 5 == 0:
                client.latest()
            client.poll(timeout_ms=0)

    def watch():
        while not ended.is_set():
            snapshots.append(client.stats())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    threads = [threading.Thread(target=submit, args=(seed,)) for seed in range(2)]
    for thread in (watcher, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    deadline = time.monotonic() + 20
    while client.stats()["requests_in_flight"] and time.monotonic() < deadline:
        client.poll(timeout_ms=50)
    ended.set()
    watcher.join()
    stats = client.stats()
    assert (stats["requests_submitted"], stats["requests_in_flight"]) == (300, 0)
    assert len(snapshots) > 10
    for before, after in zip(snapshots, snapshots[1:]):
        for name in "requests_submitted", "frames_received", "bytes_received", "completed_ok":
            assert before[name] <= after[name], name
