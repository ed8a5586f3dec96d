"""Pictures from a stock server: every byte, in the library's memory, in the host's, and when they are
not what the server says they are."""

import ctypes
import mmap

import pytest

import abi
import pictures
from host import Client, Flag, Picture, action

ROUTES = {"stream": abi.ROUTE_STREAM, "direct": abi.ROUTE_DIRECT}
FULL_HD = {"width": 1920, "height": 1080}
FULL_HD_BYTES = 1920 * 1080 * 4
FOUND = {
    pictures.RGB: ("RGBA8", 4),
    pictures.DEPTH: ("F32", 4),
    pictures.SEGMENTATION: ("U32", 4),
    pictures.NORMALS: ("F32X3", 12),
    pictures.OPTICAL_FLOW: ("F32X2", 8),
}


@pytest.fixture(params=ROUTES)
def route(request):
    return ROUTES[request.param]


@pytest.mark.parametrize("modality", FOUND)
@pytest.mark.parametrize("size", [(640, 480), (33, 17), (1, 1)])
def test_every_modality_arrives_exactly(stock, client_of, route, modality, size):
    client = client_of(stock)
    outcome = client.call(
        3 + modality, name="", width=size[0], height=size[1], cookie=77, route=route
    )
    picture = outcome.picture
    assert outcome.status == abi.OK
    assert picture.data == pictures.picture(modality, *size)
    name, channel_bytes = FOUND[modality]
    assert (picture.format_name, picture.stride) == (name, size[0] * channel_bytes)
    assert (picture.modality, picture.width, picture.height) == (modality, *size)
    assert picture.claimed_format.decode() == pictures.LABELS[modality]
    assert picture.flag_names == set()
    assert (picture.request_id, picture.cookie, picture.sequence) == (outcome.request_id, 77, 1)
    assert picture.address % 64 == 0
    assert (
        0
        < picture.submitted_ns
        <= picture.sent_ns
        <= picture.first_byte_ns
        <= picture.completed_ns
        <= picture.delivered_ns
    )


def test_a_1080p_picture_in_the_librarys_memory(stock, client_of, route):
    client = client_of(stock)
    for sequence in range(1, 6):
        picture = client.call(abi.CAPTURE_RGB, route=route, **FULL_HD).picture
        assert picture.data == pictures.picture(pictures.RGB, 1920, 1080)
        assert (picture.sequence, picture.flag_names) == (sequence, set())
    stats = client.stats()
    assert stats["image_bytes"] == 5 * FULL_HD_BYTES
    assert stats["image_bytes_copied"] <= stats["image_bytes"]
    assert (stats["frames_received"], stats["frames_delivered"]) == (5, 5)
    assert stats["host_frame_bytes"] == 0


def test_a_1080p_picture_in_a_destination(stock, client_of, route):
    client = client_of(stock)
    memory, done = mmap.mmap(-1, FULL_HD_BYTES), Flag()
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    outcome = client.call(
        abi.CAPTURE_RGB,
        route=route,
        destination=address,
        destination_capacity=FULL_HD_BYTES,
        destination_done=client.keep(abi.DestroyFunction(done)),
        **FULL_HD,
    )
    assert outcome.status == abi.OK, outcome
    assert outcome.picture.address == address
    assert outcome.picture.flag_names == {"HOST_MEMORY"}
    assert memory[:] == pictures.picture(pictures.RGB, 1920, 1080)
    assert done.wait() == 1


def test_a_destination_that_is_too_small(stock, client_of, route):
    client = client_of(stock)
    memory, done = ctypes.create_string_buffer(4096), Flag()
    outcome = client.call(
        abi.CAPTURE_RGB,
        width=64,
        height=48,
        route=route,
        destination=ctypes.addressof(memory),
        destination_capacity=4096,
        destination_done=client.keep(abi.DestroyFunction(done)),
    )
    assert outcome.status == abi.BUFFER_TOO_SMALL
    assert str(64 * 48 * 4) in outcome.message.replace(",", "")
    assert done.wait() == 1
    assert memory.raw == bytes(4096)
    assert client.call(abi.CAPTURE_RGB, width=8, height=8, route=route).status == abi.OK


