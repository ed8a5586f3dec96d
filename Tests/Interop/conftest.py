import faulthandler
import os
import time

import pytest

import abi
import servers
from certificates import Authority
from frames import Source
from host import Client
from stock_client import StockClient
from tls import pair

# Everything together; a single test has the timeout of pyproject.toml.
DEADLINE_SECONDS = int(os.environ.get("UESYNTH_INTEROP_DEADLINE", "600"))
started = time.monotonic()


def pytest_configure(config):
    faulthandler.dump_traceback_later(DEADLINE_SECONDS, exit=True)


def pytest_unconfigure(config):
    faulthandler.cancel_dump_traceback_later()


def pytest_report_header(config):
    return [f"library: {abi.library_path()}", f"simulator: {servers.simulator_path()}"]


@pytest.fixture(scope="session")
def library():
    """The bare table of functions."""
    path = abi.library_path()
    if path is None:
        pytest.fail("no libuesynth.so in .build/release or .build/debug: swift build")
    return abi.load(path)


@pytest.fixture(scope="session")
def stock_server(tmp_path_factory):
    """A stock server whose streams answer every action."""
    path = tmp_path_factory.mktemp("sockets") / "stock.sock"
    with servers.stock("--unix", path) as server:
        server.unix = f"unix:{path}"
        with StockClient(server.target) as control:
            server.control = control
            yield server


@pytest.fixture
def stock(stock_server):
    """The same, with its scene as it began and an empty log."""
    stock_server.control.reset()
    return stock_server


@pytest.fixture(scope="session")
def plugin_server():
    """A stock server whose streams answer what the plugin's answer."""
    with servers.stock("--plugin") as server, StockClient(server.target) as control:
        server.control = control
        yield server


@pytest.fixture
def plugin(plugin_server):
    plugin_server.control.reset()
    return plugin_server


@pytest.fixture(scope="session")
def simulators():
    """simulators("--replay") is the target of a simulator with these options, one for each set of
    them."""
    running = {}

    def find(*options):
        if options not in running:
            running[options] = servers.simulator(*options)
        return running[options].target

    yield find
    for server in running.values():
        server.stop()


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


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def tls_servers(authority):
    """tls_servers("good") is a simulator with that certificate; one for each."""
    running = {}

    def find(name, *options):
        if (name, options) not in running:
            certificate, key = pair(getattr(authority, name))
            running[name, options] = servers.simulator(
                "--tls-cert", certificate, "--tls-key", key, *options
            )
        return running[name, options].target

    yield find
    for server in running.values():
        server.stop()


@pytest.fixture(scope="module")
def stock_tls(authority):
    with servers.stock("--tls", *pair(authority.good)) as server:
        yield server


@pytest.fixture
def source(stock, client_of, tmp_path):
    """Frames with contents of the test's choice."""
    return Source(client_of(stock), tmp_path)
