"""How long asynchronous clients wait for frames."""

import asyncio

import pytest
from conftest import run

from uesynth import AsyncUESynthClient, StatusCode


def test_times_to_wait(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            number = await client.capture.rgb("a?slow=0.3", width=8, height=8)
            for wait in (
                client.wait_for_frame,
                client.frames.wait_for_frame,
                client.wait_for_result,
            ):
                with pytest.raises(TypeError, match="timeout has to be") as caught:
                    await wait(number, "soon")
                assert caught.value.code == StatusCode.MISUSE
                for look in (0, -1, float("nan")):
                    with pytest.raises(asyncio.TimeoutError):
                        await wait(number, look)
            frame = await client.wait_for_frame(number, float("inf"))
            assert frame.shape == (8, 8, 4)

    run(main())


def test_none_until_there_is_a_frame(stock):
    async def main():
        async with AsyncUESynthClient(stock.target) as client:
            await client.capture.rgb("a?slow=0.3", width=8, height=8)
            assert await client.get_latest_frame() is None
            await asyncio.sleep(0.6)
            assert (await client.get_latest_frame()).shape == (8, 8, 4)
            assert await client.get_latest_frame() is None

    run(main())
