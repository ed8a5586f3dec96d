"""The documentation's programs and the examples, run as a reader would run them."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest
from conftest import HERE
from documents import FILES, programs

EXAMPLES = HERE.parent / "examples"


@pytest.fixture
def python(simulators, tmp_path):
    """python("file.py") runs it in a folder of its own, where the default address is a simulator's."""
    simulator = simulators("--width", "320", "--height", "240")
    host, port = simulator.target.split(":")
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent),
        "UESYNTH_HOST": host,
        "UESYNTH_PORT": port,
    }

    def run(*arguments, status=0):
        done = subprocess.run(
            [sys.executable, "-W", "error", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=50,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == status, done.stderr
        return done

    run.target = simulator.target
    return run


@pytest.mark.parametrize(("name", "text"), programs(), ids=[name for name, _ in programs()])
def test_a_program_of_the_documentation(python, tmp_path, name, text):
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    done = python(path)
    if "logging" in text:
        assert f"INFO:uesynth:connected to {python.target}" in done.stderr
    elif "localhost:1" in text:
        assert done.stderr.startswith("cannot connect: connection refused by localhost:1")
    else:
        assert done.stderr == ""
    if "print(" in text:
        assert done.stdout.strip()


def test_links_lead_somewhere():
    for path in FILES:
        for link in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            if not link.startswith("http"):
                assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_every_document_has_programs():
    for path in FILES:
        assert "```python" in path.read_text(), path


def test_batch_capture(python, tmp_path):
    assert "64 poses and pictures" in python(EXAMPLES / "batch_capture.py", python.target).stdout
    first, last = (PIL.Image.open(tmp_path / name) for name in ("first.png", "last.png"))
    assert first.mode == "RGB"
    assert first.size == last.size == (320, 240)
    assert np.any(np.asarray(first) != np.asarray(last))


def test_real_time_loop(python):
    said = python(EXAMPLES / "real_time_loop.py", python.target).stdout
    assert float(said.split()[0]) > 5
    assert "beats missed" in said


def test_predictive_capture(python):
    said = python(EXAMPLES / "predictive_capture.py", python.target).stdout
    assert said.startswith("60 pictures in")


def test_dataset_to_disk(python, tmp_path):
    said = python(EXAMPLES / "dataset_to_disk.py", python.target, tmp_path / "set").stdout
    assert "10 poses, 30 pictures saved" in said
    assert "0 left out" in said
    assert len(list((tmp_path / "set").iterdir())) == 31
    assert len((tmp_path / "set" / "poses.jsonl").read_text().splitlines()) == 10
    depth = np.load(tmp_path / "set" / "000003.depth.npy")
    assert depth.shape == (240, 320)
    assert depth.dtype == np.float32
    assert np.load(tmp_path / "set" / "000003.ids.npy").dtype == np.uint32
    colours = PIL.Image.open(tmp_path / "set" / "000003.rgb.png")
    assert colours.mode == "RGB"
    assert np.asarray(colours).std() > 5


def test_dataset_of_a_server_without_depth(python, plugin, tmp_path):
    """Its zeros are not saved as if they were depth, and it is said."""
    place = tmp_path / "set"
    said = python(EXAMPLES / "dataset_to_disk.py", plugin.target, place, status=1).stdout
    assert "10 pictures saved" in said
    assert "20 left out" in said
    assert "depth: 10 of 10 left out: PLACEHOLDER" in said
    assert "segmentation: 10 of 10 left out: PLACEHOLDER" in said
    assert len(list(place.glob("*.rgb.png"))) == 10
    assert not list(place.glob("*.npy"))
    records = [json.loads(line) for line in (place / "poses.jsonl").read_text().splitlines()]
    assert all("PLACEHOLDER" in record["left_out"]["depth"] for record in records)


def test_several_engines(python):
    said = python(EXAMPLES / "several_engines.py").stdout
    assert said.startswith("60 pictures of 2 engines")
    drawn = [int(number) for number in re.findall(r"drew (\d+)", said)]
    assert sum(drawn) == 60
    assert min(drawn) > 0
