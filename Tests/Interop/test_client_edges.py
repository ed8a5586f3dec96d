"""What the header says of the edges: empty batches, unknown ids, flags that meet callbacks, frames that
leave by two ways, drops that are counted, names of formats. Against a stock server."""

import ctypes
import time

import pytest

import abi
import pictures
from host import Flag, Recorder, wait_until

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
SIZE = {"width": 32, "height": 24}
EXPECTED = pictures.picture(pictures.RGB, 32, 24)
NO_EVENT, NOTIFY_ONLY = abi.SUBMIT_NO_EVENT, abi.SUBMIT_NOTIFY_ONLY


def batch(client, count, destroy):
    submitted = ctypes.c_size_t(9)
    size = ctypes.sizeof(abi.Action)
    notify = client.keep(abi.DestroyFunction(destroy))
    arguments = (None, count, size, None, None, submitted, abi.EventFunction(), None, notify)
    return client.table.client_submit_batch(client.handle, *arguments), submitted.value


def test_an_empty_batch_is_no_error_and_asks_for_nothing(stock, client_of, library):
    client, destroyed = client_of(stock), Flag()
    assert batch(client, 0, destroyed) == (abi.OK, 0)
    assert destroyed.wait() == 1
    client.check(library.client_close(client.handle))
    assert batch(client, 0, destroyed) == (abi.OK, 0)
    assert client.stats()["requests_submitted"] == 0


def test_a_poll_without_room(stock, client_of, library):
    client, count = client_of(stock), ctypes.c_size_t(9)
    client.submit(abi.LIST_OBJECTS)
    wait_until(lambda: client.stats()["events_queued"] == 1)
    size = ctypes.sizeof(abi.Event)
    assert library.client_poll(client.handle, abi.Event(), 0, size, 0, count) == abi.MISUSE
    assert b"capacity" in library.last_error()
    assert (count.value, len(client.collect(1))) == (9, 1)


@pytest.mark.parametrize("number", [0, 1, 123456, 2**64 - 1])
def test_cancelling_an_unknown_id(stock, client_of, library, number):
    assert library.client_cancel(client_of(stock).handle, number) == abi.ALREADY_COMPLETED
    assert str(number).encode() in library.last_error()


def test_no_event_wins_over_a_callback(stock, client_of, library):
    """The callback is let go at once and never runs; the frame stays."""
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    number = client.submit(abi.CAPTURE_RGB, recorder, destroyed, flags=NO_EVENT, **SIZE)
    assert destroyed.wait() == 1
    status, picture = client.take(number, 5000)
    assert (status, picture.data) == (abi.OK, EXPECTED)
    client.free()
    assert (recorder.outcomes, destroyed.count) == ([], 1)


def test_notify_only_calls_back_without_the_frame(stock, client_of, library):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    number = client.submit(abi.CAPTURE_RGB, recorder, destroyed, flags=NOTIFY_ONLY, **SIZE)
    [outcome] = recorder.wait(1)
    assert (outcome.status, outcome.request_id, outcome.picture) == (abi.OK, number, None)
    assert destroyed.wait() == 1
    status, picture = client.take(number)
    assert (status, picture.data) == (abi.OK, EXPECTED)


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_a_destination_for_what_is_no_capture(stock, client_of, route):
    """It is not touched, and given back when the request is over."""
    client, done = client_of(stock), Flag()
    memory = ctypes.create_string_buffer(b"\xaa" * 64, 64)
    outcome = client.call(
        abi.LIST_OBJECTS,
        route=route,
        destination=ctypes.addressof(memory),
        destination_capacity=64,
        destination_done=client.keep(abi.DestroyFunction(done)),
    )
    assert (outcome.status, done.wait(), memory.raw) == (abi.OK, 1, b"\xaa" * 64)


# ---- A frame and its event --------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["take", "latest"])
def test_an_event_whose_frame_was_fetched_before_says_so(stock, client_of, way):
    client = client_of(stock)
    number = client.submit(abi.CAPTURE_RGB, **SIZE)
    wait_until(lambda: client.stats()["events_queued"] == 1)
    status, first = client.take(number) if way == "take" else client.latest()
    assert (status, first.data) == (abi.OK, EXPECTED)
    [outcome] = client.collect(1)
    assert (outcome.status, outcome.picture) == (abi.NO_FRAME, None)
    stats = client.stats()
    assert (stats["frames_delivered"], stats["completed_ok"]) == (1, 1)


def test_an_event_whose_frame_gave_way_says_so(stock, client_of):
    client = client_of(stock, overflow=abi.OVERFLOW_LATEST)
    numbers = [client.submit(abi.CAPTURE_RGB, **SIZE) for _ in range(3)]
    wait_until(lambda: client.stats()["events_queued"] == 3)
    found = {outcome.request_id: outcome for outcome in client.collect(3)}
    assert [found[number].status for number in numbers] == [abi.NO_FRAME, abi.NO_FRAME, abi.OK]
    assert "gave way" in found[numbers[0]].message


# ---- dropped_before ---------------------------------------------------------------------------------


def fill(client, count, camera=""):
    """So many captures that nobody fetches."""
    numbers = [
        client.submit(abi.CAPTURE_RGB, name=camera, flags=NO_EVENT, **SIZE) for _ in range(count)
    ]
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    return numbers


