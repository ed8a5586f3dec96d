"""Frames as they come, against a stock server."""

import ctypes
import time

import pytest

import abi
import pictures
from host import Flag, Recorder, wait_until

SIZE = {"width": 32, "height": 24}
BYTES = 32 * 24 * 4
EXPECTED = pictures.picture(pictures.RGB, 32, 24)
DIRECT, STREAM = abi.ROUTE_DIRECT, abi.ROUTE_STREAM


def subscribe(client, callback, destroy=None, **options):
    handle = ctypes.c_void_p()
    client.check(
        client.table.client_subscribe(
            client.handle,
            abi.SubscriptionOptions(**options),
            handle,
            client.keep(abi.EventFunction(callback)),
            None,
            client.keep(abi.DestroyFunction(destroy) if destroy else abi.DestroyFunction()),
        )
    )
    return handle


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_subscription(stock, client_of, library, route):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    subscription = subscribe(client, recorder, destroyed, route=route, cookie=8, depth=4, **SIZE)
    outcomes = recorder.wait(60)
    library.subscription_close(subscription)
    count = len(recorder.outcomes)
    time.sleep(0.1)
    assert len(recorder.outcomes) == count
    assert destroyed.wait() == 1
    assert {(o.status, o.cookie, o.action) for o in outcomes} == {(abi.OK, 8, abi.CAPTURE_RGB)}
    assert {o.picture.data for o in outcomes} == {EXPECTED}
    assert len({o.request_id for o in outcomes}) == len(outcomes)
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_subscription_keeps_its_rate(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(client, recorder, rate_hz=20, **SIZE)
    began = time.monotonic()
    recorder.wait(20)
    took = time.monotonic() - began
    library.subscription_close(subscription)
    assert 0.8 < took < 3


def test_beats_that_find_no_room_are_counted(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(
        client, recorder, rate_hz=100, depth=1, route=DIRECT, camera=b"?slow=0.1", **SIZE
    )
    recorder.wait(4)
    library.subscription_close(subscription)
    assert client.stats()["subscription_beats_missed"] >= 10


def test_a_subscription_goes_on_after_a_failure(stock, client_of, library):
    client, recorder = client_of(stock), Recorder(library)
    subscription = subscribe(
        client, recorder, rate_hz=50, route=DIRECT, camera=b"?fail=INTERNAL", **SIZE
    )
    outcomes = recorder.wait(5)
    library.subscription_close(subscription)
    assert {outcome.status for outcome in outcomes} == {abi.INTERNAL}
    assert "Failed to capture image" in outcomes[0].message


def test_a_subscription_closed_in_its_callback(stock, client_of, library):
    client, destroyed, seen, handle = client_of(stock), Flag(), [], []

    def callback(event, _):
        seen.append(event[0].status)
        if len(seen) == 3:
            library.subscription_close(handle[0])

    # The callback may come before subscribe has returned: it closes at the third event only.
    handle.append(subscribe(client, callback, destroyed, rate_hz=50, depth=1, **SIZE))
    assert destroyed.wait() == 1
    time.sleep(0.1)
    assert len(seen) == 3


def test_freeing_the_client_ends_its_subscriptions(stock, client_of, library):
    client, recorder, destroyed = client_of(stock), Recorder(library), Flag()
    subscription = subscribe(client, recorder, destroyed, **SIZE)
    recorder.wait(3)
    client.free()
    count = len(recorder.outcomes)
    time.sleep(0.1)
    assert len(recorder.outcomes) == count
    library.subscription_close(subscription)
    assert destroyed.wait() == 1
