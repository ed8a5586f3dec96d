"""The ctypes table is the header's: names, constants and layouts."""

import ctypes
import re
import shutil
import subprocess

import pytest

import abi
import raw

HEADER = abi.HEADER.read_text()
CODE = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)


def test_every_function_is_in_the_table():
    declared = set(re.findall(r"\b(uesynth_[a-z0-9_]+)\(", CODE)) - {"uesynth_event_fn"}
    assert declared == {"uesynth_" + name for name in abi.FUNCTIONS}


def test_constants_are_the_headers():
    values = {
        name: eval(value.replace("u", ""))
        for name, value in re.findall(r"\bUESYNTH_([A-Z0-9_]+) = ([0-9u< ]+)", CODE)
    }
    table = {**abi.STATUS}
    table.update({"ACTION_" + name: value for name, value in abi.ACTIONS.items()})
    table.update({"FORMAT_" + name: value for name, value in abi.FORMATS.items()})
    table.update({"FRAME_" + name: value for name, value in abi.FRAME_FLAGS.items()})
    table.update({"PRESET_" + name: value for name, value in abi.PRESETS.items()})
    names = ["RGB", "DEPTH", "SEGMENTATION", "NORMALS", "OPTICAL_FLOW"]
    table.update({"MODALITY_" + name: value for value, name in enumerate(names, 1)})
    prefixes = ("REPLY_", "EVENT_", "THREAD_", "ROUTE_", "OVERFLOW_", "WHEN_", "STATE_", "SUBMIT_")
    prefixes += ("TRANSFORM_", "FRAMESET_", "LATENCY_", "PROBE_")
    prefixes += ("FILE_", "PICTURE_", "SAVE_")
    prefixes += ("AXES_", "POSE_", "LOG_", "COMPRESSION_")
    for name, value in vars(abi).items():
        if name.startswith(prefixes) and isinstance(value, int):
            table[name] = value
    assert values == table


@pytest.fixture(scope="module")
def compiler():
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        pytest.skip("no C compiler")
    return found


@pytest.mark.parametrize(
    "header, structs", [("uesynth.h", abi.STRUCTS), ("uesynth_raw.h", raw.STRUCTS)]
)
def test_layouts_are_the_compilers(compiler, tmp_path, header, structs):
    lines, expected = [], []
    for name, struct in structs.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected.append(f"{name} {ctypes.sizeof(struct)}")
        for field, _ in struct._fields_:
            where = f"offsetof({name}, {field}), sizeof((({name} *)0)->{field})"
            lines.append(f'printf("{name}.{field} %zu %zu\\n", {where});')
            member = getattr(struct, field)
            expected.append(f"{name}.{field} {member.offset} {member.size}")
    source = tmp_path / "layout.c"
    source.write_text(
        f"#include <stdio.h>\n#include <{header}>\nint main(void) {{\n"
        + "\n".join(lines)
        + "\n}\n"
    )
    program = tmp_path / "layout"
    include = str(abi.HEADER.parent)
    subprocess.run([compiler, "-I", include, str(source), "-o", str(program)], check=True)
    found = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    assert found.split("\n")[:-1] == expected


def test_the_raw_table_is_the_headers():
    code = re.sub(r"/\*.*?\*/", "", raw.HEADER.read_text(), flags=re.DOTALL)
    declared = dict(re.findall(r"\buesynth_([a-z0-9_]+)\(([^;]*)\);", code))
    assert set(declared) == set(raw.FUNCTIONS)
    for name, arguments in declared.items():
        assert arguments.count(",") + 1 == len(raw.FUNCTIONS[name]), name
    flags = re.findall(r"\bUESYNTH_RAW_([A-Z_]+) = 1u << ([0-9]+)", code)
    assert {name: 1 << int(bit) for name, bit in flags} == {
        "WAIT_FOR_READY": raw.WAIT_FOR_READY,
        "COMPRESS": raw.COMPRESS,
    }
    structs = re.findall(r"typedef struct (uesynth_raw_\w+) \{(.*?)\}", code, flags=re.DOTALL)
    assert {name for name, _ in structs} == set(raw.STRUCTS)
    for name, body in structs:
        count = sum(line.count(",") + 1 for line in body.split(";") if line.strip())
        assert count == len(raw.STRUCTS[name]._fields_), name


def test_init_macros_set_what_the_table_sets(compiler, tmp_path):
    """Byte for byte, padding included: an INIT macro with one value too few shows."""
    macros = {
        "uesynth_action": "ACTION",
        "uesynth_frame_info": "FRAME_INFO",
        "uesynth_event": "EVENT",
        "uesynth_allocator": "ALLOCATOR",
        "uesynth_runtime_options": "RUNTIME_OPTIONS",
        "uesynth_client_options": "CLIENT_OPTIONS",
        "uesynth_submit_options": "SUBMIT_OPTIONS",
        "uesynth_subscription_options": "SUBSCRIPTION_OPTIONS",
        "uesynth_pixels": "PIXELS",
        "uesynth_picture_options": "PICTURE_OPTIONS",
        "uesynth_save_options": "SAVE_OPTIONS",
        "uesynth_stats": "STATS",
        "uesynth_beat": "BEAT",
        "uesynth_pacer_stats": "PACER_STATS",
        "uesynth_sequence_options": "SEQUENCE_OPTIONS",
        "uesynth_sequence_stats": "SEQUENCE_STATS",
        "uesynth_transform": "TRANSFORM",
    }
    source = "#include <stdio.h>\n#include <uesynth.h>\n"
    source += "".join(f"{n} v_{n} = UESYNTH_{m}_INIT;\n" for n, m in macros.items())
    source += "int main(void) {\n"
    for name in macros:
        byte = f'printf("%02x", ((unsigned char *)&v_{name})[i]);'
        source += f'for (size_t i = 0; i < sizeof v_{name}; i++) {{ {byte} }}\nprintf("\\n");\n'
    path, program = tmp_path / "init.c", tmp_path / "init"
    path.write_text(source + "}\n")
    flags = ["-Wall", "-Wextra", "-Werror", "-I", str(abi.HEADER.parent)]
    subprocess.run([compiler, *flags, str(path), "-o", str(program)], check=True)
    found = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    expected = [bytes(abi.STRUCTS[name]()).hex() for name in macros]
    assert found.split("\n")[:-1] == expected
