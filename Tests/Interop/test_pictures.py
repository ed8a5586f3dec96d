"""Frames as files, those that servers send and those that are made, held against Pillow and numpy."""

import ctypes
import io
import os

import numpy
import pytest
from PIL import Image

import abi
from frames import decode, encode
from samples import FLOATS, FORMATS, LABELS, MEASURED, in_order, measured, scene, seen

# ---- Files that servers send ------------------------------------------------------------------------


def file_of(image, kind, **options):
    memory = io.BytesIO()
    image.save(memory, kind, **options)
    return memory.getvalue()


def palette(transparent):
    image = Image.fromarray(scene()[..., :3]).quantize(17)
    return file_of(image, "PNG", **({"transparency": 3} if transparent else {}))


GREY16 = numpy.arange(37 * 23, dtype="uint16").reshape(23, 37) * 77
FILES = {
    "rgba": ("RGBA8", lambda: file_of(Image.fromarray(scene()), "PNG")),
    "rgb": ("RGB8", lambda: file_of(Image.fromarray(scene()[..., :3]), "PNG")),
    "grey": ("GRAY8", lambda: file_of(Image.fromarray(scene()[..., 0]), "PNG")),
    "grey and alpha": ("RGBA8", lambda: file_of(Image.fromarray(scene()[..., 2:]), "PNG")),
    "one bit": ("GRAY8", lambda: file_of(Image.fromarray(scene()[..., 0]).convert("1"), "PNG")),
    "palette": ("RGB8", lambda: palette(False)),
    "transparent palette": ("RGBA8", lambda: palette(True)),
}


@pytest.mark.parametrize("kind", FILES)
def test_png_files_are_decoded(library, source, kind):
    own, make = FILES[kind]
    data = make()
    rgba = numpy.array(Image.open(io.BytesIO(data)).convert("RGBA"))
    # The size that the server tells is an echo; the file's own counts.
    with source.frame(data, "png", 640, 480) as frame:
        for wanted in FORMATS + FLOATS:
            left = rgba if "A" in own and own != "GRAY8" else seen("RGB8", rgba)
            found = decode(library, frame, wanted, stride=37 * 16 + 4)
            expected = rgba[..., 0] if own == wanted == "GRAY8" else in_order(left, wanted)
            assert (found == expected).all(), wanted
        pixels = abi.Pixels()
        assert library.frame_decode(frame, pixels) == abi.OK
        assert pixels.made_format == abi.FORMATS[own]
        assert library.frame_convert(frame, pixels) == abi.MISUSE
        assert "uesynth_frame_decode" in library.last_error().decode()


