"""Floods from a server in another process: what they cost is bounded in memory and in what is sent
back; the processor time for each frame is told."""

import os
import pathlib
import sys
import time

import abi
import pytest
import servers
from host import Client, wait_until

import memory
from scenario import OPTIONS, STATUS_NAMES
from script import close
from server import Server
from tables.floods import FLOODS

HERE = pathlib.Path(__file__).resolve().parent
COUNT = int(os.environ.get("UESYNTH_FLOOD", "20000"))
MEMORY = 4 << 20


@pytest.fixture(scope="module")
def warm(library, simulator):
    """What the first client takes for good is no flood's."""
    with Client(library, simulator.target) as client:
        assert client.call(abi.LIST_OBJECTS, route=abi.ROUTE_STREAM).status == abi.OK
        assert client.call(abi.LIST_OBJECTS, route=abi.ROUTE_DIRECT).status == abi.OK


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.name)
def test_flood(library, warm, flood):
    count = COUNT // 10 if "16 KiB" in flood.name else COUNT
    command = [sys.executable, HERE / "child.py", "flood", flood.name, count]
    with servers.Server(command) as server, Client(library, server.target, **OPTIONS) as client:
        memory.forget_peak()
        before, cpu = memory.resident(), time.process_time()
        client.submit(abi.GET_CAMERA_TRANSFORM, route=flood.route, timeout_ms=50000)
        [outcome] = client.collect(1, timeout_ms=55000)
        cpu, growth = time.process_time() - cpu, memory.peak() - before
        assert outcome.status in flood.accepts, outcome
        again = client.call(
            abi.GET_CAMERA_TRANSFORM, flags=abi.SUBMIT_WAIT_FOR_READY, timeout_ms=20000
        )
        assert again.status == abi.OK, again
        stats = client.stats()
    print(
        f"{count} x {flood.name}: {STATUS_NAMES[outcome.status]}, {cpu * 1e6 / count:.2f} us each, "
        f"{growth >> 10} KiB, {stats['bytes_received']} bytes in, {stats['bytes_sent']} out"
    )
    assert growth < MEMORY, growth
    # An answer to each frame is no longer than that.
    assert stats["bytes_sent"] < 4096 + 17 * count, stats["bytes_sent"]
    assert stats["requests_submitted"] == stats["completed_ok"] + (outcome.status != abi.OK)


def test_a_server_that_ends_every_connection(library, warm):
    """Attempts are as many as the pauses between them allow, and a waiting call waits on."""
    with Server(*[[close]] * 1000) as server:
        options = {"initial_backoff_ms": 50, "max_backoff_ms": 200}
        with Client(library, server.target, **options) as client:
            before = memory.allocated()
            client.submit(abi.LIST_OBJECTS, flags=abi.SUBMIT_WAIT_FOR_READY, timeout_ms=2000)
            [outcome] = client.collect(1)
            assert outcome.status == abi.DEADLINE_EXCEEDED
            # 50, 80, 128 and then 200 ms, with a jitter of a fifth.
            assert 5 <= server.accepted <= 17, server.accepted
            wait_until(lambda: client.stats()["requests_in_flight"] == 0)
            assert memory.allocated() - before < 1 << 20
