"""A closed loop at a steady rate: real_time_loop.py [TARGET]

Thirty times a second the newest depth picture is looked at, and the camera moved: ahead while the way is
free, sideways while it is not. The stream keeps the rate; a beat that finds the engine busy is skipped and
counted, not made up for.
"""

import asyncio
import sys
from typing import Optional

import numpy as np

import uesynth

FPS = 30
STEP = 600 / FPS  # 6 m/s
SAFE = 300.0  # cm


async def main(target: Optional[str], frames: int = 60) -> None:
    monitor = uesynth.PerformanceMonitor()
    async with uesynth.AsyncUESynthClient(target) as client:
        place = await client.camera.get_location_direct()
        x, y = place.x, place.y
        await client.camera.set_rotation(0, 0, 0)
        nearest = 0.0
        monitor.start_frame()
        stream = client.capture.stream(FPS, "depth", width=160, height=120, latest=True)
        async with stream:
            async for depth in stream:
                ahead = depth[40:80, 60:100]
                nearest = float(np.min(ahead))
                if nearest > SAFE:
                    x += STEP
                else:
                    y += STEP
                await client.camera.set_location(x, y, 120)
                monitor.end_frame()
                monitor.start_frame()
                if monitor.get_stats()["total_frames"] == frames:
                    break
        stats = monitor.get_stats()
        missed = client.stats().subscription_beats_missed
        print(f"{stats['fps']:.1f} frames/s, {missed} beats missed")
        print(f"at x={x:.0f} y={y:.0f}, the nearest thing ahead is {nearest / 100:.1f} m away")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
