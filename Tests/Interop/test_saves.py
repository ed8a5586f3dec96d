"""Frames saved by the runtime's worker: bounded, in order, each with its event."""

import ctypes
import os
import select
import threading
import time

import numpy
import pytest

import abi
from frames import Source, encode
from host import Client, Flag, Recorder

QUEUE = 64
NO_CALLBACK = (abi.EventFunction(), None, abi.DestroyFunction())


# Their hooks run when the last client is gone and the last file written: after the test, perhaps.
gates = []


class Gate:
    """A runtime whose worker begins when it is let in."""

    def __init__(self, library):
        gates.append(self)
        self.open, self.roles, self.ended = threading.Event(), [], []
        self.functions = abi.ThreadFunction(self.started), abi.ThreadFunction(self.stopping)
        self.runtime = ctypes.c_void_p()
        options = abi.RuntimeOptions(
            thread_started=self.functions[0], thread_stopping=self.functions[1]
        )
        assert library.runtime_new(options, self.runtime) == abi.OK

    def started(self, role, index, _):
        self.roles.append((role, index))
        if role == abi.THREAD_WORKER:
            self.open.wait(20)

    def stopping(self, role, index, _):
        self.ended.append((role, index))


@pytest.fixture
def gate(library):
    made = Gate(library)
    yield made
    made.open.set()
    library.runtime_free(made.runtime)


@pytest.fixture
def frame(stock, client_of, tmp_path):
    """One RGBA picture of 16 x 8."""
    (tmp_path / "sources").mkdir()
    pixels = numpy.arange(16 * 8 * 4, dtype="uint32").astype("uint8").reshape(8, 16, 4)
    with Source(client_of(stock), tmp_path / "sources").array(pixels, "rgba") as made:
        yield made


def save(client, frame, path, callback=None, destroy=None, picture=None, **options):
    if picture:
        options["picture"] = ctypes.pointer(abi.PictureOptions(**picture))
    chosen = abi.SaveOptions(**options) if options else None
    return client.table.client_save(
        client.handle,
        frame,
        str(path).encode(),
        chosen,
        client.keep(abi.EventFunction(callback)) if callback else abi.EventFunction(),
        None,
        client.keep(abi.DestroyFunction(destroy)) if destroy else abi.DestroyFunction(),
    )


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def test_saved_events_by_polling(library, stock, client_of, frame, tmp_path):
    client = client_of(stock)
    kinds = {"png": 1, "jpg": 2, "npy": 3}
    for number, ending in enumerate(kinds):
        path = tmp_path / f"a.{ending}"
        assert save(client, frame, path, cookie=7 + number, picture={"quality": 50}) == abi.OK
    outcomes = client.collect(3)
    info = abi.FrameInfo()
    assert library.frame_view(frame, info) == abi.OK
    for number, (outcome, ending) in enumerate(zip(outcomes, kinds)):
        assert (outcome.type, outcome.status) == (abi.EVENT_SAVED, abi.OK)
        assert (outcome.cookie, outcome.request_id) == (7 + number, info.request_id)
        assert (outcome.action, outcome.picture, outcome.reply) == (abi.CAPTURE_RGB, None, None)
        assert outcome.message == str(tmp_path / f"a.{ending}")
        data = (tmp_path / f"a.{ending}").read_bytes()
        assert data == encode(library, frame, kinds[ending], quality=50)
    stats = client.stats()
    assert (stats["requests_submitted"], stats["events_queued"]) == (0, 0)


def test_the_event_fd_tells_of_saves(library, stock, client_of, frame, tmp_path):
    client, number = client_of(stock), ctypes.c_int()
    client.check(library.client_event_fd(client.handle, number))
    fd = number.value
    assert not select.select([fd], [], [], 0)[0]
    assert save(client, frame, tmp_path / "a.png") == abi.OK
    assert select.select([fd], [], [], 10)[0]
    assert len(client.collect(1)) == 1
    assert not select.select([fd], [], [], 0)[0]


