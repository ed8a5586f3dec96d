"""The raw table is the header's: names, constants, arguments and layouts."""

import ctypes
import re
import shutil
import struct
import subprocess

import pytest
from conftest import ROOT

import uesynth
from uesynth import _abi
from uesynth._library import library

HEADER = ROOT / "include" / "uesynth.h"
CODE = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)


def functions():
    found = {}
    for result, name, arguments in re.findall(r"([\w \*]+?)\b(uesynth_\w+)\(([^()]*)\);", CODE):
        if "typedef" not in result:
            parts = [] if arguments.strip() == "void" else arguments.split(",")
            found[name] = (" ".join(result.split()), [" ".join(part.split()) for part in parts])
    return found


WIDTHS = {
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "int": ctypes.c_int,
    "double": ctypes.c_double,
    "uesynth_status": ctypes.c_int32,
}


def kind(text):
    """The ctypes class of a C type, None for pointers."""
    words = text.replace("const ", "").split()
    if "*" in text or words[0].endswith("_fn"):
        return None
    return WIDTHS[words[0]]


def test_every_function_is_in_the_table():
    assert set(functions()) == set(_abi.FUNCTIONS)


@pytest.mark.parametrize("name", sorted(_abi.FUNCTIONS))
def test_arguments_are_the_headers(name):
    result, arguments = functions()[name]
    table_result, table_arguments = _abi.FUNCTIONS[name]
    assert len(arguments) == len(table_arguments)
    for text, given in zip(arguments, table_arguments):
        expected = kind(text)
        if expected is None:
            assert given in (ctypes.c_void_p, ctypes.c_char_p), text
        else:
            assert given is expected, text
    if result == "void":
        assert table_result is None
    elif kind(result) is None:
        assert table_result in (ctypes.c_void_p, ctypes.c_char_p)
    else:
        assert table_result is kind(result)


def test_constants_are_the_headers():
    values = {
        name: eval(value.replace("u", ""))
        for name, value in re.findall(r"\bUESYNTH_([A-Z0-9_]+) = ([0-9u< ]+)", CODE)
    }
    versions = re.findall(r"#define UESYNTH_(VERSION_[A-Z]+) (\d+)", CODE)
    values.update({name: int(value) for name, value in versions})
    table = {
        name: value
        for name, value in vars(_abi).items()
        if name.isupper() and isinstance(value, int) and not name.startswith("_")
    }
    assert values == table


@pytest.fixture(scope="module")
def compiler():
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        pytest.skip("no C compiler")
    return found


def test_layouts_are_the_compilers(compiler, tmp_path):
    declared = set(re.findall(r"struct (uesynth_\w+) \{", CODE))
    assert declared == set(_abi.STRUCTS)
    lines, expected = [], []
    for name, structure in _abi.STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected.append(f"{name} {ctypes.sizeof(structure)}")
        for field, _ in structure._fields_:
            where = f"offsetof({name}, {field}), sizeof((({name} *)0)->{field})"
            lines.append(f'printf("{name}.{field} %zu %zu\\n", {where});')
            member = getattr(structure, field)
            expected.append(f"{name}.{field} {member.offset} {member.size}")
    source = tmp_path / "layout.c"
    source.write_text(
        "#include <stdio.h>\n#include <uesynth.h>\nint main(void) {\n" + "\n".join(lines) + "\n}\n"
    )
    program = tmp_path / "layout"
    subprocess.run(
        [compiler, "-I", str(HEADER.parent), str(source), "-o", str(program)], check=True
    )
    found = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    assert found.split("\n")[:-1] == expected


@pytest.mark.parametrize("structure", _abi.STRUCTS.values(), ids=lambda s: s.__name__)
def test_formats_fill_their_structs(structure):
    assert struct.calcsize(_abi.layout(structure)) == ctypes.sizeof(structure)


def test_formats_pack_where_ctypes_reads():
    values = list(range(1, 23))
    packed = struct.pack(_abi.layout(_abi.Action), *values)
    action = _abi.Action.from_buffer_copy(packed)
    assert action.struct_size == 1
    assert action.transform.location.x == 4
    assert action.transform_fields == 13
    assert (action.width, action.height) == (14, 15)
    assert action.color.z == 22


def test_statuses_have_their_names():
    for code in uesynth.StatusCode:
        assert library().status_name(code) == code.name


def test_versions_agree():
    assert uesynth.__version__ == library().version
    numbers = (_abi.VERSION_MAJOR, _abi.VERSION_MINOR, _abi.VERSION_PATCH)
    assert uesynth.__version__ == ".".join(map(str, numbers))


def test_reserved_parts_of_the_fast_readers():
    """The formats that are written by hand read the same as the structs."""
    from uesynth import _events, _frame_info

    assert _abi.Event.request_id.offset == 8
    assert _abi.Event.frame.offset == 40
    assert _abi.Event.reply.offset == 48
    assert _events.EVENT_SIZE == ctypes.sizeof(_abi.Event)
    event = _abi.Event(72, 1, 2, 3, -4, 5, None, 7, None, None, 9)
    assert _events.read_event(bytes(event)) == (1, 2, 3, -4, 5, 0, 7, 0, 0, 9)
    info = _abi.FrameInfo(0, 1, 2, 3, 4, 5, 6, 7)
    assert _frame_info.unpack_shape(bytes(info), _frame_info.SHAPE_OFFSET) == (2, 3, 4, 5, 6, 7)
    assert _abi.Reply.message.offset == 48