def test_a_destination_for_a_batch_is_refused(stock, client_of, library):
    client, memory, done = client_of(stock), ctypes.create_string_buffer(64), Flag()
    options = abi.SubmitOptions(
        destination=ctypes.addressof(memory),
        destination_capacity=64,
        destination_done=client.keep(abi.DestroyFunction(done)),
    )
    act, none = action(abi.CAPTURE_RGB, width=4, height=4), abi.EventFunction()
    status = library.client_submit_batch(
        client.handle, act, 1, ctypes.sizeof(act), options, None, None, none, None, abi.DestroyFunction()
    )
    assert status == abi.MISUSE
    assert b"batch" in library.last_error()
    assert done.wait() == 1


def test_a_destination_for_what_is_no_picture(stock, client_of):
    client, memory, done = client_of(stock), ctypes.create_string_buffer(64), Flag()
    outcome = client.call(
        abi.LIST_OBJECTS,
        destination=ctypes.addressof(memory),
        destination_capacity=64,
        destination_done=client.keep(abi.DestroyFunction(done)),
    )
    assert outcome.status == abi.OK
    assert done.wait() == 1
    assert memory.raw == bytes(64)


def test_destination_done_waits_for_the_last_reference(stock, client_of, library):
    client = client_of(stock)
    memory, done = ctypes.create_string_buffer(64 * 48 * 4), Flag()
    options = abi.SubmitOptions(
        destination=ctypes.addressof(memory),
        destination_capacity=len(memory),
        destination_done=client.keep(abi.DestroyFunction(done)),
    )
    event = abi.Event()
    action = abi.Action(kind=abi.CAPTURE_RGB, width=64, height=48)
    client.check(library.client_call(client.handle, action, options, event))
    frame = library.frame_retain(event.frame)
    library.events_release(event, 1, ctypes.sizeof(event))
    client.free()
    assert done.count == 0
    picture = Picture(library, frame)
    assert picture.data == memory.raw == pictures.picture(pictures.RGB, 64, 48)
    library.frame_release(frame)
    assert done.wait() == 1


@pytest.mark.parametrize("how", ["cancelled", "refused", "failed", "closed"])
def test_destination_done_runs_once_whatever_happens(stock, client_of, library, how):
    client = client_of(stock)
    memory, done = ctypes.create_string_buffer(64 * 48 * 4), Flag()
    options = {
        "destination": ctypes.addressof(memory),
        "destination_capacity": 64 * 48 * 4,
        "destination_done": client.keep(abi.DestroyFunction(done)),
        "route": abi.ROUTE_DIRECT,
    }
    size = {"width": 64, "height": 48}
    if how == "failed":
        assert client.call(abi.CAPTURE_RGB, name="?fail=INTERNAL", **size, **options).status == 13
    elif how == "refused":
        assert client.call(99, **size, **options).status == abi.MISUSE
    else:
        number = client.submit(abi.CAPTURE_RGB, name="?slow=0.5", **size, **options)
        if how == "cancelled":
            client.check(library.client_cancel(client.handle, number))
        else:
            client.check(library.client_close(client.handle))
        assert len(client.collect(1)) == 1
    client.free()
    assert done.wait() == 1


class HostMemory:
    """An allocator that counts, over Python's own memory."""

    def __init__(self, refuse=False):
        self.blocks, self.sizes, self.freed, self.refuse = {}, [], [], refuse
        self.destroyed = Flag()
        self.struct = abi.Allocator(
            allocate=abi.AllocateFunction(self.allocate),
            deallocate=abi.DeallocateFunction(self.deallocate),
            destroy=abi.DestroyFunction(self.destroyed),
        )

    def allocate(self, size, alignment, _):
        if self.refuse:
            return None
        block = (ctypes.c_char * (size + alignment))()
        address = (ctypes.addressof(block) + alignment - 1) // alignment * alignment
        self.blocks[address] = block
        self.sizes.append(size)
        return address

    def deallocate(self, memory, size, _):
        del self.blocks[memory]
        self.freed.append(size)