def test_saved_events_by_callback_in_order(library, stock, client_of, frame, tmp_path):
    client, recorder, done = client_of(stock), Recorder(library), Flag()
    for number in range(200):
        ending = ("png", "jpg", "npy")[number % 3]
        path = tmp_path / f"{number}.{ending}"
        assert save(client, frame, path, recorder, done, cookie=number) == abi.OK
    outcomes = recorder.wait(200)
    assert [outcome.cookie for outcome in outcomes] == list(range(200))
    assert {outcome.type for outcome in outcomes} == {abi.EVENT_SAVED}
    assert {outcome.status for outcome in outcomes} == {abi.OK}
    assert len(recorder.threads) == 1
    wait_for(lambda: done.count == 200)
    times = [os.stat(outcome.message).st_mtime_ns for outcome in outcomes]
    assert times == sorted(times)
    assert client.poll(timeout_ms=0) == []


def test_a_failing_save_says_why_and_the_rest_goes_on(library, stock, client_of, frame, tmp_path):
    client = client_of(stock)
    missing = tmp_path / "missing" / "a.png"
    assert save(client, frame, missing) == abi.OK
    assert save(client, frame, tmp_path / "b.png") == abi.OK
    failed, saved = client.collect(2)
    assert (failed.type, failed.status) == (abi.EVENT_SAVED, abi.MISUSE)
    assert str(missing) in failed.message
    assert (saved.status, saved.message) == (abi.OK, str(tmp_path / "b.png"))


def test_what_is_impossible_is_refused_at_once(library, stock, client_of, frame, tmp_path):
    client, done = client_of(stock), Flag()
    path = tmp_path / "a.png"
    assert save(client, frame, tmp_path / "a.bmp", destroy=done) == abi.MISUSE
    assert done.count == 1
    assert save(client, frame, path, flags=2) == abi.MISUSE
    assert save(client, frame, path, picture={"quality": 0}) == abi.MISUSE
    assert save(client, None, path) == abi.MISUSE
    assert library.client_save(None, frame, b"a.png", None, *NO_CALLBACK) == abi.MISUSE
    assert library.client_save(client.handle, frame, None, None, *NO_CALLBACK) == abi.MISUSE
    assert library.client_flush_saves(None, 0) == abi.MISUSE
    depth = ctypes.c_void_p()
    client.check(library.client_capture(client.handle, abi.DEPTH, b"", 8, 8, depth))
    assert save(client, depth, path) == abi.MISUSE
    assert "PREVIEW" in library.last_error().decode()
    assert save(client, depth, path, picture={"kind": abi.PICTURE_PREVIEW}) == abi.OK
    library.frame_release(depth)
    assert [outcome.action for outcome in client.collect(1)] == [abi.CAPTURE_DEPTH]
    assert library.client_flush_saves(client.handle, 0) == abi.OK


def test_the_queue_is_bounded(library, stock, client_of, gate, frame, tmp_path):
    client = client_of(stock, runtime=gate.runtime)
    for number in range(QUEUE):
        assert save(client, frame, tmp_path / f"{number}.npy", cookie=number, timeout_ms=0) == abi.OK
    for timeout_ms, least in (0, 0), (60, 0.05):
        start = time.monotonic()
        full = save(client, frame, tmp_path / "full.npy", timeout_ms=timeout_ms)
        assert full == abi.WOULD_BLOCK
        assert f"{QUEUE} frames" in library.last_error().decode()
        assert least <= time.monotonic() - start < 5
    assert library.client_flush_saves(client.handle, 0) == abi.WOULD_BLOCK
    assert library.client_flush_saves(client.handle, 20) == abi.WOULD_BLOCK
    assert not list(tmp_path.glob("*.npy"))
    # A client beside it has the same queue; waiting ends when the worker has made room.
    other = client_of(stock, runtime=gate.runtime)
    assert save(other, frame, tmp_path / "other.npy", timeout_ms=0) == abi.WOULD_BLOCK
    threading.Timer(0.1, gate.open.set).start()
    assert save(client, frame, tmp_path / "last.npy", cookie=QUEUE, timeout_ms=-1) == abi.OK
    assert [outcome.cookie for outcome in client.collect(QUEUE + 1)] == list(range(QUEUE + 1))
    assert library.client_flush_saves(client.handle, 0) == abi.OK
    assert len(list(tmp_path.glob("*.npy"))) == QUEUE + 1


