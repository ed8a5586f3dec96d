"""python -m uesynth.bench [TARGET]: this package beside grpcio, in one run against one server.

Without a TARGET a simulator is started that answers at once (`uesynthctl sim --replay`), so that the clients
are what is measured. grpcio does what a plain user of it does: one call after the other; beside it stand 64
calls at a time. Everybody gets short slices of time in turn, and a ratio is the median of the ratios of its
rounds: what the machine does besides hits both sides. Where grpcio and protobuf are not installed, its
numbers stay empty. Where a core has to be shared, single slices differ by a fifth: a row that is to be known
better gets more of them, `--only "C example" --rounds 40`.
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
from typing import Callable, Dict, List, NamedTuple, Optional

from . import AsyncUESynthClient, UESynthClient, sim
from ._reference import Reference

#: Frames that come before a stream is counted: the first of each buffer finds memory that was never used.
WARM_UP = 16


class Bench:
    """Slices of time with this package, against one server."""

    def __init__(self, target: str, seconds: float, width: int, height: int) -> None:
        self.target, self.seconds = target, seconds
        self.width, self.height = width, height

    def commands(self) -> float:
        """Streamed commands a second, until the last one has taken effect."""

        async def run() -> float:
            async with AsyncUESynthClient(self.target, timeout=30) as client:
                set_location = client.camera.set_location
                await client.camera.get_location_direct()
                count, begin = 0, time.perf_counter()
                while time.perf_counter() - begin < self.seconds:
                    for _ in range(200):
                        await set_location(count, 0, 0)
                        count += 1
                await client.camera.get_location_direct()
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())

    def latency(self) -> float:
        """The median of blocking commands, in seconds."""
        found: List[float] = []
        with UESynthClient(self.target) as client:
            client.camera.set_location(0, 0, 0)
            end = time.perf_counter() + self.seconds
            while not found or time.perf_counter() < end:
                begin = time.perf_counter()
                client.camera.set_location(len(found), 0, 0)
                found.append(time.perf_counter() - begin)
        return statistics.median(found)

    def streamed_frames(self) -> float:
        """Frames a second of a stream."""

        async def run() -> float:
            async with AsyncUESynthClient(self.target, timeout=30) as client:
                stream = client.capture.stream(width=self.width, height=self.height)
                for _ in range(WARM_UP):
                    await stream.__anext__()
                count, begin = 0, time.perf_counter()
                async for frame in stream:
                    # As the C example does, which lets go of a frame before the next one comes.
                    del frame
                    count += 1
                    if time.perf_counter() - begin >= self.seconds:
                        break
                return count / (time.perf_counter() - begin)

        return asyncio.run(run())

    def blocking_frames(self) -> float:
        """Frames a second that are captured one after the other."""
        with UESynthClient(self.target) as client:
            for _ in range(WARM_UP):
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


class Row(NamedTuple):
    """One line of the table: two measurements by their names, and how many of each there are in a second."""

    title: str
    mine: str
    other: str
    factor: float = 1.0


def rows(size: str, only: str = "") -> List[Row]:
    """Those whose titles contain `only`."""
    found = [
        Row("commands/s: streamed | awaited in turn", "commands", "grpcio_commands"),
        Row("commands/s: streamed | 64 at a time", "commands", "grpcio_gathered"),
        Row("latency of a blocking command, us", "latency", "grpcio_latency", 1e6),
        Row(f"{size} frames/s: streamed | in turn", "frames", "grpcio_frames"),
        Row(f"{size} frames/s: blocking | in turn", "blocking_frames", "grpcio_frames"),
        Row(f"{size} frames/s: streamed | the C example", "frames", "example_frames"),
    ]
    return [row for row in found if only in row.title]


Rounds = Dict[str, List[float]]


def measure(bench: Bench, rounds: int, program: Optional[str] = None, only: str = "") -> Rounds:
    """The numbers of the rows whose titles contain `only`, by the names of what was measured; a list has one
    for each round."""
    works: Dict[str, Callable[[], float]] = {"commands": bench.commands}
    with contextlib.suppress(ImportError):
        grpcio = Reference(bench.target, bench.seconds, bench.width, bench.height)
        works["grpcio_commands"] = grpcio.commands
        works["grpcio_gathered"] = grpcio.gathered
        works["grpcio_latency"] = grpcio.latency
        works["grpcio_frames"] = grpcio.frames
    works["latency"] = bench.latency
    works["blocking_frames"] = bench.blocking_frames
    works["frames"] = bench.streamed_frames
    if program is not None:
        works["example_frames"] = lambda: bench.example_frames(program)
    chosen = rows(f"{bench.width}x{bench.height}", only)
    wanted = {name for row in chosen for name in (row.mine, row.other)}
    forth = [name for name in works if name in wanted]
    found: Rounds = {name: [] for name in forth}
    for number in range(rounds):
        # Forth and back, so that nobody always follows the same one: processors that were at work all the
        # time are slower than rested ones.
        for name in forth if number % 2 == 0 else reversed(forth):
            found[name].append(works[name]())
    return found


def ratio(found: Rounds, row: Row) -> Optional[float]:
    """How many times as many (or as long) as the other side; None if that was not measured."""
    if row.mine not in found or row.other not in found:
        return None
    pairs = zip(found[row.mine], found[row.other])
    return statistics.median(mine / other for mine, other in pairs)


def table(found: Rounds, width: int, height: int, only: str = "") -> str:
    """The numbers for people."""
    lines = [f"{'':44}{'uesynth':>12}{'other':>12}{'ratio':>9}"]
    for row in rows(f"{width}x{height}", only):
        cells = [
            f"{statistics.median(found[name]) * row.factor:,.1f}" if name in found else "-"
            for name in (row.mine, row.other)
        ]
        times = ratio(found, row)
        shown = "-" if times is None else f"{times:.2f}"
        lines.append(f"{row.title:44}{cells[0]:>12}{cells[1]:>12}{shown:>9}")
    return "\n".join(lines)


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m uesynth.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", nargs="?", help="a server; otherwise a simulator is started")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each slice (0.5)")
    parser.add_argument("--rounds", type=int, default=7, help="how many slices each gets (7)")
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--c-example", metavar="PROGRAM", help="whose frames are counted as well")
    parser.add_argument("--only", metavar="WORDS", default="", help="rows whose titles contain this")
    parser.add_argument("--json", action="store_true", help="all numbers instead of the table")
    chosen = parser.parse_args(arguments)
    if not rows(f"{chosen.width}x{chosen.height}", chosen.only):
        parser.error(f"no row's title contains {chosen.only!r}")
    with contextlib.ExitStack() as stack:
        target = chosen.target or stack.enter_context(sim("--replay")).target
        bench = Bench(target, chosen.seconds, chosen.width, chosen.height)
        found = measure(bench, max(1, chosen.rounds), chosen.c_example, chosen.only)
    shown = table(found, chosen.width, chosen.height, chosen.only)
    print(json.dumps(found) if chosen.json else shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
