"""The users' guide, run as it is written: every block, with stand-ins only for what it leaves to the
reader."""

import ast
import asyncio
import inspect
import os
import pathlib
import re
import types

import pytest
from conftest import ROOT, run

import uesynth

GUIDE = pathlib.Path(
    os.environ.get("UESYNTH_GUIDE") or ROOT.parent / "shared" / "guide-performance-optimization.md"
)


def blocks():
    if not GUIDE.exists():
        return []
    return re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)


class Reader:
    """What the guide leaves to its reader, with a count of the frames that came there."""

    def __init__(self):
        self.frames = []

    def process_frame(self, frame):
        assert isinstance(frame, uesynth.Frame)
        assert frame.shape == (48, 64, 4)
        self.frames.append(frame.sequence)
        return int(frame[0, 0, 0])

    def save_result(self, result):
        assert result is not None

    def names(self):
        return {
            "process_frame": self.process_frame,
            "save_result": self.save_result,
            "processed_result": 1,
            "__name__": "guide",
        }


async def execute(block, names):
    code = compile(block, "guide", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    function = types.FunctionType(code, names)
    result = function()
    if inspect.iscoroutine(result):
        await result


async def call_what_it_defines(known, names):
    """The block's functions, called as their parameters say."""
    client = names["client"]
    for name in [name for name in names if name not in known]:
        function = names[name]
        if not inspect.isfunction(function):
            continue
        parameters = list(inspect.signature(function).parameters)
        values = {
            "client": client,
            "positions": [(x, 0, 100) for x in range(20)],
            "frame": names["a_frame"],
            "target_fps": 60,
        }
        result = function(*(values[parameter] for parameter in parameters))
        if inspect.iscoroutine(result):
            task = asyncio.ensure_future(result)
            done, _ = await asyncio.wait({task}, timeout=1 if name == "maintain_target_fps" else 50)
            if not done:
                assert name == "maintain_target_fps", f"{name} does not end"
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            else:
                await task


@pytest.mark.skipif(not GUIDE.exists(), reason="the guide is not beside this checkout")
@pytest.mark.timeout(240)
def test_every_block(simulators, monkeypatch, capsys):
    simulator = simulators("--width", "64", "--height", "48")
    host, port = simulator.target.split(":")
    monkeypatch.setenv("UESYNTH_HOST", host)
    monkeypatch.setenv("UESYNTH_PORT", port)
    reader = Reader()
    names = reader.names()
    assert len(blocks()) == 17

    async def main():
        names["client"] = uesynth.AsyncUESynthClient()
        names["a_frame"] = await names["client"].capture.rgb_direct()
        for number, block in enumerate(blocks()):
            known, before = set(names), len(reader.frames)
            client = names["client"]
            try:
                await execute(block, names)
                await call_what_it_defines(known, names)
            except Exception as failure:
                raise AssertionError(f"block {number} failed:\n{block}") from failure
            if "process_frame(" in block and "range(1000)" in block:
                assert len(reader.frames) > before
            if "maintain_target_fps" in block:
                assert len(reader.frames) > before + 10
            if client is not names["client"]:
                await client.disconnect()
        await names["client"].disconnect()

    run(main())
    assert re.search(r"FPS: \d", capsys.readouterr().out)


def configurations():
    return [block for block in blocks() if "AsyncUESynthClient(\n" in block]


@pytest.mark.skipif(not GUIDE.exists(), reason="the guide is not beside this checkout")
def test_presets_are_the_guides():
    """Each recommended configuration is the preset of its name."""
    found = []
    for block in configurations():
        for call in ast.walk(ast.parse(block)):
            if not isinstance(call, ast.Call):
                continue
            given = {key.arg: ast.unparse(key.value) for key in call.keywords}
            values = {name: eval(text) for name, text in given.items()}
            for name, preset in uesynth.PRESETS.items():
                same = all(
                    list(map(tuple, preset.get(key, ()))) == list(map(tuple, value))
                    if key == "grpc_options"
                    else preset.get(key) == value
                    for key, value in values.items()
                )
                if same:
                    found.append(name)
                    options = uesynth.AsyncUESynthClient(preset=name).options
                    assert all(
                        getattr(options, key) == value
                        for key, value in values.items()
                        if key != "grpc_options"
                    )
    assert set(found) == set(uesynth.PRESETS)
