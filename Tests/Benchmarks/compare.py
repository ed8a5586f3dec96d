"""compare.py [--rounds N] [--seconds S] [--json FILE]: ours and the peers, in one run, by turns, against
the same servers; prints the tables of the README.

UESYNTH_BENCH names a folder with the peers that could be built (raw_tcp, grpc_client, grpc_server) and
with protoc's Python output."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILT = pathlib.Path(os.environ.get("UESYNTH_BENCH", ROOT / ".build" / "bench"))
TOOL = os.environ.get("UESYNTHCTL", ROOT / ".build" / "release" / "uesynthctl")
REST_SECONDS = 0.3
# Of the processors' time: a round in which the hypervisor took more does not count.
MOST_STEAL = 0.10

ROWS = [
    ("sync-cmd", 0, 0, 1),
    ("stream-cmd", 0, 0, 64),
    ("stream-cmd", 0, 0, 1024),
    ("sync-rgb", 640, 480, 1),
    ("stream-rgb", 256, 256, 16),
    ("stream-rgb", 640, 480, 16),
    ("direct-rgb", 1920, 1080, 4),
    ("stream-rgb", 1920, 1080, 4),
    ("stream-rgb", 3840, 2160, 4),
]


def steal():
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(words[8]), sum(int(word) for word in words[1:9])


class Server:
    def __init__(self, *command):
        self.process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"{command[0]} did not start: {line!r}")
        self.target = line.split()[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def ours(row, target, seconds):
    mode, width, height, depth = row
    command = [TOOL, "bench", "--target", target, "--mode", mode, "--depth", depth, "--json"]
    command += ["--seconds", seconds] + (["--size", f"{width}x{height}"] if width else [])
    return command


def peer(program):
    def command(row, target, seconds):
        mode, width, height, depth = row
        return [*program, mode, target, width, height, depth, seconds]

    return command


def run(command):
    """Its row and the share of the machine that was stolen meanwhile; None if it failed."""
    before = steal()
    environment = {**os.environ, "UESYNTH_PROTO_PATH": str(BUILT)}
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=120, env=environment
    )
    after = steal()
    time.sleep(REST_SECONDS)
    if done.returncode != 0 or not done.stdout.strip():
        print(f"  {command[0]}: {done.stderr.strip()[:200]}", file=sys.stderr)
        return None
    taken = (after[0] - before[0]) / max(1, after[1] - before[1])
    return json.loads(done.stdout.strip().splitlines()[-1]), taken


def median(runs):
    """The run with the median rate among those that nobody disturbed."""
    quiet = [found for found, taken in runs if taken <= MOST_STEAL] or [found for found, _ in runs]
    quiet.sort(key=lambda found: found["per_s"])
    return quiet[len(quiet) // 2] if quiet else None


def clients(raw_server):
    found = {"libuesynth": ours}
    if (BUILT / "grpc_client").exists():
        found["grpc++"] = peer([BUILT / "grpc_client"])
    if (BUILT / "uesynth_pb2_grpc.py").exists():
        found["grpcio"] = peer([sys.executable, HERE / "peers" / "grpcio_client.py"])
    if raw_server:
        raw = peer([BUILT / "raw_tcp"])
        found["raw TCP"] = lambda row, _, seconds: raw(row, raw_server.target, seconds)
    return found


def measure(target, rows, rounds, seconds, who):
    results = []
    for row in rows:
        runs = {name: [] for name in who}
        for _ in range(rounds):
            for name, command in who.items():
                found = run(command(row, target, seconds))
                if found:
                    runs[name].append(found)
        results.append((row, {name: median(found) for name, found in runs.items() if found}))
        print(f"  {describe(row)}", file=sys.stderr, flush=True)
    return results


def describe(row):
    mode, width, height, depth = row
    size = f" {width}×{height}" if width else ""
    return f"{mode}{size}" + (f", {depth} in flight" if depth > 1 else "")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def table(title, results, who):
    yield f"**{title}**\n"
    peers = [name for name in who if name != "libuesynth"]
    heads = ["", *who, *(f"× {name}" for name in peers), "p50 µs (ours)", "CPU s/GB (ours, grpc++)"]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row, found in results:
        us = found.get("libuesynth")
        cells = [describe(row)]
        cells += [number(found[name]["per_s"]) if found.get(name) else "–" for name in who]
        for name in peers:
            other = found.get(name)
            cells.append(f"{us['per_s'] / other['per_s']:.2f}" if us and other else "–")
        cells.append(number(us["p50_us"]) if us else "–")
        cpu = [found.get(name, {}).get("cpu_s_per_GB") for name in ("libuesynth", "grpc++")]
        cells.append(" · ".join(f"{c:.2f}" if c else "–" for c in cpu) if any(cpu) else "–")
        yield "| " + " | ".join(cells) + " |"
    yield ""


def machine():
    cpu = "unknown processor"
    with contextlib.suppress(OSError, StopIteration):
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line for line in lines if line.startswith("model name")).split(": ", 1)[1]
    control = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    return (
        f"{os.cpu_count()} × {cpu}, Linux {platform.release()}, loopback, system's congestion control "
        f"{control} (the simulator and raw TCP: reno)"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.7)
    parser.add_argument("--json")
    options = parser.parse_args()
    before = steal()
    with contextlib.ExitStack() as stack:
        raw = None
        if (BUILT / "raw_tcp").exists():
            raw = stack.enter_context(Server(BUILT / "raw_tcp", "serve"))
        everyone = clients(raw)
        stock = {name: c for name, c in everyone.items() if name != "raw TCP"}
        tables, record = [], {}

        def add(title, server, rows, who):
            print(title, file=sys.stderr)
            results = measure(server.target, rows, options.rounds, options.seconds, who)
            record[title] = [(describe(row), found) for row, found in results]
            tables.extend(table(title, results, who))

        if (BUILT / "grpc_server").exists():
            with Server(BUILT / "grpc_server") as server:
                add("Against a stock grpc++ server", server, ROWS, stock)
        ticking = [("sync-cmd", 0, 0, 1), ("stream-cmd", 0, 0, 64), ("stream-rgb", 640, 480, 4)]
        with Server(TOOL, "sim", "--port", "0", "--tick-hz", "60", "--replay") as server:
            add("Against an engine of 60 ticks a second (`sim --tick-hz 60 --replay`)", server, ticking, stock)
        with Server(TOOL, "sim", "--port", "0", "--replay") as server:
            add("What the wire allows (`sim --replay`)", server, ROWS, everyone)
    after = steal()
    stolen = (after[0] - before[0]) / max(1, after[1] - before[1])
    print("\n".join(tables))
    print(
        f"Operations a second; medians of {options.rounds} rounds of {options.seconds} s taken in turn. "
        f"{machine()}; {stolen:.0%} of the time was stolen by the hypervisor."
    )
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
