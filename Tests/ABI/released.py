#!/usr/bin/env python3
"""released.py compare OLD NEW: says what of the header OLD is not as it was in NEW, so that a program built
against OLD would not work with NEW's library.
released.py sizes HEADER...: the sizes that structs had, as a C header: smallest first."""

import sys

from header import Header


def layout(header, record):
    """The offset and type of each member, by name, and the size of the whole."""
    fields = header.fields(record)
    *offsets, size = header.measure(
        [f"offsetof({record}, {name})" for name, _ in fields] + [f"sizeof({record})"])
    return {name: (offset, kind) for (name, kind), offset in zip(fields, offsets)}, size


def types(nodes):
    return {name: node["type"]["qualType"] for name, node in nodes.items()}


def missing_or_changed(what, old, new):
    for name, value in old.items():
        if name not in new:
            yield f"{what} {name} is gone"
        elif new[name] != value:
            yield f"{what} {name} was {value} and is {new[name]}"


def grows(members):
    return next(iter(members), None) == "struct_size"


def records(old, new):
    for record in old.records:
        if record not in new.records:
            yield f"struct {record} is gone"
            continue
        before, size = layout(old, record)
        now, now_size = layout(new, record)
        for name, (offset, kind) in before.items():
            if name not in now:
                yield f"{record}.{name} is gone"
            elif now[name][0] != offset:
                yield f"{record}.{name} was at byte {offset} and is at {now[name][0]}"
            elif now[name][1] != kind:
                yield f"{record}.{name} was {kind} and is {now[name][1]}"
        added = [name for name in now if name not in before]
        if grows(before):
            # Old programs never set what was padding.
            for name in added:
                if now[name][0] < size:
                    yield f"{record}.{name} lies at byte {now[name][0]}, in padding of the old struct"
        elif now_size != size:
            yield f"{record} has no struct_size, had {size} bytes and has {now_size}"


def compare(old_path, new_path):
    old, new = Header(old_path), Header(new_path)
    problems = [
        *missing_or_changed("function", types(old.functions), types(new.functions)),
        *missing_or_changed("type", types(old.typedefs), types(new.typedefs)),
        *missing_or_changed("constant", dict(zip(old.constants, old.measure(old.constants))),
                            dict(zip(new.constants, new.measure(new.constants)))),
        *records(old, new),
    ]
    print("\n".join(problems) or f"{len(old.functions)} functions, {len(old.records)} structs and "
          f"{len(old.constants)} constants are as they were")
    return 1 if problems else 0


def sizes(*paths):
    found = {}
    for header in map(Header, paths):
        for record in header.records:
            if header.fields(record)[0][0] == "struct_size":
                found.setdefault(record, set()).update(header.measure([f"sizeof({record})"]))
    print("/* Written by Tests/ABI/released.py. */")
    for record, known in sorted(found.items()):
        print(f"#define RELEASED_{record} {{{', '.join(map(str, sorted(known)))}, 0}}")
    return 0


sys.exit({"compare": compare, "sizes": sizes}[sys.argv[1]](*sys.argv[2:]))
