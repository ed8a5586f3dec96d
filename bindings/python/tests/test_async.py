"""The asyncio client against the simulator and the stock server."""

import asyncio
import contextlib
import os
import pathlib
import time

import numpy as np
import pictures
import pytest
import uvloop
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, StatusCode, UESynthError

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


def test_streamed_and_direct(stock, loop):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            request_id = await client.capture.rgb("a?slow=0.2", width=64, height=48)
            assert isinstance(request_id, str)
            assert await client.get_latest_frame() is None
            frame = await client.wait_for_frame(request_id)
            assert frame.shape == (48, 64, 4)
            assert frame.request_id == request_id
            assert await client.get_frame_by_id(request_id) is None
            assert await client.get_latest_frame() is None
            assert (await client.get_latest_frame(peek=True)).request_id == request_id
            frame = await client.capture.depth_direct(width=64, height=48)
            assert (frame.shape, frame.dtype) == ((48, 64), np.float32)

    run(main(), loop)


def test_every_method(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            camera, objects = client.camera, client.objects
            ids = [
                await camera.set_location(1, 2, 3),
                await camera.set_rotation(4, 5, 6),
                await camera.create("second", x=9),
                await camera.set_resolution(40, 30, "second"),
                await objects.spawn("box", "/Engine/BasicShapes/Cube.Cube", 1, 1, 1),
                await objects.set_location("box", 1, 2, 3),
                await objects.set_rotation("box", 0, 10, 0),
                await objects.set_scale("box", 2, 2, 2),
                await objects.set_material("box", "color", "#00ff00"),
                await client.scene.set_lighting("Sun", 3, (1, 1, 1), ((0, 0, 0), (-60, 30, 0))),
            ]
            assert len(set(ids)) == len(ids)
            assert all(isinstance(number, str) for number in ids)
            for number in ids:
                assert (await client.wait_for_result(number)).success
            assert await camera.get_location_direct() == (1, 2, 3)
            assert await camera.get_rotation_direct() == (4, 5, 6)
            pose = await client.wait_for_result(await camera.get_location())
            assert pose.location == (1, 2, 3)
            pose = await client.wait_for_result(await camera.get_rotation())
            assert pose.transform.rotation == (4, 5, 6)
            pose = await client.wait_for_result(await objects.get_transform("box"))
            assert (pose.location, pose.scale) == ((1, 2, 3), (2, 2, 2))
            assert await objects.get_transform_direct("box") == pose
            assert (await client.capture.rgb_direct("second")).shape == (30, 40, 4)

            assert (await camera.set_location_direct(7, 8, 9)).success
            assert (await camera.set_rotation_direct(1, 1, 1)).success
            assert (await camera.set_transform_direct(1, 2, 3, yaw=9)).success
            assert (await objects.set_transform_direct("box", 4, 4, 4, yaw=3)).success
            await objects.set_transform("box", uesynth.Transform())
            await camera.set_transform(3, 2, 1)
            assert await camera.get_location_direct() == (3, 2, 1)
            assert "box" in await objects.list_all()
            await objects.destroy("box")
            await camera.destroy("second")
            assert "box" not in await objects.list_all()

            size = {"width": 32, "height": 24}
            for name in uesynth._actions.MODALITIES:
                number = await getattr(client.capture, name)(**size)
                assert (await client.wait_for_frame(number)).modality == name
                assert (await getattr(client.capture, name + "_direct")(**size)).modality == name
            every = await client.capture.all_modalities_direct(**size)
            assert [every[name].modality for name in every] == list(uesynth._actions.MODALITIES)
            numbers = await client.capture.all_modalities(**size)
            for name, number in numbers.items():
                assert (await client.frames.wait_for_frame(number)).modality == name

            assert (await client.config.set_timeout(2000)).success
            assert client.timeout == 2
            assert await client.ping() > 0
            assert await client.test_connection()
            assert await client.is_connected()
            stats = client.stats()
            assert stats.requests_in_flight == 0
            assert stats.completed_ok == stats.requests_submitted

    run(main())


def test_what_the_interface_does_not_have(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            for call in [
                client.camera.set_fov(90),
                client.camera.get_fov(),
                client.objects.find_by_class("Actor"),
                client.scene.set_weather("rain"),
                client.scene.set_time_of_day(12),
                client.scene.set_sun_intensity(3),
                client.config.set_image_format("jpeg"),
                client.config.set_image_quality(90),
                client.config.set_max_resolution(640, 480),
                client.config.set_async_mode(True),
            ]:
                with pytest.raises(UESynthError) as caught:
                    await call
                assert caught.value.code == StatusCode.UNIMPLEMENTED

    run(main())


def test_a_hundred_captures_are_fetched_by_their_ids(stock, loop):
    """Poses and pictures belong together, whatever is under way."""

    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            wanted = []
            for x in range(100):
                await client.camera.set_location(x, 0, 0)
                wanted.append((x, await client.capture.rgb(width=16, height=8)))
            for x, number in reversed(wanted):
                frame = await client.wait_for_frame(number, timeout=10)
                assert frame.tobytes() == pictures.picture(1, 16, 8, x)
            assert client.stats().frames_dropped == 0

    run(main(), loop)


def test_gathered_batches_keep_their_order(stock):
    """As the guide has it: poses and captures as coroutines, more of them than may be under way."""

    async def main():
        async with AsyncUESynthClient(stock.target, max_concurrent_requests=8) as client:
            tasks = []
            for x in range(60):
                tasks.append(client.camera.set_location(x=x, y=0, z=0))
                tasks.append(client.capture.rgb(width=16, height=8))
            ids = await asyncio.gather(*tasks)
            for x in range(60):
                frame = await client.wait_for_frame(ids[2 * x + 1])
                assert frame.tobytes() == pictures.picture(1, 16, 8, x)

    run(main())


def test_a_full_client_yields_to_the_loop(stock, loop):
    async def main():
        async with AsyncUESynthClient(stock.target, max_concurrent_requests=2) as client:
            ticks = 0

            async def tick():
                nonlocal ticks
                while True:
                    await asyncio.sleep(0.01)
                    ticks += 1

            ticker = asyncio.ensure_future(tick())
            for _ in range(12):
                await client.capture.rgb("a?slow=0.05", width=8, height=8)
            ticker.cancel()
            assert ticks > 10
            assert client.stats().requests_submitted == 12

    run(main(), loop)


def test_who_waits_for_room_may_be_cancelled(stock):
    async def main():
        async with AsyncUESynthClient(stock.target, max_concurrent_requests=1) as client:
            first = asyncio.ensure_future(
                client.capture.rgb_direct("a?slow=0.2", width=8, height=8)
            )
            await asyncio.sleep(0.05)
            second = asyncio.ensure_future(client.capture.rgb_direct(width=9, height=8))
            third = asyncio.ensure_future(client.capture.rgb_direct(width=10, height=8))
            await asyncio.sleep(0.05)
            second.cancel()
            assert (await third).shape == (8, 10, 4)
            assert (await first).shape == (8, 8, 4)
            assert second.cancelled()
            assert client.stats().requests_submitted == 2
            assert not client._session._room

    run(main())


def test_a_loop_without_other_awaits_sees_frames(replay, loop):
    """Submit and poll, with nothing else awaited: completions come in all the same."""

    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            seen = []
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                await client.capture.rgb(width=64, height=64)
                frame = await client.get_latest_frame()
                if frame is not None:
                    seen.append(frame.sequence)
                if len(seen) == 20:
                    break
            assert len(seen) == 20
            assert seen == sorted(set(seen)), "a frame was given twice"

    run(main(), loop)


def test_streamed_calls_let_other_tasks_run(replay, loop):
    async def main():
        async with AsyncUESynthClient(replay.target) as client:
            done = []

            async def other():
                done.append(await client.camera.get_location_direct())

            task = asyncio.ensure_future(other())
            for _ in range(2000):
                await client.camera.set_location(1, 2, 3)
            assert done
            await task

    run(main(), loop)


def test_latest_is_of_what_is_asked_for(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            for name, camera in [("rgb", ""), ("depth", ""), ("rgb", "main")]:
                number = await getattr(client.capture, name)(camera, width=8, height=8)
                await asyncio.sleep(0.1)
                while client.stats().requests_in_flight:
                    await asyncio.sleep(0.01)
                last = number
            assert (await client.get_latest_frame(peek=True)).request_id == last
            assert (await client.get_latest_frame("depth")).modality == "depth"
            assert await client.get_latest_frame("depth") is None
            assert (await client.get_latest_frame(camera_name="main")).info.camera == "main"
            assert (await client.get_latest_frame()).info.camera == ""
            assert await client.get_latest_frame() is None
            assert await client.get_latest_frame("normals") is None
            with pytest.raises(ValueError, match="there are rgb"):
                await client.get_latest_frame("colour")

    run(main())


def test_a_cancelled_task_cancels_its_request(stock, loop):
    async def main():
        async with AsyncUESynthClient(stock.target, timeout=20) as client:
            task = asyncio.ensure_future(client.capture.rgb_direct("a?slow=1", width=8, height=8))
            await asyncio.sleep(0.1)
            assert client.stats().requests_in_flight == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(100):
                await asyncio.sleep(0.01)
                if client.stats().completed_cancelled:
                    break
            stats = client.stats()
            assert (stats.completed_cancelled, stats.requests_in_flight) == (1, 0)
            assert not client._session._waiting

    run(main(), loop)


def test_wait_for_leaves_no_frame_behind(stock):
    async def main():
        async with AsyncUESynthClient(stock.target, timeout=20) as client:
            for _ in range(30):
                # About as often in time as not.
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(
                        client.capture.rgb_direct("a?slow=0.02", width=8, height=8), 0.023
                    )
            while client.stats().requests_in_flight:
                await asyncio.sleep(0.01)
            stats = client.stats()
            assert stats.frames_queued == 0
            assert not client._session._waiting

    run(main())


def test_waiting_for_a_frame(stock):
    async def main():
        async with AsyncUESynthClient(stock.target, timeout=5) as client:
            number = await client.capture.rgb("a?slow=0.3", width=8, height=8)
            assert await client.get_frame_by_id(number) is None
            with pytest.raises(asyncio.TimeoutError) as caught:
                await client.wait_for_frame(number, timeout=0.05)
            assert caught.value.code == StatusCode.DEADLINE_EXCEEDED
            assert number in str(caught.value)
            both = await asyncio.gather(
                client.wait_for_frame(number), client.wait_for_frame(number), return_exceptions=True
            )
            assert sorted(type(one).__name__ for one in both) == ["Frame", "UESynthError"]
            assert not client._session._watchers
            with pytest.raises(UESynthError) as caught:
                await client.wait_for_frame("12345678901")
            assert caught.value.code == StatusCode.NO_FRAME
            for bad in ["x", "-1", None, 1.5, "", True, [], str(1 << 70)]:
                with pytest.raises(ValueError, match="no request id"):
                    await client.wait_for_frame(bad)
            with pytest.raises(TypeError):
                await client.wait_for_frame("1", timeout="soon")

    run(main())


def test_streamed_requests_that_fail_are_logged_and_told(stock, caplog):
    async def main():
        async with AsyncUESynthClient(stock.target, timeout=1) as client:
            number = await client.objects.destroy("nothing")
            with pytest.raises(UESynthError, match="no such object") as caught:
                await client.wait_for_result(number)
            assert caught.value.code == StatusCode.UNKNOWN
            number = await client.capture.rgb("a?silent=1", width=8, height=8)
            with pytest.raises(UESynthError) as caught:
                await client.wait_for_frame(number)
            assert caught.value.code in (StatusCode.DEADLINE_EXCEEDED, StatusCode.NO_ANSWER)

    with caplog.at_level("WARNING", "uesynth"):
        run(main())
    assert "no such object" in caplog.text


def test_arrays_of_ones_own(simulator, stock):
    async def main():
        from uesynth import _destination

        async with AsyncUESynthClient(simulator.target, max_concurrent_requests=2) as client:
            outs = [np.zeros((24, 32, 4), np.uint8) for _ in range(8)]
            found = await asyncio.gather(
                *(client.capture.rgb_direct(width=32, height=24, out=out) for out in outs)
            )
            assert [a is b for a, b in zip(found, outs)] == [True] * 8
            frame = await client.capture.rgb_direct(width=32, height=24)
            assert all((out == frame).all() for out in outs)
            assert _destination.pending() == 0
        async with AsyncUESynthClient(stock.target) as client:
            out = np.zeros((8, 8, 4), np.uint8)
            task = asyncio.ensure_future(
                client.capture.rgb_direct("a?slow=0.3", width=8, height=8, out=out)
            )
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.sleep(0.5)
            assert _destination.pending() == 0

    run(main())
