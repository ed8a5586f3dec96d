"""compare.py [--rounds N] [--seconds S] [--json FILE] [--readme FILE]: ours and the peers, in one run, by
turns, against the same servers. Prints tables; with --readme it also puts them between that file's marks.

UESYNTH_BENCH names a folder with the peers that could be built (raw_tcp, nghttp2_client, grpc_client,
grpc_server) and with protoc's Python output."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILT = pathlib.Path(os.environ.get("UESYNTH_BENCH", ROOT / ".build" / "bench"))
TOOL = os.environ.get("UESYNTHCTL", ROOT / ".build" / "release" / "uesynthctl")
REST_SECONDS = 0.2
# Of the processors' time: a round in which the hypervisor took more does not count.
MOST_STEAL = 0.10
MARKS = "<!-- bench -->", "<!-- /bench -->"
OURS, STOCK, IN_C, RAW = "libuesynth", "grpc++", "C on nghttp2", "raw TCP"
# What they cost is shown side by side, as far as they are there.
COSTS = OURS, STOCK, IN_C
SHORT = {IN_C: "C"}


class Row:
    """What every client is asked to do."""

    def __init__(self, mode, width=0, height=0, depth=1, *, more=(), text=""):
        self.mode, self.width, self.height, self.depth = mode, width, height, depth
        self.more = more  # of uesynthctl: no peer can do that
        size = f" {width}×{height}" if width else ""
        under_way = f", {depth} under way" if depth > 1 else ""
        self.text = f"`{mode}`{size}{under_way}{text and f', {text}'}"

    @property
    def peers_argument(self):
        return [self.mode, self.width, self.height, self.depth]


ROWS = [
    Row("sync-cmd"),
    Row("stream-cmd", depth=64),
    Row("stream-cmd", depth=1024),
    Row("sync-rgb", 640, 480),
    Row("stream-rgb", 256, 256, 16),
    Row("stream-rgb", 640, 480, 16),
    Row("direct-rgb", 1920, 1080, 4),
    Row("stream-rgb", 1920, 1080, 4),
    Row("stream-rgb", 3840, 2160, 4),
]
TICKING = [Row("sync-cmd"), Row("stream-cmd", depth=64), Row("stream-rgb", 640, 480, 4)]
ALONE = [
    Row("sync-cmd", more=("--busy-poll", 50), text="spinning for 50 µs"),
    Row("loaded-cmd", 1920, 1080, 4),
    Row("stream-rgb", 1920, 1080, 4),
    *(
        Row("stream-rgb", 1920, 1080, 4, more=("--memory", memory), text=text)
        for memory, text in (
            ("allocator", "into the host's buffers by an allocator"),
            ("ring", "into the host's buffers by destinations"),
            ("mmap", "into a mapped file by destinations"),
        )
    ),
]


COMPRESSED = [
    Row("stream-rgb", 1920, 1080, 4, more=("--compressed",), text="compressed"),
    Row("loaded-cmd", 1920, 1080, 4, more=("--compressed",), text="compressed"),
]


def steal():
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(words[8]), sum(int(word) for word in words[1:9])


def share(before, after):
    return (after[0] - before[0]) / max(1, after[1] - before[1])


class Server:
    def __init__(self, *command):
        words = [str(word) for word in command]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"{command[0]} did not start: {line!r}")
        self.target, *rest = line.split()[2:]
        self.congestion_control = rest[0] if rest else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def ours(row, target, seconds):
    command = [TOOL, "bench", "--json", "--target", target, "--seconds", seconds]
    size = ["--size", f"{row.width}x{row.height}"] if row.width else []
    return [*command, "--mode", row.mode, "--depth", row.depth, *size, *row.more]


def peer(program, modes=("cmd", "rgb"), target=None):
    """A program that does what `measure.h` says; None for a mode that it is no yardstick of."""

    def command(row, server, seconds):
        if row.more or not any(mode in row.mode for mode in modes):
            return None
        return [*program, row.mode, target or server, *row.peers_argument[1:], seconds]

    return command


def run(command):
    """Its row and the share of the machine that was stolen meanwhile; None if it failed."""
    before = steal()
    environment = {**os.environ, "UESYNTH_PROTO_PATH": str(BUILT)}
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment)
    taken = share(before, steal())
    time.sleep(REST_SECONDS)
    if done.returncode != 0 or not done.stdout.strip():
        print(f"  {command[0]}: {done.stderr.strip()[:200]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1]), taken


def median(runs):
    """The run with the median rate among those that nobody disturbed."""
    quiet = [found for found, taken in runs if taken <= MOST_STEAL] or [found for found, _ in runs]
    quiet.sort(key=lambda found: found["per_s"])
    return quiet[len(quiet) // 2] if quiet else None


class Comparison:
    """Rows by turns, and the tables that come of them."""

    def __init__(self, options):
        self.options, self.lines, self.record = options, [], {}
        self.runs = self.disturbed = 0

    def measure(self, title, target, rows, who):
        print(title, file=sys.stderr)
        results = []
        for row in rows:
            runs = {name: [] for name in who}
            for _ in range(self.options.rounds):
                for name, command in who.items():
                    words = command(row, target, self.options.seconds)
                    if words and (found := run(words)):
                        runs[name].append(found)
                        self.runs += 1
                        self.disturbed += found[1] > MOST_STEAL
            results.append((row, {name: median(found) for name, found in runs.items() if found}))
            print(f"  {row.text}", file=sys.stderr, flush=True)
        self.record[title] = [(row.text, found) for row, found in results]
        return results

    def beside_peers(self, title, target, rows, who):
        """Rates, ratios, and what a request and a gigabyte cost some of them."""
        results = self.measure(title, target, rows, who)
        peers = [name for name in who if name != OURS]
        costs = [name for name in COSTS if name in who]
        payers = [*costs, RAW] if RAW in who else costs
        named, paying = (", ".join(short(name) for name in some) for some in (costs, payers))
        ratios = [f"÷ {short(name)}" for name in peers]
        heads = ["operations a second", *who, *ratios, f"p50 µs ({named})", f"CPU s/GB ({paying})"]
        table = []
        for row, found in results:
            us = found.get(OURS)
            cells = [number(found[name]["per_s"]) if name in found else "–" for name in who]
            for name in peers:
                other = found.get(name)
                cells.append(f"{us['per_s'] / other['per_s']:.2f}" if us and other else "–")
            cells.append(beside(found, costs, "p50_us", number))
            cells.append(beside(found, payers, "cpu_s_per_GB", "{:.2f}".format))
            table.append([row.text, *cells])
        self.add(title, heads, table)

    def alone(self, title, target, rows):
        results = self.measure(title, target, rows, {OURS: ours})
        heads = ["a second", "MB/s", "p50 µs", "p99 µs", "p99.9 µs", "CPU s/GB", "copied", "peak MB"]
        members = "per_s MB_s p50_us p99_us p999_us cpu_s_per_GB copied_fraction peak_rss_MB"
        table = []
        for row, found in results:
            us = found.get(OURS, {})
            cells = [us.get(member) for member in members.split()]
            texts = [number(value) if value else "–" for value in cells]
            for place in (5, 6):
                if cells[place] is not None:
                    texts[place] = f"{cells[place]:.3f}"
            table.append([row.text, *texts])
        self.add(title, [OURS, *heads], table)

    def add(self, title, heads, table):
        self.lines += [f"**{title}**", ""]
        self.lines += ["| " + " | ".join(cells) + " |" for cells in [heads]]
        self.lines += ["|" + "---|" + "--:|" * (len(heads) - 1)]
        self.lines += ["| " + " | ".join(cells) + " |" for cells in table] + [""]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def short(name):
    return SHORT.get(name, name)


def beside(found, names, member, text):
    values = [found.get(name, {}).get(member) for name in names]
    return " · ".join(text(value) if value else "–" for value in values) if any(values) else "–"


def machine(chosen):
    """chosen: what the peers' servers got when they asked for reno, as the simulator does."""
    cpu = "unknown processor"
    with contextlib.suppress(OSError, StopIteration):
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line for line in lines if line.startswith("model name")).split(": ", 1)[1]
    control = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    return (
        f"{os.cpu_count()} × {cpu}, Linux {platform.release()}, loopback; congestion control "
        + (f"{chosen} for all servers ({control} is the system's)" if chosen else control)
    )


