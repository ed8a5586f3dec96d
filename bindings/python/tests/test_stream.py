"""Frames as they come."""

import asyncio
import time

import pytest
from conftest import run

from uesynth import AsyncUESynthClient, StatusCode, UESynthError

SIZE = {"width": 16, "height": 8}


def test_a_steady_rate(replay):
    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            sequences, begin = [], time.perf_counter()
            async for frame in client.capture.stream(fps=50, **SIZE):
                sequences.append(frame.sequence)
                if len(sequences) == 25:
                    break
            seconds = time.perf_counter() - begin
            assert sequences == list(range(1, 26))
            assert seconds > 0.4
            await asyncio.sleep(0.1)
            stats = client.stats()
            assert (stats.requests_in_flight, stats.frames_queued) == (0, 0)
            assert not client._session._subscribers

    run(main())


def test_as_fast_as_the_server(replay):
    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            async with client.capture.stream(modality="depth", depth=8, **SIZE) as stream:
                count = 0
                async for frame in stream:
                    count += 1
                    assert frame.modality == "depth"
                    if count == 200:
                        break
            with pytest.raises(StopAsyncIteration):
                await stream.__anext__()

    run(main())


def test_a_slow_loop_gets_every_frame_or_the_newest(replay):
    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            for latest in (False, True):
                stream = client.capture.stream(fps=200, latest=latest, **SIZE)
                sequences = []
                async for frame in stream:
                    sequences.append(frame.sequence)
                    await asyncio.sleep(0.03)
                    if len(sequences) == 10:
                        break
                await stream.aclose()
                gaps = [b - a for a, b in zip(sequences, sequences[1:])]
                assert all(gap == 1 for gap in gaps) is not latest
                await asyncio.sleep(0.1)
                assert client.stats().frames_queued == 0

    run(main())


def test_other_requests_go_on_beside_it(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            count = 0
            async for _ in client.capture.stream(**SIZE):
                count += 1
                await client.camera.set_location(count, 0, 0)
                if count % 10 == 0:
                    assert (await client.camera.get_location_direct()).x == count
                if count == 30:
                    break

    run(main())


def test_two_streams(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:

            async def watch(modality):
                count = 0
                async for frame in client.capture.stream(fps=100, modality=modality, **SIZE):
                    assert frame.modality == modality
                    count += 1
                    if count == 10:
                        return

            await asyncio.gather(watch("rgb"), watch("normals"))

    run(main())


def test_a_frame_that_comes_alone_takes_the_short_way(replay):
    """Its event holds nothing, so nothing is let go of; one of a failure does."""

    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            stream = client.capture.stream(fps=50, **SIZE)
            await stream.__anext__()
            session = client._session
            release, released = session._release, []

            def counted(*arguments):
                released.append(session._events.count)
                release(*arguments)

            session._release = counted
            for _ in range(10):
                await stream.__anext__()
            assert released == []
            failing = await client.objects.destroy("nothing")
            with pytest.raises(UESynthError, match="nothing"):
                await client.wait_for_result(failing)
            assert sum(released) >= 1
            stream.close()

    run(main())


def test_a_failure_is_raised_and_the_stream_goes_on(stock):
    async def main():
        async with AsyncUESynthClient(stock.target, timeout=0.2) as client:
            stream = client.capture.stream(camera_name="a?silent=1", **SIZE)
            for _ in range(2):
                with pytest.raises(UESynthError) as caught:
                    await stream.__anext__()
                assert caught.value.code in (StatusCode.DEADLINE_EXCEEDED, StatusCode.NO_ANSWER)
            stream.close()

    run(main())


def test_disconnecting_ends_it(simulator):
    async def main():
        client = AsyncUESynthClient(simulator.target)
        stream = client.capture.stream(fps=0.5, **SIZE)
        await stream.__anext__()
        task = asyncio.ensure_future(stream.__anext__())
        await asyncio.sleep(0.05)
        await client.disconnect()
        with pytest.raises(ConnectionError):
            await task

    run(main())


def test_arguments(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            for bad in [{"modality": "x"}, {"width": -1}, {"camera_name": 5}]:
                with pytest.raises((ValueError, TypeError)):
                    client.capture.stream(**bad)
            for bad in [{"fps": "x"}, {"fps": -1}, {"fps": float("nan")}, {"depth": 5000}]:
                with pytest.raises((ValueError, TypeError)) as caught:
                    await client.capture.stream(**bad).__anext__()
                assert caught.value.code == StatusCode.MISUSE

    run(main())
