import faulthandler
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import abi  # noqa: E402
import servers  # noqa: E402
from host import Client  # noqa: E402

# Everything together; a single test has the timeout of pyproject.toml.
DEADLINE_SECONDS = int(os.environ.get("UESYNTH_CONFORMANCE_DEADLINE", "900"))


def pytest_configure(config):
    faulthandler.dump_traceback_later(DEADLINE_SECONDS, exit=True)


def pytest_unconfigure(config):
    faulthandler.cancel_dump_traceback_later()


def pytest_report_header(config):
    return [f"library: {abi.library_path()}", f"simulator: {servers.simulator_path()}"]


@pytest.fixture(scope="session")
def library():
    path = abi.library_path()
    if path is None:
        pytest.fail("no libuesynth.so in .build/release or .build/debug: swift build")
    return abi.load(path)


@pytest.fixture(scope="session")
def stock():
    with servers.stock() as server:
        yield server


@pytest.fixture(scope="session")
def simulator():
    with servers.simulator() as server:
        yield server


@pytest.fixture
def client_of(library):
    """client_of(target, **options) is a client that ends with the test."""
    made = []

    def make(target, **options):
        made.append(Client(library, getattr(target, "target", target), **options))
        return made[-1]

    yield make
    for client in made:
        client.free()
