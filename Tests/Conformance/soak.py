"""What takes too long for make test: python soak.py [calls|reconnects|restarts|leaks|slow]...
runs these, or all. Each ends with a line; the memory that each may grow by is under 1 MiB."""

import ctypes
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import abi  # noqa: E402
import host  # noqa: E402
import servers  # noqa: E402

import memory  # noqa: E402
from drill import Drill  # noqa: E402

MIB = 1 << 20
BATCH = 256


class Meter:
    """Growth from `start` on."""

    def start(self):
        self.resident, self.allocated, self.began = (
            memory.resident(),
            memory.allocated(),
            time.time(),
        )

    def line(self, text):
        resident, allocated = memory.resident() - self.resident, memory.allocated() - self.allocated
        print(
            f"{text} in {time.time() - self.began:.0f} s: {resident >> 10} KiB more resident, "
            f"{allocated} bytes more allocated",
            flush=True,
        )
        assert resident < MIB and allocated < MIB


def run_batches(table, client, route, count):
    """So many calls, in batches that are waited for."""
    actions = (abi.Action * BATCH)(*(host.action(abi.GET_CAMERA_TRANSFORM) for _ in range(BATCH)))
    events, taken = (abi.Event * BATCH)(), ctypes.c_size_t()
    size, options = ctypes.sizeof(abi.Event), abi.SubmitOptions(route=route)
    for _ in range(count // BATCH):
        sent = ctypes.c_size_t()
        client.check(
            table.client_submit_batch(
                client.handle,
                actions,
                BATCH,
                ctypes.sizeof(abi.Action),
                options,
                None,
                sent,
                abi.EventFunction(),
                None,
                abi.DestroyFunction(),
            )
        )
        left = sent.value
        assert left == BATCH
        while left:
            client.check(table.client_poll(client.handle, events, BATCH, size, 20000, taken))
            for place in range(taken.value):
                assert events[place].status == abi.OK, events[place].message
            table.events_release(events, taken, size)
            left -= taken.value


def calls(table, total=1_000_000):
    """Nine of ten by stream, the others as RPCs of their own."""
    meter = Meter()
    with servers.simulator() as server, host.Client(table, server.target) as client:
        for route in abi.ROUTE_STREAM, abi.ROUTE_DIRECT:
            run_batches(table, client, route, 20000)
        meter.start()
        run_batches(table, client, abi.ROUTE_STREAM, total * 9 // 10 // BATCH * BATCH + BATCH)
        run_batches(table, client, abi.ROUTE_DIRECT, total // 10 // BATCH * BATCH + BATCH)
        stats = client.stats()
        assert stats["completed_ok"] == stats["requests_submitted"] > total, stats
        meter.line(f"{stats['completed_ok']} calls")


def reconnects(table, total=10_000):
    """Connections that end after one answer: by FIN, by RST, by GOAWAY."""
    meter = Meter()
    command = [sys.executable, HERE / "child.py", "ending"]
    options = {"initial_backoff_ms": 1, "max_backoff_ms": 20}
    with servers.Server(command) as server, host.Client(table, server.target, **options) as client:
        answered = lost = 0
        while answered < total + 500:
            if answered == 500 and not hasattr(meter, "began"):
                meter.start()
            outcome = client.call(abi.GET_CAMERA_TRANSFORM, flags=abi.SUBMIT_WAIT_FOR_READY)
            if outcome.status == abi.OK:
                answered += 1
            else:
                # It was sent while the connection was ending.
                assert outcome.status == abi.UNAVAILABLE, outcome
                lost += 1
        stats = client.stats()
        assert stats["connects"] >= total, stats
        meter.line(f"{stats['connects']} connections with {answered} calls, {lost} calls lost")


def restarts(table):
    drill = Drill(table, restarts=20).run()
    print(drill, flush=True)
    assert not drill.problems, drill.problems
    assert max(drill.growth) < MIB, drill


def leaks(table):
    """Every scenario, the quick ones twenty times more, and longer floods."""
    environment = dict(os.environ, UESYNTH_LEAK_ROUNDS="20", UESYNTH_FLOOD="300000")
    for test in "test_scenarios.py", "test_floods.py":
        command = [sys.executable, "-m", "pytest", "-q", "-s", "--timeout=1800", HERE / test]
        subprocess.run(command, env=environment, check=True)


def slow(table):
    """Tests that wait for as long as a user has to."""
    tests = HERE.parent / "Interop"
    command = [sys.executable, "-m", "pytest", "-q", "-m", "slow", "--timeout=300", tests]
    subprocess.run(command, check=True)


def main(names):
    table = abi.load(abi.library_path())
    soaks = {
        "calls": calls,
        "reconnects": reconnects,
        "restarts": restarts,
        "leaks": leaks,
        "slow": slow,
    }
    for name in names or soaks:
        soaks[name](table)


if __name__ == "__main__":
    main(sys.argv[1:])
