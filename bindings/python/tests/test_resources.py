"""The guide's loop, for long: memory, descriptors and threads stay as they were.

UESYNTH_LONG=1 runs as many frames as the project promises; otherwise a few of them.
"""

import os
import time

import psutil
import pytest
from conftest import run

import uesynth

LONG = os.environ.get("UESYNTH_LONG") == "1"
PROCESS = psutil.Process()


def resources(client):
    """Memory beside the library's pool, which is under its own cap; descriptors; threads."""
    memory = PROCESS.memory_info().rss - client.stats().pool_bytes
    return memory, PROCESS.num_fds(), PROCESS.num_threads()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("width", "height", "tick", "frames"),
    [
        (256, 256, None, 20_000 if LONG else 3_000),
        (1920, 1080, "60", 2_000 if LONG else 120),
    ],
    ids=["256", "1080p"],
)
def test_the_loop_that_processes_immediately(simulators, width, height, tick, frames):
    simulator = simulators("--replay", *(["--tick-hz", tick] if tick else []))

    async def main():
        options = {"stream_buffer_bytes": 64 << 20}
        async with uesynth.AsyncUESynthClient(simulator.target, **options) as client:
            # The first one is prepared by the server, and connects.
            await client.capture.rgb_direct(width=width, height=height)
            early, seen, total, deadline = None, 0, 0, time.monotonic() + 500
            while seen < frames and time.monotonic() < deadline:
                await client.capture.rgb(width=width, height=height)
                frame = await client.get_latest_frame()
                if frame is not None:
                    seen += 1
                    total += int(frame[0, 0, 0])
                if seen == frames // 2 and early is None:
                    early = resources(client)
            late = resources(client)
            stats = client.stats()
            assert stats.frames_delivered == seen + 1 == frames + 1
            print(
                f"{seen} frames, {(late[0] - early[0]) / 1e6:+.1f} MB, pool {stats.pool_bytes / 1e6:.0f} MB"
            )
            # One 1080p frame more or less is nothing.
            assert late[0] - early[0] < 24 << 20
            assert stats.pool_bytes <= 128 << 20
            assert late[1:] == early[1:]
            assert stats.buffer_bytes_peak <= (64 << 20)

    run(main())
