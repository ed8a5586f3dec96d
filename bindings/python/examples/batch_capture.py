"""Many poses, many pictures, all of them under way at once: batch_capture.py [TARGET]

Commands and captures go out one behind the other, without waiting for each other's answers. Each picture
shows the pose that was set before it: the client keeps that order, whatever way requests travel.
"""

import asyncio
import sys
import time
from typing import List, Optional, Tuple

import uesynth


async def batch(
    client: uesynth.AsyncUESynthClient, positions: List[Tuple[float, float, float]]
) -> List[uesynth.Frame]:
    """A picture from each position."""
    captures: List[str] = []
    for x, y, z in positions:
        await client.camera.set_location(x, y, z)
        captures.append(await client.capture.rgb(width=320, height=240))
    return [await client.wait_for_frame(capture, timeout=30) for capture in captures]


async def main(target: Optional[str]) -> None:
    positions = [(-1150.0 + 10 * number, 0.0, 330.0) for number in range(64)]
    async with uesynth.AsyncUESynthClient(target, timeout=30) as client:
        begin = time.perf_counter()
        frames = await batch(client, positions)
        seconds = time.perf_counter() - begin
        print(f"{len(frames)} poses and pictures in {seconds:.2f} s")
        for frame, (x, _, _) in zip(frames, positions):
            pose = frame.info.pose
            # The last pose that the server had acknowledged when it drew the picture.
            assert pose is not None and abs(pose.location.x - x) < 0.01
        first, last = frames[0], frames[-1]
        print(f"the first: {first!r}")
        print(f"the slowest took {max(frame.info.latency for frame in frames) * 1000:.0f} ms")
        first.save("first.png")
        last.save("last.png")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