def test_a_16_bit_grey_png(library, source):
    data = file_of(Image.fromarray(GREY16), "PNG")
    with source.frame(data, "png", 37, 23) as frame:
        assert (decode(library, frame) == GREY16).all()
        eight = decode(library, frame, "GRAY8")
        assert (eight == ((GREY16.astype(int) * 255 + 32767) // 65535)).all()
        assert (decode(library, frame, "RGB8") == eight[..., None]).all()
        array = numpy.load(io.BytesIO(encode(library, frame, abi.FILE_NPY)))
        assert array.dtype == "uint16" and (array == GREY16).all()
        assert encode(library, frame, abi.FILE_PNG) == data
        assert Image.open(io.BytesIO(encode(library, frame, abi.FILE_JPEG))).mode == "L"


def smooth(width=160, height=96):
    y, x = numpy.mgrid[0:height, 0:width]
    return numpy.stack([x * 255 // width, y * 255 // height, 128 + 0 * x, 255 + 0 * x], -1).astype(
        "uint8"
    )


def difference(one, other):
    return numpy.abs(one.astype(int) - other.astype(int)).max()


def test_jpeg_files_are_decoded(library, source):
    data = file_of(Image.fromarray(smooth()[..., :3]), "JPEG", quality=95)
    expected = numpy.array(Image.open(io.BytesIO(data)))
    with source.frame(data, "jpeg", 160, 96) as frame:
        found = decode(library, frame, "RGB8")
        assert difference(found, expected) <= 4
        assert (decode(library, frame) == found).all()
        assert (decode(library, frame, "BGRA8")[..., :3] == found[..., ::-1]).all()
        assert (decode(library, frame, "F32X3_PLANAR") == in_order(found, "F32X3_PLANAR")).all()
        assert encode(library, frame, abi.FILE_JPEG, quality=1) == data
    grey = file_of(Image.fromarray(smooth()[..., 0]), "JPEG", quality=95)
    with source.frame(grey, "jpeg", 160, 96) as frame:
        assert difference(decode(library, frame), smooth()[..., 0]) <= 4
    cmyk = file_of(Image.fromarray(smooth()).convert("CMYK"), "JPEG")
    with source.frame(cmyk, "jpeg", 160, 96) as frame:
        assert library.frame_decode(frame, abi.Pixels()) == abi.UNIMPLEMENTED


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_files_that_are_cut_off_are_lost_data(library, source, tmp_path, kind):
    data = file_of(Image.fromarray(smooth()[..., :3]), kind)
    memory = ctypes.create_string_buffer(160 * 96 * 3)
    other = abi.FILE_JPEG if kind == "PNG" else abi.FILE_PNG
    for length in [*range(9, 60, 7), *range(60, len(data) - 2, len(data) // 9), len(data) - 3]:
        with source.frame(data[:length], kind.lower(), 160, 96) as frame:
            pixels = abi.Pixels(format=abi.FORMATS["RGB8"])
            pixels.data, pixels.capacity = ctypes.addressof(memory), len(memory)
            assert library.frame_decode(frame, pixels) == abi.DATA_LOSS, length
            assert kind in library.last_error().decode()
            assert encode(library, frame, other) == abi.DATA_LOSS
            path = tmp_path / "cut.npy"
            assert library.frame_save(frame, str(path).encode(), None) == abi.DATA_LOSS
            assert not path.exists()


# ---- Files that are made ----------------------------------------------------------------------------


@pytest.mark.parametrize("keep_alpha", [0, 1])
@pytest.mark.parametrize("held", LABELS)
def test_colours_in_files(library, source, held, keep_alpha):
    rgba = scene()
    has_alpha = keep_alpha and held in ("RGBA8", "BGRA8")
    expected = in_order(rgba, "GRAY8" if held == "GRAY8" else "RGBA8" if has_alpha else "RGB8")
    with source.array(in_order(rgba, held), LABELS[held]) as frame:
        for level in -1, 0, 1, 9:
            data = encode(library, frame, abi.FILE_PNG, keep_alpha=keep_alpha, compression=level)
            assert (numpy.array(Image.open(io.BytesIO(data))) == expected).all()
        data = encode(library, frame, abi.FILE_NPY, keep_alpha=keep_alpha)
        array = numpy.load(io.BytesIO(data))
        assert array.dtype == "uint8" and array.shape == expected.shape and (array == expected).all()
    assert len(encode_smooth(library, source, held, quality=30)) < len(
        encode_smooth(library, source, held, quality=95)
    )


def encode_smooth(library, source, held, **options):
    with source.array(in_order(smooth(), held), LABELS[held]) as frame:
        data = encode(library, frame, abi.FILE_JPEG, **options)
    expected = in_order(smooth(), "GRAY8" if held == "GRAY8" else "RGB8")
    limit = 40 if options.get("quality") == 30 else 6
    assert difference(numpy.array(Image.open(io.BytesIO(data))), expected) <= limit
    return data


def test_alpha_is_left_out_unless_it_is_kept(library, source):
    """A viewport's alpha is 0: with it nothing could be seen."""
    rgba = scene()
    rgba[..., 3] = 0
    with source.array(rgba, "rgba") as frame:
        image = Image.open(io.BytesIO(encode(library, frame, abi.FILE_PNG)))
        assert image.mode == "RGB" and image.getpixel((0, 0)) == (255, 0, 0)
    file = file_of(Image.fromarray(rgba), "PNG")
    with source.frame(file, "png", 37, 23) as frame:
        assert Image.open(io.BytesIO(encode(library, frame, abi.FILE_PNG))).mode == "RGB"
        assert encode(library, frame, abi.FILE_PNG, keep_alpha=1) == file


def test_chroma(library, source):
    columns = numpy.zeros((64, 64, 4), "uint8")
    columns[:, ::2] = 255, 0, 0, 255
    columns[:, 1::2] = 0, 0, 255, 255
    with source.array(columns, "rgba") as frame:
        halves = encode(library, frame, abi.FILE_JPEG)
        full = encode(library, frame, abi.FILE_JPEG, full_chroma=1)
    errors = [
        difference(numpy.array(Image.open(io.BytesIO(data))), columns[..., :3])
        for data in (halves, full)
    ]
    assert errors[0] > 60 > 20 > errors[1]


@pytest.mark.parametrize("held", MEASURED)
def test_measured_values_in_files(library, source, held):
    label, modality = MEASURED[held]
    values = measured(held)
    with source.array(values, label, modality) as frame:
        array = numpy.load(io.BytesIO(encode(library, frame, abi.FILE_NPY)))
        assert array.dtype == values.dtype and array.shape == values.shape
        assert (array == values).all()
        for file in abi.FILE_PNG, abi.FILE_JPEG:
            assert encode(library, frame, file) == abi.MISUSE
            text = library.last_error().decode()
            assert held in text and ".npy" in text and "PREVIEW" in text
            image = Image.open(
                io.BytesIO(encode(library, frame, file, kind=abi.PICTURE_PREVIEW))
            )
            assert (image.mode, image.size) == ("RGB", (37, 23))
        array = numpy.load(
            io.BytesIO(encode(library, frame, abi.FILE_NPY, kind=abi.PICTURE_PREVIEW))
        )
        assert array.shape == (23, 37, 3) and array.dtype == "uint8"


def preview(library, frame, **options):
    data = encode(library, frame, abi.FILE_PNG, kind=abi.PICTURE_PREVIEW, **options)
    return numpy.array(Image.open(io.BytesIO(data))).astype(int)


@pytest.mark.parametrize("held", ["F32", "F16"])
def test_near_is_bright_and_far_is_dark(library, source, held):
    depth = numpy.array([[100, 200, 400, 800, 1600, 65504, numpy.inf, numpy.nan, -1]])
    with source.array(depth.astype(MEASURED[held][0]), MEASURED[held][0], abi.DEPTH) as frame:
        first = preview(library, frame)[0]
        assert (first[5:] == 0).all() and first[:5].sum(axis=-1).min() > 60
        light = first[:5].sum(axis=-1)
        # The 99th percentile of five is the fourth.
        assert (numpy.diff(light[:4]) < 0).all() and light[4] == light[3]
        assert first[0][0] > first[0][2] and first[4][2] > first[4][1]
        # A range makes pictures comparable: what is out of it has the colour of its end.
        ranged = preview(library, frame, depth_near=150, depth_far=500)[0]
        assert (ranged[3] == ranged[4]).all() and (ranged[0] == first[0]).all()
        assert (ranged[2] != first[2]).any()
        beyond = preview(library, frame, depth_near=100, depth_far=1e5)[0]
        assert beyond[5].sum() > 60 and (beyond[6:] == 0).all()


def test_previews_of_ids_normals_and_flow(library, source):
    ids = numpy.array([[0, 1, 2, 1, 0]], "uint32")
    with source.array(ids, "uint32", abi.SEGMENTATION) as frame:
        colours = preview(library, frame)[0]
        assert (colours[0] == 0).all() and (colours[4] == 0).all()
        assert (colours[1] == colours[3]).all() and abs(colours[1] - colours[2]).max() > 60
    normals = numpy.array([[[1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, 0]]], "float32")
    with source.array(normals, "float32x3", abi.NORMALS) as frame:
        found = preview(library, frame)[0].tolist()
        assert found == [[255, 128, 128], [128, 0, 128], [128, 128, 255], [0, 0, 0]]
    flow = numpy.array([[[8, 0], [-8, 0], [0, 0]]], "float32")
    with source.array(flow, "float32x2", abi.OPTICAL_FLOW) as frame:
        assert preview(library, frame)[0].tolist() == [[255, 0, 0], [0, 255, 255], [255, 255, 255]]
        weak = preview(library, frame, flow_full=80)[0]
        assert abs(weak[0] - [255, 230, 230]).max() <= 1
    # Colours stay colours.
    with source.array(scene(), "rgba") as frame:
        assert (preview(library, frame) == scene()[..., :3]).all()
    # Depth under a picture's name is nothing that could be drawn.
    with source.array(measured("F32"), "float32", abi.RGB) as frame:
        options = {"kind": abi.PICTURE_PREVIEW}
        assert encode(library, frame, abi.FILE_PNG, **options) == abi.MISUSE


def test_pictures_in_memory_of_the_hosts(library, source):
    """Aligned for bytes only: floats cannot be read where they lie."""
    values = measured("F32X2")
    path = source.folder / "flow"
    path.write_bytes(values.tobytes())
    memory = ctypes.create_string_buffer(values.nbytes + 8)
    address = ctypes.addressof(memory) | 1
    options = abi.SubmitOptions(destination=address, destination_capacity=values.nbytes)
    action = abi.Action(
        kind=abi.CAPTURE_OPTICAL_FLOW,
        name=f"?bytes={path}&label=float32x2".encode(),
        width=37,
        height=23,
    )
    event = abi.Event()
    source.client.check(library.client_call(source.client.handle, action, options, event))
    with source.array(values, "float32x2", abi.OPTICAL_FLOW) as frame:
        for kind in abi.PICTURE_AS_IS, abi.PICTURE_PREVIEW:
            expected = encode(library, frame, abi.FILE_NPY, kind=kind)
            assert encode(library, event.frame, abi.FILE_NPY, kind=kind) == expected
        assert (decode(library, event.frame) == values).all()
    library.events_release(event, 1, ctypes.sizeof(event))


def test_wrong_options(library, source):
    wrong = [
        {"kind": 2},
        {"quality": 0},
        {"quality": 101},
        {"quality": 1 << 31},
        {"full_chroma": 2},
        {"compression": -2},
        {"compression": 10},
        {"keep_alpha": 2},
        {"depth_near": 5, "depth_far": 5},
        {"depth_near": -1, "depth_far": 5},
        {"depth_far": float("inf")},
        {"depth_near": float("nan")},
        {"flow_full": -1},
        {"flow_full": float("nan")},
        {"struct_size": 4},
    ]
    with source.array(scene(), "rgba") as frame:
        for options in wrong:
            assert encode(library, frame, abi.FILE_PNG, **options) == abi.MISUSE, options
        for file in 0, 4, 1 << 31:
            assert encode(library, frame, file) == abi.MISUSE
        memory, size = ctypes.POINTER(ctypes.c_uint8)(), ctypes.c_size_t()
        assert library.frame_encode(frame, 1, None, None, size) == abi.MISUSE
        assert library.frame_encode(frame, 1, None, memory, None) == abi.MISUSE
        assert library.frame_encode(None, 1, None, memory, size) == abi.MISUSE
    library.bytes_free(None)


# ---- Saving -----------------------------------------------------------------------------------------


def test_save_writes_what_encode_makes(library, source, tmp_path):
    kinds = {".png": 1, ".PNG": 1, ".jpg": 2, ".jpeg": 2, ".JpEg": 2, ".npy": 3, ".Npy": 3}
    with source.array(scene(), "rgba") as frame:
        for ending, file in kinds.items():
            path = tmp_path / ("a.png.b" + ending)
            assert library.frame_save(frame, str(path).encode(), None) == abi.OK
            assert path.read_bytes() == encode(library, frame, file)
            options = abi.PictureOptions(quality=20, keep_alpha=1)
            assert library.frame_save(frame, str(path).encode(), options) == abi.OK
            kept = encode(library, frame, file, quality=20, keep_alpha=1)
            assert path.read_bytes() == kept


def test_paths_that_cannot_be_written(library, source, tmp_path):
    os.mkdir(tmp_path / "folder.png")
    before = sorted(os.listdir(tmp_path))
    with source.array(scene(), "rgba") as frame:
        for path in ["", "a", "png", ".png", "x/.png", "a.bmp", "a.png ", "a.pn", "a\x01png", None]:
            path = path if path is None else str(tmp_path / "a").encode()[:-1] + path.encode()
            assert library.frame_save(frame, path, None) == abi.MISUSE, path
            assert ".npy" in library.last_error().decode()
        for path in "no/such/folder.png", "folder.png", "no/such/folder.npy":
            full = str(tmp_path / path)
            assert library.frame_save(frame, full.encode(), None) == abi.MISUSE
            assert full in library.last_error().decode()
        assert library.frame_save(frame, b"\xff.png", None) == abi.MISUSE
        assert library.frame_save(None, b"/tmp/never.png", None) == abi.MISUSE
    after = sorted(os.listdir(tmp_path))
    assert [name for name in after if not name.endswith(".bytes")] == before


def test_a_file_that_was_there_survives_a_failure(library, source, tmp_path):
    path = tmp_path / "kept.png"
    path.write_bytes(b"before")
    cut = file_of(Image.fromarray(smooth()), "PNG")[:200]
    with source.frame(cut, "png", 160, 96) as frame:
        assert library.frame_save(frame, str(path).encode(), None) == abi.DATA_LOSS
    assert path.read_bytes() == b"before"
    assert not [name for name in os.listdir(tmp_path) if "kept" in name and name != "kept.png"]
