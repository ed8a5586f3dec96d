"""The scenarios, a table for each part of what a client does."""

import importlib

NAMES = (
    "requests responses statuses messages resets goaways settings windows frames streams "
    "pictures compression silences strangers floods"
).split()


def scenarios():
    found = []
    for name in NAMES:
        found += importlib.import_module(f"tables.{name}").SCENARIOS
    names = [scenario.name for scenario in found]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, twice
    return found
