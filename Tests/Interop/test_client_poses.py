"""Changes of a part of a pose keep the rest, whatever is under way."""

import pytest

import abi
import servers
from host import wait_until
from stock_client import transform

LOCATION, ROTATION, SCALE = abi.TRANSFORM_LOCATION, abi.TRANSFORM_ROTATION, abi.TRANSFORM_SCALE
STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
KINDS = {
    "camera": (abi.SET_CAMERA_TRANSFORM, abi.GET_CAMERA_TRANSFORM, ""),
    "object": (abi.SET_OBJECT_TRANSFORM, abi.GET_OBJECT_TRANSFORM, "cube"),
}


def pose_of(client, get, name):
    outcome = client.call(get, name=name)
    assert outcome.status == abi.OK
    return outcome.reply["transform"]


@pytest.mark.parametrize("route", [STREAM, DIRECT])
@pytest.mark.parametrize("what", KINDS)
def test_a_part_keeps_the_rest(stock, client_of, what, route):
    change, get, name = KINDS[what]
    whole = abi.Transform((1, 2, 3), (10, 20, 30), (4, 5, 6))
    client_of(stock).call(change, name=name, transform=whole)
    # A client that has not seen the pose asks for it.
    client = client_of(stock)
    outcome = client.call(
        change,
        name=name,
        transform=abi.Transform((7, 8, 9)),
        transform_fields=LOCATION,
        route=route,
    )
    assert outcome.status == abi.OK, outcome
    expected = abi.Transform((7, 8, 9), (10, 20, 30), (4, 5, 6)).values()
    assert pose_of(client, get, name) == expected
    outcome = client.call(
        change,
        name=name,
        transform=abi.Transform((0, 0, 0), (-1, -2, -3)),
        transform_fields=ROTATION,
        route=route,
    )
    assert outcome.status == abi.OK, outcome
    expected = abi.Transform((7, 8, 9), (-1, -2, -3), (4, 5, 6)).values()
    assert pose_of(client, get, name) == expected
    # The library's own question is not counted.
    stats = client.stats()
    assert stats["requests_submitted"] == stats["completed_ok"] == 4


def test_hundreds_in_flight(stock, client_of):
    client = client_of(stock)
    for number in range(300):
        fields = (LOCATION, ROTATION)[number % 2]
        client.submit(
            abi.SET_OBJECT_TRANSFORM,
            name="cube",
            transform=abi.Transform((number, 0, 0), (number, 0, 0)),
            transform_fields=fields,
            flags=abi.SUBMIT_NO_EVENT,
        )
    wait_until(lambda: client.stats()["requests_in_flight"] == 0)
    transform = pose_of(client, abi.GET_OBJECT_TRANSFORM, "cube")
    assert (transform[0], transform[3]) == (298, 299)


def test_after_a_failure_the_pose_is_asked_again(stock, client_of):
    client = client_of(stock)
    start = abi.Transform((1, 1, 1), (5, 5, 5))
    assert client.call(abi.SET_CAMERA_TRANSFORM, transform=start).status == abi.OK
    lost = abi.Transform((9, 9, 9), (9, 9, 9))
    outcome = client.call(
        abi.SET_CAMERA_TRANSFORM, name="?fail=INTERNAL", transform=lost, route=DIRECT
    )
    assert outcome.status == abi.INTERNAL
    outcome = client.call(
        abi.SET_CAMERA_TRANSFORM,
        transform=abi.Transform((2, 2, 2)),
        transform_fields=LOCATION,
    )
    assert outcome.status == abi.OK
    expected = abi.Transform((2, 2, 2), (5, 5, 5)).values()
    assert pose_of(client, abi.GET_CAMERA_TRANSFORM, "") == expected


def turned(client, x, fields=LOCATION, **options):
    """Submits the change of a part of the cube's pose."""
    pose = abi.Transform((x, 0, 0), (x, 0, 0))
    options = {"name": "cube", "transform": pose, "transform_fields": fields, **options}
    return client.submit(abi.SET_OBJECT_TRANSFORM, **options)


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_parts_that_wait_while_another_change_fails(stock, client_of, route):
    """The change that is cancelled when it was sent may have taken effect or not: what waits behind it
    asks again."""
    client = client_of(stock)
    whole = abi.Transform((1, 1, 1), (5, 5, 5))
    client.call(abi.SET_OBJECT_TRANSFORM, name="cube", transform=whole)
    client.submit(abi.GET_CAMERA_TRANSFORM, name="?slow=0.2", route=STREAM)
    lost = turned(client, 7, ROTATION, route=STREAM)
    numbers = [turned(client, x, route=route) for x in range(100)]
    wait_until(lambda: len(stock.control.log()) > 1)
    client.table.client_cancel(client.handle, lost)
    statuses = {outcome.request_id: outcome.status for outcome in client.collect(102)}
    assert [statuses[number] for number in numbers] == [abi.OK] * 100
    found = pose_of(client, abi.GET_OBJECT_TRANSFORM, "cube")
    assert (found[0], found[3]) in ((99, 5), (99, 7)) and found[6:] == whole.values()[6:]


