#!/usr/bin/env python3
"""compiled_traps.py BUILD LIST [--record]: where the compiler has put traps (ud2) into Core, Wire and HTTP2,
which see whatever a peer sends: `+`, subscripts, ranges and conversions trap too. LIST says for each
function how many there may be, and why none of them is reached; --record writes the counts anew and keeps
the reasons. A LIST of another compiler is not compared."""

import collections
import pathlib
import re
import subprocess
import sys

MODULES = ("UESynthCore", "UESynthWire", "UESynthHTTP2")
UNKNOWN = "?"
# Specialised here, and written there: checks of capacities and indices that its callers have made sure of.
LIBRARY = re.compile(
    r"\b(Array|ContiguousArray|ArraySlice|Dictionary|_\w+|Sequence|Collection|MutableCollection|Slice|"
    r"BidirectionalCollection|RandomAccessCollection|UnsafeMutableBufferPointer|String|"
    r"__swift_\w+)\b[.(<]|_copyCollectionToContiguousArray|__swift_"
)


def compiler():
    said = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"Swift version (\S+)", said.stdout)
    return found[1] if found else UNKNOWN


def found(build):
    counts = collections.Counter()
    for module in MODULES:
        objects = sorted((build / f"{module}.build").glob("*.o"))
        if not objects:
            raise SystemExit(f"there are no objects of {module} in {build}: make build")
        for path in objects:
            code = subprocess.run(
                ["objdump", "-d", "--no-show-raw-insn", path],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            function = None
            for line in code.splitlines():
                begins = re.match(r"[0-9a-f]+ <(.*)>:$", line)
                if begins:
                    function = begins[1]
                elif re.search(r"\tud2\b", line):
                    counts[module, function] += 1
    names = subprocess.run(
        ["swift", "demangle", "--simplified"],
        input="\n".join(function for _, function in counts),
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    traps = collections.Counter()
    for ((module, _), count), name in zip(counts.items(), names):
        if not LIBRARY.search(name.removeprefix("specialized ")):
            traps[module, name] += count
    return traps


def listed(path):
    version, traps = UNKNOWN, {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("# Swift "):
            version = line.removeprefix("# Swift ")
        elif line and not line.startswith("#"):
            count, module, rest = line.split(maxsplit=2)
            name, reason = rest.split(" | ")
            traps[module, name] = (int(count), reason)
    return version, traps


def record(path, traps, known):
    lines = ["# Traps in the release build, by function, and why they are not reached.", f"# Swift {compiler()}"]
    for (module, name), count in sorted(traps.items()):
        reason = known.get((module, name), (0, UNKNOWN))[1]
        lines.append(f"{count} {module} {name} | {reason}")
    path.write_text("\n".join(lines) + "\n")


def main(build, path, *options):
    build, path = pathlib.Path(build), pathlib.Path(path)
    version, known = listed(path)
    if "--record" in options:
        record(path, found(build), known)
        version, known = listed(path)
    elif version != compiler():
        print(f"not compared: {path.name} is of Swift {version}, this is {compiler()}")
        return 0
    traps = found(build)
    wrong = []
    for (module, name), count in sorted(traps.items()):
        allowed, reason = known.get((module, name), (0, UNKNOWN))
        if count > allowed:
            wrong.append(f"{module}: {name} has {count} traps, {allowed} are listed")
        elif reason == UNKNOWN:
            wrong.append(f"{module}: {name}: why is none of its {count} traps reached?")
    print("\n".join(wrong))
    total = sum(traps.values())
    print(f"{total} traps in {len(traps)} functions, each with its reason" if not wrong else f"see {path}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
