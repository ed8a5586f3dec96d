"""The wheel of `make wheel`, in an empty environment of every Python that is here."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import HERE, ROOT

WHEELS = sorted((ROOT / ".build" / "wheel").glob("*.whl"))
IS_WANTED = bool(WHEELS) and os.environ.get("UESYNTH_WHEEL") == "1"
PROGRAM = """
import sys, tempfile, pathlib, numpy, uesynth
from uesynth._library import library
assert "site-packages" in library().path, library().path
with uesynth.sim("--objects", "3") as server, uesynth.UESynthClient(server.target) as client:
    assert "site-packages" in str(uesynth.simulator.tool())
    frame = client.capture.rgb(width=64, height=48)
    assert frame.shape == (48, 64, 4) and frame.any()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.png", "a.jpg", "a.npy"):
            path = pathlib.Path(folder, name)
            frame.save(path)
            assert path.stat().st_size > 100
import asyncio
async def main():
    with uesynth.sim() as server:
        async with uesynth.AsyncUESynthClient(server.target) as client:
            number = await client.capture.depth(width=64, height=48)
            assert (await client.wait_for_frame(number)).dtype == numpy.float32
asyncio.run(main())
print("captured with", sys.version.split()[0], "numpy", numpy.__version__)
"""

#: `make wheel` sets it: at other times the wheel may be of another day.
wanted = pytest.mark.skipif(not IS_WANTED, reason="make wheel runs this")
ENVIRONMENT = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("UESYNTH", "PYTHON", "LD_"))
}


def pythons():
    """One of each version from 3.9 on: on the PATH, and pyenv's."""
    found = {}
    folders = os.environ.get("PATH", "").split(os.pathsep)
    root = pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")
    folders += [str(path) for path in sorted(root.glob("versions/*/bin"))]
    for folder in folders:
        for minor in range(9, 20):
            name = f"3.{minor}"
            path = pathlib.Path(folder, f"python{name}")
            if name in found or not os.access(path, os.X_OK):
                continue
            command = [str(path), "-c", "import venv, ensurepip, sys; print(sys.version_info[:2])"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0 and done.stdout.strip() == f"(3, {minor})":
                found[name] = str(path)
    return found


PYTHONS = pythons() if IS_WANTED else {}


def test_a_wheel_of_this_build(tmp_path):
    """Not for other machines, but made of the same files: installed apart from the checkout, it works."""
    folder = tmp_path / "site-packages"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    for command in (
        ["hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        ["pip", "install", *quiet, "--target", str(folder)],
    ):
        if command[0] == "pip":
            command += map(str, tmp_path.glob("*.whl"))
        subprocess.run(
            [sys.executable, "-m", *command], cwd=HERE.parent, env=ENVIRONMENT, check=True
        )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(folder)},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "captured with" in done.stdout


@wanted
def test_its_tag_is_old_enough():
    name = WHEELS[-1].name
    tag = re.search(r"-py3-none-manylinux_2_(\d+)_", name)
    assert tag, name
    assert int(tag[1]) <= 35


@wanted
def test_what_is_inside():
    with zipfile.ZipFile(WHEELS[-1]) as wheel:
        names = wheel.namelist()
    assert "uesynth/lib/libuesynth.so" in names
    assert "uesynth/bin/uesynthctl" in names
    assert "uesynth/py.typed" in names
    for library in ("libnghttp2", "libprotobuf-c", "libpng16", "libturbojpeg"):
        assert any(library in name and ".so" in name for name in names)
    sources = {
        str(path.relative_to(HERE.parent)) for path in (HERE.parent / "uesynth").rglob("*.py")
    }
    assert sources <= set(names)
    assert not any("swift" in name.lower() and ".so" in name for name in names)


@wanted
@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", PYTHONS)
def test_in_an_empty_environment(version, tmp_path):
    def run(*command):
        done = subprocess.run(
            command, capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path, timeout=280
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(PYTHONS[version], "-m", "venv", str(tmp_path / "venv"))
    python = str(tmp_path / "venv" / "bin" / "python")
    quiet = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    run(python, "-m", "pip", "install", *quiet, str(WHEELS[-1]))
    assert f"captured with {version}." in run(python, "-c", PROGRAM)
    tool = tmp_path / "venv" / "bin" / "uesynthctl"
    assert run(str(tool), "--version")
    assert not re.search(r"not found|swift", shown(tmp_path / "venv"))


def shown(folder):
    """What ldd says of everything in the wheel."""
    if shutil.which("ldd") is None or sys.platform != "linux":
        return ""
    package = next(folder.glob("lib/python*/site-packages/uesynth"))
    files = [*package.glob("lib/*"), *package.glob("bin/*")]
    return "".join(
        subprocess.run(["ldd", str(path)], capture_output=True, text=True).stdout for path in files
    )