def test_a_1080p_picture_through_an_allocator(stock, library, route):
    memory = HostMemory()
    with Client(library, stock.target, allocator=ctypes.pointer(memory.struct)) as client:
        for _ in range(3):
            picture = client.call(abi.CAPTURE_RGB, route=route, **FULL_HD).picture
            assert picture.data == pictures.picture(pictures.RGB, 1920, 1080)
            assert "HOST_MEMORY" in picture.flag_names
    assert memory.destroyed.wait() == 1
    assert memory.blocks == {}
    assert sorted(memory.sizes) == sorted(memory.freed)
    assert set(memory.sizes) == {FULL_HD_BYTES}


def test_an_allocator_that_refuses(stock, library, route):
    memory = HostMemory(refuse=True)
    with Client(library, stock.target, allocator=ctypes.pointer(memory.struct)) as client:
        outcome = client.call(abi.CAPTURE_RGB, width=64, height=48, route=route)
        assert outcome.status == abi.RESOURCE_EXHAUSTED
        assert outcome.message
        assert client.call(abi.LIST_OBJECTS, route=route).status == abi.OK
    assert memory.destroyed.wait() == 1


def test_an_allocator_lives_as_long_as_its_frames(stock, library):
    memory = HostMemory()
    frame = ctypes.c_void_p()
    with Client(library, stock.target, allocator=ctypes.pointer(memory.struct)) as client:
        client.check(library.client_capture(client.handle, abi.RGB, b"", 64, 48, frame))
    assert memory.destroyed.count == 0
    assert Picture(library, frame).data == pictures.picture(pictures.RGB, 64, 48)
    library.frame_release(frame)
    assert memory.destroyed.wait() == 1
    assert memory.blocks == {}


def test_frames_outlive_their_client(stock, library):
    frames = [ctypes.c_void_p() for _ in range(5)]
    with Client(library, stock.target) as client:
        for frame in frames:
            client.check(library.client_capture(client.handle, abi.RGB, b"", 64, 48, frame))
        assert client.stats()["host_frame_bytes"] == 5 * 64 * 48 * 4
    for sequence, frame in enumerate(frames, 1):
        picture = Picture(library, frame)
        assert (picture.sequence, picture.data) == (
            sequence,
            pictures.picture(pictures.RGB, 64, 48),
        )
        library.frame_release(frame)


def test_a_release_too_many_is_ignored(stock, client_of, library):
    client, frame = client_of(stock), ctypes.c_void_p()
    client.check(library.client_capture(client.handle, abi.RGB, b"", 64, 48, frame))
    assert library.frame_retain(frame) == frame.value
    for _ in range(3):
        library.frame_release(frame)
    assert client.call(abi.CAPTURE_RGB, width=64, height=48).picture.data == pictures.picture(
        pictures.RGB, 64, 48
    )


