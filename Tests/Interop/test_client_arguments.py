"""NULL, absurd and forbidden arguments to every function: a status and a sentence, never a crash."""

import ctypes
import math

import pytest

import abi
from host import Flag, action

NOTHING = abi.EventFunction(), None, abi.DestroyFunction()
SIZE = ctypes.sizeof(abi.Event)


@pytest.fixture
def client(stock, client_of):
    return client_of(stock)


def refused(library, status, expected=abi.MISUSE):
    assert status == expected
    words = library.last_error().decode()
    assert len(words) > 10 and "\n" not in words
    return words


def test_versions_and_names(library):
    major, minor, patch = map(int, library.version().split(b"."))
    assert library.version_number() == major * 1000000 + minor * 1000 + patch
    for name, value in abi.STATUS.items():
        assert library.status_name(value).decode() == name
    for value in -1, 17, 99, 108, 2**31 - 1, -(2**31):
        assert library.status_name(value) == b"UNRECOGNISED"
    assert library.last_error() is not None


def test_null_is_let_go(library):
    library.frame_release(None)
    library.client_free(None)
    library.runtime_free(None)
    assert library.client_close(None) == abi.OK
    library.subscription_close(None)
    library.events_release(None, 0, SIZE)
    library.events_release(None, 5, SIZE)
    library.events_release(abi.Event(), 0, 0)
    assert library.frame_retain(None) is None


def with_null_handles(library):
    """Every function that takes a client, called with none, everything else as it should be."""
    number, fd, size, pointer = (
        ctypes.c_uint64(),
        ctypes.c_int(),
        ctypes.c_size_t(),
        ctypes.c_void_p(),
    )
    act, event, pose = action(abi.LIST_OBJECTS), abi.Event(), abi.Transform()
    real, whole = ctypes.c_double(), ctypes.c_int64()
    return {
        "client_connect": (None, 0),
        "client_state": (None, ctypes.c_uint32()),
        "client_call": (None, act, None, event),
        "client_capture": (None, abi.RGB, b"", 8, 8, pointer),
        "client_set_camera_transform": (None, b"", pose),
        "client_get_camera_transform": (None, b"", pose),
        "client_set_object_transform": (None, b"", pose),
        "client_get_object_transform": (None, b"", pose),
        "client_submit": (None, act, None, number, *NOTHING),
        "client_submit_batch": (
            None,
            act,
            1,
            ctypes.sizeof(act),
            None,
            number,
            size,
            *NOTHING,
        ),
        "client_capture_set": (None, abi.FramesetOptions(), event),
        "client_submit_set": (None, abi.FramesetOptions(), number, *NOTHING),
        "client_cancel": (None, 1),
        "client_poll": (None, event, 1, SIZE, 0, size),
        "client_event_fd": (None, fd),
        "client_latest_frame": (None, abi.RGB, b"", 0, pointer),
        "client_take_frame": (None, 1, 0, pointer),
        "client_subscribe": (None, abi.SubscriptionOptions(), pointer, *NOTHING),
        "metadata_list_add": (None, b"key", b"value", 5),
        "client_watch": (None, abi.WatchOptions(), *NOTHING),
        "client_stats": (None, abi.Stats()),
        "client_stat_values": (None, real, 1),
        "client_stat_value": (None, b"connects", real),
        "client_latency": (None, 0, 1, 50, whole, number),
        "client_stats_text": (None, None, None, 0, size),
        "metadata_list_add": (None, b"key", None, 0),
        "pacer_wait": (None, 0, abi.Beat()),
        "pacer_fd": (None, fd),
        "pacer_get_stats": (None, abi.PacerStats()),
        "pacer_late": (None, 50, whole),
        "sequence_new": (None, abi.SequenceOptions(), pose, 1, pointer),
        "sequence_next": (None, 0, event),
        "sequence_get_stats": (None, abi.SequenceStats()),
        "client_probe": (None, 0, 100, abi.ProbeReport()),
        "client_save": (None, pointer, b"x.png", None, *NOTHING),
        "client_flush_saves": (None, 0),
        "client_prewarm": (None, 4096, 1),
        "frame_convert": (None, abi.Pixels()),
        "frame_decode": (None, abi.Pixels()),
        "frame_encode": (None, 1, None, ctypes.POINTER(ctypes.c_uint8)(), size),
        "frame_save": (None, b"x.png", None),
        "frame_view": (None, abi.FrameInfo()),
    }


def test_no_client(library):
    cases = with_null_handles(library)
    expected = {
        name
        for name, (result, arguments) in abi.FUNCTIONS.items()
        if result is ctypes.c_int32 and arguments and arguments[0] is ctypes.c_void_p
    }
    # Like every _close it accepts NULL.
    assert library.client_close(None) == abi.OK
    assert library.sequence_cancel(None) == abi.OK
    assert set(cases) == expected - {"client_close", "sequence_cancel"}
    for name, arguments in cases.items():
        refused(library, getattr(library, name)(*arguments))


