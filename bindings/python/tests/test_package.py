"""The package around the clients: the simulator, the fixtures, python -m uesynth, the library's place."""

import os
import subprocess
import sys
import time

import pytest
from conftest import HERE, ROOT, run

import uesynth
from uesynth import PerformanceMonitor, StatusCode, UESynthError, _library, simulator
from uesynth.__main__ import main

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent)}


def python(*arguments, **changes):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**ENVIRONMENT, **changes},
    )


def test_the_simulator_ends_with_its_block():
    with uesynth.sim("--objects", "2") as server:
        assert server.is_running
        assert "running" in repr(server)
        with uesynth.UESynthClient(server.target) as client:
            assert len(client.objects.list_all()) == 3
    assert not server.is_running
    assert "ended" in repr(server)
    server.close()


def test_the_simulator_ends_with_the_program():
    done = python("-c", "import uesynth; s = uesynth.Simulator(); print(s.pid)")
    assert done.returncode == 0
    with pytest.raises(ProcessLookupError):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            os.kill(int(done.stdout), 0)
            time.sleep(0.01)


def test_a_simulator_that_cannot_start(monkeypatch):
    with pytest.raises(UESynthError, match="ended at once"):
        uesynth.Simulator("--no-such-option")
    monkeypatch.setenv("UESYNTHCTL", "/nowhere/uesynthctl")
    with pytest.raises(UESynthError, match="/nowhere/uesynthctl") as caught:
        uesynth.Simulator()
    assert caught.value.code == StatusCode.NOT_FOUND
    monkeypatch.setenv("UESYNTHCTL", "/bin/true")
    with pytest.raises(UESynthError, match="ended at once"):
        uesynth.Simulator()


def test_where_the_library_is_looked_for(monkeypatch):
    monkeypatch.setenv("UESYNTH_LIBRARY", "/nowhere/libuesynth.so")
    assert [str(place) for place in _library.candidates()] == ["/nowhere/libuesynth.so"]
    done = python("-c", "import uesynth; uesynth.UESynthClient().connect()",
                  UESYNTH_LIBRARY="/nowhere/libuesynth.so")  # fmt: skip
    assert done.returncode == 1
    assert "UESYNTH_LIBRARY" in done.stderr
    assert "/nowhere/libuesynth.so: not there" in done.stderr
    done = python("-c", "import uesynth; uesynth.UESynthClient().connect()",
                  UESYNTH_LIBRARY=str(ROOT / "Makefile"))  # fmt: skip
    assert "Makefile: " in done.stderr
    monkeypatch.delenv("UESYNTH_LIBRARY")
    places = [str(place) for place in _library.candidates()]
    assert places[0].endswith("uesynth/lib/libuesynth.so")
    assert any(place.endswith(".build/release/libuesynth.so") for place in places)


def test_info(client, capsys):
    assert main(["info", client.options.target]) == 0
    said = capsys.readouterr().out
    assert uesynth.__version__ in said
    assert "answers in" in said
    assert "Cube_1" in said
    assert "float32 f32" in said
    assert main(["info"]) == 0
    assert main(["where"]) == 0
    assert "libuesynth.so" in capsys.readouterr().out
    assert main(["info", "127.0.0.1:1"]) == 1
    assert "refused" in capsys.readouterr().out
    for bad in ("a b", "x:y", "unreal:70000", "", "a\0b"):
        assert main(["info", bad]) == 1
        *_, last = capsys.readouterr().out.splitlines()
        assert last.startswith("server      MISUSE: ")
    done = python("-m", "uesynth", "info", client.options.target)
    assert (done.returncode, done.stderr) == (0, "")


def test_fixtures_for_other_suites(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["uesynth.pytest_plugin"]\n')
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\n"
        "@pytest.fixture(scope='session')\n"
        "def uesynth_simulator_options():\n    return ['--objects', '1']\n\n\n"
        "def test_picture(uesynth_client, uesynth_simulator):\n"
        "    assert uesynth_client.options.target == uesynth_simulator.target\n"
        "    assert uesynth_client.capture.rgb(width=8, height=4).shape == (4, 8, 4)\n"
        "    assert len(uesynth_client.objects.list_all()) == 2\n"
    )
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_monitor():
    monitor = PerformanceMonitor(window_size=3)
    assert monitor.get_stats() == {}
    monitor.end_frame()
    assert monitor.get_stats() == {}
    for _ in range(5):
        monitor.start_frame()
        time.sleep(0.01)
        monitor.end_frame()
    stats = monitor.get_stats()
    assert stats["total_frames"] == 3
    assert 10 <= stats["avg_frame_time"] < 500
    assert stats["fps"] == pytest.approx(1000 / stats["avg_frame_time"])
    monitor.record_request(0.5)
    assert monitor.get_stats()["avg_request_time"] == 500


