"""The library against the simulator: what a user sees who has both."""

import numpy
import pytest

import abi
from host import Flag, Recorder

ROUTES = {"stream": abi.ROUTE_STREAM, "direct": abi.ROUTE_DIRECT}
SHAPES = {4: ("u1", 4), 5: ("<f4", 1), 6: ("<u4", 1), 7: ("<f4", 3), 8: ("<f4", 2)}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", SHAPES)
def test_every_modality(simulators, client_of, route, kind):
    outcome = client_of(simulators()).call(kind, width=320, height=240, route=ROUTES[route])
    assert outcome.status == abi.OK, outcome
    picture = outcome.picture
    dtype, channels = SHAPES[kind]
    pixels = numpy.frombuffer(picture.data, dtype).reshape(240, 320, channels)
    assert picture.flag_names == set(), (picture.claimed_format, picture.format_name)
    assert picture.stride == 320 * channels * pixels.itemsize
    if kind != 8:
        assert pixels.std() > 0


@pytest.mark.parametrize("kind", [4, 5])
def test_1080p_is_the_same_by_stream_direct_and_replay(simulators, client_of, kind):
    client = client_of(simulators())
    size = {"width": 1920, "height": 1080}
    found = [client.call(kind, route=route, timeout_ms=30000, **size) for route in ROUTES.values()]
    assert {outcome.status for outcome in found} == {abi.OK}
    assert found[0].picture.data == found[1].picture.data
    assert len(found[0].picture.data) == 1920 * 1080 * 4


def test_the_plugins_quirks_are_seen_through(simulators, client_of):
    client = client_of(simulators("--plugin-quirks"), timeout_ms=3000)
    for kind, channels in (5, 1), (6, 3), (7, 3), (8, 2):
        picture = client.call(kind, width=64, height=48).picture
        assert "PLACEHOLDER" in picture.flag_names
        assert picture.size == 64 * 48 * channels
    assert client.call(abi.GET_CAMERA_TRANSFORM).reply["flags"] == abi.REPLY_TRANSFORM
    picture = client.call(abi.CAPTURE_RGB, width=64, height=48).picture
    assert (picture.format_name, picture.flag_names) == ("RGBA8", set())


STUBS = [11, 12, 13, 14, 15, 16, 18]


@pytest.mark.parametrize("kind", STUBS)
def test_a_yes_that_is_none(simulators, client_of, kind):
    """The plugin says yes to what it has not implemented, and says so; the scene is not what was asked."""
    client = client_of(simulators("--plugin-quirks"), timeout_ms=3000)
    outcome = client.call(kind, name="thing", width=8, height=8)
    assert (outcome.status, outcome.reply) == (abi.UNIMPLEMENTED, None)
    assert "not yet implemented" in outcome.message and "newer plugin" in outcome.message
    assert "CHANGE_FAILED" in client.call(abi.CAPTURE_RGB, width=8, height=8).picture.flag_names


def test_a_thousand_captures_on_a_slow_engine_outlive_a_short_timeout(simulators, client_of):
    """60 on 60 ticks a second take a second; the timeout of 400 ms bounds silence only."""
    client = client_of(simulators("--tick-hz", "60"), timeout_ms=400)
    for _ in range(60):
        client.submit(abi.CAPTURE_RGB, route=abi.ROUTE_STREAM, width=64, height=48)
    assert {outcome.status for outcome in client.collect(60)} == {abi.OK}


def test_ten_thousand_commands(simulators, client_of):
    client = client_of(simulators("--replay"), timeout_ms=20000)
    seen = 0
    for _ in range(10):
        for _ in range(1000):
            client.submit(abi.LIST_OBJECTS, route=abi.ROUTE_STREAM)
        seen += sum(outcome.status == abi.OK for outcome in client.collect(1000))
    assert seen == 10000
    assert client.stats()["completed_ok"] == 10000


def test_a_subscription(simulators, client_of, library):
    client, recorder, destroyed = client_of(simulators("--replay")), Recorder(library), Flag()
    import ctypes

    handle = ctypes.c_void_p()
    options = abi.SubscriptionOptions(width=640, height=480)
    client.check(
        library.client_subscribe(
            client.handle,
            options,
            handle,
            client.keep(abi.EventFunction(recorder)),
            None,
            client.keep(abi.DestroyFunction(destroyed)),
        )
    )
    outcomes = recorder.wait(100)
    library.subscription_close(handle)
    assert destroyed.wait() == 1
    assert {o.status for o in outcomes} == {abi.OK}
    assert {o.picture.size for o in outcomes} == {640 * 480 * 4}
