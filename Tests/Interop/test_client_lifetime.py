"""What is left when clients have come and gone: no descriptor, no thread; and what a fork leaves."""

import ctypes
import os
import subprocess
import sys
import time

import abi
import pictures
import servers
from host import Client, Flag, Picture, runtime

SIZE = {"width": 64, "height": 48}
EXPECTED = pictures.picture(pictures.RGB, 64, 48)


def counts():
    return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))


def settled(before, seconds=5):
    """Threads that were told to end are seen a little longer."""
    deadline = time.monotonic() + seconds
    while counts() != before and time.monotonic() < deadline:
        time.sleep(0.02)
    return counts()


def use(library, target, **options):
    with Client(library, target, **options) as client:
        for route in abi.ROUTE_STREAM, abi.ROUTE_DIRECT:
            outcome = client.call(abi.CAPTURE_RGB, route=route, **SIZE)
            assert outcome.picture.data == EXPECTED
        client.submit(abi.LIST_OBJECTS, lambda event, _: None)
        client.submit(abi.CAPTURE_RGB, flags=abi.SUBMIT_NO_EVENT, **SIZE)
        fd = ctypes.c_int()
        client.check(library.client_event_fd(client.handle, fd))


def test_clients_leave_nothing_behind(stock, library):
    use(library, stock.target)
    before = counts()
    for _ in range(30):
        use(library, stock.target)
    assert settled(before) == before


def test_clients_of_a_runtime_leave_nothing_behind(stock, library):
    before = counts()
    with runtime(library, loop_threads=2) as shared:
        for _ in range(10):
            use(library, stock.target, runtime=shared)
    assert settled(before) == before


def test_clients_that_never_connect_leave_nothing_behind(library):
    before = counts()
    target = f"127.0.0.1:{servers.free_port()}"
    for _ in range(10):
        with Client(library, target, timeout_ms=200) as client:
            assert client.call(abi.LIST_OBJECTS).status == abi.UNAVAILABLE
        Client(library, target).free()
    assert settled(before) == before


def test_a_runtime_freed_before_its_client(stock, library):
    handle, destroyed = ctypes.c_void_p(), Flag()
    notify = abi.DestroyFunction(destroyed)
    assert library.runtime_new(abi.RuntimeOptions(destroy=notify), handle) == abi.OK
    client = Client(library, stock.target, runtime=handle)
    library.runtime_free(handle)
    assert client.call(abi.CAPTURE_RGB, **SIZE).picture.data == EXPECTED
    assert destroyed.count == 0
    client.free()
    assert destroyed.wait() == 1


def test_memory_is_used_again(stock, client_of):
    client = client_of(stock)
    size = {"width": 640, "height": 480}
    for _ in range(20):
        assert client.call(abi.CAPTURE_RGB, **size).status == abi.OK
    pool = client.stats()["pool_bytes"]
    for _ in range(200):
        assert client.call(abi.CAPTURE_RGB, **size).status == abi.OK
    assert client.stats()["pool_bytes"] <= pool


def test_frames_are_let_go_on_any_thread(stock, client_of, library):
    import threading

    client, frames = client_of(stock), []
    for _ in range(20):
        frame = ctypes.c_void_p()
        client.check(library.client_capture(client.handle, abi.RGB, b"", 64, 48, frame))
        frames.append(frame)

    def release(part):
        for frame in part:
            assert Picture(library, frame).data == EXPECTED
            library.frame_release(frame)

    threads = [threading.Thread(target=release, args=(frames[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.stats()["host_frame_bytes"] == 0


FORK = """
import ctypes, os, sys
import abi
library = abi.load(abi.library_path())
client, frame = ctypes.c_void_p(), ctypes.c_void_p()
target = sys.argv[1].encode()
capture = lambda handle, frame: library.client_capture(handle, abi.RGB, b"", 64, 48, frame)
assert library.client_new(target, None, client) == abi.OK
assert capture(client, frame) == abi.OK, library.last_error()
child = os.fork()
if child == 0:
    statuses = [
        capture(client, ctypes.c_void_p()),
        library.client_connect(client, 1000),
        library.client_take_frame(client, 1, 1000, ctypes.c_void_p()),
        library.client_poll(client, abi.Event(), 1, ctypes.sizeof(abi.Event), 1000,
                            ctypes.c_size_t()),
    ]
    # Pictures are memory, and stay; and a client of one's own can be made.
    info = abi.FrameInfo()
    seen = library.frame_view(frame, info)
    library.frame_release(frame)
    library.client_free(client)
    own, mine = ctypes.c_void_p(), ctypes.c_void_p()
    made = library.client_new(target, None, own)
    captured = capture(own, mine)
    print(statuses, seen, info.width, made, captured, library.last_error(), flush=True)
    library.frame_release(mine)
    library.client_free(own)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert capture(client, ctypes.c_void_p()) == abi.OK
print("parent goes on")
"""


def test_a_fork(stock, library):
    ended = subprocess.run(
        [sys.executable, "-c", FORK, stock.target],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
        cwd=os.path.dirname(os.path.abspath(__file__)),
    )
    assert ended.returncode == 0, ended.stderr
    child, parent = ended.stdout.splitlines()
    assert child.startswith(f"{[abi.FORKED] * 4} 0 64 0 0 "), child
    assert parent == "parent goes on"
