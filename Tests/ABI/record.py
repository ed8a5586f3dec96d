#!/usr/bin/env python3
"""record.py HEADER FOLDER [--check]: writes down the ABI of a header as C files that no longer compile,
or whose program fails, once the header says something else. --check compares instead of writing."""

import os
import subprocess
import sys

from header import Header

PREAMBLE = """\
/* Written by Tests/ABI/record.py from include/{header}: {what}. */
#include "{header}"

"""

ASSERT = """\
#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]

"""

def layouts(header):
    names, expressions, kinds = [], [], []
    for record in header.records:
        names.append(f"size_of_{record}")
        expressions.append(f"sizeof({record})")
        kinds.append("")
        for field, kind in header.fields(record):
            names.append(f"{record}_{field}")
            expressions.append(f"offsetof({record}, {field})")
            kinds.append(f" /* {kind} */")
    values = header.measure(expressions)
    return "#include <stddef.h>\n\n" + ASSERT + "\n".join(
        f"ASSERT({name}, {expression} == {value});{kind}"
        for name, expression, value, kind in zip(names, expressions, values, kinds))


def constants(header):
    values = header.measure(header.constants)
    return ASSERT + "\n".join(f"ASSERT({name}, {name} == {value});"
                              for name, value in zip(header.constants, values))


def functions(header):
    """The declarations once more, by their types: a compiler rejects two that differ. A type's own name
    is declared as that of a variable, since C99 knows no second typedef."""
    lines = []
    for name, node in sorted(header.typedefs.items()):
        kind = node["type"]["qualType"]
        if not kind.startswith("struct "):
            lines += [f"extern {name} a_{name};", f"extern {declarator(kind, f'a_{name}')};"]
    for name, node in header.functions.items():
        lines.append(f"{declarator(node['type']['qualType'], name)};")
    return ("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n" + "\n".join(lines)
            + "\n\n#ifdef __cplusplus\n}\n#endif")


def declarator(kind, name):
    """Puts a name into a type: "int (*)(void)" and f give "int (*f)(void)"."""
    if "(*)" in kind:
        return kind.replace("(*)", f"(*{name})", 1)
    if kind.endswith(")"):
        result, arguments = kind.split("(", 1)
        return f"{result.rstrip()}{'' if result.rstrip().endswith('*') else ' '}{name}({arguments}"
    return f"{kind} {name}"


def leaves(header, record, path=""):
    """The members of a record that hold a value, nested ones by their path."""
    for field, kind in header.fields(record):
        if kind in header.records:
            yield from leaves(header, kind, f"{path}{field}.")
        elif kind.endswith("]"):
            # Of an array, its first and last element.
            count = int(kind[kind.index("[") + 1 : -1])
            yield f"{path}{field}[0]", kind
            yield f"{path}{field}[{count - 1}]", kind
        else:
            yield f"{path}{field}", kind


def initializers(header):
    wanted = []
    for record, macro in header.initializers():
        for path, kind in leaves(header, record):
            if "*" in kind or kind.endswith("_fn"):
                wanted.append((record, macro, path, "NULL"))
            elif path == "struct_size":
                wanted.append((record, macro, path, f"sizeof({record})"))
            else:
                wanted.append((record, macro, path, None))
    # Every number that an INIT macro sets is whole, also where its type is not.
    values = iter(header.measure([f"(({r}){m}).{p}" for r, m, p, v in wanted if v is None]))
    lines, last = [], None
    for record, macro, path, value in wanted:
        if record != last:
            lines += [] if last is None else ["  }"]
            lines += ["  {", f"    {record} it = {macro};"]
            last = record
        lines.append(f"    CHECK({macro}, it.{path} == {next(values) if value is None else value});")
    return """\
#include <stdio.h>

#define CHECK(macro, condition)                                                                    \\
  if (!(condition)) {                                                                              \\
    printf("%s: not so: %s\\n", #macro, #condition);                                                \\
    wrong++;                                                                                       \\
  }

int main(void) {
  int wrong = 0;
""" + "\n".join(lines) + "\n  }\n  return wrong != 0;\n}"


FILES = {
    "layouts.c": (layouts, "sizes and offsets on 64-bit machines"),
    "constants.c": (constants, "the numbers behind the names"),
    "functions.c": (functions, "the types of functions and callbacks"),
    "initializers.c": (initializers, "what the INIT macros set"),
}


def main(path, folder, check=False):
    header = Header(path)
    differing = []
    for name, (write, what) in FILES.items():
        text = PREAMBLE.format(header=os.path.basename(path), what=what) + write(header) + "\n"
        file_path = os.path.join(folder, name)
        if not check:
            with open(file_path, "w", encoding="utf-8") as file:
                file.write(text)
        elif not os.path.exists(file_path) or open(file_path, encoding="utf-8").read() != text:
            differing.append(name)
            subprocess.run(["diff", "-uN", file_path, "-"], input=text, text=True, check=False)
    if differing:
        print(f"The header is not the recorded ABI ({', '.join(differing)}). What was released must "
              f"not change; an addition is recorded by\n  Tests/ABI/record.py {path} {folder}")
    elif check:
        print(f"{len(header.records)} structs, {len(header.constants)} constants, "
              f"{len(header.functions)} functions, {len(header.initializers())} INIT macros as recorded")
    return 1 if differing else 0


sys.exit(main(*[a for a in sys.argv[1:] if a != "--check"], check="--check" in sys.argv))
