"""Every scenario; then all the quick ones again and again, for what they might leave behind."""

import os
import time

import pytest

import memory
import scenario
import tables

ROWS = tables.scenarios()
QUICK = 0.05  # seconds
took = {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_scenario(library, row):
    began = time.monotonic()
    scenario.run(library, row)
    took[row.name] = time.monotonic() - began


def test_nothing_is_left_behind(library):
    """Descriptors and threads are counted by each scenario; here it is memory."""
    rounds = int(os.environ.get("UESYNTH_LEAK_ROUNDS", "3"))
    rows = [row for row in ROWS if took.get(row.name, 1) < QUICK]
    assert len(rows) > len(ROWS) / 3, "run the scenarios with this test, on a quieter machine"

    def once():
        for row in rows:
            scenario.run(library, row)

    once()
    before = memory.allocated()
    for _ in range(rounds):
        once()
    growth = memory.allocated() - before
    runs = rounds * len(rows)
    print(f"{runs} runs of {len(rows)} scenarios: {growth} bytes more")
    # What a scenario left would be there as often as it ran; the host itself varies by this much.
    assert growth < (16 << 10) + 16 * runs, growth
