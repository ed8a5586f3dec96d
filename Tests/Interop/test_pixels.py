"""The pixels of frames, held against numpy."""

import ctypes
import os

import numpy
import pytest

import abi
from frames import decode, encode
from samples import FLOATS, FORMATS, LABELS, MEASURED, NO_CALLBACK, in_order, measured, scene, seen


@pytest.mark.parametrize("function", ["frame_decode", "frame_convert"])
@pytest.mark.parametrize("held", LABELS)
def test_red_stays_red_in_every_order(library, source, held, function):
    rgba = scene()
    with source.array(in_order(rgba, held), LABELS[held]) as frame:
        left = seen(held, rgba)
        for wanted in FORMATS + FLOATS:
            expected = in_order(left, wanted)
            if held == wanted == "GRAY8":
                expected = in_order(rgba, "GRAY8")
            for stride in 0, 37 * 16 + 12:
                found = decode(library, frame, wanted, stride, function=function)
                assert (found == expected).all(), (held, wanted, stride)
        own = decode(library, frame, function=function)
        assert (own == in_order(rgba, held)).all()


@pytest.mark.parametrize("held", MEASURED)
def test_measured_values_stay_themselves(library, source, held):
    label, modality = MEASURED[held]
    values = measured(held)
    with source.array(values, label, modality) as frame:
        assert (decode(library, frame) == values).all()
        assert (decode(library, frame, held, 37 * 12 + 8) == values).all()
        for other in set(FORMATS + FLOATS + list(MEASURED)) - {held, "F32" * (held == "F16")}:
            pixels = abi.Pixels(format=abi.FORMATS[other])
            assert library.frame_decode(frame, pixels) == abi.MISUSE
            text = library.last_error().decode()
            assert f"the frame is {held}" in text and f"become {other}" in text, text
            assert (pixels.width, pixels.size) == (0, 0)


def test_every_half_float_becomes_its_float(library, source):
    halves = numpy.arange(65536, dtype="uint16").reshape(256, 256).view("float16")
    with source.array(halves, "float16", abi.DEPTH) as frame:
        found = decode(library, frame, "F32")
        assert numpy.array_equal(found, halves.astype("float32"), equal_nan=True)
        assert (numpy.signbit(found) == numpy.signbit(halves)).all()


def test_sizes_and_what_does_not_fit(library, source):
    with source.array(scene(), "rgba") as frame:
        pixels = abi.Pixels(format=abi.FORMATS["RGB8"])
        memory = ctypes.create_string_buffer(37 * 23 * 3)
        pixels.data, pixels.capacity = ctypes.addressof(memory), 37 * 23 * 3 - 1
        assert library.frame_decode(frame, pixels) == abi.BUFFER_TOO_SMALL
        assert str(37 * 23 * 3) in library.last_error().decode()
        assert (pixels.width, pixels.height, pixels.size) == (37, 23, 37 * 23 * 3)
        assert (pixels.made_format, pixels.made_stride) == (abi.FORMATS["RGB8"], 37 * 3)
        assert memory.raw == bytes(37 * 23 * 3)
        floats = abi.Pixels(format=abi.FORMATS["F32X3"], data=4097, capacity=1 << 20)
        for wrong in [
            abi.Pixels(format=13),
            abi.Pixels(format=abi.FORMATS["PNG"]),
            abi.Pixels(format=abi.FORMATS["U32"]),
            abi.Pixels(format=abi.FORMATS["RGB8"], stride=110),
            abi.Pixels(format=abi.FORMATS["F32X3"], stride=37 * 12 + 1),
            abi.Pixels(stride=1 << 62),
            abi.Pixels(stride=(1 << 64) - 1),
            abi.Pixels(reserved=1),
            abi.Pixels(struct_size=ctypes.sizeof(abi.Pixels) - 8),
            floats,
            None,
        ]:
            assert library.frame_decode(frame, wrong) == abi.MISUSE, wrong
            assert len(library.last_error()) > 10
        assert library.frame_decode(None, abi.Pixels()) == abi.MISUSE
        assert library.frame_convert(None, abi.Pixels()) == abi.MISUSE


def test_a_picture_beyond_the_limits(library, source):
    with source.frame(bytes(16385 * 4), "rgba", 16385, 1) as frame:
        assert library.frame_decode(frame, abi.Pixels()) == abi.RESOURCE_EXHAUSTED
        assert encode(library, frame, abi.FILE_PNG) == abi.RESOURCE_EXHAUSTED


def test_what_is_no_picture_says_what_it_is(library, source, tmp_path):
    exr = bytes.fromhex("762f310102000000") + bytes(64)
    cases = [
        (b"", "png", abi.MISUSE, "no bytes"),
        (b"nonsense", "png", abi.MISUSE, '8 bytes are no picture of 64 x 48 pixels'),
        (exr, "exr", abi.UNIMPLEMENTED, "OpenEXR"),
    ]
    for data, label, status, words in cases:
        with source.frame(data, label, 64, 48) as frame:
            path = str(tmp_path / "never.png").encode()
            for call in [
                lambda: library.frame_decode(frame, abi.Pixels()),
                lambda: library.frame_convert(frame, abi.Pixels()),
                lambda: encode(library, frame, abi.FILE_NPY),
                lambda: library.frame_save(frame, path, None),
                lambda: library.client_save(source.client.handle, frame, path, None, *NO_CALLBACK),
            ]:
                assert call() == status
                assert words in library.last_error().decode()
    assert not os.path.exists(path)
