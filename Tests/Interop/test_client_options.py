"""Targets, options, allocators, runtimes and presets: what is allowed, and what is refused in words."""

import ctypes

import pytest

import abi
from host import Flag
from test_client_arguments import refused


@pytest.mark.parametrize(
    "target",
    [
        b"",
        b" ",
        b":",
        b":::",
        b"host:",
        b"host:0",
        b"host:65536",
        b"host:-1",
        b"host:port",
        b"host:50051x",
        b"[::1",
        b"[::1]x",
        b"[::1]:",
        b"unix:",
        b"ipv4:1.2.3",
        b"ipv4:1.2.3.999:1",
        b"ipv6:[nonsense]:1",
        b"http://localhost:50051",
        b"a b:1",
        b"host\n:1",
        b"\xff\xfe:1",
        b"x" * 5000,
        b"unix:" + b"x" * 200,
        None,
    ],
)
def test_targets_that_cannot_be_read(library, target):
    out = ctypes.c_void_p()
    refused(library, library.client_new(target, None, out))
    assert out.value is None


@pytest.mark.parametrize(
    "options",
    [
        {"lanes": 65},
        {"timeout_ms": 0},
        {"timeout_ms": -5},
        {"timeout_ms": 86400001},
        {"connect_timeout_ms": 0},
        {"connect_timeout_ms": -1},
        {"stream_buffer_bytes": 0},
        {"stream_buffer_bytes": (1 << 20) - 1},
        {"stream_buffer_size": 0},
        {"max_concurrent_requests": 0},
        {"max_concurrent_requests": 1000001},
        {"max_receive_message_length": 0},
        {"overflow": 4},
        {"overflow": 2**32 - 1},
        {"when_full": 2},
        {"distinct_cameras": 2},
        {"max_retries": 101},
    ],
)
def test_options_out_of_range(library, options):
    out = ctypes.c_void_p()
    [name] = options
    words = refused(library, library.client_new(b"localhost", abi.ClientOptions(**options), out))
    assert name in words or f"UESYNTH_{name.upper()}_" in words
    assert out.value is None


def test_absurd_but_allowed_options(library, stock, client_of):
    client = client_of(
        stock,
        stream_buffer_bytes=2**64 - 1,
        stream_buffer_size=1 << 24,
        max_receive_message_length=2**32,
        max_concurrent_requests=1000000,
        timeout_ms=86400000,
        connect_timeout_ms=86400000,
        lanes=64,
    )
    assert client.call(abi.CAPTURE_RGB, width=64, height=48).status == abi.OK


def test_an_allocator_without_functions(library):
    out, destroyed = ctypes.c_void_p(), Flag()
    allocator = abi.Allocator(destroy=abi.DestroyFunction(destroyed))
    options = abi.ClientOptions(allocator=ctypes.pointer(allocator))
    refused(library, library.client_new(b"localhost", options, out))
    assert destroyed.wait() == 1


def test_an_allocator_of_a_client_that_is_not_made(library):
    out, destroyed = ctypes.c_void_p(), Flag()
    allocator = abi.Allocator(
        allocate=abi.AllocateFunction(lambda *_: None),
        deallocate=abi.DeallocateFunction(lambda *_: None),
        destroy=abi.DestroyFunction(destroyed),
    )
    options = abi.ClientOptions(allocator=ctypes.pointer(allocator))
    refused(library, library.client_new(b":::", options, out))
    assert destroyed.wait() == 1


@pytest.mark.parametrize("threads", [0, 65, 2**32 - 1])
def test_wrong_runtimes(library, threads):
    out, destroyed = ctypes.c_void_p(), Flag()
    notify = abi.DestroyFunction(destroyed)
    options = abi.RuntimeOptions(loop_threads=threads, destroy=notify)
    refused(library, library.runtime_new(options, out))
    assert (out.value, destroyed.wait()) == (None, 1)


def test_a_runtimes_end(library):
    out, destroyed, hooks = ctypes.c_void_p(), Flag(), []
    started = abi.ThreadFunction(lambda role, index, _: hooks.append("started"))
    stopping = abi.ThreadFunction(lambda role, index, _: hooks.append("stopping"))
    options = abi.RuntimeOptions(
        thread_started=started, thread_stopping=stopping, destroy=abi.DestroyFunction(destroyed)
    )
    assert library.runtime_new(options, out) == abi.OK
    library.runtime_free(out)
    assert destroyed.wait() == 1
    assert hooks.count("started") == hooks.count("stopping")


def test_presets(library):
    expected = {
        "DEFAULT": (5000, 1024, 512, 1024),
        "DEVELOPMENT": (30000, 1024, 256, 50),
        "PRODUCTION": (2000, 4096, 512, 500),
        "HIGH_THROUGHPUT": (1000, 8192, 1024, 1000),
        "LOW_MEMORY": (5000, 1024, 64, 100),
    }
    for name, number in abi.PRESETS.items():
        options = abi.ClientOptions()
        assert library.client_options_preset(number, options) == abi.OK
        timeout, frames, megabytes, requests = expected[name]
        assert options.timeout_ms == timeout
        assert options.stream_buffer_size == frames
        assert options.stream_buffer_bytes == megabytes << 20
        assert options.max_concurrent_requests == requests
        assert options.struct_size == ctypes.sizeof(options)
    default = abi.ClientOptions()
    library.client_options_preset(0, default)
    assert bytes(default) == bytes(abi.ClientOptions())
    for number in 5, 2**32 - 1:
        refused(library, library.client_options_preset(number, default))
