"""Runs scenarios by hand: python run.py [WORD...] runs those whose names have one of the words."""

import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import abi

import scenario
import tables


def main(words):
    table = abi.load(abi.library_path())
    failed = 0
    for row in tables.scenarios():
        if words and not any(word in row.name for word in words):
            continue
        began = time.monotonic()
        try:
            outcomes = scenario.run(table, row)
            found = "; ".join(
                f"{scenario.STATUS_NAMES[o.status]} {o.message[:90]}" for o in outcomes[:2]
            )
            word = "ok  "
        except Exception as error:  # also what a host trips over
            if words:
                traceback.print_exc()
            word, found, failed = "FAIL", str(error)[:300], failed + 1
        took = time.monotonic() - began
        print(f"{word} {took:5.2f} {row.rule:18} {row.name}: {found}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) and 1)