def test_null_for_everything_else(client, library):
    handle = client.handle
    act, event, pose, out = (
        action(abi.LIST_OBJECTS),
        abi.Event(),
        abi.Transform(),
        ctypes.c_void_p(),
    )
    count = ctypes.c_size_t()
    for status in (
        library.client_new(b"localhost:1", None, None),
        library.client_state(handle, None),
        library.client_call(handle, None, None, event),
        library.client_call(handle, act, None, None),
        library.client_capture(handle, abi.RGB, b"", 8, 8, None),
        library.client_set_camera_transform(handle, b"", None),
        library.client_get_camera_transform(handle, b"", None),
        library.client_set_object_transform(handle, b"", None),
        library.client_get_object_transform(handle, b"", None),
        library.client_submit(handle, None, None, None, *NOTHING),
        library.client_submit_batch(
            handle, None, 1, ctypes.sizeof(act), None, None, count, *NOTHING
        ),
        library.client_poll(handle, None, 1, SIZE, 0, count),
        library.client_poll(handle, event, 1, SIZE, 0, None),
        library.client_event_fd(handle, None),
        library.client_latest_frame(handle, abi.RGB, b"", 0, None),
        library.client_take_frame(handle, 1, 0, None),
        library.client_subscribe(handle, None, out, *NOTHING),
        library.client_subscribe(handle, abi.SubscriptionOptions(), None, *NOTHING),
        library.client_stats(handle, None),
        library.client_options_preset(0, None),
        library.runtime_new(None, None),
    ):
        refused(library, status)
    assert out.value is None
    assert client.stats()["requests_submitted"] == 0
    assert pose.values() == abi.Transform().values()


def test_struct_sizes(client, library):
    handle, out = client.handle, ctypes.c_void_p()

    def sized(struct, size):
        struct.struct_size = size
        return struct

    for size in 0, 1, 3:
        for status in (
            library.client_call(handle, sized(action(abi.LIST_OBJECTS), size), None, abi.Event()),
            library.client_call(handle, action(abi.LIST_OBJECTS), None, sized(abi.Event(), size)),
            library.client_call(
                handle, action(abi.LIST_OBJECTS), sized(abi.SubmitOptions(), size), abi.Event()
            ),
            library.client_stats(handle, sized(abi.Stats(), size)),
            library.client_new(b"localhost", sized(abi.ClientOptions(), size), out),
            library.client_options_preset(0, sized(abi.ClientOptions(), size)),
            library.runtime_new(sized(abi.RuntimeOptions(), size), out),
            library.client_subscribe(
                handle,
                sized(abi.SubscriptionOptions(), size),
                out,
                client.keep(abi.EventFunction(lambda *_: None)),
                None,
                abi.DestroyFunction(),
            ),
        ):
            refused(library, status)
    assert out.value is None


def test_a_newer_programs_larger_structs_are_read_as_far_as_known(client, library):
    class Larger(ctypes.Structure):
        _fields_ = [("known", abi.Stats), ("unknown", ctypes.c_uint64 * 8)]

    larger = Larger()
    larger.known = abi.Stats()
    larger.known.struct_size = ctypes.sizeof(larger)
    larger.unknown[:] = [0xAA] * 8
    client.check(library.client_stats(client.handle, larger.known))
    assert list(larger.unknown) == [0xAA] * 8


def test_outputs_are_untouched_on_failure(client, library):
    out, number = ctypes.c_void_p(0x1234), ctypes.c_uint64(77)
    refused(library, library.client_capture(client.handle, 99, b"", 8, 8, out))
    refused(library, library.client_new(b":::", None, out))
    refused(library, library.client_submit(client.handle, action(0), None, number, *NOTHING))
    assert library.client_take_frame(client.handle, 4711, 0, out) == abi.NO_FRAME
    assert (out.value, number.value) == (0x1234, 77)


BAD_ACTIONS = {
    "kind 0": {"kind": 0},
    "kind 1": {"kind": 1},
    "kind 19": {"kind": 19},
    "kind max": {"kind": 2**32 - 1},
    "nan": {"kind": 2, "transform": abi.Transform((math.nan, 0, 0))},
    "infinity": {
        "kind": 9,
        "name": "cube",
        "transform": abi.Transform((0, 0, 0), (math.inf, 0, 0)),
    },
    "nan scale": {"kind": 14, "name": "a", "transform": abi.Transform(scale=(1, math.nan, 1))},
    "nan intensity": {"kind": 18, "name": "sun", "intensity": math.nan},
    "nan color": {"kind": 18, "name": "sun", "color": abi.Vector3(0, -math.inf, 0)},
    "width": {"kind": 4, "width": 65537, "height": 1},
    "height": {"kind": 8, "width": 1, "height": 2**32 - 1},
    "resolution": {"kind": 13, "width": 70000, "height": 1},
    "not UTF-8": {"kind": 4, "name": b"\xff\xfe"},
    "half a character": {"kind": 14, "name": "a", "asset_path": b"\xe2\x82"},
}


