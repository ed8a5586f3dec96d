#!/usr/bin/env python3
"""documented.py HEADER...: every function and callback type has a comment, above itself or above the
lines right before it (its group); and every name begins with uesynth_ or UESYNTH_."""

import re
import sys

from header import Header


def documented(text):
    """Whether what ends here began, after the last blank line, with a comment. Headings are none."""
    text = re.sub(r"/\* ---.*?\*/", "heading;", text, flags=re.DOTALL)
    text = re.sub(r"/\*.*?\*/", "comment", text, flags=re.DOTALL)
    return re.split(r"\n[ \t]*\n", text)[-1].lstrip().startswith("comment")


def main(paths):
    wrong = 0
    for path in paths:
        header = Header(path)
        callbacks = [n for n in header.typedefs.values() if "(*)" in n["type"]["qualType"]]
        for node in list(header.functions.values()) + callbacks:
            if not documented(header.before(node)):
                print(f"{path}: {node['name']} has no comment above it or above its group")
                wrong += 1
        names = [n.get("name", "") for n in header.declarations] + header.constants + header.macros
        for name in filter(None, names):
            if not re.match(r"uesynth_|UESYNTH_", name):
                print(f"{path}: {name} does not begin with uesynth_ or UESYNTH_")
                wrong += 1
        print(f"{path}: {len(header.functions)} functions, {len(callbacks)} callback types, "
              f"{len(header.constants)} constants looked at")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
