"""The tables themselves: nothing without a rule, no rule without something that shows it."""

import pathlib
import re

import pytest

import report
import tables
from rules import ELSEWHERE, RULES

TESTS = pathlib.Path(__file__).resolve().parents[1]
ROWS = tables.scenarios()


def test_scenarios_have_rules():
    assert {row.rule for row in ROWS} <= set(RULES)
    assert len(ROWS) >= 150


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_shown(rule):
    assert any(row.rule == rule for row in ROWS) or rule in ELSEWHERE


@pytest.mark.parametrize(
    "file, test", [pair for pairs in ELSEWHERE.values() for pair in pairs], ids=lambda part: part
)
def test_tests_elsewhere_are_there(file, test):
    assert re.search(rf"(def|func|static void) {test}\(", (TESTS / file).read_text())


def test_the_list_is_current():
    assert report.FILE.read_text() == report.text(), "python Tests/Conformance/report.py"
