"""A TCP proxy between the client and good servers: delays, slices, stalls, and cuts everywhere."""

import abi
import pytest
from host import Client

from cutting import Proxy, Rule, Treatment
from scenario import DIRECT, OPTIONS, STREAM

WIDTH, HEIGHT = 24, 8


def session(client, **members):
    """A call by each route and a picture; every outcome once."""
    client.submit(abi.GET_CAMERA_TRANSFORM, route=DIRECT, **members)
    client.submit(abi.GET_CAMERA_TRANSFORM, route=STREAM, **members)
    size = {"width": WIDTH, "height": HEIGHT}
    client.submit(abi.CAPTURE_RGB, route=STREAM, **size, **members)
    client.submit(abi.CAPTURE_DEPTH, route=DIRECT, **size, **members)
    outcomes = client.collect(4)
    assert len({outcome.request_id for outcome in outcomes}) == 4
    for outcome in outcomes:
        if outcome.status == abi.OK and outcome.action >= abi.CAPTURE_RGB:
            if outcome.action in (abi.CAPTURE_RGB, abi.CAPTURE_DEPTH):
                assert outcome.picture.size == WIDTH * HEIGHT * 4
    return outcomes


def statuses(outcomes):
    return {outcome.status for outcome in outcomes}


def good(client):
    found = session(client, flags=abi.SUBMIT_WAIT_FOR_READY, timeout_ms=10000)
    assert statuses(found) == {abi.OK}, found


def length_of_a_session(library, server):
    with Proxy(server.target) as proxy, Client(library, proxy.target, **OPTIONS) as client:
        assert statuses(session(client)) == {abi.OK}
        return dict(proxy.passed)


@pytest.mark.parametrize("resets", [False, True], ids=["FIN", "RST"])
@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("name", ["simulator", "stock"])
def test_cut_after_every_so_many_bytes(library, request, name, way, resets):
    """All calls end in OK or UNAVAILABLE, and the client goes on."""
    server = request.getfixturevalue(name)
    total = length_of_a_session(library, server)[way]
    cuts = lost = 0
    for place in range(0, total + 1, 11 if name == "simulator" else 37):
        rule = Rule(cut=place, resets=resets)
        treatment = Treatment(**{way: rule})
        with Proxy(server.target, treatment) as proxy:
            with Client(library, proxy.target, **OPTIONS) as client:
                outcomes = session(client, timeout_ms=20000)
                assert statuses(outcomes) <= {abi.OK, abi.UNAVAILABLE}, (place, outcomes)
                lost += abi.UNAVAILABLE in statuses(outcomes)
                if cuts % 5 == 0:
                    good(client)
                cuts += 1
    print(f"{name}, {way}: {cuts} cuts in {total} bytes, {lost} sessions lost a call")
    assert lost > cuts / 2


TREATMENTS = {
    "20 ms each way": (Treatment(Rule(delay=0.02), Rule(delay=0.02)), {abi.OK}),
    "one byte at a time down": (Treatment(down=Rule(piece=1)), {abi.OK}),
    "one byte at a time up": (Treatment(up=Rule(piece=1)), {abi.OK}),
    "seven bytes at a time both ways": (Treatment(Rule(piece=7), Rule(piece=7)), {abi.OK}),
    "a stall of 300 ms inside SETTINGS": (
        Treatment(down=Rule(stall=12, stall_seconds=0.3)),
        {abi.OK},
    ),
    "a stall of 300 ms in the middle": (
        Treatment(down=Rule(stall=500, stall_seconds=0.3)),
        {abi.OK},
    ),
    "a stall of 300 ms on the way up": (
        Treatment(up=Rule(stall=200, stall_seconds=0.3)),
        {abi.OK},
    ),
}


@pytest.mark.parametrize("name", TREATMENTS)
@pytest.mark.parametrize("server", ["simulator", "stock"])
def test_a_bad_network(library, request, server, name):
    treatment, accepted = TREATMENTS[name]
    with Proxy(request.getfixturevalue(server).target, treatment) as proxy:
        with Client(library, proxy.target, **OPTIONS) as client:
            outcomes = session(client, timeout_ms=20000)
            assert statuses(outcomes) == accepted, outcomes
            good(client)


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("place", [0, 15, 120, 400])
def test_a_stall_for_ever(library, stock, way, place):
    """Ends with the deadline; the attempt to connect, if it is that which stalls, with its own."""
    treatment = Treatment(**{way: Rule(stall=place)})
    with Proxy(stock.target, treatment) as proxy:
        with Client(library, proxy.target, connect_timeout_ms=400, **OPTIONS) as client:
            outcomes = session(client, timeout_ms=600)
            assert statuses(outcomes) <= {abi.OK, abi.DEADLINE_EXCEEDED, abi.UNAVAILABLE}
            assert statuses(outcomes) != {abi.OK}


def test_every_connection_is_cut(library, stock):
    """Ten connections that end at the same byte: no loop, no call that hangs, and then it works."""
    treatments = [Treatment(down=Rule(cut=60))] * 10
    with Proxy(stock.target, *treatments) as proxy:
        with Client(library, proxy.target, **OPTIONS) as client:
            for _ in range(10):
                assert statuses(session(client, timeout_ms=5000)) <= {abi.OK, abi.UNAVAILABLE}
            while proxy.accepted < 11:
                client.call(abi.LIST_OBJECTS, timeout_ms=5000)
            good(client)
