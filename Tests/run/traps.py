#!/usr/bin/env python3
"""traps.py FOLDER...: what Swift files of the library must not contain, because it ends or bloats the
host's process: forced unwraps, try!, as!, traps by name, heavy imports, Swift concurrency."""

import pathlib
import re
import sys

FORBIDDEN = [
    (r"\btry!", "try!"),
    (r"\bas!", "as!"),
    # After a value or a type, and not the beginning of != or of an operator like !==.
    (r"(?<=[\w)\]}>\"`?!])(?<!\btry)(?<!\bas)!(?!=)", "forced unwrap or implicitly unwrapped type"),
    (r"(?<!\.)(?<!func )\b(fatalError|precondition|preconditionFailure|abort|exit)\s*\(",
     "ends the process"),
    (r"\b(unsafelyUnwrapped|unsafeDowncast)\b", "unchecked"),
    (r"\bunowned\b(?!\(unsafe\))", "unowned traps once its object is gone"),
    (r"\bimport\s+(\w+\s+)?(Foundation\w*|Dispatch|_Concurrency|Observation|Distributed)\b",
     "heavy import"),
    (r"\bMutex<", "Synchronization.Mutex, which ThreadSanitizer cannot see"),
    (r"\b(async|await|actor|Task|TaskGroup|AsyncStream)\b(?!\s*:)", "Swift concurrency"),
]


def code(text):
    """The text with comments and the insides of strings blanked; what \\( ) interpolates is code."""
    out, index, nesting = [], 0, []  # nesting: ("(", depth) in interpolations, (quote, hashes) in strings
    while index < len(text):
        rest = text[index:index + 40]
        string = nesting[-1] if nesting and nesting[-1][0] != "(" else None
        if string:
            quote, hashes = string
            if rest.startswith(quote + hashes):
                token = quote + hashes
                nesting.pop()
                out.append(token)
            elif rest.startswith("\\" + hashes + "("):
                token = "\\" + hashes + "("
                nesting.append(["(", 1])
                out.append(" " * (len(token) - 1) + "(")
            else:
                token = rest[:2 + len(hashes)] if rest.startswith("\\" + hashes) else rest[0]
                out.append(re.sub(r"[^\n]", " ", token))
            index += len(token)
            continue
        if rest.startswith("//"):
            token = re.compile(r"[^\n]*").match(text, index).group()
            out.append(" " * len(token))
        elif rest.startswith("/*"):
            token = comment(text, index)
            out.append(re.sub(r"[^\n]", " ", token))
        elif opening := re.match(r'(#*)("""|")', rest):
            token = opening.group()
            nesting.append((opening.group(2), opening.group(1)))
            out.append(token)
        else:
            token = rest[0]
            out.append(token)
            if nesting and token in "()":
                nesting[-1][1] += 1 if token == "(" else -1
                if nesting[-1][1] == 0:
                    nesting.pop()
        index += len(token)
    return "".join(out)


def comment(text, index):
    """A block comment with those inside of it."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, index):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return text[index:mark.end()]
    return text[index:]


def main(folders):
    files = [file for folder in folders for file in sorted(pathlib.Path(folder).rglob("*.swift"))]
    wrong = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        lines = text.splitlines()
        blanked = code(text)
        for pattern, why in FORBIDDEN:
            for found in re.finditer(pattern, blanked):
                line = blanked.count("\n", 0, found.start())
                print(f"{file}:{line + 1}: {why}: {lines[line].strip()}")
                wrong += 1
    print(f"{len(files)} files searched, {wrong} traps or heavy imports found")
    return 1 if wrong or not files else 0


sys.exit(main(sys.argv[1:]))
