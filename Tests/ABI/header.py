"""What a C header declares, read from the compiler's syntax tree."""

import json
import os
import re
import subprocess
import tempfile

CLANG = os.environ.get("CLANG", "clang")

# What the records and constants amount to is asked of the compiler, by a program.
PROBE = """\
#include <stddef.h>
#include <stdio.h>
#include "{header}"
int main(void) {{
{lines}
  return 0;
}}
"""


class Header:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        tree = subprocess.run(
            [CLANG, "-x", "c", "-std=c11", "-fsyntax-only", "-Xclang", "-ast-dump=json", path],
            check=True, capture_output=True, text=True).stdout
        # A declaration of an included file says from where it was included; a builtin has no offset.
        self.declarations = [
            node for node in json.loads(tree)["inner"]
            if "offset" in place(node) and "includedFrom" not in place(node)]
        self.functions = {n["name"]: n for n in self.of_kind("FunctionDecl")}
        self.typedefs = {n["name"]: n for n in self.of_kind("TypedefDecl")}
        self.records = {n["name"]: n for n in self.of_kind("RecordDecl")
                        if n.get("completeDefinition")}
        self.constants = [c["name"] for n in self.of_kind("EnumDecl")
                          for c in n.get("inner", []) if c["kind"] == "EnumConstantDecl"]
        self.macros = re.findall(r"^#define (\w+)", self.text, re.MULTILINE)

    def of_kind(self, kind):
        return [node for node in self.declarations if node["kind"] == kind]

    def fields(self, record):
        return [(f["name"], f["type"]["qualType"])
                for f in self.records[record].get("inner", []) if f["kind"] == "FieldDecl"]

    def initializers(self):
        """The records that have an INIT macro, each with it."""
        named = ((macro[:-len("_INIT")].lower(), macro) for macro in self.macros
                 if macro.endswith("_INIT"))
        return [(record, macro) for record, macro in named if record in self.records]

    def measure(self, expressions):
        """The values of constant expressions, by the compiler's account."""
        lines = "\n".join(f'  printf("%lld\\n", (long long)({e}));' for e in expressions)
        with tempfile.TemporaryDirectory() as work:
            source, program = os.path.join(work, "probe.c"), os.path.join(work, "probe")
            with open(source, "w", encoding="utf-8") as file:
                file.write(PROBE.format(header=os.path.basename(self.path), lines=lines))
            subprocess.run([CLANG, "-I", os.path.dirname(os.path.abspath(self.path)), source,
                            "-o", program], check=True)
            output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        return [int(line) for line in output.split()]

    def before(self, node):
        """The text that ends where a declaration begins."""
        return self.text[:start(node)]


def place(node):
    location = node.get("loc", {})
    return location.get("expansionLoc", location)


def start(node):
    begin = node["range"]["begin"]
    return begin.get("expansionLoc", begin)["offset"]
