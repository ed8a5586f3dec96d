"""The examples as their readers would use them: compiled, run against the simulator, and against
nobody."""

import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import numpy
import pytest

import abi
import servers

EXAMPLES = abi.ROOT / "bindings" / "c" / "examples"
STRICT = ["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-pedantic", "-Werror"]
PROGRAMS = {
    "capture": ["capture.c"],
    "stream": ["stream.c"],
    "event_loop": ["event_loop.c"],
    "batch": ["batch.c"],
    "save": ["save.c"],
    "latest": ["latest.c"],
    "process": ["process.c"],
    "workers": ["workers.c"],
    "pacing": ["pacing.c"],
    "control_loop": ["control_loop.c"],
    "predictive": ["predictive.c"],
    "presets": ["presets.c"],
    "monitor": ["monitor.c"],
    "ticks": ["ticks.c"],
    "demo": ["demo.c", "measure.c", "simulator.c"],
}
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@pytest.fixture(scope="session")
def built(library, tmp_path_factory):
    """built("capture") is the path of that program."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "libuesynth.so").symlink_to(abi.library_path().resolve())
    (folder / "libuesynth.so.0").symlink_to(abi.library_path().resolve())
    done = {}

    def build(name):
        if COMPILER is None:
            pytest.skip("no C compiler")
        if name not in done:
            sources = [EXAMPLES / part for part in PROGRAMS[name]]
            command = [COMPILER, *STRICT, "-I", abi.ROOT / "include", *sources, "-L", folder]
            command += ["-luesynth", "-lm", "-lpthread", "-o", folder / name]
            subprocess.run(command, check=True)
            done[name] = folder / name
        return done[name]

    build.folder = folder
    return build


def environment(built, **more):
    return {**os.environ, "LD_LIBRARY_PATH": str(built.folder), **more}


def run(built, command, seconds=30, **more):
    return subprocess.run(
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment(built),
        stdin=subprocess.DEVNULL,
        **more,
    )


def test_capture(built, simulators):
    ended = run(built, [built("capture"), simulators()])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "640 x 480, 1228800 bytes" in ended.stdout
    assert re.search(r"centre pixel: red \d+, green \d+, blue \d+\n", ended.stdout)


def test_stream(built, simulators):
    ended = run(built, [built("stream"), simulators("--replay"), "1"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(r"total: +\d+\.\d frames/s, .* 0 failed\n$", ended.stdout)


def test_event_loop(built, simulators):
    ended = run(built, [built("event_loop"), simulators(), "12"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("12 pictures of 12\n")


def test_batch(built, simulators):
    ended = run(built, [built("batch"), simulators()])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(re.findall(r"picture 320 x 240, .* depth 320 x 240", ended.stdout)) == 12
    assert "not from this pose" not in ended.stdout


def test_save(built, simulators, tmp_path):
    ended = run(built, [built("save"), simulators(), tmp_path / "set", "9"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("18 of 18 files are in " + str(tmp_path / "set") + "\n")
    names = [f"{i:06}.{ending}" for i in range(9) for ending in ("jpg", "npy")]
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == names
    for name in names[1::2]:
        depth = numpy.load(tmp_path / "set" / name)
        assert (depth.shape, depth.dtype) == ((480, 640), "float32") and depth.min() > 0


LINES = {
    "latest": r"^(\d+) pictures, at most \d+\.\d ms old; \d+ came, \d+ were superseded, .* MB held",
    "process": r"^40 pictures, the last one's mean is 0\.\d+; 0 bytes are still held\n$",
    "workers": r"thread 3 worked on \d+ pictures\nnearer than 5 m: [1-9]\d* points, 0 failures\n$",
    "pacing": r"^(beat .*\n)*12 beats at 40\.0 a second, \d+ missed; late by ",
    "control_loop": r"^\d+ beats at 60\.0 a second, .*\n[1-9]\d* pictures, .* with 0 buffers mapped",
    "predictive": r"^15 pictures in order, up to [1-9]\d* ahead; \d+ had to be waited for",
    "presets": r"high throughput   1000 ms   8192 frames   1024 MiB   1000 requests\n.*\n500 of 500 pic",
    "monitor": r"^ +\d+\.\d frames/s .*\n +waiting .*\n(# HELP|# TYPE) ",
}
ARGUMENTS = {
    "latest": ["40"],
    "process": ["40"],
    "workers": ["60", "4"],
    "pacing": ["40", "12"],
    "control_loop": ["60", "60"],
    "predictive": ["15"],
    "monitor": ["1"],
}


@pytest.mark.parametrize("name", LINES)
def test_what_an_example_prints(built, simulators, name):
    # Prepared depth is flat: who works on depth gets the scene.
    target = simulators() if name == "workers" else simulators("--replay")
    ended = run(built, [built(name), target, *ARGUMENTS.get(name, [])])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(LINES[name], ended.stdout), ended.stdout


def test_ticks(built, simulators):
    """The README's table. How many ticks a busy machine makes is another matter: only that sixteen lanes
    do many times the commands of one, and no more pictures."""
    ended = run(built, [built("ticks"), simulators("--tick-hz", "60", "--plugin-quirks"), "1"])
    assert (ended.returncode, ended.stderr) == (0, "")
    rows = re.findall(r"^\| +(\d+) \| +(\d+) \| +(\d+) \|$", ended.stdout, re.MULTILINE)
    (one, commands, images), (sixteen, many, more) = [[int(field) for field in row] for row in rows]
    assert (one, sixteen) == (1, 16)
    assert commands <= 62 and images <= 32 and more <= 32
    assert many > 4 * commands


def test_python(built, simulators):
    script = abi.ROOT / "bindings" / "python" / "examples" / "minimal.py"
    ended = run(built, [sys.executable, script, simulators(), abi.library_path()])
    check_minimal(ended)
    assert len(script.read_text().splitlines()) <= 40


def test_rust(built, simulators, tmp_path):
    if shutil.which("rustc") is None:
        pytest.skip("no rustc")
    source = abi.ROOT / "bindings" / "rust" / "examples" / "minimal.rs"
    program = tmp_path / "minimal"
    subprocess.run(
        ["rustc", "--edition", "2021", "-D", "warnings", source, "-L", built.folder, "-o", program],
        check=True,
    )
    check_minimal(run(built, [program, simulators()]))
    assert len(source.read_text().splitlines()) <= 40


def check_minimal(ended):
    assert (ended.returncode, ended.stderr) == (0, "")
    callback, poll = ended.stdout.splitlines()
    assert callback.startswith("callback: 320 x 240, 307200 bytes")
    assert poll == callback.replace("callback", "poll")


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - {"demo"}))
def test_nobody_there(built, name):
    target = f"127.0.0.1:{servers.free_port()}"
    arguments = {"stream": ["1"], "event_loop": ["2"], "save": ["set", "2"], **ARGUMENTS}.get(name, [])
    ended = run(built, [built(name), target, *arguments], cwd=built.folder)
    assert ended.returncode == 1
    assert target in ended.stderr


# ---- The demo ---------------------------------------------------------------------------------------


def png_size(path):
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def test_demo(built, tmp_path):
    program = servers.simulator_path()
    ended = run(built, [built("demo"), program], seconds=55, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert "\r" not in ended.stdout and "\033" not in ended.stdout
    assert max(map(len, ended.stdout.splitlines()[:-1])) <= 80
    for name in "rgb", "depth", "segmentation", "normals", "optical_flow":
        assert png_size(tmp_path / "out" / f"{name}.png") == (640, 480)
    rows = re.findall(
        r"^    (sync calls|16 direct in flight|streaming) +(\d+)", ended.stdout, re.MULTILINE
    )
    assert len(rows) == 6 and all(int(rate) > 0 for _, rate in rows)
    print(ended.stdout)


def test_demo_on_a_terminal_interrupted(built, tmp_path):
    """Colours and a progress line; SIGINT in the middle leaves no simulator behind."""
    command = [built("demo"), servers.simulator_path()]
    terminal, its_end = os.openpty()
    demo = subprocess.Popen(
        command,
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        cwd=tmp_path,
        env=environment(built, TERM="xterm-256color", NO_COLOR=""),
    )
    os.close(its_end)
    try:
        shown, deadline = b"", time.monotonic() + 30
        while b" frames " not in shown and time.monotonic() < deadline:
            if select.select([terminal], [], [], 1)[0]:
                shown += os.read(terminal, 4096)
        [child] = children(demo.pid)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(10) == -signal.SIGINT
    finally:
        demo.kill()
        os.close(terminal)
    assert b"\033[1m" in shown and b"\r  [" in shown, shown
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{child}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{child}")


def children(pid):
    """Of all its threads."""
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, path.read_text().split())
    return found


def test_demo_without_a_simulator(built, tmp_path):
    ended = run(built, [built("demo"), "/no/such/uesynthctl"], cwd=tmp_path)
    assert ended.returncode == 1
    assert "/no/such/uesynthctl" in ended.stderr
