"""One path, drawn by several engines at once: several_engines.py [TARGET...]

Each engine has a client of its own in the same event loop and takes the next pose whenever it is free, so
that a slow one does less and none waits. Without TARGETs two simulators are started.
"""

import asyncio
import contextlib
import sys
import time
from typing import Dict, Iterator, List, Tuple

import uesynth

Poses = Iterator[Tuple[int, uesynth.Transform]]


async def work(target: str, poses: Poses, frames: Dict[int, uesynth.Frame]) -> int:
    """Draws poses until there are none left; says how many."""
    count = 0
    async with uesynth.AsyncUESynthClient(target, timeout=30) as client:
        for number, pose in poses:
            shot = await client.capture.frameset(pose, width=320, height=240)
            frames[number] = shot["rgb"]
            count += 1
    return count


async def main(targets: List[str], count: int = 60) -> None:
    with contextlib.ExitStack() as stack:
        if not targets:
            targets = [stack.enter_context(uesynth.sim()).target for _ in range(2)]
        poses: Poses = iter(
            [
                (
                    number,
                    uesynth.Transform(
                        uesynth.Location(-1150 + 5 * number, 0, 330), uesynth.Rotation(-12, 0, 0)
                    ),
                )
                for number in range(count)
            ]
        )
        frames: Dict[int, uesynth.Frame] = {}
        begin = time.perf_counter()
        counts = await asyncio.gather(*(work(target, poses, frames) for target in targets))
        seconds = time.perf_counter() - begin
    # Engines that show the same level: the frames may come from any of them, and outlive the clients.
    assert sorted(frames) == list(range(count))
    print(f"{len(frames)} pictures of {len(targets)} engines in {seconds:.2f} s")
    print(", ".join(f"{target} drew {drawn}" for target, drawn in zip(targets, counts)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