def test_benchmark(replay, c_frames, capsys):
    from uesynth import bench

    found = bench.measure(bench.Bench(replay.target, 0.1, 320, 240), 3, c_frames)
    assert all(len(rounds) == 3 and min(rounds) > 0 for rounds in found.values())
    ratios = {row.title: bench.ratio(found, row) for row in bench.rows("")}
    with capsys.disabled():
        print()
        print(bench.table(found, 320, 240))
    streamed, gathered, latency, *_ = ratios.values()
    # As wide as a busy machine makes them; docs/benchmarks.md has the numbers of a quiet one.
    assert streamed > 5
    assert gathered > 1
    assert latency < 1
    mine = {name: rounds for name, rounds in found.items() if "grpcio" not in name}
    assert " -" in bench.table(mine, 320, 240)
    assert bench.main([replay.target, "--seconds", "0.02", "--rounds", "1", "--json"]) == 0
    assert "grpcio_gathered" in capsys.readouterr().out
    assert bench.main([replay.target, "--seconds", "0.02", "--rounds", "2", "--only", "latency"]) == 0
    printed = capsys.readouterr().out
    assert "latency" in printed and "frames" not in printed and "commands/s" not in printed
    with pytest.raises(SystemExit):
        bench.main([replay.target, "--only", "no such row"])
    assert "no such row" in capsys.readouterr().err


def test_importing_is_cheap_and_loads_nothing():
    done = python("-X", "importtime", "-c", "import uesynth, sys; print('grpc' in sys.modules)",
                  UESYNTH_LIBRARY="/nowhere")  # fmt: skip
    assert done.stdout == "False\n"


def test_everything_says_what_it_is(simulator):
    shown = []
    with uesynth.UESynthClient(simulator.target) as client, uesynth.Pacer(50) as pacer:
        sequence = client.capture.sequence([((0, 0, 100), (0, 0, 0))], width=8, height=8)
        shown += [repr(client.camera), repr(client.config), repr(sequence), repr(pacer)]
        next(sequence)
        shown.append(repr(sequence))
    shown.append(repr(pacer))

    async def main():
        async with uesynth.AsyncUESynthClient(simulator.target) as client:
            path = [((0, 0, 100), (0, 0, 0))]
            stream = client.capture.stream(fps=20, width=8, height=8)
            sequence = client.capture.sequence(path, width=8, height=8)
            shown.extend(map(repr, [client.frames, stream, sequence]))
            await stream.__anext__()
            await sequence.__anext__()
            shown.extend(map(repr, [stream, sequence]))
            stream.close()
            shown.append(repr(stream))
            shown.extend(repr(client.capture.stream(fps=bad)) for bad in ("x", [1], None, 1j))

    run(main())
    assert not any(" object at 0x" in text for text in shown)
    for words in [
        f"Camera of {simulator.target}: create, destroy,",
        "<uesynth.FrameSequence 0 of 1 poses>",
        "<uesynth.FrameSequence 1 of 1 poses>",
        "<uesynth.Pacer 50 Hz, 0 beats, 0 missed>",
        "<uesynth.Pacer closed>",
        "<uesynth.FrameStream rgb 8x8, 20 fps, not begun>",
        "<uesynth.FrameStream rgb 8x8, 20 fps, running>",
        "<uesynth.FrameStream rgb 8x8, 20 fps, closed>",
        "<uesynth.FrameStream rgb the server's size, 'x' fps, not begun>",
        "<uesynth.AsyncFrameSequence not begun>",
        "<uesynth.AsyncFrameSequence 1 of 1 poses>",
    ]:
        assert any(words in text for text in shown), words


def test_public_names_are_documented():
    import inspect

    for name in uesynth.__all__:
        value = getattr(uesynth, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, name
    for kind in (uesynth.UESynthClient, uesynth.AsyncUESynthClient):
        groups = [kind, *(type(getattr(kind(), name)) for name in kind.__annotations__)]
        for group in groups:
            for name, value in vars(group).items():
                if not name.startswith("_") and callable(value):
                    assert value.__doc__, f"{group.__name__}.{name}"


def test_simulators_are_looked_for_in_order(monkeypatch):
    monkeypatch.delenv("UESYNTHCTL", raising=False)
    places = [str(place) for place in simulator.tool_candidates()]
    assert places[0].endswith("uesynth/bin/uesynthctl")