@pytest.mark.parametrize("what", BAD_ACTIONS)
def test_wrong_actions(client, library, what):
    members = dict(BAD_ACTIONS[what])
    outcome = client.call(members.pop("kind"), **members)
    assert outcome.status == abi.MISUSE and len(outcome.message) > 10
    destroyed, number = Flag(), ctypes.c_uint64(5)
    members = dict(BAD_ACTIONS[what])
    status = library.client_submit(
        client.handle,
        action(members.pop("kind"), **members),
        None,
        number,
        abi.EventFunction(),
        None,
        client.keep(abi.DestroyFunction(destroyed)),
    )
    assert (status, number.value, destroyed.wait()) == (abi.MISUSE, 5, 1)
    assert client.stats()["requests_submitted"] == 0


@pytest.mark.parametrize(
    "options",
    [
        {"flags": 16},
        {"flags": 2**31},
        {"route": 3},
        {"route": 2**32 - 1},
        {"timeout_ms": -1},
        {"timeout_ms": -(2**63)},
        {"timeout_ms": 86400001},
        {"timeout_ms": 2**63 - 1},
        {"reserved": 1},
    ],
)
def test_wrong_submit_options(client, options):
    outcome = client.call(abi.CAPTURE_RGB, width=8, height=8, **options)
    assert outcome.status == abi.MISUSE, outcome
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("size", [0, 4, ctypes.sizeof(abi.Action) + 1, 2**63])
def test_wrong_element_sizes(client, library, count, size):
    act = action(abi.LIST_OBJECTS)
    status = library.client_submit_batch(
        client.handle, act, count, size, None, None, None, *NOTHING
    )
    if count == 0:
        assert status == abi.OK
    else:
        refused(library, status)


def test_an_empty_batch(client, library):
    submitted, destroyed = ctypes.c_size_t(9), Flag()
    status = library.client_submit_batch(
        client.handle,
        None,
        0,
        ctypes.sizeof(abi.Action),
        None,
        None,
        submitted,
        abi.EventFunction(),
        None,
        client.keep(abi.DestroyFunction(destroyed)),
    )
    assert status in (abi.OK, abi.MISUSE)
    assert submitted.value == 0
    assert destroyed.wait() == 1


@pytest.mark.parametrize(("capacity", "size"), [(0, SIZE), (1, 0), (1, 3), (1, 2**63)])
def test_wrong_polls(client, library, capacity, size):
    count = ctypes.c_size_t(9)
    status = library.client_poll(client.handle, abi.Event(), capacity, size, 0, count)
    refused(library, status)
    assert count.value == 9


@pytest.mark.parametrize(
    "options",
    [
        {"modality": 0},
        {"modality": 6},
        {"width": 65537},
        {"rate_hz": math.nan},
        {"rate_hz": -1.0},
        {"rate_hz": math.inf},
        {"depth": 4097},
        {"route": 3},
        {"camera": b"\xff"},
    ],
)
def test_wrong_subscriptions(client, library, options):
    out, destroyed = ctypes.c_void_p(), Flag()
    callback = client.keep(abi.EventFunction(lambda *_: None))
    status = library.client_subscribe(
        client.handle,
        abi.SubscriptionOptions(**options),
        out,
        callback,
        None,
        client.keep(abi.DestroyFunction(destroyed)),
    )
    refused(library, status)
    assert (out.value, destroyed.wait()) == (None, 1)


@pytest.mark.parametrize("modality", [0, 6, 2**32 - 1])
def test_wrong_modalities(client, library, modality):
    out = ctypes.c_void_p()
    refused(library, library.client_capture(client.handle, modality, b"", 8, 8, out))
    refused(library, library.client_latest_frame(client.handle, modality, b"", 0, out))


def test_cancel_of_what_was_never_there(client, library):
    for number in 0, 123456, 2**64 - 1:
        assert library.client_cancel(client.handle, number) != abi.OK
        assert library.last_error()


def test_after_close(client, library):
    handle, out = client.handle, ctypes.c_void_p()
    client.check(library.client_close(handle))
    for status in (
        library.client_connect(handle, 0),
        library.client_capture(handle, abi.RGB, b"", 8, 8, out),
        library.client_submit(handle, action(abi.LIST_OBJECTS), None, None, *NOTHING),
        library.client_set_camera_transform(handle, b"", abi.Transform()),
        library.client_poll(handle, abi.Event(), 1, SIZE, -1, ctypes.c_size_t()),
        library.client_subscribe(
            handle,
            abi.SubscriptionOptions(),
            out,
            client.keep(abi.EventFunction(lambda *_: None)),
            None,
            abi.DestroyFunction(),
        ),
    ):
        refused(library, status, abi.CLOSED)
    client.stats()
    assert client.state() == abi.STATE_CLOSED
    assert library.client_latest_frame(handle, abi.RGB, b"", 0, out) == abi.NO_FRAME
    assert out.value is None
