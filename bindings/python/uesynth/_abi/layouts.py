"""Layouts as formats of the struct module."""

from __future__ import annotations

import ctypes
from ctypes import Structure, c_double, c_float, c_int, c_int64, c_uint8, c_uint32, c_uint64
from typing import Any, Dict, List, Tuple, Type

_CODES: Dict[Any, str] = {
    c_uint8: "B",
    c_float: "f",
    c_double: "d",
    c_int: "i",
    c_uint32: "I",
    c_int64: "q",
    c_uint64: "Q",
}


def layout(structure: Type[Structure]) -> str:
    """The native format that packs a struct field by field, nested ones flattened, in the order of its
    fields; pointers are addresses."""

    def fields(kind: Type[Structure], base: int) -> List[Tuple[int, str, int]]:
        found: List[Tuple[int, str, int]] = []
        for field in kind._fields_:
            name, member = field[0], field[1]
            offset = base + getattr(kind, name).offset
            if issubclass(member, Structure):
                found += fields(member, offset)
            else:
                code = _CODES.get(member, "P")
                if issubclass(member, ctypes.Array):
                    code = f"{ctypes.sizeof(member)}s"
                found.append((offset, code, ctypes.sizeof(member)))
        return found

    text, end = "@", 0
    for offset, code, size in fields(structure, 0):
        text += "x" * (offset - end) + code
        end = offset + size
    return text + "x" * (ctypes.sizeof(structure) - end)
