"""Pacers and sequences."""

import asyncio
import time

import pictures
import pytest
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, Pacer, StatusCode, UESynthClient, UESynthError


def test_beats_do_not_drift():
    pacer = Pacer(100)
    begin = time.monotonic()
    beats = []
    for beat in pacer:
        beats.append(beat)
        if len(beats) == 20:
            pacer.close()
    first = beats[0]
    for beat in beats:
        assert beat.intended == pytest.approx(first.intended + beat.number / 100, abs=1e-6)
        assert beat.late >= 0
    assert time.monotonic() - begin >= 0.18
    stats = pacer.stats()
    assert (stats.rate, stats.beats) == (100, 20)
    assert stats.late_p50 <= stats.late_p99 <= stats.late_max
    with pytest.raises(UESynthError) as caught:
        pacer.wait()
    assert caught.value.code == StatusCode.CLOSED


def test_missed_beats_are_counted():
    pacer = Pacer(100)
    pacer.wait()
    time.sleep(0.1)
    beat = pacer.wait()
    assert beat.missed_before >= 5
    assert beat.number == beat.missed_before + 1
    assert pacer.stats().beats_missed == beat.missed_before
    slow = Pacer(0.1)
    slow.wait()
    with pytest.raises(TimeoutError):
        slow.wait(timeout=0.05)


def test_asynchronous_beats():
    async def main():
        pacer, numbers, others = Pacer(100), [], 0

        async def other():
            nonlocal others
            while True:
                await asyncio.sleep(0.001)
                others += 1

        task = asyncio.ensure_future(other())
        async for beat in pacer:
            numbers.append(beat.number)
            if len(numbers) == 10:
                break
        task.cancel()
        assert numbers == sorted(set(numbers))
        assert others > 10
        waiting = asyncio.ensure_future(Pacer.tick(slow := Pacer(0.1)))
        await asyncio.sleep(0)
        await waiting
        waiting = asyncio.ensure_future(slow.tick())
        await asyncio.sleep(0.01)
        slow.close()
        with pytest.raises(ConnectionError):
            await waiting

    run(main())


def test_rates():
    for bad in [0, -1, 1e9, float("nan"), float("inf")]:
        with pytest.raises(ValueError):
            Pacer(bad)
    for bad in ["x", None, [], 1j]:
        with pytest.raises(TypeError):
            Pacer(bad)


POSES = [((x, 0, 0), (0, x, 0)) for x in range(40)]
SIZE = {"width": 16, "height": 8}


@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_a_sequence_has_each_pose_in_its_order(stock, ahead):
    with UESynthClient(stock.target) as client:
        sequence = client.capture.sequence(POSES, ahead=ahead, **SIZE)
        assert len(sequence) == 40
        for x, frame in enumerate(sequence):
            assert frame.tobytes() == pictures.picture(1, 16, 8, x)
            assert frame.info.pose.location.x == x
        assert x == 39
        stats = sequence.stats()
        assert (stats.poses, stats.handed_out) == (40, 40)
        assert client.stats().frames_queued == 0
        assert list(client.capture.sequence([])) == []

    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            x = 0
            async for frame in client.capture.sequence(POSES, ahead=ahead, **SIZE):
                assert frame.tobytes() == pictures.picture(1, 16, 8, x)
                x += 1
            assert x == 40
            async for frame in client.capture.sequence(POSES, **SIZE):
                break
            await asyncio.sleep(0.2)
            assert client.stats().requests_in_flight == 0

    run(main())


def test_failures_in_their_place(stock):
    with UESynthClient(stock.target, timeout=0.5) as client:
        sequence = client.capture.sequence(POSES[:3], "normals", "a?fail=NOT_FOUND", **SIZE)
        for _ in range(3):
            with pytest.raises(UESynthError):
                next(sequence)
        with pytest.raises(StopIteration):
            next(sequence)


def test_a_sequence_ends_with_its_client(simulator):
    client = UESynthClient(simulator.target)
    sequence = client.capture.sequence(POSES, ahead=2, **SIZE)
    next(sequence)
    client.disconnect()
    with pytest.raises(ConnectionError):
        for _ in sequence:
            pass
    sequence.close()

    async def main():
        client = AsyncUESynthClient(simulator.target)
        sequence = client.capture.sequence(POSES, **SIZE)
        await sequence.__anext__()
        await client.disconnect()
        with pytest.raises(ConnectionError):
            await sequence.__anext__()
        sequence.close()

    run(main())


def test_arguments(client):
    for bad in [5, [1], ["x"], [((1, 2, 3), (4, 5, "x"))], [((1, 2, 3), (4, 5, float("nan")))]]:
        with pytest.raises((ValueError, TypeError)) as caught:
            client.capture.sequence(bad)
        assert caught.value.code == StatusCode.MISUSE
    for bad in [{"ahead": -1}, {"ahead": 5000}, {"modality": "x"}, {"width": -1}]:
        with pytest.raises(ValueError):
            client.capture.sequence(POSES, **bad)


def test_framesets(simulator, stock):
    pose = uesynth.Transform(uesynth.Vector3(1, 2, 100), uesynth.Rotator(0, 5, 0))
    with UESynthClient(simulator.target) as client:
        frames = client.capture.frameset(
            pose, modalities=["rgb", "depth"], settle_captures=2, settle=0.01, verify=True, **SIZE
        )
        assert frames["rgb"].shape == (8, 16, 4)
        assert frames[1].modality == "depth"
        assert frames["", "depth"] is frames[1]
        assert (frames.verified, frames.settled, frames.pose_error) == (True, 2, None)
        assert frames.read_back.location == (1, 2, 100)
        assert frames.spread >= 0
        assert [frame.info.pose.location for frame in frames] == [(1, 2, 100)] * 2
        assert frames.errors == (None, None)
        with pytest.raises(KeyError):
            frames["normals"]
        assert "rgb: 8x16x4" in repr(frames)
        for bad in [
            {"modalities": "rgb"},
            {"modalities": []},
            {"modalities": ["x"]},
            {"settle": -1},
            {"settle": 61},
            {"settle_captures": 65},
            {"transform": 5},
        ]:
            with pytest.raises((ValueError, TypeError)) as caught:
                client.capture.frameset(**bad)
            assert caught.value.code == StatusCode.MISUSE

    async def main():
        async with AsyncUESynthClient(stock.target, max_concurrent_requests=3) as client:
            sets = await asyncio.gather(
                *(
                    client.capture.frameset(
                        ((x, 0, 0), (0, 0, 0)), modalities=["rgb", "depth"], **SIZE
                    )
                    for x in range(10)
                )
            )
            for x, frames in enumerate(sets):
                assert frames["rgb"].tobytes() == pictures.picture(1, 16, 8, x)
                assert frames["depth"].tobytes() == pictures.picture(2, 16, 8, x)
            frames = await client.capture.frameset(
                cameras=["a", "b?fail=NOT_FOUND"], modalities=["normals"], **SIZE
            )
            assert frames["a", "normals"].shape == (8, 16, 3)
            with pytest.raises(UESynthError, match="Failed to capture"):
                frames["b?fail=NOT_FOUND", "normals"]

    run(main())