def test_parts_that_wait_while_the_connection_is_lost(stock, client_of):
    """Somebody else turns the objects meanwhile: the parts build on that."""
    with servers.Relay(stock.port) as relay:
        client = client_of(relay, timeout_ms=15000)
        whole = abi.Transform((1, 1, 1), (5, 5, 5), (2, 2, 2))
        for name in "cube", "sphere":
            client.call(abi.SET_OBJECT_TRANSFORM, name=name, transform=whole)
        slow = client.submit(abi.GET_CAMERA_TRANSFORM, name="?slow=0.4")
        numbers = [turned(client, x, name=("cube", "sphere")[x % 2]) for x in range(200)]
        other = transform((0, 0, 0), (8, 8, 8), (4, 4, 4))
        for name in "cube", "sphere":
            stock.control.call(abi.SET_OBJECT_TRANSFORM, object_name=name, transform=other)
        relay.cut()
        statuses = {outcome.request_id: outcome.status for outcome in client.collect(201)}
        assert statuses.pop(slow) == abi.UNAVAILABLE
        assert [statuses[number] for number in numbers] == [abi.OK] * 200
        for name, x in ("cube", 198), ("sphere", 199):
            expected = abi.Transform((x, 0, 0), (8, 8, 8), (4, 4, 4)).values()
            assert pose_of(client, abi.GET_OBJECT_TRANSFORM, name) == expected
        assert client.stats()["connects"] == 2


def test_a_part_behind_a_long_queue(stock, client_of):
    """Asking for the pose takes its turn, and no longer than the change itself may take."""
    client = client_of(stock, timeout_ms=500)
    for _ in range(8):
        client.submit(abi.GET_CAMERA_TRANSFORM, name="?slow=0.15")
    turned(client, 3)
    assert {outcome.status for outcome in client.collect(9)} == {abi.OK}


def test_a_pose_that_cannot_be_had(stock, client_of):
    client = client_of(stock)
    outcome = client.call(
        abi.SET_OBJECT_TRANSFORM, name="nothing", transform_fields=LOCATION, route=DIRECT
    )
    assert outcome.status not in (abi.OK, abi.DEADLINE_EXCEEDED)
    assert "part of the pose" in outcome.message


@pytest.mark.parametrize("route", [STREAM, DIRECT])
@pytest.mark.parametrize("what", KINDS)
def test_a_pose_that_is_not_told_in_time(stock, client_of, what, route):
    """The time went by with the question for the rest of the pose, and the error says so: also of a change
    that finds the question under way."""
    change, get, name = KINDS[what]
    client = client_of(stock)
    method = "GetCameraTransform" if what == "camera" else "GetObjectTransform"
    for timeout_ms in 500, 100:
        client.submit(
            change,
            name=name + "?slow=1",
            transform_fields=LOCATION,
            route=route,
            timeout_ms=timeout_ms,
        )
    outcomes = client.collect(2)
    assert [outcome.status for outcome in outcomes] == [abi.DEADLINE_EXCEEDED] * 2
    for outcome, seconds in zip(outcomes, (0.1, 0.5)):
        # A unary call's server knows the deadline, too, and may be the first to say so.
        said = "Deadline Exceeded" in outcome.message and route == DIRECT
        assert said or f"did not answer {method} within {seconds} s" in outcome.message
        assert "only a part of the pose" in outcome.message


def test_a_part_that_is_held_back_by_another_change(stock, client_of):
    """It was not sent, and nothing was asked for it."""
    client = client_of(stock)
    client.submit(abi.SET_OBJECT_TRANSFORM, name="cube?slow=0.5", route=DIRECT)
    client.submit(
        abi.SET_OBJECT_TRANSFORM,
        name="cube?slow=0.5",
        transform_fields=LOCATION,
        timeout_ms=100,
    )
    late, _ = client.collect(2)
    assert late.status == abi.DEADLINE_EXCEEDED
    assert "was not sent" in late.message


def test_wrong_fields(stock, client_of):
    client = client_of(stock)
    for kind, fields in (abi.SET_CAMERA_TRANSFORM, 8), (abi.CAPTURE_RGB, LOCATION):
        with pytest.raises(AssertionError):
            client.submit(kind, transform_fields=fields)


def test_frames_have_the_acknowledged_pose(stock, client_of):
    client = client_of(stock)
    client.submit(abi.SET_CAMERA_TRANSFORM, transform=abi.Transform((3, 4, 5), (6, 7, 8)))
    client.submit(abi.CAPTURE_RGB, width=8, height=8)
    picture = next(o.picture for o in client.collect(2) if o.picture)
    assert picture.pose.values() == abi.Transform((3, 4, 5), (6, 7, 8)).values()


@pytest.mark.parametrize("distinct", [0, 1])
def test_all_names_have_one_pose_unless_cameras_are_distinct(stock, client_of, distinct):
    client = client_of(stock, distinct_cameras=distinct)
    size = {"width": 8, "height": 8}
    pose = abi.Transform((7, 8, 9))
    assert client.call(abi.SET_CAMERA_TRANSFORM, name="left", transform=pose).status == abi.OK
    found = {
        name: client.call(abi.CAPTURE_RGB, name=name, **size).picture.pose
        for name in ("", "left", "right")
    }
    assert found["left"].values() == pose.values()
    for name in "", "right":
        if distinct:
            assert found[name] is None
        else:
            assert found[name].values() == pose.values()
