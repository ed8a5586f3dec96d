"""What callgrind has counted: instructions by the file of the machine code."""

import re

NAME = re.compile(r"(c?ob)=\((\d+)\)(?: (.*))?$")


def instructions(path):
    """{"libuesynth.so.0.1.0": 123, ...}: each library's own, without what it calls."""
    names, found, current, is_call = {}, {}, None, False
    with open(path) as lines:
        for line in lines:
            line = line.rstrip("\n")
            if name := NAME.match(line):
                kind, number, text = name.groups()
                if text:
                    names[number] = text.rsplit("/", 1)[-1]
                if kind == "ob":
                    current = names[number]
            elif line.startswith("calls="):
                is_call = True
            elif line and line[0] in "0123456789+-*":
                if not is_call:
                    found[current] = found.get(current, 0) + int(line.split()[-1])
                is_call = False
    return found
