"""Replies to streamed requests: each one once, and never a success that nobody has seen."""

import asyncio
import time

import pytest
from conftest import run

from uesynth import AsyncUESynthClient, StatusCode, UESynthError


async def refused(client, number, words):
    with pytest.raises(UESynthError, match=words) as caught:
        await client.wait_for_result(number)
    return caught.value.code


def test_a_reply_is_given_once(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            failed = await client.objects.destroy("nothing")
            await refused(client, failed, "no such object")
            done = await client.camera.set_location(1, 2, 3)
            assert (await client.wait_for_result(done)).success
            for number in (failed, done, "12345678901", "0"):
                code = await refused(client, number, "unknown, given before, or forgotten: the last 1024")
                assert code == StatusCode.NOT_FOUND

    run(main())


def test_all_who_wait_are_told(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            number = await client.objects.destroy("nothing")
            both = await asyncio.gather(
                *(client.wait_for_result(number) for _ in range(2)), return_exceptions=True
            )
            assert ["no such object" in str(one) for one in both] == [True, True]
            await refused(client, number, "given before")

    run(main())


def test_all_who_wait_are_told_whoever_takes_it(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            session = client._session
            for _ in range(300):
                number = await client.camera.get_location()
                # Both begin by giving others their turn.
                session._next_turn = 0.0
                both = asyncio.gather(*(client.wait_for_result(number) for _ in range(2)))
                # The reply comes before they do.
                time.sleep(0.0002)
                assert [one.location is not None for one in await both] == [True, True]
                await refused(client, number, "given before")

    run(main())


def test_the_last_1024_are_kept(simulator):
    async def main():
        async with AsyncUESynthClient(simulator.target) as client:
            asked = await client.camera.get_location()
            ids = [await client.camera.set_location(1, 2, n) for n in range(1025)]
            assert (await client.wait_for_result(ids[-1])).success
            assert (await client.wait_for_result(ids[1])).success
            await refused(client, ids[0], "forgotten")
            # Commands push out no answers.
            assert (await client.wait_for_result(asked)).location is not None

    run(main())


def test_captures_have_frames_and_no_replies(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            for camera in ("a", "a?slow=0.2"):
                number = await client.capture.rgb(camera, width=8, height=8)
                await asyncio.sleep(0 if "slow" in camera else 0.3)
                await refused(client, number, "was a capture")
                await refused(client, number, "was a capture")
                assert (await client.wait_for_frame(number)).shape == (8, 8, 4)
                await refused(client, number, "unknown, given before")

    run(main())


def test_another_connection_counts_anew(stock):
    async def main():
        client = AsyncUESynthClient(stock.target)
        await client.connect()
        number = await client.objects.destroy("nothing")
        while not client._session._results:
            await asyncio.sleep(0.01)
        await client.disconnect()
        await client.connect()
        await refused(client, number, "unknown")
        await client.disconnect()

    run(main())