def write_readme(path, lines):
    text = path.read_text()
    begin, end = MARKS
    if begin not in text or end not in text:
        raise SystemExit(f"{path} has no marks {begin} and {end}")
    inside = "\n".join([begin, *lines, end])
    marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    path.write_text(marked.sub(lambda _: inside, text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--readme", type=pathlib.Path)
    options = parser.parse_args()
    before, comparison = steal(), Comparison(options)
    stock, ticking, wire = {OURS: ours}, {OURS: ours}, {OURS: ours}
    if (BUILT / "grpc_client").exists():
        stock[STOCK] = ticking[STOCK] = wire[STOCK] = peer([BUILT / "grpc_client"])
    if (BUILT / "uesynth_pb2_grpc.py").exists():
        grpcio = peer([sys.executable, HERE / "peers" / "grpcio_client.py"])
        stock["grpcio"] = ticking["grpcio"] = grpcio
    if (BUILT / "nghttp2_client").exists():
        stock[IN_C] = wire[IN_C] = peer([BUILT / "nghttp2_client"])
    simulator = [TOOL, "sim", "--port", "0", "--replay"]
    control = None
    with contextlib.ExitStack() as stack:
        if (BUILT / "grpc_server").exists():
            with Server(BUILT / "grpc_server") as server:
                control = server.congestion_control
                comparison.beside_peers("A stock grpc++ server", server.target, ROWS, stock)
        with Server(*simulator, "--tick-hz", 60) as server:
            title = "An engine of 60 ticks a second"
            comparison.beside_peers(title, server.target, TICKING, ticking)
        if (BUILT / "raw_tcp").exists():
            raw = stack.enter_context(Server(BUILT / "raw_tcp", "serve"))
            control = raw.congestion_control
            # Of streamed commands it would measure system calls.
            wire[RAW] = peer([BUILT / "raw_tcp"], ("rgb", "sync-cmd"), raw.target)
        with Server(*simulator) as server:
            title = "What the wire allows: `sim --replay`"
            comparison.beside_peers(title, server.target, ROWS, wire)
            comparison.alone("Ways to use it: `sim --replay`", server.target, ALONE)
        with Server(*simulator, "--compress", "gzip") as server:
            title = "Pictures in gzip: `sim --replay --compress gzip`"
            comparison.alone(title, server.target, COMPRESSED)
    stolen = share(before, steal())
    comparison.lines.append(
        f"Medians of runs of {options.seconds} s ({options.rounds} of each, by turns). "
        f"{machine(control)}. The hypervisor took {stolen:.0%} of the time; {comparison.disturbed} "
        f"of {comparison.runs} runs, of which it took more than {MOST_STEAL:.0%}, were left out where "
        "others were left."
    )
    print("\n".join(comparison.lines))
    if options.json:
        options.json.write_text(json.dumps(comparison.record, indent=1))
    if options.readme:
        write_readme(options.readme, comparison.lines)


if __name__ == "__main__":
    main()
