"""gates.py check|record: what a change must not make worse, as counts, which are the same on a busy
machine.

What depends on the compiler (instructions, system calls, size) is held to the numbers of this toolchain
in recorded/, which `record` writes anew; the rest to limits that hold everywhere. BATCH, LIBRARY and
UESYNTHCTL in the environment say what is measured."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import callgrind

HERE = pathlib.Path(__file__).resolve().parent
BATCH, LIBRARY, TOOL = (os.environ[name] for name in ("BATCH", "LIBRARY", "UESYNTHCTL"))
PATIENCE = 120

# Name, what batch.c does, and what server.py answers: one DATA frame for a picture, or many.
PATHS = [
    ("command", ("cmd", 1000), ()),
    ("frame, stream", ("stream-rgb", 16), (256, 256)),
    ("frame, direct", ("direct-rgb", 16), (256, 256)),
    ("frame, small DATA", ("stream-rgb", 16), (256, 256, 16384)),
]
ROUNDS = 3
# Of image bytes, where DATA frames are large and where they are small.
MOST_COPIED = {"frame, stream": 0.02, "frame, direct": 0.02, "frame, small DATA": 1.0}
SYSTEM_CALL_ROUNDS = 20
# Mode, options: with these no operation takes anything from the heap.
STEADY = [
    ("sync-cmd", ()),
    ("stream-cmd", ("--depth", 1024)),
    ("stream-rgb", ("--size", "256x256", "--depth", 16)),
    ("direct-rgb", ("--size", "256x256", "--depth", 16)),
]
# Blocks that are kept for reuse come and go a few at a time; one for each operation would be 1.
MOST_ALLOCATIONS = 0.05
MEMORY_BEYOND_FRAMES = 16 << 20


def output(*command):
    command = [str(word) for word in command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


@contextlib.contextmanager
def server(*words):
    command = [sys.executable, HERE / "server.py", *words]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def batch(tracer, work, answers, rounds):
    mode, count = work
    with server(count, *answers) as target:
        return json.loads(output(*tracer, BATCH, target, mode, count, rounds, *answers[:2]))


def instructions(work, answers, folder):
    """Of the library and of libnghttp2, for one operation; and what batch.c says."""
    log = folder / "callgrind"
    tracer = ("valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={log}")
    said = batch(tracer, work, answers, ROUNDS)
    found = callgrind.instructions(f"{log}.1")
    own = sum(n for name, n in found.items() if "libuesynth" in name or "libnghttp2" in name)
    return round(own / (ROUNDS * work[1])), said


def system_calls(folder):
    """Of 1,000 commands in one batch."""
    log = folder / "strace"
    said = batch(("strace", "-f", "-qq", "-o", log), ("cmd", 1000), (), SYSTEM_CALL_ROUNDS)
    calls = [line.split(None, 1)[1] for line in log.read_text().splitlines()]
    marks = [place for place, call in enumerate(calls) if call.startswith("getppid(")]
    counted = [c for c in calls[marks[0] + 1 : marks[1]] if re.match(r"\w+\(", c)]
    return {
        "system calls of a batch": round(len(counted) / SYSTEM_CALL_ROUNDS, 1),
        "wake-ups of a batch": said["wakeups"],
    }


def traces(name, command):
    """Whether a tool is here and may do what it does (ptrace is forbidden in some containers)."""
    if shutil.which(name) is None:
        print(f"{name} is not installed: what it counts was left out")
        return False
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        print(f"{name} may not trace here: what it counts was left out")
        return False
    return True


def measured():
    """What depends on the toolchain, and the copied fractions, where they can be had."""
    found, copied = {}, {}
    relocations = output("readelf", "-rW", LIBRARY)
    found["bytes of the library"] = os.stat(LIBRARY).st_size
    found["relocations"] = sum(" R_X86_64_" in line for line in relocations.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        can_count = traces("valgrind", ["valgrind", "--quiet", "true"])
        for name, work, answers in PATHS:
            if can_count:
                found[f"instructions of a {name}"], said = instructions(work, answers, folder)
            else:
                said = batch((), work, answers, ROUNDS)
            copied[name] = said["copied_fraction"]
        if traces("strace", ["strace", "-f", "-o", "/dev/null", "true"]):
            found.update(system_calls(folder))
    return found, copied


def limits(name, was):
    """The least and the most that it may be."""
    if name.startswith("instructions"):
        return was * 0.95, was * 1.05
    if name.endswith("of a batch"):
        return 0, max(2 * was, 2)
    return 0, was * 1.05


def compare(found, recorded):
    for name, value in found.items():
        if name not in recorded:
            yield True, f"{name}: {value:,} (nothing was recorded)"
            continue
        least, most = limits(name, recorded[name])
        better = " : better; say so by `Tests/run/gates.sh record`" if value < least else ""
        text = f"{name}: {value:,} ({recorded[name]:,} recorded, at most {most:,.0f}){better}"
        yield least <= value <= most, text


def steady():
    """Allocations and memory, by the tool's own rows."""
    command = [TOOL, "bench", "--seconds", "0.5", "--json", "--mode"]
    for mode, more in STEADY:
        row = json.loads(output(*command, mode, *more))
        allocations = row["allocs_per_op"]
        yield allocations <= MOST_ALLOCATIONS, f"allocations of a {mode}: {allocations}"
    row = json.loads(output(*command, "stream-rgb", "--size", "1920x1080", "--depth", 4))
    most = (4 * 1920 * 1080 * 4 + MEMORY_BEYOND_FRAMES) / 1e6
    peak = row["peak_rss_MB"]
    text = f"peak memory with 4 frames of 1080p under way: {peak} MB (at most {most:.1f})"
    yield peak <= most, text


def recorded_file():
    swift = re.search(r"Swift version (\S+)", output("swift", "--version")).group(1)
    nghttp2 = output("pkg-config", "--modversion", "libnghttp2").strip()
    return HERE / "recorded" / f"swift-{swift}-nghttp2-{nghttp2}-{os.uname().machine}.json"


def main():
    file = recorded_file()
    found, copied = measured()
    if sys.argv[1:] == ["record"]:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found, indent=2) + "\n")
        print(f"wrote {file.relative_to(HERE.parents[1])}")
    results = [
        (fraction <= MOST_COPIED.get(name, 0), f"copied bytes of a {name}: {fraction}")
        for name, fraction in copied.items()
        if name in MOST_COPIED
    ]
    results += steady()
    if file.exists():
        results += compare(found, json.loads(file.read_text()))
    else:
        print(f"nothing was recorded for this toolchain ({file.name}): Tests/run/gates.sh record")
        results += [(True, f"{name}: {value:,}") for name, value in found.items()]
    for passed, text in results:
        print(f"  {'' if passed else 'FAILED: '}{text}")
    sys.exit(not all(passed for passed, _ in results))


if __name__ == "__main__":
    main()
