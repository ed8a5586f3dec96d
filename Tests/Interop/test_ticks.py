"""An engine works once a tick: what that means for commands, for pictures and for lanes. Counted in ticks
of the simulator, which it tells at its end; never in seconds."""

import pytest

import abi
from counted import Counted
from host import Client, action, wait_until
from test_client_stream import submit_batch

TICKING = ["--tick-hz", "60", "--plugin-quirks"]
SIZE = {"width": 32, "height": 24}


def commands(client, count):
    """Moves objects of 64 names, count times in all, and waits for the end."""
    names = client.call(abi.LIST_OBJECTS, route=abi.ROUTE_DIRECT).reply["names"]
    names = [name for name in names if name != "Ground"][:48]
    actions = [
        action(abi.SET_OBJECT_TRANSFORM, name=names[i % len(names)]) for i in range(count)
    ]
    submit_batch(client, actions, flags=abi.SUBMIT_NO_EVENT)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0, 30)
    assert client.stats()["completed_ok"] == count + 1


def images(client, count):
    """Count times a pose and a capture, of one camera."""
    actions = []
    for i in range(count):
        actions.append(action(abi.SET_CAMERA_TRANSFORM, transform=abi.Transform((i, 0, 0))))
        actions.append(action(abi.CAPTURE_RGB, **SIZE))
    submit_batch(client, actions)
    assert {outcome.status for outcome in client.collect(2 * count)} == {abi.OK}


def ticks_of(library, work, count, **options):
    """What the server counted while a client did its work."""
    with Counted(*TICKING) as server:
        with Client(library, server.target, timeout_ms=20000, **options) as client:
            work(client, count)
        return server.counts()


def test_on_one_lane_a_command_takes_a_tick(library):
    found = ticks_of(library, commands, 60)
    assert found["setObjectTransform"] == 60
    assert found["ticks"] >= 60
    assert found["streams"] == 1


def test_on_sixteen_lanes_a_tick_does_sixteen_commands(library):
    """60 ticks at best; a sixth of what one lane needs leaves room for a busy machine."""
    found = ticks_of(library, commands, 960, lanes=16)
    assert found["setObjectTransform"] == 960
    assert 60 <= found["ticks"] < 960 // 4
    assert found["streams"] == 16


@pytest.mark.parametrize("lanes", [1, 16])
def test_one_cameras_pictures_take_two_ticks_whatever_the_lanes(library, lanes):
    found = ticks_of(library, images, 40, lanes=lanes)
    assert (found["setCameraTransform"], found["captureRGB"]) == (40, 40)
    assert 80 <= found["ticks"] < 160


def test_automatic_lanes_grow_where_they_pay(library):
    found = ticks_of(library, commands, 480, lanes=0)
    assert found["setObjectTransform"] == 480
    assert found["ticks"] < 480 // 2
    assert 4 <= found["streams"] <= 16


def test_automatic_lanes_stay_at_one_for_who_asks_and_waits(library):
    """What never waits for a place on a lane gets no second one: its latency is that of one lane."""

    def ask(client, count):
        for _ in range(count):
            assert client.call(abi.GET_CAMERA_TRANSFORM).status == abi.OK

    found = ticks_of(library, ask, 40, lanes=0)
    assert (found["getCameraTransform"], found["streams"]) == (40, 1)
    assert 40 <= found["ticks"] < 80


def test_automatic_lanes_go_back_to_one_where_more_do_not_pay(stock, client_of):
    """A server that works one request at a time: a second lane is tried, and no third. Where the machine
    stalled during one look, the next one seems to have paid, so that it may take another client."""
    opened = []
    while 2 not in opened and len(opened) < 3:
        before = stock.control.streams()
        client = client_of(stock, lanes=0, timeout_ms=20000)
        for _ in range(200):
            client.submit(abi.GET_CAMERA_TRANSFORM, name="?alone=0.008", flags=abi.SUBMIT_NO_EVENT)
        wait_until(lambda: client.stats()["requests_in_flight"] == 0, 20)  # noqa: B023 - at once
        assert client.stats()["completed_ok"] == 200
        opened.append(stock.control.streams() - before)
    assert 2 in opened, opened
