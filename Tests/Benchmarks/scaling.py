"""scaling.py [--seconds S] [--rounds N] [--plot FILE.svg] [--table FILE.md]: how rates grow with
clients, lanes, requests under way and sizes, by `uesynthctl bench` against `uesynthctl sim --replay`; and
whether any series has a cliff.

A cliff is where an operation (a byte, where the size changes) takes the client much more of a processor
than at a point before: rates depend on what else runs on the machine, this less."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("UESYNTHCTL", HERE.parents[1] / ".build" / "release" / "uesynthctl")
CLIFF = 2
KIB, MIB = 1 << 10, 1 << 20
LIMITS = {"16 KiB": 16 * KIB, "64 KiB": 64 * KIB, "1 MiB": MIB, "16 MiB": 16 * MIB}
# A message is its picture and at most so many bytes.
OVERHEAD = 48
LONGEST_SIDE = 8192
HEADING = """# How rates grow

Written by `make scaling`: `uesynthctl bench` against `uesynthctl sim --replay` on this machine, which both
share. Read the processor's time of an operation before its rate.
"""


def sides(pixels):
    """width, height of so many pixels, the height as low as can be; None if there are none."""
    for height in range(max(1, -(-pixels // LONGEST_SIDE)), LONGEST_SIDE):
        if pixels % height == 0 and pixels // height <= LONGEST_SIDE:
            return pixels // height, height
    return None


def around_limits():
    """Sizes whose message is just shorter than a limit, about as long, and just longer."""
    for name, limit in LIMITS.items():
        most = limit // 4
        for text, wanted in (("-", most - OVERHEAD // 4 - 1), ("", most - 9), ("+", most + 1)):
            pixels = wanted
            while sides(pixels) is None:
                pixels += -1 if text == "-" else 1
            yield f"{name}{text and ' ' + text}", sides(pixels)


class Series:
    """Points of one kind: their labels, and options of `uesynthctl bench`."""

    def __init__(self, title, member, unit, points, *, changes_size=False):
        self.changes_size = changes_size
        self.title, self.member, self.unit, self.points = title, member, unit, list(points)
        self.rows = []

    def values(self):
        return [row[self.member] for row in self.rows]

    @property
    def cost_unit(self):
        return "CPU s/GB" if self.changes_size else "CPU µs per operation"

    def costs(self):
        if self.changes_size:
            return [row["cpu_s_per_GB"] for row in self.rows]
        return [cost(row) for row in self.rows]

    def cliffs(self):
        costs = self.costs()
        for place in range(1, len(costs)):
            least = min(costs[:place])
            if costs[place] > CLIFF * least:
                text = f"({costs[place] / least:.1f} times the {self.cost_unit})"
                yield f"{self.title}: {self.points[place][0]} {text}"


def cost(row):
    """Microseconds of a processor for one operation."""
    return row["cpu_s"] * 1e6 / max(1, row["per_s"] * row["elapsed"])


def rgb(width, height, depth, *more):
    size = ("--size", f"{width}x{height}")
    return ("--mode", "stream-rgb", *size, "--depth", depth, *more)


def commands(depth, *more):
    return ("--mode", "stream-cmd", "--depth", depth, *more)


def all_series():
    clients = (1, 4, 16, 64, 256)
    lanes = (1, 2, 4, 8, 16)
    depths = [4**power for power in range(7)]
    frame_sizes = [(64, 64), (128, 128), (256, 256), (640, 480), (1280, 720), (1920, 1080)]
    frame_sizes += [(3840, 2160), (7680, 4320)]
    small = (256, 256, 4)
    return [
        Series(
            "clients on one runtime, 256², 4 under way each",
            "MB_s",
            "MB/s",
            [(str(n), rgb(*small, "--clients", n, "--loops", 1)) for n in clients],
        ),
        Series(
            "clients on runtimes of their own, 256², 4 under way each",
            "MB_s",
            "MB/s",
            [(str(n), rgb(*small, "--clients", n)) for n in clients],
        ),
        Series(
            "clients on one runtime, commands, 64 under way each",
            "per_s",
            "commands/s",
            [(str(n), commands(64, "--clients", n, "--loops", 1)) for n in clients],
        ),
        Series(
            "lanes, 256², 16 under way",
            "MB_s",
            "MB/s",
            [(str(n), rgb(256, 256, 16, "--lanes", n)) for n in lanes],
        ),
        Series(
            "commands under way",
            "per_s",
            "commands/s",
            [(str(n), commands(n)) for n in depths],
        ),
        Series(
            "frames of 64² under way",
            "per_s",
            "frames/s",
            [(str(n), rgb(64, 64, n)) for n in depths],
        ),
        Series(
            "frame size, 4 under way",
            "MB_s",
            "MB/s",
            [(f"{w}×{h}", rgb(w, h, 4)) for w, h in frame_sizes],
            changes_size=True,
        ),
        Series(
            "messages around a limit, 4 under way",
            "MB_s",
            "MB/s",
            [(text, rgb(*size, 4)) for text, size in around_limits()],
            changes_size=True,
        ),
    ]


def measured(options, rounds, seconds):
    command = [TOOL, "bench", "--json", "--repeats", rounds, "--seconds", seconds, *options]
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    return json.loads(done.stdout)


def table(series):
    yield f"**{series.title}**\n"
    yield "| | per s | MB/s | p50 µs | p99 µs | CPU µs per operation | CPU s/GB | peak MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for (label, _), row in zip(series.points, series.rows, strict=True):
        per_byte = row["cpu_s_per_GB"]
        cells = [label, f"{row['per_s']:,.0f}", f"{row['MB_s']:,.0f}", f"{row['p50_us']:,.0f}"]
        cells += [f"{row['p99_us']:,.0f}", f"{cost(row):,.2f}"]
        cells += ["–" if per_byte is None else f"{per_byte:.3f}", f"{row['peak_rss_MB']:.0f}"]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def plot(all_of_them, path):
    import matplotlib

    matplotlib.use("svg")
    # Text as text, and the same file for the same numbers.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "uesynth"})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(4, 2, figsize=(11, 14), layout="constrained")
    for series, axis in zip(all_of_them, axes.flat, strict=True):
        labels = [label for label, _ in series.points]
        axis.plot(labels, series.values(), marker="o", color="#1f6f8b")
        axis.set_title(series.title, fontsize=10)
        axis.set_ylabel(series.unit)
        axis.set_ylim(bottom=0)
        axis.yaxis.set_major_formatter("{x:,.0f}")
        axis.grid(axis="y", color="#dddddd")
        axis.spines["top"].set_visible(False)
        costs = axis.twinx()
        costs.plot(labels, series.costs(), marker=".", linestyle=":", color="#b0562c")
        costs.set_ylabel(series.cost_unit, color="#b0562c")
        costs.set_ylim(bottom=0)
        costs.spines["top"].set_visible(False)
        if max(len(label) for label in labels) > 5:
            axis.tick_params(axis="x", labelrotation=45, labelsize=8)
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=0.4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot")
    parser.add_argument("--table", type=pathlib.Path)
    options = parser.parse_args()
    found, lines = all_series(), []
    for series in found:
        for label, words in series.points:
            row = measured(words, options.rounds, options.seconds)
            series.rows.append({**row, "elapsed": options.seconds})
            print(f"  {series.title}: {label}: {series.values()[-1]:,.0f}", file=sys.stderr)
        lines += table(series)
    cliffs = [cliff for series in found for cliff in series.cliffs()]
    lines.append(f"Cliffs: {'; '.join(cliffs) if cliffs else 'none'}.")
    print("\n".join(lines))
    if options.plot:
        plot(found, options.plot)
    if options.table:
        link = os.path.relpath(options.plot, options.table.parent) if options.plot else None
        head = [HEADING] + ([f"![The same as a plot]({link})\n"] if link else [])
        options.table.write_text("\n".join(head + lines) + "\n")


if __name__ == "__main__":
    main()