def test_the_queue_is_bounded_in_bytes(library, stock, client_of, gate, tmp_path):
    client = client_of(stock, runtime=gate.runtime, timeout_ms=50000)
    large = ctypes.c_void_p()
    # 4096 x 3840 x 4: four of them are 240 MiB.
    client.check(library.client_capture(client.handle, abi.RGB, b"", 4096, 3840, large))
    for number in range(4):
        assert save(client, large, tmp_path / f"{number}.npy", timeout_ms=0) == abi.OK
    assert save(client, large, tmp_path / "4.npy", timeout_ms=0) == abi.WOULD_BLOCK
    library.frame_release(large)
    # What the queue holds is not the host's any more.
    assert client.stats()["host_frame_bytes"] == 0
    gate.open.set()
    assert library.client_flush_saves(client.handle, -1) == abi.OK
    assert len(client.collect(4)) == 4
    assert len(list(tmp_path.glob("*.npy"))) == 4


def test_in_a_callback_a_full_queue_does_not_wait(library, stock, client_of, gate, frame, tmp_path):
    client, found = client_of(stock, runtime=gate.runtime), []

    def callback(event, _):
        for number in range(QUEUE + 1):
            found.append(save(client, frame, tmp_path / f"{number}.npy", timeout_ms=-1))
        found.append(library.client_flush_saves(client.handle, -1))

    client.submit(abi.LIST_OBJECTS, callback)
    wait_for(lambda: len(found) == QUEUE + 2)
    assert found == [abi.OK] * QUEUE + [abi.WOULD_BLOCK] * 2
    gate.open.set()
    assert len(client.collect(QUEUE)) == QUEUE


def test_a_frame_of_a_callback_can_be_saved(library, stock, client_of, tmp_path):
    """It is BORROWED, and the save goes on when it is gone."""
    client, paths = client_of(stock), []

    def callback(event, _):
        path = tmp_path / f"{len(paths)}.npy"
        paths.append(save(client, event.contents.frame, path, flags=abi.SAVE_NO_EVENT))

    for _ in range(20):
        client.submit(abi.CAPTURE_RGB, callback, width=64, height=48)
    wait_for(lambda: len(paths) == 20)
    assert library.client_flush_saves(client.handle, 10000) == abi.OK
    assert paths == [abi.OK] * 20
    for number in range(20):
        assert numpy.load(tmp_path / f"{number}.npy").shape == (48, 64, 3)
    assert client.stats()["host_frame_bytes"] == 0


def test_without_events_flush_tells_of_the_first_failure(library, stock, client_of, frame, tmp_path):
    client = client_of(stock)
    good, bad = tmp_path / "a.png", [tmp_path / "x" / "1.png", tmp_path / "x" / "2.png"]
    for path in good, *bad:
        assert save(client, frame, path, flags=abi.SAVE_NO_EVENT) == abi.OK
    assert library.client_flush_saves(client.handle, 10000) == abi.MISUSE
    text = library.last_error().decode()
    assert str(bad[0]) in text and str(bad[1]) not in text
    assert library.client_flush_saves(client.handle, 10000) == abi.OK
    assert good.exists()
    assert client.poll(timeout_ms=0) == []