def test_dropped_before_is_counted_when_frames_are_handed_over(stock, client_of):
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_size=2)
    *_, older, newer = fill(client, 5)
    assert client.take(newer)[1].dropped_before == 3
    assert client.take(older)[1].dropped_before == 0
    [last] = fill(client, 1)
    assert client.take(last)[1].dropped_before == 0


def test_dropped_before_is_of_the_same_camera_only(stock, client_of):
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_OLDEST, stream_buffer_size=2)
    fill(client, 3, "a")
    [b] = fill(client, 1, "b")
    assert client.take(b)[1].dropped_before == 0
    status, a = client.latest(camera="a")
    assert (status, a.dropped_before) == (abi.OK, 2)


def test_dropped_before_counts_also_what_came_before_the_first_frame(stock, client_of):
    """DROP_NEWEST: all of the second camera are refused until there is room."""
    client = client_of(stock, overflow=abi.OVERFLOW_DROP_NEWEST, stream_buffer_size=1)
    [first] = fill(client, 1, "a")
    fill(client, 4, "b")
    assert client.take(first)[0] == abi.OK
    [b] = fill(client, 1, "b")
    assert client.take(b)[1].dropped_before == 4


def test_dropped_before_counts_cancelled_captures_whose_picture_came(stock, client_of, library):
    client = client_of(stock)
    for _ in range(3):
        number = client.submit(abi.CAPTURE_RGB, name="?slow=0.05", flags=NO_EVENT, **SIZE)
        client.check(library.client_cancel(client.handle, number))
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    time.sleep(0.3)
    abandoned = client.stats()["frames_dropped_abandoned"]
    [kept] = fill(client, 1)
    assert client.take(kept)[1].dropped_before == abandoned


# ---- Failures by request id -------------------------------------------------------------------------


def test_a_failed_capture_tells_the_servers_words_when_it_is_fetched(stock, client_of, library):
    client = client_of(stock, max_retries=0)
    for flags in NO_EVENT, NOTIFY_ONLY:
        number = client.submit(abi.CAPTURE_RGB, name="?fail=INTERNAL", route=DIRECT, flags=flags)
        assert client.take(number, 5000) == (abi.INTERNAL, None)
        words = library.last_error().decode()
        assert "Failed to capture image" in words and str(number) in words
        assert client.take(number, 5000) == (abi.NO_FRAME, None)


def test_a_silent_capture_tells_its_cure_when_it_is_fetched(plugin, client_of, library):
    client = client_of(plugin, timeout_ms=300)
    number = client.submit(abi.CAPTURE_NORMALS, route=STREAM, flags=NO_EVENT, **SIZE)
    assert client.take(number, 5000) == (abi.DEADLINE_EXCEEDED, None)
    assert b"UESYNTH_ROUTE_DIRECT" in library.last_error()


def test_failures_are_remembered_for_the_last_few_thousand(client_of, tmp_path):
    """Here of captures that find no server."""
    client, numbers = client_of(f"unix:{tmp_path}/none.sock"), []
    for _ in range(5):
        numbers += [client.submit(abi.CAPTURE_RGB, flags=NO_EVENT) for _ in range(1000)]
        wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    found = [client.take(number)[0] for number in numbers]
    assert found == [abi.NO_FRAME] * (5000 - 4096) + [abi.UNAVAILABLE] * 4096


# ---- Names of formats -------------------------------------------------------------------------------

NAMES = {
    "RGBA8": ("rgba", "rgba8"),
    "RGB8": ("rgb", "rgb8"),
    "BGRA8": ("bgra", "bgra8"),
    "GRAY8": ("gray", "grey", "gray8", "mono8", "l8"),
    "F32": ("float32", "f32", "depth32f", "32fc1"),
    "F32X2": ("float32x2", "f32x2", "32fc2"),
    "F32X3": ("float32x3", "f32x3", "32fc3"),
    "U32": ("uint32", "u32", "32uc1"),
    "F16": ("float16", "f16", "half"),
}
BYTES = {"RGB8": 3, "GRAY8": 1, "F32X2": 8, "F32X3": 12, "F16": 2}


@pytest.mark.parametrize("format_name", NAMES)
def test_names_of_formats_that_are_recognised(stock, client_of, tmp_path, format_name):
    """Of RGB captures, for which the length alone would say something else."""
    client, path = client_of(stock), tmp_path / "pixels"
    path.write_bytes(bytes(range(1, 97))[: 8 * BYTES.get(format_name, 4)])
    for label in NAMES[format_name]:
        for spelling in label, label.upper():
            name = f"?bytes={path}&label={spelling}"
            picture = client.call(abi.CAPTURE_RGB, name=name, width=4, height=2).picture
            assert (picture.format_name, picture.flag_names) == (format_name, set())
            assert picture.claimed_format.decode() == spelling


def test_the_header_names_them_all():
    header = (abi.ROOT / "include" / "uesynth.h").read_text()
    begin = header.index("NAMES OF FORMATS")
    said = header[begin : header.index("*/", begin)]
    for names in NAMES.values():
        for name in names:
            assert f'"{name}"' in said or f" {name}" in said, name
