"""Writes SCENARIOS.md: every rule with what shows it. python report.py [--check]"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import tables  # noqa: E402
from rules import ELSEWHERE, RULES  # noqa: E402
from scenario import ROUTE_NAMES  # noqa: E402

FILE = HERE / "SCENARIOS.md"

HEAD = """# What a gRPC client is to do, and what shows that this one does

Written by `python Tests/Conformance/report.py`; a test holds it to the tables and runs every line.

{count} scenarios: a server that is made of hand-made frames does what the line says, and the calls
that meet it end as the line says, each exactly once and within its time. Afterwards a good call
succeeds on the same client, and when that is gone no descriptor and no thread is left; nor is
memory, over many runs. "Calls" is how many were under way, if more than one. Tests of other kinds
are named below each rule.
"""


def escaped(text):
    return "".join(f"\\{letter}" if letter in "|*_<>`" else letter for letter in text)


def text():
    rows = tables.scenarios()
    parts = [HEAD.format(count=len(rows))]
    for rule, words in RULES.items():
        parts.append(f"\n## {words}\n")
        found = [row for row in rows if row.rule == rule]
        if found:
            parts += ["| the server | calls | route | ends with |", "|---|---|---|---|"]
        for row in found:
            calls = row.calls if row.calls > 1 else ""
            name = escaped(row.name)
            parts.append(f"| {name} | {calls} | {ROUTE_NAMES[row.route]} | {row.status_text} |")
        if rule in ELSEWHERE:
            parts += [""] * bool(found)
            parts += [f"- `{test}` in `Tests/{file}`" for file, test in ELSEWHERE[rule]]
    return "\n".join(parts) + "\n"


def main(arguments):
    if arguments == ["--check"]:
        return (
            FILE.read_text() != text() and f"{FILE.name} is old: run {pathlib.Path(__file__).name}"
        )
    FILE.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
