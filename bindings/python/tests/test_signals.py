"""Ctrl-C during every call that waits."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from conftest import HERE

CALLS = {
    "a capture": "client.capture.rgb('a?slow=20', width=8, height=8)",
    "a direct capture": "client.capture.normals('a?slow=20', width=8, height=8)",
    "a command": "client.camera.destroy('a?slow=20')",
    "a read": "client.camera.get_location('a?slow=20')",
    "all modalities": "client.capture.all_modalities('a?slow=20', width=8, height=8)",
    "an array": "client.capture.rgb('a?slow=20', width=8, height=8, out=numpy.zeros((8, 8, 4), 'u1'))",
    "connecting": "uesynth.UESynthClient(silent, timeout=20).connect()",
    "the first use": "uesynth.UESynthClient(silent, timeout=20).capture.rgb()",
    "a frameset": "client.capture.frameset(camera_name='a?slow=20', width=8, height=8)",
    "a sequence": "ahead()",
    "a pacer": "list(uesynth.Pacer(0.01))",
    "asyncio": "asyncio.run(direct())",
    "room": "full()",
}

PROGRAM = """
import asyncio, contextlib, signal, socket, sys, time, numpy, uesynth

# Whoever runs the tests in the background of a shell has SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
listener = socket.create_server(("127.0.0.1", 0))
silent = "127.0.0.1:%d" % listener.getsockname()[1]
client = uesynth.UESynthClient(sys.argv[1], timeout=30)
client.connect()

async def direct():
    async with uesynth.AsyncUESynthClient(sys.argv[1], timeout=30) as client:
        print("waiting", flush=True)
        await client.capture.rgb_direct("a?slow=20", width=8, height=8)

def full():
    client = uesynth.UESynthClient(sys.argv[1], timeout=30, max_concurrent_requests=1)
    client.connect()
    session, core = client._session, client._session.open()
    request = uesynth._actions.capture(1, "a?slow=20", 8, 8)
    session._submit(core, request, uesynth._events.submit_options())
    client.ping()

def ahead():
    path = [((0, 0, 0), (0, 0, 0))] * 3
    with contextlib.closing(client.capture.sequence(path, "rgb", "a?slow=20", 8, 8)) as frames:
        next(frames)

try:
    if "direct()" not in "CALL":
        print("waiting", flush=True)
    CALL
    print("it returned")
except KeyboardInterrupt:
    began = time.monotonic()
    stats = client.stats()
    while stats.requests_in_flight and time.monotonic() < began + 2:
        time.sleep(0.01)
        stats = client.stats()
    print("interrupted", stats.requests_in_flight, stats.frames_queued, flush=True)
"""


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_ctrl_c(stock, call):
    program = textwrap.dedent(PROGRAM).replace('"CALL"', repr(call)).replace("CALL", call)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, stock.target],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        line = process.stdout.readline()
        seconds = time.monotonic() - began
        assert line == "interrupted 0 0\n"
        # 100 ms, on a machine that may be busy.
        assert seconds < 3
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_handlers_may_use_the_client(stock):
    """A signal handler that captures while the main thread waits for another capture."""
    import uesynth

    with uesynth.UESynthClient(stock.target) as client:
        seen = []

        def handler(*_):
            seen.append(client.capture.normals(width=16, height=8).shape)

        before = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            frame = client.capture.normals("a?slow=0.4", width=8, height=8)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert frame.shape == (8, 8, 3)
        assert seen == [(8, 16, 3)]
