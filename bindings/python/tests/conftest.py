"""Servers for the tests of the package: the simulator, and the stock grpcio server of Tests/Interop."""

import asyncio
import faulthandler
import gc
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(HERE.parent), str(ROOT / "Tests" / "Interop"), str(HERE)]

import servers  # noqa: E402
from stock_client import StockClient  # noqa: E402

import uesynth  # noqa: E402

faulthandler.enable()


@pytest.fixture(scope="session")
def simulators():
    """simulators("--replay") is a simulator with these options, one for each set of them."""
    running = {}

    def find(*options):
        if options not in running:
            running[options] = uesynth.Simulator(*options)
        return running[options]

    yield find
    for server in running.values():
        server.close()


@pytest.fixture
def simulator(simulators):
    return simulators()


@pytest.fixture
def replay(simulators):
    """Answers captures at once with a prepared picture."""
    return simulators("--replay")


@pytest.fixture
def plugin(simulators):
    """Behaves as the plugin of today does."""
    return simulators("--plugin-quirks")


@pytest.fixture(scope="session")
def stock_server():
    with servers.stock() as server, StockClient(server.target) as control:
        server.control = control
        yield server


@pytest.fixture
def stock(stock_server):
    """A stock gRPC server that was written apart, with its scene as it began; names say how it answers
    ("main?slow=0.5")."""
    stock_server.control.reset()
    return stock_server


@pytest.fixture(scope="session")
def c_frames(tmp_path_factory):
    """The C program beside which the benchmark counts frames."""
    library = pathlib.Path(uesynth._library.library().path)
    folder = tmp_path_factory.mktemp("c")
    (folder / "libuesynth.so.0").symlink_to(library)
    program = folder / "frames"
    subprocess.run(
        ["cc", "-O2", f"-I{ROOT}/include", str(HERE / "frames.c"), "-o", str(program)]
        + [str(library), f"-Wl,-rpath,{folder}", "-lpthread"],
        check=True,
    )
    return str(program)


@pytest.fixture
def client(simulator):
    with uesynth.UESynthClient(simulator.target) as client:
        yield client


def run(coroutine, loop_factory=None):
    """asyncio.run, with an exception handler that fails the test: nothing may be lost in a loop."""
    loop = (loop_factory or asyncio.new_event_loop)()
    problems = []
    loop.set_exception_handler(lambda _, context: problems.append(context))
    try:
        asyncio.set_event_loop(loop)
        result = loop.run_until_complete(coroutine)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    gc.collect()
    assert not problems
    return result
