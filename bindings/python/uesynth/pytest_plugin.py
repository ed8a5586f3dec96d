"""Fixtures for test suites of programs that use uesynth. In conftest.py:

    pytest_plugins = ["uesynth.pytest_plugin"]

    def test_a_picture(uesynth_client):
        assert uesynth_client.capture.rgb(width=64, height=48).shape == (48, 64, 4)

`uesynth_simulator_options` may be overridden by a fixture of the same name, of session scope, that returns
other options of `uesynthctl sim`.
"""

from __future__ import annotations

from typing import Iterator, Sequence

import pytest

from .simulator import Simulator, sim
from .sync import UESynthClient


@pytest.fixture(scope="session")
def uesynth_simulator_options() -> Sequence[str]:
    """Options of `uesynthctl sim`."""
    return ()


@pytest.fixture(scope="session")
def uesynth_simulator(uesynth_simulator_options: Sequence[str]) -> Iterator[Simulator]:
    """A simulated server on a free port, for all tests together: its `target` is where."""
    with sim(*uesynth_simulator_options) as simulator:
        yield simulator


@pytest.fixture
def uesynth_client(uesynth_simulator: Simulator) -> Iterator[UESynthClient]:
    """A blocking client of the simulator, one for each test."""
    with UESynthClient(uesynth_simulator.target) as client:
        yield client
