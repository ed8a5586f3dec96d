#!/usr/bin/env python3
"""exports.py LIBRARY EXPORT-LIST HEADER...: the headers' functions, the export list and the library's
dynamic symbols must be the same names."""

import re
import subprocess
import sys

from header import Header


def listed(path):
    """The names of a version script's global section, and the name of its version."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/|#[^\n]*", "", file.read(), flags=re.DOTALL)
    version, body = re.search(r"(\w+)\s*\{(.*?)\}", text, re.DOTALL).groups()
    section = re.search(r"global:(.*?)(local:|\Z)", body, re.DOTALL).group(1)
    return set(re.findall(r"[^\s;]+", section)), version


def exported(path, version):
    output = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True,
                            text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in output.splitlines()}
    return names - {version}


def main(library, export_list, *headers):
    declared = set()
    for path in headers:
        declared |= set(Header(path).functions)
    globals_, version = listed(export_list)
    symbols = exported(library, version)

    wrong = []
    for name in sorted(declared | globals_ | symbols):
        if name not in declared:
            where = " and ".join(w for w, s in (("the export list", globals_), ("the library", symbols))
                                 if name in s)
            wrong.append(f"{name}: in {where}, but no header declares it")
        elif name not in globals_:
            wrong.append(f"{name}: declared, but missing in {export_list}: nobody can link to it")
        elif name not in symbols:
            wrong.append(f"{name}: declared and listed, but the library has none: it needs a "
                         f'@_cdecl("{name}") @implementation')
    print("\n".join(wrong) if wrong else f"{len(declared)} functions declared, listed and exported")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