def test_close_lets_saves_end_and_their_events_come(library, stock, client_of, gate, frame, tmp_path):
    client = client_of(stock, runtime=gate.runtime)
    for number in range(5):
        assert save(client, frame, tmp_path / f"{number}.png", cookie=number) == abi.OK
    client.check(library.client_close(client.handle))
    assert client.poll(timeout_ms=0) == []
    assert save(client, frame, tmp_path / "late.png") == abi.CLOSED
    gate.open.set()
    outcomes = client.collect(5)
    assert [outcome.status for outcome in outcomes] == [abi.OK] * 5
    assert client.poll(timeout_ms=0) is None


def test_close_ends_a_wait_for_room(library, stock, client_of, gate, frame, tmp_path):
    client, found = client_of(stock, runtime=gate.runtime), []
    for number in range(QUEUE):
        assert save(client, frame, tmp_path / f"{number}.npy", flags=abi.SAVE_NO_EVENT) == abi.OK
    thread = threading.Thread(
        target=lambda: found.append(save(client, frame, tmp_path / "full.npy"))
    )
    thread.start()
    time.sleep(0.05)
    client.check(library.client_close(client.handle))
    thread.join(5)
    assert found == [abi.CLOSED]


def test_files_are_written_also_when_the_client_is_gone(library, stock, gate, frame, tmp_path):
    done, events = Flag(), []
    kept = abi.EventFunction(lambda *_: events.append(1)), abi.DestroyFunction(done)
    with Client(library, stock.target, runtime=gate.runtime) as client:
        for number in range(10):
            path = str(tmp_path / f"{number}.png").encode()
            arguments = [kept[0], None, kept[1]] if number % 2 else NO_CALLBACK
            client.check(library.client_save(client.handle, frame, path, None, *arguments))
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert not list(tmp_path.glob("*.png"))
    gate.open.set()
    wait_for(lambda: len(list(tmp_path.glob("?.png"))) == 10)
    wait_for(lambda: done.count == 5)
    assert events == []


def test_the_worker_is_the_runtimes(library, stock, frame, tmp_path):
    made = Gate(library)
    made.open.set()
    clients = [Client(library, stock.target, runtime=made.runtime) for _ in range(2)]
    wait_for(lambda: made.roles == [(abi.THREAD_LOOP, 0)])
    for client in clients:
        for number in range(3):
            assert save(client, frame, tmp_path / f"{number}.png", flags=1) == abi.OK
        assert library.client_flush_saves(client.handle, -1) == abi.OK
    assert made.roles == [(abi.THREAD_LOOP, 0), (abi.THREAD_WORKER, 0)]
    for client in clients:
        client.free()
    library.runtime_free(made.runtime)
    wait_for(lambda: len(made.ended) == 2)
    assert sorted(made.ended) == sorted(made.roles)


def test_nothing_is_left(library, stock, frame, tmp_path):
    """Threads, descriptors and memory after many clients that saved."""

    def round_trip():
        with Client(library, stock.target) as client:
            for _ in range(8):
                assert save(client, frame, tmp_path / "a.png", flags=1) == abi.OK
            assert library.client_flush_saves(client.handle, -1) == abi.OK

    round_trip()
    threads, files = len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        round_trip()
    wait_for(lambda: len(os.listdir("/proc/self/task")) <= threads)
    assert len(os.listdir("/proc/self/fd")) == files
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "sources"]


def test_many_threads_save(library, stock, client_of, frame, tmp_path):
    client, count = client_of(stock), 40

    def work(worker):
        for number in range(count):
            path = tmp_path / f"{worker}-{number}.npy"
            if save(client, frame, path, cookie=worker << 32 | number) == abi.OK:
                saved.append(path)

    saved = []
    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    outcomes = client.collect(4 * count)
    for thread in threads:
        thread.join()
    assert len(saved) == 4 * count and all(path.exists() for path in saved)
    for worker in range(4):
        own = [o.cookie & 0xFFFFFFFF for o in outcomes if o.cookie >> 32 == worker]
        assert own == list(range(count))
