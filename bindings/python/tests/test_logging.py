"""What the library has to say, through logging.getLogger("uesynth")."""

import asyncio
import logging
import threading
import time

import pytest
import servers
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, UESynthClient


def test_a_blocking_client_says_that_it_is_connected(simulator, caplog):
    caplog.set_level(logging.INFO, logger="uesynth")
    with UESynthClient(simulator.target) as client:
        client.capture.rgb(width=8, height=8)
        assert f"connected to {simulator.target}" in caplog.text
        assert {record.name for record in caplog.records} == {"uesynth"}
        assert {record.levelname for record in caplog.records} == {"INFO"}


def test_levels_that_nobody_wants_cost_nothing(simulator, caplog):
    caplog.set_level(logging.ERROR, logger="uesynth")
    with UESynthClient(simulator.target) as client:
        client.capture.rgb(width=8, height=8)
        assert client.stats().events_queued == 0
    assert not caplog.records


def test_threads_hear_as_well(simulator, caplog):
    caplog.set_level(logging.INFO, logger="uesynth")
    client = UESynthClient(simulator.target)
    thread = threading.Thread(target=client.capture.rgb, kwargs={"width": 8, "height": 8})
    thread.start()
    thread.join()
    assert "connected to" in caplog.text
    client.disconnect()


def test_who_cannot_connect_is_told(caplog):
    target = f"127.0.0.1:{servers.free_port()}"
    with pytest.raises(ConnectionError):
        UESynthClient(target).connect()
    assert "cannot connect" in caplog.text
    assert target in caplog.text
    assert caplog.records[0].levelno == logging.WARNING


def test_an_asynchronous_client_says_when_the_server_goes(caplog):
    caplog.set_level(logging.INFO, logger="uesynth")

    async def main():
        with uesynth.sim() as simulator:
            async with AsyncUESynthClient(simulator.target) as client:
                await client.capture.rgb_direct(width=8, height=8)
                assert f"connected to {simulator.target}" in caplog.text
                before = len(caplog.records)
                simulator.close()
                deadline = time.monotonic() + 5
                while len(caplog.records) == before and time.monotonic() < deadline:
                    await asyncio.sleep(0.01)
                assert simulator.target in caplog.records[before].getMessage()

    run(main())
