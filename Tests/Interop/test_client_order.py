"""The ORDER rule: what a stock server's pictures show of the changes submitted before them."""

import time

import pytest

import abi
import pictures

STREAM, DIRECT, AUTO = abi.ROUTE_STREAM, abi.ROUTE_DIRECT, abi.ROUTE_AUTO
SIZE = {"width": 16, "height": 16}


def pose(x):
    return abi.Transform((x, 0, 0))


def shown(picture):
    """The pose that a picture shows."""
    return next(x for x in range(256) if picture.data == pictures.picture(1, 16, 16, x))


@pytest.mark.parametrize(
    ("changes", "captures"),
    [(AUTO, AUTO), (STREAM, STREAM), (DIRECT, DIRECT), (DIRECT, STREAM), (STREAM, DIRECT)],
)
@pytest.mark.parametrize("lanes", [1, 3])
def test_a_capture_shows_the_change_before_it(stock, client_of, changes, captures, lanes):
    client = client_of(stock, lanes=lanes)
    expected = {}
    for x in range(1, 31):
        client.submit(abi.SET_CAMERA_TRANSFORM, transform=pose(x), route=changes)
        for _ in range(2):
            expected[client.submit(abi.CAPTURE_RGB, route=captures, **SIZE)] = x
    found = {
        outcome.request_id: shown(outcome.picture)
        for outcome in client.collect(90)
        if outcome.picture
    }
    assert found == expected


def test_a_change_waits_for_the_captures_before_it(stock, client_of):
    client = client_of(stock)
    first = client.submit(abi.CAPTURE_RGB, name="?slow=0.3", route=DIRECT, **SIZE)
    client.submit(abi.SET_CAMERA_TRANSFORM, transform=pose(9), route=STREAM)
    second = client.submit(abi.CAPTURE_RGB, route=STREAM, **SIZE)
    found = {o.request_id: shown(o.picture) for o in client.collect(3) if o.picture}
    assert found == {first: 0, second: 9}


def test_cameras_are_one_name_unless_told(stock, client_of):
    for distinct, first in (0, "slow"), (1, "quick"):
        client = client_of(stock, distinct_cameras=distinct)
        client.check(client.table.client_connect(client.handle, 5000))
        slow = client.submit(
            abi.SET_CAMERA_TRANSFORM, name="a?slow=0.4", transform=pose(1), route=DIRECT
        )
        client.submit(abi.SET_CAMERA_TRANSFORM, name="b", transform=pose(2), route=DIRECT)
        order = ["slow" if o.request_id == slow else "quick" for o in client.collect(2)]
        assert order[0] == first


def test_order_none_overtakes(stock, client_of):
    client = client_of(stock)
    slow = client.submit(
        abi.SET_CAMERA_TRANSFORM, name="?slow=0.4", transform=pose(5), route=DIRECT
    )
    quick = client.submit(abi.CAPTURE_RGB, route=DIRECT, flags=abi.SUBMIT_ORDER_NONE, **SIZE)
    found = client.collect(2)
    assert [outcome.request_id for outcome in found] == [quick, slow]
    assert shown(found[0].picture) == 0


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_a_capture_behind_a_change_that_failed_says_so(stock, client_of, route):
    client = client_of(stock, timeout_ms=2000)
    client.submit(abi.SET_CAMERA_TRANSFORM, name="?fail=INTERNAL", transform=pose(5), route=route)
    behind = client.submit(abi.CAPTURE_RGB, route=route, **SIZE)
    found = {outcome.request_id: outcome for outcome in client.collect(2)}
    assert found[behind].status == abi.OK
    assert "CHANGE_FAILED" in found[behind].picture.flag_names
    assert [o.status for o in found.values() if o.request_id != behind] != [abi.OK]
    later = client.call(abi.SET_CAMERA_TRANSFORM, transform=pose(6))
    assert later.status == abi.OK
    picture = client.call(abi.CAPTURE_RGB, **SIZE).picture
    assert (shown(picture), picture.flag_names) == (6, set())


def test_what_makes_up_for_a_change_that_failed(stock, client_of):
    """The same again, or the thing made anew; not another change of the same thing."""
    client = client_of(stock)

    def flags(**options):
        return client.call(abi.CAPTURE_RGB, **SIZE, **options).picture.flag_names

    fresh = {"name": "fresh", "transform": pose(1)}
    assert client.call(abi.SET_OBJECT_TRANSFORM, **fresh).status == abi.UNKNOWN
    assert client.call(abi.SET_MATERIAL, name="fresh").status == abi.OK
    assert client.call(abi.SET_CAMERA_TRANSFORM, transform=pose(1)).status == abi.OK
    assert flags() == {"CHANGE_FAILED"}
    assert flags(flags=abi.SUBMIT_ORDER_NONE) == set()
    assert client.call(abi.SPAWN_OBJECT, **fresh).status == abi.OK
    assert flags() == set()
    assert client.call(abi.DESTROY_OBJECT, name="none").status == abi.UNKNOWN
    assert flags() == {"CHANGE_FAILED"}


def test_a_change_with_order_none_leaves_no_mark(stock, client_of):
    client = client_of(stock)
    change = client.call(abi.DESTROY_OBJECT, name="none", flags=abi.SUBMIT_ORDER_NONE)
    assert change.status == abi.UNKNOWN
    assert client.call(abi.CAPTURE_RGB, **SIZE).picture.flag_names == set()


def test_a_capture_before_a_change_that_is_withdrawn_is_as_it_should_be(stock, client_of, library):
    client = client_of(stock)
    before = client.submit(abi.CAPTURE_RGB, name="?slow=0.4", route=DIRECT, **SIZE)
    change = client.submit(abi.SET_CAMERA_TRANSFORM, transform=pose(5), route=DIRECT)
    behind = client.submit(abi.CAPTURE_RGB, route=DIRECT, **SIZE)
    client.check(library.client_cancel(client.handle, change))
    found = {outcome.request_id: outcome for outcome in client.collect(3)}
    assert found[change].status == abi.CANCELLED
    assert found[before].picture.flag_names == set()
    assert found[behind].picture.flag_names == {"CHANGE_FAILED"}


def test_a_cancelled_change_lets_the_capture_go(stock, client_of, library):
    client = client_of(stock)
    change = client.submit(
        abi.SET_CAMERA_TRANSFORM, name="?slow=1", transform=pose(5), route=DIRECT
    )
    behind = client.submit(abi.CAPTURE_RGB, route=DIRECT, **SIZE)
    time.sleep(0.1)
    client.check(library.client_cancel(client.handle, change))
    found = {outcome.request_id: outcome for outcome in client.collect(2)}
    assert found[change].status == abi.CANCELLED
    assert found[behind].status == abi.OK
    assert "CHANGE_FAILED" in found[behind].picture.flag_names


def test_changes_of_one_object_keep_their_order_across_routes(stock, client_of):
    client = client_of(stock)
    for x in range(40):
        client.submit(
            abi.SET_OBJECT_TRANSFORM,
            name="cube",
            transform=pose(x),
            route=(STREAM, DIRECT)[x % 2],
            flags=abi.SUBMIT_NO_EVENT,
        )
    outcome = client.call(abi.GET_OBJECT_TRANSFORM, name="cube", route=DIRECT)
    assert outcome.reply["transform"][0] == 39
