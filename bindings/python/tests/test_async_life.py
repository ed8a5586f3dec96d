"""Beginnings and ends of asynchronous clients: loops, threads, descriptors."""

import asyncio
import gc
import os
import pathlib
import threading
import time
import weakref

import pytest
import uvloop
from conftest import run

from uesynth import AsyncUESynthClient, UESynthError

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.fixture(params=LOOPS, ids=["asyncio", "uvloop"])
def loop(request):
    return request.param


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def threads():
    """The library's, by their names."""
    tasks = pathlib.Path("/proc/self/task").glob("*/comm")
    return sum(path.read_text().startswith("uesynth") for path in tasks)


def test_disconnect_ends_everything(stock, loop):
    async def main():
        before = threads()
        client = AsyncUESynthClient(stock.target, timeout=20, max_concurrent_requests=4)
        await client.connect()
        task = asyncio.ensure_future(client.capture.rgb_direct("a?slow=2", width=8, height=8))
        number = await client.capture.rgb("a?slow=2", width=8, height=8)
        watcher = asyncio.ensure_future(client.wait_for_frame(number))
        more = [
            asyncio.ensure_future(client.capture.rgb("a?slow=2", width=8, height=8))
            for _ in range(6)
        ]
        await asyncio.sleep(0.1)
        assert threads() > before
        await client.disconnect()
        await client.disconnect()
        ended = await asyncio.gather(task, watcher, *more, return_exceptions=True)
        failures = [one for one in ended if isinstance(one, BaseException)]
        assert len(failures) >= 4
        assert all(isinstance(one, ConnectionError) for one in failures)
        for call in [client.ping(), client.capture.rgb(), client.get_latest_frame()]:
            with pytest.raises(ConnectionError, match="disconnected"):
                await call
        assert not await client.is_connected()
        del failures, ended, task, watcher, more, call
        gc.collect()
        deadline = time.monotonic() + 2
        while threads() > before and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        assert threads() == before
        await client.connect()
        assert (await client.capture.rgb_direct(width=8, height=8)).shape == (8, 8, 4)
        await client.disconnect()

    run(main(), loop)


def test_a_dropped_client_goes_at_once(simulator, loop):
    async def main():
        counts = []
        for _ in range(3):
            client = AsyncUESynthClient(simulator.target)
            await client.capture.rgb_direct(width=8, height=8)
            await client.capture.rgb(width=8, height=8)
            session = weakref.ref(client._session)
            del client
            assert session() is None
            await asyncio.sleep(0.05)
            counts.append((descriptors(), threads()))
        assert counts[0] == counts[2]

    run(main(), loop)


def test_a_client_dropped_by_another_thread(simulator, loop):
    async def main():
        client = AsyncUESynthClient(simulator.target)
        await client.capture.rgb_direct(width=8, height=8)
        box = [client]
        del client
        await asyncio.sleep(0)
        # The descriptor leaves the selector in the loop's own thread.
        await asyncio.get_running_loop().run_in_executor(None, box.clear)
        await asyncio.sleep(0.05)
        client = AsyncUESynthClient(simulator.target)
        assert (await client.capture.rgb_direct(width=8, height=8)).shape == (8, 8, 4)

    run(main(), loop)


def test_a_loop_that_is_closed_with_requests_under_way(stock, loop):
    before = descriptors()
    client = AsyncUESynthClient(stock.target, timeout=20)

    async def main():
        await client.connect()
        for _ in range(5):
            await client.capture.rgb("a?slow=0.3", width=8, height=8)
        asyncio.ensure_future(client.capture.rgb_direct("a?slow=1", width=8, height=8))
        await asyncio.sleep(0.05)

    run(main(), loop)

    async def again():
        assert (await client.capture.rgb_direct(width=9, height=8)).shape == (8, 9, 4)

    run(again(), loop)
    del client
    gc.collect()
    time.sleep(0.1)
    assert descriptors() <= before


def test_one_client_belongs_to_one_loop(simulator):
    client = AsyncUESynthClient(simulator.target)

    async def main():
        await client.connect()
        failures = []

        async def intruder():
            try:
                await client.capture.rgb_direct()
            except UESynthError as failure:
                failures.append(failure)

        thread = threading.Thread(target=lambda: asyncio.run(intruder()))
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.01)
        assert "another event loop" in str(failures[0])
        await client.disconnect()

    run(main())


def test_several_loops_in_several_threads(stock, loop):
    failures = []

    def work(x):
        async def main():
            async with AsyncUESynthClient(stock.target) as client:
                for turn in range(30):
                    frame = await client.capture.rgb_direct(width=8 + x, height=8)
                    assert frame.shape == (8, 8 + x, 4)
                    await client.capture.rgb(width=16, height=8)
                    await client.get_latest_frame()

        try:
            run(main(), loop)
        except BaseException as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work, args=(x,)) for x in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures


def test_no_python_runs_on_the_librarys_threads(simulator, loop):
    """Python knows only threads that it has seen."""

    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            for _ in range(20):
                await client.capture.rgb_direct(width=8, height=8)
            async for frame in client.capture.stream(width=8, height=8):
                if frame.sequence > 30:
                    break
            assert len(threading.enumerate()) == known

    known = len(threading.enumerate())
    run(main(), loop)
    assert not any("Dummy" in thread.name for thread in threading.enumerate())


def test_unclaimed_programs_do_not_stall(replay):
    """Submits and never fetches: the oldest frames give way after one timeout."""

    async def main():
        options = {"stream_buffer_size": 4, "timeout": 0.2, "max_concurrent_requests": 4}
        async with AsyncUESynthClient(replay.target, **options) as client:
            for _ in range(20):
                await client.capture.rgb(width=16, height=16)
            while client.stats().requests_in_flight:
                await asyncio.sleep(0.05)
            stats = client.stats()
            assert stats.frames_queued <= 8
            assert stats.frames_dropped_expired >= 10
            assert stats.completed_ok == 20

    run(main())
