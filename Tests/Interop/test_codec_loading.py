"""Codecs are opened by the first call that needs them, and a missing one is named."""

import os
import subprocess
import sys

import abi

LOADING = """
import os, sys
sys.path.insert(0, {here!r})
import numpy, abi, host, frames, pathlib
table = abi.load({library!r})
def loaded():
    maps = open("/proc/self/maps").read()
    return [name for name in ("libpng16", "libturbojpeg") if name in maps]
client = host.Client(table, {target!r})
source = frames.Source(client, pathlib.Path({folder!r}))
pixels = numpy.zeros((4, 4, 4), "uint8")
with source.array(pixels, "rgba") as frame:
    print(loaded())
    frames.decode(table, frame, "RGB8")
    frames.encode(table, frame, abi.FILE_NPY)
    print(loaded())
    for file in abi.FILE_PNG, abi.FILE_JPEG:
        made = frames.encode(table, frame, file)
        print(made if isinstance(made, int) else "made", loaded())
        if isinstance(made, int):
            print(table.last_error().decode())
client.free()
"""


def loading(stock, tmp_path, **environment):
    script = LOADING.format(
        here=os.path.dirname(__file__),
        library=str(abi.library_path()),
        target=stock.target,
        folder=str(tmp_path),
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, **environment},
    )
    return ended.stdout.splitlines()


def test_codecs_are_loaded_by_the_first_use_only(stock, tmp_path):
    assert loading(stock, tmp_path) == [
        "[]",
        "[]",
        "made ['libpng16']",
        "made ['libpng16', 'libturbojpeg']",
    ]


def test_a_missing_codec_names_its_package(stock, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in "libpng16.so.16", "libturbojpeg.so.0":
        (broken / name).write_bytes(b"no library")
    lines = loading(stock, tmp_path, LD_LIBRARY_PATH=str(broken))
    assert lines[:3] == ["[]", "[]", f"{abi.UNIMPLEMENTED} []"]
    assert "libpng16-16" in lines[3] and lines[4] == f"{abi.UNIMPLEMENTED} []"
    assert "libturbojpeg0" in lines[5]
