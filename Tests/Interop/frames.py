"""Frames with contents of the test's choice, and what a host does with their pictures."""

import contextlib
import ctypes

import numpy

import abi

BITS = {"GRAY16": "uint16", "U32": "uint32", "F16": "float16"}
CHANNELS = {"GRAY8": 0, "GRAY16": 0, "U32": 0, "F16": 0, "F32": 0, "F32X2": 2}


def shape_of(name, width, height):
    """The numpy shape of a format."""
    if name.endswith("PLANAR"):
        return int(name[4]), height, width
    channels = CHANNELS.get(name, 4 if "A8" in name or name.endswith("4") else 3)
    return (height, width, channels) if channels else (height, width)


def type_of(name):
    return BITS.get(name, "float32" if name.startswith("F32") else "uint8")


class Source:
    """Makes frames by the stock server, which sends what lies in a file."""

    def __init__(self, client, folder):
        self.client, self.folder, self.count = client, folder, 0

    @contextlib.contextmanager
    def frame(self, data, label, width=0, height=0, modality=abi.RGB):
        """A frame of these bytes; label "" leaves the format to be found."""
        self.count += 1
        path = self.folder / f"{self.count}.bytes"
        path.write_bytes(data)
        name, frame = f"?bytes={path}&label={label}", ctypes.c_void_p()
        table, handle = self.client.table, self.client.handle
        status = table.client_capture(handle, modality, name.encode(), width, height, frame)
        self.client.check(status)
        try:
            yield frame
        finally:
            table.frame_release(frame)

    @contextlib.contextmanager
    def array(self, array, label, modality=abi.RGB):
        with self.frame(array.tobytes(), label, *array.shape[1::-1], modality) as frame:
            yield frame


def decode(table, frame, name="UNKNOWN", stride=0, capacity=None, function="frame_decode"):
    """Asks, then decodes: an array, with rows of `stride` bytes cut to their pixels."""
    pixels = abi.Pixels(format=abi.FORMATS[name], stride=stride)
    call = getattr(table, function)
    assert call(frame, pixels) == abi.OK, table.last_error()
    made = {value: name for name, value in abi.FORMATS.items()}[pixels.made_format]
    assert made == name or name == "UNKNOWN"
    shape = shape_of(made, pixels.width, pixels.height)
    row = numpy.prod(shape[1:] if len(shape) == 2 or shape[2] <= 4 else shape[2:], dtype=int)
    row = int(row) * numpy.dtype(type_of(made)).itemsize
    rows = shape[0] if "PLANAR" not in made else shape[0] * shape[1]
    assert pixels.made_stride == (stride or row)
    assert pixels.size == pixels.made_stride * (rows - 1) + row
    # Beyond what is asked for, and between the rows, nothing is touched.
    memory = numpy.full(pixels.size + 64, 0xA5, "uint8")
    pixels.data, pixels.capacity = memory.ctypes.data, pixels.size
    assert call(frame, pixels) == abi.OK, table.last_error()
    assert (memory[pixels.size :] == 0xA5).all()
    padded = numpy.full(rows * pixels.made_stride, 0xA5, "uint8")
    padded[: pixels.size] = memory[: pixels.size]
    padded = padded.reshape(rows, pixels.made_stride)
    assert (padded[:, row:] == 0xA5).all()
    return numpy.ascontiguousarray(padded[:, :row]).view(type_of(made)).reshape(shape)


def encode(table, frame, file, **options):
    """The bytes of a file, or a status."""
    chosen = abi.PictureOptions(**options) if options else None
    memory, size = ctypes.POINTER(ctypes.c_uint8)(), ctypes.c_size_t()
    status = table.frame_encode(frame, file, chosen, memory, size)
    if status != abi.OK:
        assert not memory and not size.value
        return status
    data = ctypes.string_at(memory, size.value)
    table.bytes_free(memory)
    return data
