"""python -m uesynth.bench [TARGET]: this package beside grpcio, in one run against one server.

Without a TARGET a simulator is started that answers at once (`uesynthctl sim --replay`), so that the clients
are what is measured. grpcio does what a plain user of it does: one call after the other. Where grpcio and
protobuf are not installed, its column stays empty.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, Optional

from . import AsyncUESynthClient, UESynthClient, sim
from ._reference import Reference


class Bench:
    """The measurements, against one server."""

    def __init__(self, target: str, seconds: float, width: int, height: int) -> None:
        self.target, self.seconds = target, seconds
        self.width, self.height = width, height

    def commands(self, count: int) -> float:
        """Streamed commands: how many a second, until the last one has taken effect."""

        async def run() -> float:
            async with AsyncUESynthClient(self.target, timeout=30) as client:
                set_location = client.camera.set_location
                await client.camera.get_location_direct()
                begin = time.perf_counter()
                for number in range(count):
                    await set_location(number, 0, 0)
                await client.camera.get_location_direct()
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())

    def latencies(self, count: int) -> List[float]:
        """Blocking commands: seconds of each."""
        found = []
        with UESynthClient(self.target) as client:
            client.camera.set_location(0, 0, 0)
            for number in range(count):
                begin = time.perf_counter()
                client.camera.set_location(number, 0, 0)
                found.append(time.perf_counter() - begin)
        return found

    def streamed_frames(self) -> float:
        """Frames of a stream: how many a second."""

        async def run() -> float:
            async with AsyncUESynthClient(self.target, timeout=30) as client:
                stream = client.capture.stream(width=self.width, height=self.height)
                await stream.__anext__()
                count, begin = 0, time.perf_counter()
                async for _ in stream:
                    count += 1
                    if time.perf_counter() - begin >= self.seconds:
                        break
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())

    def blocking_frames(self) -> float:
        """Frames captured one after the other: how many a second."""
        with UESynthClient(self.target) as client:
            client.capture.rgb(width=self.width, height=self.height)
            count, begin = 0, time.perf_counter()
            while time.perf_counter() - begin < self.seconds:
                client.capture.rgb(width=self.width, height=self.height)
                count += 1
            return count / (time.perf_counter() - begin)

    def example_frames(self, program: str) -> float:
        """What a program says that prints one line of JSON: {"frames_per_second": 123.4}."""
        command = [program, self.target, str(self.seconds), str(self.width), str(self.height)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        return float(json.loads(output)["frames_per_second"])


def measure(bench: Bench, program: Optional[str]) -> Dict[str, Any]:
    """All numbers of one run; those of grpcio are None where it is not installed."""
    reference: Optional[Reference] = None
    with contextlib.suppress(ImportError):
        reference = Reference(bench.target)
    count = max(100, int(1000 * bench.seconds))

    def other(work: Callable[[Reference], float]) -> Optional[float]:
        return None if reference is None else work(reference)

    return {
        "commands": bench.commands(20 * count),
        "commands_grpcio": other(lambda grpcio: count / grpcio.commands(count)),
        "latency": statistics.median(bench.latencies(count)),
        "latency_grpcio": other(lambda grpcio: statistics.median(grpcio.latencies(count))),
        "frames": bench.streamed_frames(),
        "frames_blocking": bench.blocking_frames(),
        "frames_grpcio": other(
            lambda grpcio: grpcio.frames(bench.seconds, bench.width, bench.height)
        ),
        "frames_c": None if program is None else bench.example_frames(program),
    }


def table(found: Dict[str, Any], width: int, height: int) -> str:
    """The numbers for people."""

    def number(key: str, factor: float = 1.0) -> str:
        value = found[key]
        return "" if value is None else f"{value * factor:,.1f}"

    def ratio(over: str, under: str) -> str:
        if found[over] is None or found[under] is None:
            return ""
        return f"{found[over] / found[under]:.2f}"

    size = f"{width} x {height}"
    rows = [
        ("", "uesynth", "grpcio", "ratio"),
        (
            "commands a second, streamed / awaited",
            number("commands"),
            number("commands_grpcio"),
            ratio("commands", "commands_grpcio"),
        ),
        (
            "latency of a blocking command, us",
            number("latency", 1e6),
            number("latency_grpcio", 1e6),
            ratio("latency", "latency_grpcio"),
        ),
        (
            f"frames a second of {size}, streamed",
            number("frames"),
            number("frames_grpcio"),
            ratio("frames", "frames_grpcio"),
        ),
        (
            f"frames a second of {size}, blocking",
            number("frames_blocking"),
            number("frames_grpcio"),
            ratio("frames_blocking", "frames_grpcio"),
        ),
    ]
    lines = [f"{a:44}{b:>12}{c:>12}{d:>8}" for a, b, c, d in rows]
    if found["frames_c"] is not None:
        share = ratio("frames", "frames_c")
        lines.append(
            f"{'streamed frames beside the C example':44}{number('frames_c'):>12}{'':12}{share:>8}"
        )
    return "\n".join(lines)


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m uesynth.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", nargs="?", help="a server; otherwise a simulator is started")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--c-example", metavar="PROGRAM", help="beside which frames are measured")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    chosen = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        target = chosen.target or stack.enter_context(sim("--replay")).target
        bench = Bench(target, chosen.seconds, chosen.width, chosen.height)
        found = measure(bench, chosen.c_example)
    print(json.dumps(found) if chosen.json else table(found, chosen.width, chosen.height))
    return 0


if __name__ == "__main__":
    sys.exit(main())
