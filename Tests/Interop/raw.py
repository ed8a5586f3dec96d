"""uesynth_raw.h by ctypes: the table, and a host in a few lines."""

import contextlib
import ctypes
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_size_t, c_uint8, c_uint32, c_void_p

import abi

HEADER = abi.HEADER.with_name("uesynth_raw.h")
WAIT_FOR_READY, COMPRESS = 1, 2


class RawOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("timeout_ms", c_int64),
        ("metadata", POINTER(abi.Metadata)),
        ("metadata_count", c_size_t),
    ]


class RawResult(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("status", c_int32),
        ("message", c_char_p),
        ("data", POINTER(c_uint8)),
        ("size", c_size_t),
        ("initial", POINTER(abi.Metadata)),
        ("initial_count", c_size_t),
        ("trailing", POINTER(abi.Metadata)),
        ("trailing_count", c_size_t),
        ("reserved", c_void_p),
    ]


STRUCTS = {"uesynth_raw_options": RawOptions, "uesynth_raw_result": RawResult}
RESULT = POINTER(POINTER(RawResult))
FUNCTIONS = {
    "call_raw": [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(RawOptions), RESULT],
    "raw_result_free": [POINTER(RawResult)],
    "raw_stream_open": [c_void_p, c_char_p, POINTER(RawOptions), POINTER(c_void_p)],
    "raw_stream_write": [c_void_p, c_char_p, c_size_t, c_int64],
    "raw_stream_writes_done": [c_void_p],
    "raw_stream_read": [c_void_p, c_int64, POINTER(POINTER(c_uint8)), POINTER(c_size_t)],
    "raw_stream_finish": [c_void_p, c_int64, RESULT],
    "raw_stream_cancel": [c_void_p],
    "raw_stream_free": [c_void_p],
}


def table():
    library = ctypes.CDLL(str(abi.library_path()))
    functions = {}
    for name, arguments in FUNCTIONS.items():
        function = getattr(library, "uesynth_" + name)
        function.argtypes = arguments
        function.restype = None if name.endswith("_free") else c_int32
        functions[name] = function
    library.uesynth_bytes_free.argtypes = [POINTER(c_uint8)]
    library.uesynth_bytes_free.restype = None
    functions["bytes_free"] = library.uesynth_bytes_free
    return functions


class Result:
    """A copy, so that the result itself can go."""

    def __init__(self, found):
        self.status, self.message = found.status, found.message.decode()
        self.data = ctypes.string_at(found.data, found.size)
        self.initial = self._pairs(found.initial, found.initial_count)
        self.trailing = self._pairs(found.trailing, found.trailing_count)

    @staticmethod
    def _pairs(array, count):
        return [
            (array[i].key.decode(), ctypes.string_at(array[i].value, array[i].size))
            for i in range(count)
        ]

    def __repr__(self):
        return f"<{self.status} {self.message!r}, {len(self.data)} bytes>"


def options(metadata=(), **members):
    if not metadata and not members:
        return None
    pairs = (abi.Metadata * max(1, len(metadata)))(
        *(abi.Metadata(k, ctypes.cast(ctypes.c_char_p(v), c_void_p), len(v)) for k, v in metadata)
    )
    members.update(metadata=pairs if metadata else None, metadata_count=len(metadata))
    return RawOptions(struct_size=ctypes.sizeof(RawOptions), **members)


class Raw:
    def __init__(self, client):
        self.client, self.functions = client, table()

    def _result(self, pointer):
        if not pointer:
            return None
        copy = Result(pointer.contents)
        self.functions["raw_result_free"](pointer)
        return copy

    def call(self, method, request=b"", metadata=(), **members):
        """The result, or the status and the text of a call that was not begun."""
        pointer = POINTER(RawResult)()
        status = self.functions["call_raw"](
            self.client.handle,
            method if method is None else method.encode(),
            request,
            len(request),
            options(metadata, **members),
            pointer,
        )
        found = self._result(pointer)
        if found is None:
            return status, self.client.table.last_error().decode()
        assert found.status == status
        return found

    @contextlib.contextmanager
    def stream(self, method, metadata=(), **members):
        handle = c_void_p()
        status = self.functions["raw_stream_open"](
            self.client.handle, method.encode(), options(metadata, **members), handle
        )
        assert status == abi.OK, self.client.table.last_error()
        try:
            yield Stream(self, handle)
        finally:
            self.functions["raw_stream_free"](handle)


class Stream:
    def __init__(self, raw, handle):
        self.raw, self.handle, self.functions = raw, handle, raw.functions

    def write(self, message, timeout_ms=10000):
        return self.functions["raw_stream_write"](self.handle, message, len(message), timeout_ms)

    def done(self):
        assert self.functions["raw_stream_writes_done"](self.handle) == abi.OK

    def read(self, timeout_ms=10000):
        """The message, or a status."""
        message, size = POINTER(c_uint8)(), c_size_t()
        status = self.functions["raw_stream_read"](self.handle, timeout_ms, message, size)
        if status != abi.OK:
            return status
        copy = ctypes.string_at(message, size.value)
        self.functions["bytes_free"](message)
        return copy

    def cancel(self):
        assert self.functions["raw_stream_cancel"](self.handle) == abi.OK

    def finish(self, timeout_ms=10000):
        pointer = POINTER(RawResult)()
        status = self.functions["raw_stream_finish"](self.handle, timeout_ms, pointer)
        found = self.raw._result(pointer)
        return status if found is None else found
