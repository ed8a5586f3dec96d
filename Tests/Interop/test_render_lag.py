"""An engine that shows what was some ticks ago (--render-lag): which pose a picture shows is told by
comparing it with the pictures of a simulator without a lag, which are exact."""

import pytest

import abi
import pictures
from counted import Counted
from host import Client

STREAM, DIRECT = abi.ROUTE_STREAM, abi.ROUTE_DIRECT
LAG = 3
LATE = ["--tick-hz", "60", "--render-lag", str(LAG)]
RGB, DEPTH = (abi.RGB, "", 96, 64), (abi.DEPTH, "", 96, 64)
OLD, NEW = 0, 1
POSES = [abi.Transform((-400, 0, 200), (-10, 0, 0)), abi.Transform((-300, 150, 260), (-20, -30, 0))]


@pytest.fixture(scope="module")
def shown(simulators, library):
    """shown(picture) is the number of the pose that it shows."""
    found = {}
    with Client(library, simulators()) as client:
        for number, pose in enumerate(POSES):
            for picture in client.frameset([RGB, DEPTH], transform=pose).set.pictures:
                found[picture.data] = number
    assert len(found) == 4
    return lambda picture: found.get(picture.data)


@pytest.fixture
def late(simulators, client_of):
    """A client of an engine that lags, where the old pose has been there for long."""
    client = client_of(simulators(*LATE))
    assert client.frameset([RGB], transform=POSES[OLD], settle_captures=8).status == abi.OK
    return client


def move(client, parts=(RGB,), **options):
    outcome = client.frameset(list(parts), transform=POSES[NEW], **options)
    assert outcome.status == abi.OK, outcome
    return outcome.set


def test_without_settling_the_picture_shows_the_pose_before(late, shown):
    assert shown(move(late).pictures[0]) == OLD


@pytest.mark.parametrize("lanes", [1, 16])
@pytest.mark.parametrize("route", [STREAM, DIRECT])
@pytest.mark.parametrize("count", [LAG, 10])
def test_captures_that_are_thrown_away_settle_it(simulators, client_of, shown, lanes, route, count):
    """One after the other: side by side they would be of one tick."""
    client = client_of(simulators(*LATE), lanes=lanes)
    assert client.frameset([RGB], transform=POSES[OLD], settle_ms=150).status == abi.OK
    found = move(client, [RGB, DEPTH], settle_captures=count, route=route)
    assert [shown(picture) for picture in found.pictures] == [NEW, NEW]
    assert found.settled == client.stats()["frames_dropped_settling"] == count


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_what_settles_holds_back_nobody(stock, client_of, route):
    client = client_of(stock)
    waiting = client.frameset([RGB], transform=POSES[NEW], settle_ms=400, route=route, wait=False)
    other = client.submit(abi.CAPTURE_RGB, width=8, height=8, route=route)
    listed = client.submit(abi.LIST_OBJECTS, route=route)
    order = [outcome.request_id for outcome in client.collect(3)]
    assert set(order[:2]) == {other, listed} and order[2] == waiting


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_the_next_move_waits_for_what_settles(stock, client_of, route):
    client = client_of(stock, lanes=4)
    numbers = [
        client.frameset(
            [(abi.RGB, "", 8, 8)],
            transform=abi.Transform((x, 0, 0)),
            settle_captures=x % 3,
            settle_ms=20 * (x % 2),
            route=(route, abi.ROUTE_AUTO)[x % 2],
            wait=False,
        )
        for x in range(12)
    ]
    outcomes = {outcome.request_id: outcome for outcome in client.collect(12)}
    for x, number in enumerate(numbers):
        assert outcomes[number].set.pictures[0].data == pictures.picture(pictures.RGB, 8, 8, x)


def test_too_few_captures_do_not(late, shown):
    assert shown(move(late, settle_captures=1).pictures[0]) == OLD


@pytest.mark.parametrize("route", [STREAM, DIRECT])
def test_time_settles_it(late, shown, route):
    """The time counts from the acknowledgement: 200 ms are twelve ticks."""
    found = move(late, [RGB, DEPTH], settle_ms=200, route=route)
    assert [shown(picture) for picture in found.pictures] == [NEW, NEW]
    assert found.settled == 0


def test_reading_the_pose_back_does_not_prove_the_picture(late, shown):
    """What verify says is true of the camera; the picture lags all the same."""
    found = move(late, verify=1)
    assert found.flags == abi.FRAMESET_VERIFIED
    assert found.read_back == POSES[NEW].values()
    assert shown(found.pictures[0]) == OLD


def test_verify_tells_of_a_camera_that_was_not_moved(simulators, client_of):
    """With prepared pictures poses are acknowledged and not taken."""
    outcome = client_of(simulators("--replay")).frameset([RGB], transform=POSES[NEW], verify=1)
    assert (outcome.status, outcome.set.flags) == (abi.OK, abi.FRAMESET_DIFFERENT)


# ---- All modalities, whatever the server can --------------------------------------------------------

ALL = [(modality, "", 32, 24) for modality in range(1, 6)]


def test_all_modalities_of_a_server_that_is_silent_about_some(library):
    """On the plugin's stream two of five are never answered. They are given up by their own time, the
    others are there."""
    with Counted("--plugin-quirks") as server, Client(library, server.target) as client:
        outcome = client.frameset(ALL, transform=POSES[NEW], route=STREAM, timeout_ms=400, verify=1)
        assert outcome.status in (abi.DEADLINE_EXCEEDED, abi.NO_ANSWER)
        assert "part 3" in outcome.message
        found = outcome.set
        assert found.statuses[:3] == [abi.OK] * 3
        assert all(status in (abi.DEADLINE_EXCEEDED, abi.NO_ANSWER) for status in found.statuses[3:])
        assert all("UESYNTH_ROUTE_DIRECT" in words for words in found.messages[3:])
        assert [picture is not None for picture in found.pictures] == [True] * 3 + [False] * 2
        # What is behind the silent ones is answered: they were overtaken, and nobody waited for them.
        assert (found.flags, found.pose_status) == (abi.FRAMESET_VERIFIED, abi.OK)
        client.free()
        assert server.counts()["captureNormals"] == 1


def test_all_modalities_where_the_way_is_free(simulators, client_of):
    """AUTO asks by unary RPC what streams do not answer; what comes of it is marked as what it is."""
    client = client_of(simulators("--plugin-quirks"), timeout_ms=2000)
    outcome = client.frameset(ALL, transform=POSES[NEW])
    assert (outcome.status, outcome.set.statuses) == (abi.OK, [abi.OK] * 5)
    flags = [picture.flag_names for picture in outcome.set.pictures]
    assert flags[0] == set() and all("PLACEHOLDER" in found for found in flags[1:])


def test_parts_that_are_not_implemented_are_marked_at_once(stock, client_of):
    client = client_of(stock, timeout_ms=20000)
    parts = [(1, "", 8, 8), (4, "?fail=UNIMPLEMENTED", 8, 8), (5, "?fail=UNIMPLEMENTED", 8, 8)]
    outcome = client.frameset(parts, route=DIRECT)
    assert outcome.set.statuses == [abi.OK, abi.UNIMPLEMENTED, abi.UNIMPLEMENTED]
    assert outcome.status == abi.UNIMPLEMENTED
    assert client.stats()["retries"] == 0