SIZE = {"width": 64, "height": 48}
WRONG = {
    "cut=1": {"SIZE_MISMATCH"},
    "cut=5": {"SIZE_MISMATCH"},
    "add=1": {"SIZE_MISMATCH"},
    "add=12288": {"SIZE_MISMATCH"},
    "claim=65x48": {"SIZE_MISMATCH"},
    "claim=4000000000x4000000000": {"SIZE_MISMATCH"},
    "claim=65536x65536": {"SIZE_MISMATCH"},
    "claim=0x0": {"SIZE_MISMATCH"},
    "empty=1": {"EMPTY"},
    "label=png": {"FORMAT_MISMATCH"},
    "label=jpeg": {"FORMAT_MISMATCH"},
    "zeros=1": {"PLACEHOLDER"},
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_picture_is_flagged(stock, client_of, route, how):
    outcome = client_of(stock).call(abi.CAPTURE_RGB, name="?" + how, route=route, **SIZE)
    picture = outcome.picture
    assert outcome.status == abi.OK, outcome
    assert WRONG[how] <= picture.flag_names
    expected = pictures.picture(pictures.RGB, 64, 48)
    if "SIZE_MISMATCH" in WRONG[how]:
        assert (picture.format_name, picture.stride) == ("UNKNOWN", 0)
        assert picture.size != picture.width * picture.height * 4
    if how.startswith("cut"):
        assert picture.data == expected[: picture.size]
    elif how.startswith("add"):
        assert picture.data[: len(expected)] == expected
    elif how.startswith(("claim", "label")):
        assert picture.data == expected
    elif how.startswith("zeros"):
        assert picture.data == bytes(len(expected))
    else:
        assert (picture.size, picture.data) == (0, b"") and picture.address
    if how.startswith("label"):
        assert (picture.format_name, picture.stride) == ("RGBA8", 64 * 4)


@pytest.mark.parametrize("modality", pictures.PLACEHOLDER_CHANNELS)
def test_the_plugins_placeholders_are_flagged(stock, client_of, route, modality):
    outcome = client_of(stock).call(3 + modality, name="?zeros=1", route=route, **SIZE)
    assert outcome.picture.size == 64 * 48 * pictures.PLACEHOLDER_CHANNELS[modality]
    assert "PLACEHOLDER" in outcome.picture.flag_names
    assert outcome.picture.claimed_format == b"png"


def test_a_black_picture_is_no_placeholder(stock, client_of, route):
    outcome = client_of(stock).call(
        abi.CAPTURE_RGB, name="?zeros=1&label=rgba", route=route, **SIZE
    )
    assert (outcome.picture.flag_names, outcome.picture.format_name) == (set(), "RGBA8")


@pytest.mark.parametrize("first", ["ffd8ffe0", "762f3101", "89504e470d0a1a0a"])
def test_pixels_that_begin_as_a_file_does_are_pixels(stock, client_of, route, first):
    """A JPEG begins with FF D8 FF: so does a picture whose corner is that violet."""
    name = f"?first={first}"
    picture = client_of(stock).call(abi.CAPTURE_RGB, name=name, route=route, **SIZE).picture
    assert (picture.format_name, picture.stride, picture.flag_names) == ("RGBA8", 64 * 4, set())


def test_a_png_file_is_handed_over_as_one(stock, client_of, route):
    picture = client_of(stock).call(abi.CAPTURE_RGB, name="?file=png", route=route, **SIZE).picture
    assert (picture.format_name, picture.stride, picture.flag_names) == ("PNG", 0, set())
    assert picture.data.startswith(b"\x89PNG")


def test_sizes_left_to_the_server(stock, client_of, route):
    picture = client_of(stock).call(abi.CAPTURE_RGB, route=route).picture
    assert (picture.width, picture.height) == (320, 240)
    assert picture.data == pictures.picture(pictures.RGB, 320, 240)


def test_a_reply_over_the_limit_names_the_option(stock, client_of, route):
    client = client_of(stock, max_receive_message_length=1 << 20)
    assert client.call(abi.CAPTURE_RGB, width=64, height=48, route=route).status == abi.OK
    outcome = client.call(abi.CAPTURE_RGB, route=route, **FULL_HD)
    assert outcome.status == abi.RESOURCE_EXHAUSTED
    assert "max_receive_message_length" in outcome.message
    assert client.call(abi.CAPTURE_RGB, width=64, height=48, route=route).status == abi.OK


def test_a_reply_over_the_default_limit(stock, client_of, route):
    outcome = client_of(stock).call(abi.CAPTURE_RGB, name="?huge=70000000", route=route, **SIZE)
    assert outcome.status == abi.RESOURCE_EXHAUSTED


def test_a_reply_over_the_memory_cap_names_the_option(stock, client_of, route):
    client = client_of(stock, stream_buffer_bytes=2 << 20)
    outcome = client.call(abi.CAPTURE_RGB, route=route, **FULL_HD)
    assert outcome.status == abi.RESOURCE_EXHAUSTED
    assert "stream_buffer_bytes" in outcome.message
    assert client.call(abi.CAPTURE_RGB, width=64, height=48, route=route).status == abi.OK
