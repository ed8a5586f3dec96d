"""The next pictures are on their way while one is worked on: predictive_capture.py [TARGET]

A sequence is given the whole path. It finds out by measurement how far it has to work ahead so that the
program never waits, and hands the pictures out in the path's order, with the pose of each.
"""

import math
import sys
import time
from typing import Iterator, Optional

import uesynth


def circle(steps: int) -> Iterator[uesynth.Transform]:
    """Around the middle of the scene, looking at it."""
    for step in range(steps):
        angle = 2 * math.pi * step / steps
        yield uesynth.Transform(
            uesynth.Location(-1000 * math.cos(angle), -1000 * math.sin(angle), 350),
            uesynth.Rotation(-18, math.degrees(angle), 0),
        )


def work(frame: uesynth.Frame) -> float:
    """Stands for something that takes a while."""
    time.sleep(0.01)
    return float(frame.rgb.mean())


def main(target: Optional[str]) -> None:
    with uesynth.UESynthClient(target, timeout=30) as client:
        begin = time.perf_counter()
        sequence = client.capture.sequence(circle(60), width=320, height=240)
        brightness = [work(frame) for frame in sequence]
        seconds = time.perf_counter() - begin
        stats = sequence.stats()
        print(
            f"{len(brightness)} pictures in {seconds:.2f} s, {len(brightness) / seconds:.0f} a second"
        )
        print(f"waited {stats.waits} times, {stats.waited * 1000:.0f} ms in all")
        print(f"worked up to {stats.ahead_peak} poses ahead")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
